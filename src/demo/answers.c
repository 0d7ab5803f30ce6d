/* SPDX-License-Identifier: Apache-2.0
 * answers.c - the files about answers: see answers.h. Depends on: demo/files, demo/truth.
 */
#include "demo/answers.h"
#include "demo/files.h"
#include "demo/truth.h"

#include <stdlib.h>

#define DAY_LAST 100000

static const char arrivals_head[] =
	"day,notice,organisation,sector,reminder,identifier,address,port";
static const char answers_head[] =
	"day,notice,organisation,identifier,address,port,answer,true";

static const char *const words[WORD_N] = { "fixed", "working", "not-mine",
	"wrong-contact", "need-help" };

const char *demo_word_text(enum demo_word w)
{
	return words[w];
}

static bool read_word(struct str s, enum demo_word *ret)
{
	for (int i = 0; i < WORD_N; i++)
		if (str_eq(s, str_c(words[i]))) {
			*ret = (enum demo_word)i;
			return true;
		}
	return false;
}

static bool read_bool(struct str s, bool *ret)
{
	*ret = str_eq(s, S("yes"));
	return *ret || str_eq(s, S("no"));
}

static bool read_day(struct str s, int32_t *ret)
{
	int64_t day;
	if (!str_int(s, 0, DAY_LAST, &day))
		return false;
	*ret = (int32_t)day;
	return true;
}

/* Three fields: identifier, address or name, port. */
static bool read_identity(const struct str *f, struct demo_identity *ret)
{
	int64_t port = 0;
	if (f[0].n == 0 || f[1].n == 0 || (f[2].n > 0 && !str_int(f[2], 1, 65535, &port)))
		return false;
	*ret = (struct demo_identity){ f[0], f[1], (uint16_t)port };
	return true;
}

static int wrong(struct why *why, const char *what, struct str line)
{
	return fail(
		why, E_SYNTAX, "%s: cannot read '%.*s'", what, STR(str_to(line, 120)));
}

static bool read_arrival(struct arena *a, struct str line, struct demo_arrival *ret)
{
	struct str f[9];
	struct demo_arrival x = { 0 };
	int64_t reminder;
	if (demo_fields(a, line, ',', f, N(f)) != 8 || !read_day(f[0], &x.day) ||
		!str_int(f[4], 0, 1000, &reminder) || !read_identity(f + 5, &x.about))
		return false;
	x.notice = f[1];
	x.organisation = f[2];
	x.sector = f[3];
	x.reminder = (uint32_t)reminder;
	x.hash = demo_identity_hash(&x.about);
	*ret = x;
	return x.notice.n > 0 && x.organisation.n > 0;
}

int demo_arrivals_read(
	struct arena *a, struct str text, struct why *why, struct demo_arrivals *ret)
{
	struct demo_arrivals v = { 0 };
	struct str line;
	if (!demo_line(&text, &line) || !str_eq(line, str_c(arrivals_head)))
		return fail(why, E_SYNTAX, "arrivals: the first line is not '%s'",
			arrivals_head);
	while (demo_line(&text, &line)) {
		v.v = demo_grow(a, v.v, v.n, &v.cap, sizeof(*v.v));
		if (!read_arrival(a, line, &v.v[v.n]))
			return wrong(why, "arrivals", line);
		v.n++;
	}
	*ret = v;
	return 0;
}

static bool read_answer(struct arena *a, struct str line, struct demo_answer *ret)
{
	struct str f[9];
	struct demo_answer x = { 0 };
	if (demo_fields(a, line, ',', f, N(f)) != 8 || !read_day(f[0], &x.day) ||
		!read_identity(f + 3, &x.about) || !read_word(f[6], &x.word) ||
		!read_bool(f[7], &x.is_true))
		return false;
	x.notice = f[1];
	x.organisation = f[2];
	x.hash = demo_identity_hash(&x.about);
	*ret = x;
	return true;
}

