/* SPDX-License-Identifier: Apache-2.0
 * preview.c - what rules would have done: see preview.h. Depends on: base, db. */
#include "core/preview.h"

#include "base/date.h"
#include "base/map.h"
#include "core/arrival.h"
#include "core/lifetime.h"
#include "db/sql_fold.h"
#include "db/sql_preview.h"

#include <assert.h>
#include <stdlib.h>

#define DAYS_MAX 64 /* a bit each */

/* One set of rules; of the organisation at hand a bit per day on which something
 * happened. */
struct side {
	const struct rules *rules;
	struct preview res;
	uint64_t told, second;
	bool person;
};

/* How far a set of rules is with the finding at hand. */
struct progress {
	struct opt_int told_at;
	int64_t told_relapses, reminders;
};

/* The finding at hand, and what is known of it up to the day that is played. */
struct finding {
	int64_t id, severity;
	struct opt_int network_org, claimed_day, answered_at, rest_until;
	struct life_report *reports;
	size_t n, cap, seen;
	const int64_t *claims;
	size_t n_claims;
	int64_t relapses;
	int32_t quiet; /* the day by which it is fixed by silence */
	int64_t contacts;
};

struct play {
	struct ctx *x;
	struct arrivals arrivals;
	struct side sides[PREVIEW_MOST];
	size_t n;
	int32_t from, to;
	int64_t org, contacts; /* at hand, and how many contacts it has */
	struct map others;     /* how many an operator has */
	struct finding f;
	struct arena scratch; /* of one finding */
};

/* ---- one finding ---- */

static int read_claims(struct play *p, struct finding *f)
{
	struct sql_fold_claims_in in = { .finding = f->id };
	struct sql_fold_claims_rows rows;
	int r = sql_fold_claims(p->x->db, &p->scratch, &in, &rows);
	if (r < 0)
		return r;
	int64_t *days = arena_array(&p->scratch, rows.n + 1, sizeof(*days));
	for (size_t i = 0; i < rows.n; i++)
		days[i] = rows.v[i].day;
	f->claims = days;
	f->n_claims = rows.n;
	return 0;
}

/* Was it said to be fixed from day from to before day to? */
static bool claimed_between(const struct finding *f, int32_t from, int32_t to)
{
	for (size_t i = 0; i < f->n_claims; i++)
		if (f->claims[i] >= from && f->claims[i] < to)
			return true;
	return false;
}

/* Takes the reports up to the day before: what the run of that morning knew. */
static void see_reports(struct finding *f, int32_t day)
{
	size_t before = f->seen;
	while (f->seen < f->n && f->reports[f->seen].day < day) {
		size_t i = f->seen++;
		if (i == 0)
			continue;
		const struct life_report *from = &f->reports[i - 1];
		int32_t to = f->reports[i].day;
		f->relapses += claimed_between(f, from->day, to) ||
			life_was_silent(from->type, from->day, to);
	}
	if (f->seen == before)
		return;
	const struct life_report *last = &f->reports[f->seen - 1];
	f->quiet = arrivals_nth_after(last->type, last->day, (size_t)last->type->quiet);
}

static enum finding_state state_on(const struct finding *f, int32_t day)
{
	if (f->quiet < day)
		return STATE_FIXED;
	if (claimed_between(f, f->reports[f->seen - 1].day, day))
		return STATE_CLAIMED;
	return f->relapses ? STATE_RELAPSED : STATE_OPEN;
}

static void tell(const struct play *p, struct side *s, struct progress *g,
	enum notice_why why, int32_t day)
{
	const struct escalation *e = &s->rules->escalate[p->f.severity];
	uint64_t bit = UINT64_C(1) << (day - p->from);
	if (p->f.contacts == 0) {
		s->res.unreached++;
		return;
	}
	s->told |= bit;
	s->res.told++;
	s->res.new += why == WHY_NEW;
	s->res.relapsed += why == WHY_RELAPSED;
	s->res.reminded += why == WHY_REMINDER;
	if (why != WHY_REMINDER) {
		g->reminders = 0;
		return;
	}
	if (e->second_after && g->reminders >= e->second_after && p->f.contacts > 1)
		s->second |= bit;
	if (e->person_after && g->reminders >= e->person_after)
		s->person = true;
	g->reminders++;
}

