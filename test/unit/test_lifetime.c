/* SPDX-License-Identifier: Apache-2.0
 * test_lifetime.c - a finding's state: cases by hand, and 2,000 schedules of
 * reports, silence and claims in any order, each against a computation of its
 * own. Depends on: core. */
#include "db/sql_finding_act.h"
#include "db/sql_fold.h"
#include "fold_kit.h"

#define DAYS  30
#define TYPES 3

/* ---- by hand ---- */

struct by_hand {
	const char *seen, *arrived, *claims; /* a character per day: x */
	const char *want;
};

static struct life life_by_hand(struct report_type *t, const struct by_hand *c)
{
	static int32_t arrived[DAYS], claims[DAYS];
	static struct life_report seen[DAYS];
	size_t n_seen = 0, n_claims = 0;
	t->days = arrived;
	t->n_days = 0;
	for (int d = 0; c->arrived[d]; d++) {
		if (c->seen[d] == 'x')
			seen[n_seen++] = (struct life_report){ d, t };
		if (c->arrived[d] == 'x')
			arrived[t->n_days++] = d;
		if (c->claims[d] == 'x')
			claims[n_claims++] = d;
	}
	return life_of(seen, n_seen, &(struct claims){ claims, n_claims });
}

static void test_by_hand(void)
{
	static const struct by_hand cases[] = {
		{ "x..", "x..", "...", "open since 0, 0 relapses, by 0" },
		{ "x...", "xxx.", "....", "open since 0, 0 relapses, by 0" },
		{ "x...", "xxxx", "....", "fixed since 3, 0 relapses, by 2" },
		{ "x....", "x.x.x", ".....", "open since 0, 0 relapses, by 0" },
		{ "x....", "xxxx.", ".x...", "fixed since 3, 0 relapses, by 1" },
		{ "x....", "xxx..", ".x...", "claimed-fixed since 1, 0 relapses, by 0" },
		{ "x....", "x....", "x....", "claimed-fixed since 0, 0 relapses, by 0" },
		{ ".x...", ".x...", "x....", "open since 1, 0 relapses, by 0" },
		{ "x...x", "xxxxx", ".....", "relapsed since 4, 1 relapses, by 0" },
		{ "x..x.", "xxxxx", ".....", "open since 0, 0 relapses, by 0" },
		{ "x.x..", "x.x..", ".x...", "relapsed since 2, 1 relapses, by 0" },
		{ "x.x..", "x.x..", "..x..", "claimed-fixed since 2, 0 relapses, by 0" },
		{ "xx...", "xx...", "x....", "relapsed since 1, 1 relapses, by 0" },
		/* An earlier claim that was wrong stays a relapse after the next one. */
		{ "x.x..", "x.x..", ".x.x.", "claimed-fixed since 3, 1 relapses, by 0" },
		{ "x.x.x", "x.x.x", ".x.x.", "relapsed since 4, 2 relapses, by 0" },
		{ "x.x...", "x.xxxx", ".x.x..", "fixed since 5, 1 relapses, by 1" },
		{ "x...x...", "xxxxxxxx", "........", "fixed since 7, 1 relapses, by 2" },
		{ "x...x", "xxxxx", ".xxx.", "relapsed since 4, 1 relapses, by 0" },
	};
	struct report_type t = { .name = S("t"), .quiet = 3 };
	for (size_t i = 0; i < N(cases); i++) {
		struct life l = life_by_hand(&t, &cases[i]);
		char got[80];
		(void)snprintf(got, sizeof(got), "%s since %d, %d relapses, by %d",
			state_text(l.state), l.state_day, l.relapses, (int)l.fixed_by);
		is(got, cases[i].want, cases[i].want);
	}
	enum finding_state s;
	for (int i = 0; i < STATE_N; i++)
		ok(state_read(str_c(state_text((enum finding_state)i)), &s) == 0 &&
				(int)s == i,
			"%s is read as it is written", state_text((enum finding_state)i));
	ok(state_read(S("fixd"), &s) == E_NOT_FOUND, "no other word is a state");
}

/* ---- schedules ---- */