int demo_answers_read(
	struct arena *a, struct str text, struct why *why, struct demo_answers *ret)
{
	struct demo_answers v = { 0 };
	struct str line;
	if (!demo_line(&text, &line) || !str_eq(line, str_c(answers_head)))
		return fail(why, E_SYNTAX, "answers: the first line is not '%s'",
			answers_head);
	while (demo_line(&text, &line)) {
		v.v = demo_grow(a, v.v, v.n, &v.cap, sizeof(*v.v));
		if (!read_answer(a, line, &v.v[v.n]))
			return wrong(why, "answers", line);
		v.n++;
	}
	*ret = v;
	return 0;
}

static void add_identity(struct demo_out *o, const struct demo_identity *d)
{
	demo_out_csv(o, d->identifier);
	demo_out_char(o, ',');
	demo_out_csv(o, d->place);
	demo_out_char(o, ',');
	if (d->port > 0)
		demo_out_num(o, d->port);
}

static void add_word(struct demo_out *o, const struct demo_answer *x)
{
	demo_out_str(o, str_c(words[x->word]));
	demo_out_str(o, x->is_true ? S(",yes") : S(",no"));
}

int demo_answers_write(struct arena *a, const struct demo_answers *v, int dir,
	const char *name, struct why *why)
{
	struct demo_out o;
	int r = demo_out_new(a, dir, name, why, &o);
	if (r < 0)
		return r;
	demo_out_str(&o, str_c(answers_head));
	demo_out_char(&o, '\n');
	for (size_t i = 0; i < v->n; i++) {
		const struct demo_answer *x = &v->v[i];
		demo_out_num(&o, (uint64_t)x->day);
		demo_out_char(&o, ',');
		demo_out_csv(&o, x->notice);
		demo_out_char(&o, ',');
		demo_out_csv(&o, x->organisation);
		demo_out_char(&o, ',');
		add_identity(&o, &x->about);
		demo_out_char(&o, ',');
		add_word(&o, x);
		demo_out_char(&o, '\n');
	}
	return demo_out_end(&o);
}

static int compare(const void *a, const void *b)
{
	const struct demo_answer *x = *(struct demo_answer *const *)a;
	const struct demo_answer *y = *(struct demo_answer *const *)b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x < y ? -1 : x > y; /* as they stand in the file */
}

void demo_answers_give(struct demo_population *p, const struct demo_answers *v)
{
	p->answers = v->v;
	p->n_answers = v->n;
	p->by_hash = arena_array(p->arena, v->n + 1, sizeof(struct demo_answer *));
	for (size_t i = 0; i < v->n; i++)
		p->by_hash[i] = &v->v[i];
	qsort(p->by_hash, v->n, sizeof(struct demo_answer *), compare);
}

int demo_outcomes_write(
	struct arena *a, const struct demo_population *p, int dir, struct why *why)
{
	static const char *const texts[OUTCOME_N] = { "", "stays", "died", "gone",
		"again" };
	struct demo_out o;
	int r = demo_out_new(a, dir, "outcomes.csv", why, &o);
	if (r < 0)
		return r;
	demo_out_str(&o, S("day,key,answer,true,outcome,again\n"));
	for (size_t i = 0; i < p->n_answers; i++) {
		const struct demo_answer *x = &p->answers[i];
		if (x->outcome == OUTCOME_NOT_YET)
			continue;
		demo_out_num(&o, (uint64_t)x->day);
		demo_out_char(&o, ',');
		demo_truth_key(&o, p, &p->keys[x->key]);
		demo_out_char(&o, ',');
		add_word(&o, x);
		demo_out_char(&o, ',');
		demo_out_str(&o, str_c(texts[x->outcome]));
		demo_out_char(&o, ',');
		if (x->outcome == OUTCOME_AGAIN)
			demo_out_num(&o, (uint64_t)x->again);
		demo_out_char(&o, '\n');
	}
	return demo_out_end(&o);
}