static void play_day(const struct play *p, struct side *s, struct progress *g,
	enum finding_state state, int32_t day)
{
	const struct finding *f = &p->f;
	bool answered = f->answered_at.has && day_of(f->answered_at.v) <= day;
	struct notice_case c = { .severity = (enum severity)f->severity,
		.state = state,
		.relapses = f->relapses,
		.org = p->org,
		.noticed_at = g->told_at,
		.noticed_org = g->told_at.has ? SOME(p->org) : NONE,
		.noticed_relapses = g->told_relapses,
		.rest_until = answered ? (int32_t)f->rest_until.v : 0 };
	if (answered && g->told_at.has && g->told_at.v < f->answered_at.v)
		g->reminders = 0;
	enum notice_why why = notice_why_of(&s->rules->notice, &c, day_start(day));
	if (why == WHY_NOT)
		return;
	tell(p, s, g, why, day);
	g->told_at = SOME(day_start(day));
	g->told_relapses = f->relapses;
}

/* Whom it is told: its organisation's contacts, else its operator's. */
static int count_contacts(struct play *p, int64_t org, int64_t *ret)
{
	struct str key = { (const char *)&org, sizeof(org) };
	struct sql_preview_contacts_in in = { org };
	struct sql_preview_contacts_row row;
	int64_t *known = map_get(&p->others, key);
	int r = known ? 0 : sql_preview_contacts(p->x->db, &in, &row);
	if (r < 0)
		return r;
	if (!known)
		map_put(&p->others, key, row.n);
	*ret = known ? *known : row.n;
	return 0;
}

static int play_finding(struct play *p)
{
	struct finding *f = &p->f;
	struct sql_preview_told_in told_in = { f->id, p->org, day_start(p->from) };
	struct sql_preview_told_row told;
	struct progress at_first = { 0 }, g[PREVIEW_MOST];
	bool any = false;
	if (f->severity < 0 || f->severity >= SEV_N)
		return E_DB;
	for (size_t i = 0; i < p->n; i++)
		any |= p->sides[i].rules->notice.of[f->severity].notify;
	if (!any)
		return 0;
	f->contacts = p->contacts;
	int r = 0;
	if (f->contacts == 0 && f->network_org.has)
		r = count_contacts(p, f->network_org.v, &f->contacts);
	if (r == 0 && f->claimed_day.has)
		r = read_claims(p, f);
	if (r == 0)
		r = sql_preview_told(p->x->db, &told_in, &told);
	if (r < 0)
		return r;
	if (told.at.has) {
		see_reports(f, day_of(told.at.v));
		at_first = (struct progress){ told.at, f->relapses, told.reminders };
	}
	for (size_t i = 0; i < p->n; i++)
		g[i] = at_first;
	for (int32_t day = p->from; day <= p->to; day++) {
		see_reports(f, day);
		if (f->seen == 0)
			continue;
		enum finding_state state = state_on(f, day);
		for (size_t i = 0; i < p->n; i++)
			play_day(p, &p->sides[i], &g[i], state, day);
	}
	return 0;
}

/* ---- the reports of one finding after the other ---- */

static int end_finding(struct play *p)
{
	int r = p->f.n > 0 ? play_finding(p) : 0;
	p->f = (struct finding){ 0 };
	arena_reset(&p->scratch);
	return r;
}

static int add_report(struct play *p, int32_t day, int64_t type)
{
	struct finding *f = &p->f;
	const struct report_type *of = arrivals_type(&p->arrivals, type);
	if (of == NULL)
		return E_DB;
	if (f->n > 0 && f->reports[f->n - 1].day == day)
		return 0;
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		struct life_report *more = arena_array(&p->scratch, cap, sizeof(*more));
		if (f->n > 0)
			memcpy(more, f->reports, f->n * sizeof(*more));
		f->reports = more;
		f->cap = cap;
	}
	f->reports[f->n++] = (struct life_report){ day, of };
	return 0;
}