/* What a schedule knows, kept apart from the program's tables. */
struct schedule {
	int64_t types[TYPES];
	int quiet[TYPES];
	bool seen[TYPES][DAYS], arrived[TYPES][DAYS], claimed[DAYS];
	int32_t not_theirs; /* 0 no */
};

static int silent(const struct schedule *s, int type, int from, int to)
{
	int n = 0;
	for (int d = from + 1; d < to; d++)
		n += s->arrived[type][d];
	return n >= s->quiet[type];
}

/* The type that stands for a day: the greatest name, and names ascend. */
static int type_of_day(const struct schedule *s, int day)
{
	for (int t = TYPES; t-- > 0;)
		if (s->seen[t][day])
			return t;
	return -1;
}

static void expect(const struct schedule *s, char want[120])
{
	int last = -1, since = 0, relapses = 0, by = 0;
	const char *state = "open";
	for (int d = 0; d < DAYS; d++) {
		if (type_of_day(s, d) < 0)
			continue;
		bool claimed = false;
		for (int c = last < 0 ? d : last; c < d; c++)
			claimed = claimed || s->claimed[c];
		if (last < 0) {
			since = d;
		} else if (claimed || silent(s, type_of_day(s, last), last, d)) {
			state = "relapsed";
			since = d;
			relapses++;
		}
		last = d;
	}
	int type = type_of_day(s, last), after = 0, claim = -1;
	for (int d = last; d < DAYS; d++)
		if (s->claimed[d])
			claim = d;
	for (int d = last + 1; d < DAYS && after < s->quiet[type]; d++) {
		after += s->arrived[type][d];
		if (after == s->quiet[type]) {
			state = "fixed";
			by = claim >= 0 ? 1 : 2;
			since = d;
		}
	}
	if (claim >= 0 && by == 0) {
		state = "claimed-fixed";
		since = claim;
	}
	if (s->not_theirs) {
		state = "not-theirs";
		since = s->not_theirs - DAY0;
		by = 0;
	}
	(void)snprintf(want, 120, "%s since %d, %d relapses, by %d, last %d", state,
		since, relapses, by, last);
}

static void describe(struct kit *k, int64_t finding, char got[120])
{
	struct sql_fold_life_in in = { .finding = finding };
	struct sql_fold_life_row l;
	kit_must(k, sql_fold_life(k->x.db, &in, &l), "life");
	(void)snprintf(got, 120, "%s since %d, %d relapses, by %d, last %d",
		state_text((enum finding_state)l.state), (int)(l.state_day - DAY0),
		(int)l.relapses, (int)l.fixed_by, (int)(l.last_report - DAY0));
}

/* One spell as text: "0-4>11 claimed 3, ". */
static size_t spell_text(
	char *to, size_t room, const char *how, int from, int last, int end, int claim)
{
	bool on = strcmp(how, "on") == 0;
	return (size_t)snprintf(to, room, "%d-%d>%d %s %d, ", from, on ? 0 : last,
		on ? 0 : end, how, claim);
}

/* The day on which silence after a report is long enough, when that is before day then;
 * else -1. */
static int quiet_day(const struct schedule *s, int last, int then)
{
	int type = type_of_day(s, last), after = 0;
	for (int d = last + 1; d < then; d++) {
		after += s->arrived[type][d];
		if (after == s->quiet[type])
			return d;
	}
	return -1;
}

static int claim_day(const struct schedule *s, int last, int then)
{
	for (int d = last; d < then; d++)
		if (s->claimed[d])
			return d;
	return -1;
}

/* The spell that ends with the report of day last, before the one of day then. */
static size_t expect_spell(
	const struct schedule *s, int from, int last, int then, char *to, size_t room)
{
	int cut = s->not_theirs ? s->not_theirs - DAY0 : DAYS;
	int claim = claim_day(s, last, then), quiet = quiet_day(s, last, then);
	int end = quiet >= 0 ? quiet : then;
	const char *how = then == DAYS ? "on" : "refuted";
	if (from > cut)
		return 0;
	if (quiet >= 0)
		how = claim >= 0 ? "claimed" : "silent";
	if (s->not_theirs && end > cut)
		return spell_text(
			to, room, "cut", from, last < cut ? last : cut, cut, claim);
	return spell_text(to, room, how, from, last, end, claim);
}

