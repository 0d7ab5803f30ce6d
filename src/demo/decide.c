/* SPDX-License-Identifier: Apache-2.0
 * decide.c - which organisation answers what, and when: see answers.h.
 * Depends on: demo/population.
 *
 * A mail is answered or not, as a whole, within five working days: government 22 %,
 * finance 41 %, operators 55 %, academic 48 %, others 18 %. What a mail reminds of for
 * the second time is answered in a quarter of the cases; other reminders add nothing. An
 * answer says "wrong contact" for all of the mail (6 %), or about each finding: fixed 60,
 * working on it 16, not mine 10, need help 8 of 94. Of "fixed", 85 % are true. */
#include "demo/answers.h"

#include <stdlib.h>

#define WEEK 7
#define REST 5 /* day 0 is a Monday: days 5 and 6 of each week are free */

struct draw {
	bool answers, answers_second, wrong_contact;
	int32_t day, day_second; /* of the answer */
};
struct decider {
	struct arena *arena;
	uint64_t seed;
	struct demo_answers all;
	/* The latest answer so far of an organisation about a finding, and how many. */
	struct heard {
		uint64_t what; /* the two; 0: an empty place */
		int32_t day;
		uint32_t times;
	} * heard;
	size_t room; /* a power of two */
};

static int compare_identities(
	const struct demo_identity *x, const struct demo_identity *y)
{
	int c = str_cmp(x->identifier, y->identifier);
	if (c == 0)
		c = str_cmp(x->place, y->place);
	return c != 0 ? c : (int)x->port - (int)y->port;
}

static int compare_arrivals(const void *a, const void *b)
{
	const struct demo_arrival *x = a, *y = b;
	int c = x->day < y->day ? -1 : x->day > y->day;
	if (c == 0)
		c = str_cmp(x->organisation, y->organisation);
	if (c == 0)
		c = str_cmp(x->notice, y->notice);
	return c != 0 ? c : compare_identities(&x->about, &y->about);
}

static int compare_answers(const void *a, const void *b)
{
	const struct demo_answer *x = a, *y = b;
	int c = x->day < y->day ? -1 : x->day > y->day;
	if (c == 0)
		c = str_cmp(x->organisation, y->organisation);
	if (c == 0)
		c = str_cmp(x->notice, y->notice);
	return c != 0 ? c : compare_identities(&x->about, &y->about);
}

static uint32_t percent_of(struct str sector)
{
	static const struct {
		const char *sector;
		uint32_t percent;
	} t[] = {
		{ "government", 22 },
		{ "finance", 41 },
		{ "isp", 55 },
		{ "academic", 48 },
	};
	for (size_t i = 0; i < N(t); i++)
		if (str_eq(sector, str_c(t[i].sector)))
			return t[i].percent;
	return 18;
}

/* n working days after day; a mail of a free day is read on Monday. */
static int32_t working_days_on(int32_t day, uint32_t n)
{
	while (day % WEEK >= REST)
		day++;
	for (; n > 0; n--) {
		day++;
		while (day % WEEK >= REST)
			day++;
	}
	return day;
}

static uint32_t draw_delay(struct rng *r)
{
	static const uint8_t percent[] = { 20, 30, 20, 15, 10, 5 };
	uint32_t roll = rng_below(r, 100), n = 0;
	while (roll >= percent[n])
		roll -= percent[n++];
	return n;
}

static struct draw draw_mail(uint64_t seed, const struct demo_arrival *v, size_t n)
{
	uint64_t mail = mix_text(v->organisation.p, v->organisation.n);
	uint64_t findings = 0;
	for (size_t i = 0; i < n; i++)
		findings += mix64(v[i].hash);
	struct rng r = rng_new(seed, 'm', mix64(mail ^ findings) + (uint64_t)v->day);
	struct draw d;
	d.answers = rng_below(&r, 100) < percent_of(v->sector);
	d.answers_second = rng_below(&r, 4) == 0;
	d.wrong_contact = rng_below(&r, 100) < 6;
	d.day = working_days_on(v->day, draw_delay(&r));
	d.day_second = working_days_on(v->day, draw_delay(&r));
	return d;
}

static struct heard *heard_of(struct decider *d, const struct demo_arrival *v)
{
	uint64_t what = mix64(mix_text(v->organisation.p, v->organisation.n) ^ v->hash);
	what |= what == 0;
	size_t at = what & (d->room - 1);
	while (d->heard[at].what != 0 && d->heard[at].what != what)
		at = (at + 1) & (d->room - 1);
	d->heard[at].what = what;
	return &d->heard[at];
}

static void answer_finding(struct decider *d, const struct demo_arrival *v,
	const struct draw *mail, int32_t day)
{
	struct heard *h = heard_of(d, v);
	/* They had not answered yet when this mail came: one answer is enough. */
	if (h->times > 0 && h->day >= v->day)
		return;
	struct rng r = rng_new(d->seed, 'f', h->what + h->times);
	struct demo_answer x = { .day = day,
		.about = v->about,
		.notice = v->notice,
		.organisation = v->organisation,
		.hash = v->hash };
	uint32_t roll = rng_below(&r, 94), lie = rng_below(&r, 100);
	x.word = roll < 60	 ? WORD_FIXED
		: roll < 60 + 16 ? WORD_WORKING
		: roll < 60 + 26 ? WORD_NOT_MINE
				 : WORD_HELP;
	if (mail->wrong_contact)
		x.word = WORD_WRONG_CONTACT;
	x.is_true = x.word != WORD_FIXED || lie < 85;
	h->day = day;
	h->times++;
	d->all.v = demo_grow(d->arena, d->all.v, d->all.n, &d->all.cap, sizeof(x));
	d->all.v[d->all.n++] = x;
}

static void answer_mail(struct decider *d, const struct demo_arrival *v, size_t n)
{
	struct draw mail = draw_mail(d->seed, v, n);
	for (size_t i = 0; i < n; i++) {
		if (v[i].reminder == 0 && mail.answers)
			answer_finding(d, &v[i], &mail, mail.day);
		else if (v[i].reminder == 2 && mail.answers_second)
			answer_finding(d, &v[i], &mail, mail.day_second);
	}
}

void demo_answers_decide(struct arena *a, uint64_t seed, int32_t day,
	struct demo_arrivals *v, struct demo_answers *ret)
{
	struct decider d = { .arena = a, .seed = seed, .room = 64 };
	while (d.room < 2 * v->n)
		d.room *= 2;
	d.heard = arena_array(a, d.room, sizeof(*d.heard));
	if (v->n > 0)
		qsort(v->v, v->n, sizeof(*v->v), compare_arrivals);
	for (size_t i = 0, n; i < v->n; i += n) {
		for (n = 1; i + n < v->n; n++)
			if (v->v[i + n].day != v->v[i].day ||
				!str_eq(v->v[i + n].notice, v->v[i].notice) ||
				!str_eq(v->v[i + n].organisation, v->v[i].organisation))
				break;
		answer_mail(&d, &v->v[i], n);
	}
	size_t kept = 0;
	for (size_t i = 0; i < d.all.n; i++)
		if (d.all.v[i].day <= day)
			d.all.v[kept++] = d.all.v[i];
	d.all.n = kept;
	if (kept > 0)
		qsort(d.all.v, kept, sizeof(*d.all.v), compare_answers);
	*ret = d.all;
}