static int on_report(void *ctx, const struct sql_preview_findings_row *row)
{
	struct play *p = ctx;
	int r = 0;
	if (row->id != p->f.id) {
		r = end_finding(p);
		p->f.id = row->id;
		p->f.severity = row->severity;
		p->f.network_org = row->network_org;
		p->f.claimed_day = row->claimed_day;
		p->f.answered_at = row->answered_at;
		p->f.rest_until = row->rest_until;
	}
	return r < 0 ? r : add_report(p, (int32_t)row->day, row->type);
}

/* ---- one organisation ---- */

/* What was open in these days: what is live, and what was fixed in them. */
static const struct {
	int state;
	bool lately;
} sorts[] = { { STATE_OPEN, false }, { STATE_CLAIMED, false }, { STATE_RELAPSED, false },
	{ STATE_FIXED, true } };

static int64_t since_of(const struct play *p, size_t sort)
{
	return sorts[sort].lately ? p->from : INT64_MIN;
}

static int play_org(struct play *p, int64_t org)
{
	p->org = org;
	int r = count_contacts(p, org, &p->contacts);
	for (size_t i = 0; i < N(sorts) && r == 0; i++) {
		struct sql_preview_findings_in in = { org, sorts[i].state,
			since_of(p, i) };
		r = sql_preview_findings_each(p->x->db, &in, on_report, p);
	}
	if (r == 0)
		r = end_finding(p);
	for (size_t i = 0; i < p->n; i++) {
		struct side *s = &p->sides[i];
		s->res.notices += __builtin_popcountll(s->told);
		s->res.second += __builtin_popcountll(s->second);
		s->res.tasks += s->person;
		s->told = s->second = 0;
		s->person = false;
	}
	return r;
}

/* The same each time, and nothing to do with what they have. */
static int by_chance(const void *pa, const void *pb)
{
	const struct sql_preview_orgs_row *qa = pa, *qb = pb;
	uint64_t a = (uint64_t)qa->id * UINT64_C(0x9e3779b97f4a7c15),
		 b = (uint64_t)qb->id * UINT64_C(0x9e3779b97f4a7c15);
	return (a > b) - (a < b);
}

static int play_all(
	struct play *p, struct arena *a, int64_t most, struct preview_part *part)
{
	struct sql_preview_orgs_in in = { p->from, most + 1 };
	struct sql_preview_orgs_rows orgs;
	int64_t left = most;
	int r = sql_preview_orgs(p->x->db, a, &in, &orgs);
	if (r < 0)
		return r;
	if (orgs.n > 1)
		qsort(orgs.v, orgs.n, sizeof(*orgs.v), by_chance);
	for (size_t i = 0; i < orgs.n && r == 0; i++) {
		int64_t n = orgs.v[i].n;
		part->all += n > 0;
		if (n == 0 || (most && n > left))
			continue; /* perhaps a smaller one still fits */
		left -= n;
		part->counted++;
		r = play_org(p, orgs.v[i].id);
	}
	return r;
}

int preview_run(struct ctx *x, const struct rules *const v[], size_t n, int days,
	int64_t most, struct preview ret[], struct preview_part *ret_part)
{
	AUTO_ARENA memory = arena_new(MIB(64), "reports that arrived");
	struct play p = { .x = x, .n = n, .others = map_in(&memory) };
	struct preview_part part = { 0 };
	assert(n <= PREVIEW_MOST);
	if (days < 1 || days > DAYS_MAX)
		return fail(&x->why, E_USAGE, "from 1 to %d days", DAYS_MAX);
	p.to = day_of(x->now);
	p.from = p.to - days + 1;
	for (size_t i = 0; i < n; i++)
		p.sides[i] = (struct side){ .rules = v[i],
			.res = { .from = p.from, .to = p.to } };
	p.scratch = arena_new(MIB(64), "preview");
	int r = arrivals_load(x, &memory, &p.arrivals);
	if (r == 0)
		r = play_all(&p, &memory, most, &part);
	arena_free(&p.scratch);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		ret[i] = p.sides[i].res;
	if (ret_part)
		*ret_part = part;
	return 0;
}