static void expect_spells(const struct schedule *s, char want[400])
{
	int last = -1, from = -1;
	size_t n = 0;
	want[0] = '\0';
	for (int d = 0; d <= DAYS; d++) {
		if (d < DAYS && type_of_day(s, d) < 0)
			continue;
		bool over = d == DAYS || last < 0 || claim_day(s, last, d) >= 0 ||
			quiet_day(s, last, d) >= 0;
		if (over && last >= 0)
			n += expect_spell(s, from, last, d, want + n, 400 - n);
		if (over)
			from = d;
		last = d;
	}
}

static void describe_spells(struct kit *k, int64_t finding, char got[400])
{
	static const char *const hows[] = { "on", "claimed", "silent", "refuted", "cut" };
	struct effect_stored s;
	size_t n = 0;
	kit_must(k, effect_stored(&k->x, &k->arena, finding, &s), "spells");
	got[0] = '\0';
	for (size_t i = 0; i < s.n; i++) {
		const struct spell *p = &s.spells[i];
		bool on = p->how == SPELL_GOES_ON;
		n += (size_t)snprintf(got + n, 400 - n, "%d-%d>%d %s %d, ",
			p->from_day - DAY0, on ? 0 : p->last_day - DAY0,
			on ? 0 : p->to_day - DAY0, hows[p->how],
			p->claim_day.has ? (int)p->claim_day.v - DAY0 : -1);
	}
}

/* One deed of a schedule. */
struct deed {
	enum { SEEN, EMPTY, UNDATED, CLAIM, DISOWN } what;
	int type, day, days[3], n_days;
};

static void mark(struct kit *k, struct schedule *s, const struct deed *d, int64_t finding)
{
	struct sql_mark_claim_in claim = { finding, DAY0 + d->day };
	struct sql_mark_finding_in in = { finding,
		d->what == DISOWN || s->not_theirs ? STATE_NOT_THEIRS : STATE_OPEN,
		s->not_theirs ? s->not_theirs : DAY0 + d->day };
	if (d->what == CLAIM) {
		s->claimed[d->day] = true;
		kit_must(k, sql_mark_claim(k->x.db, &claim), "claim");
	} else if (!s->not_theirs) {
		s->not_theirs = DAY0 + d->day;
	}
	kit_must(k, sql_mark_finding(k->x.db, &in), "mark");
	kit_must(k, fold_state_again(k->fold, &k->x, finding, NULL), "again");
}

/* A report: of its day with or without the finding, or of days that only its rows
 * know. */
static void report(struct kit *k, struct schedule *s, const struct deed *d, int n,
	int deed, const char *net)
{
	char name[64];
	struct event events[6];
	size_t m = 0;
	int last = d->day;
	(void)snprintf(name, sizeof(name), "%d-%d", n, deed);
	for (int i = 0; i < d->n_days && d->what != EMPTY; i++) {
		int day = d->what == UNDATED ? d->days[i] : d->day;
		last = i == 0 || day > last ? day : last;
		s->seen[d->type][day] = true;
		events[m] = kit_event(k, (uint32_t)m + 1, net, DAY0 + day, 60 * i);
		m++;
	}
	s->arrived[d->type][last] = true;
	struct file_row f = kit_file(k, name, s->types[d->type],
		d->what == UNDATED ? NONE : SOME(DAY0 + d->day));
	kit_fold(k, &f, events, m, 1 + below(3));
}

static size_t make_deeds(struct deed *deeds)
{
	size_t n = 0;
	unsigned types = 1 + below(TYPES), seldom = 1 + below(12), from = below(16);
	for (int day = (int)from; day < DAYS && n < 100; day++) {
		for (unsigned t = 0; t < types && n < 90; t++) {
			struct deed d = { .type = (int)t, .day = day, .n_days = 1 };
			if (below(8) == 0)
				continue; /* did not arrive */
			d.what = below(seldom) == 0 ? SEEN : EMPTY;
			if (d.what == SEEN && below(10) == 0) {
				d.what = UNDATED;
				d.n_days = 1 + (int)below(3);
				for (int i = 0; i < d.n_days; i++)
					d.days[i] = day - (int)below((unsigned)day + 1);
			}
			deeds[n++] = d;
			if (below(6) == 0) { /* another part of the same report */
				d.what = below(2) ? SEEN : EMPTY;
				d.n_days = 1 + (int)below(2);
				deeds[n++] = d;
			}
		}
		if (below(12) == 0)
			deeds[n++] = (struct deed){ .what = CLAIM, .day = day };
		if (day + 1 < DAYS &&
			below(120) == 0) /* before the reports of this day and the next */
			deeds[n++] = (struct deed){ .what = DISOWN, .day = day + 1 };
	}
	if (below(10) == 0)
		deeds[n++] = (struct deed){ .what = DISOWN, .day = DAYS - 1 };
	return n;
}

/* 0: in order, 1: some late, 2: any order. */
static void shuffle(struct deed *deeds, size_t n, unsigned how)
{
	for (size_t i = n; how > 0 && i-- > 1;) {
		size_t far = how == 2 ? i : i < 6 ? i : 6;
		size_t with = i - below((unsigned)far + 1);
		if (how == 1 && below(3))
			continue;
		struct deed d = deeds[i];
		deeds[i] = deeds[with];
		deeds[with] = d;
	}
}

static int64_t finding_at(struct kit *k, const char *net)
{
	struct event e = kit_event(k, 1, net, DAY0, 0);
	struct key128 key = fold_key(k->fold, &e);
	struct sql_fold_find_in in = { { (const char *)key.b, sizeof(key.b) } };
	struct sql_fold_find_row row;
	return sql_fold_find(k->x.db, &k->arena, &in, &row) < 0 ? 0 : row.id;
}

/* True when the finding's state is what the schedule says; with or without computing all
 * again at the end. */
static bool run_schedule(struct kit *k, int n)
{
	struct schedule s = { 0 };
	struct deed deeds[220];
	char net[32], want[120], got[120], again[120];
	kit_random_state = (uint64_t)n;
	(void)snprintf(net, sizeof(net), "10.0.%d.%d", n / 250, n % 250);
	for (int t = 0; t < TYPES; t++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "t%05d-%d", n, t);
		s.quiet[t] = 1 + (int)below(8);
		s.types[t] = kit_type(k, name, s.quiet[t]);
	}
	size_t n_deeds = make_deeds(deeds);
	shuffle(deeds, n_deeds, (unsigned)n % 3);
	int64_t finding = 0;
	for (size_t i = 0; i < n_deeds; i++) {
		const struct deed *d = &deeds[i];
		if (d->what < CLAIM)
			report(k, &s, d, n, (int)i, net);
		if (finding == 0)
			finding = finding_at(k, net);
		if (d->what >= CLAIM && finding)
			mark(k, &s, d, finding);
	}
	if (finding == 0)
		return true;
	expect(&s, want);
	describe(k, finding, got);
	char want_spells[400], got_spells[400];
	expect_spells(&s, want_spells);
	describe_spells(k, finding, got_spells);
	if (strcmp(got_spells, want_spells) != 0) {
		printf("# schedule %d: spells '%s', want '%s' (%s)\n", n, got_spells,
			want_spells, want);
		return false;
	}
	kit_must(k, fold_state_again(k->fold, &k->x, finding, NULL), "again");
	describe(k, finding, again);
	if (strcmp(got, want) == 0 && strcmp(again, want) == 0)
		return true;
	printf("# schedule %d: got '%s', again '%s', want '%s'\n", n, got, again, want);
	return false;
}

/* A database for every 50: each late report looks at all findings. */
static void test_schedules(void)
{
	int wrong[3] = { 0 };
	for (int n = 0; n < 2000;) {
		struct kit k;
		struct tx t;
		kit_new(&k);
		kit_tx(&k, &t);
		do {
			wrong[n % 3] += !run_schedule(&k, n);
			arena_reset(&k.arena);
		} while (++n % 50);
		kit_end(&k, &t);
		kit_free(&k);
	}
	ok(wrong[0] == 0, "in order: the state is what was seen, arrived and claimed");
	ok(wrong[1] == 0, "some late: the same");
	ok(wrong[2] == 0, "in any order: the same");
}

int main(void)
{
	test_by_hand();
	test_schedules();
	return tap_end();
}
