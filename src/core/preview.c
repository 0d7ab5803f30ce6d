/* SPDX-License-Identifier: Apache-2.0
 * preview.c - what rules would have done: see preview.h. Depends on: base, db. */
#include "core/preview.h"

#include "base/date.h"
#include "core/arrival.h"
#include "core/lifetime.h"
#include "db/sql_fold.h"
#include "db/sql_preview.h"

#define DAYS_MAX 64 /* a bit each */

struct play {
	struct ctx *x;
	const struct rules *rules;
	struct arrivals arrivals;
	struct arena scratch; /* of one finding */
	struct preview res;
	/* The organisation at hand: a bit per day on which something happened. */
	int64_t org;
	uint64_t told, second;
	bool person;
};

/* One finding, and how far the play is with it. */
struct finding {
	const struct sql_preview_findings_row *row;
	const struct life_report *reports;
	size_t n, seen; /* of them up to the day that is played */
	const int64_t *claims;
	size_t n_claims;
	int64_t relapses;
	struct opt_int told_at;
	int64_t told_relapses, reminders;
};

struct list {
	struct play *p;
	struct life_report *v;
	size_t n, cap;
};

static int add_report(void *ctx, const struct sql_fold_reports_row *row)
{
	struct list *l = ctx;
	const struct report_type *type = arrivals_type(&l->p->arrivals, row->type);
	if (type == NULL)
		return E_DB;
	if (l->n > 0 && l->v[l->n - 1].day == row->day)
		return 0;
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		struct life_report *more = arena_array(
			&l->p->scratch, cap, sizeof(*more));
		if (l->n > 0)
			memcpy(more, l->v, l->n * sizeof(*more));
		l->v = more;
		l->cap = cap;
	}
	l->v[l->n++] = (struct life_report){ (int32_t)row->day, type };
	return 0;
}

static int read_claims(struct play *p, struct finding *f)
{
	struct sql_fold_claims_in in = { .finding = f->row->id };
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
	while (f->seen < f->n && f->reports[f->seen].day < day) {
		size_t i = f->seen++;
		if (i == 0)
			continue;
		const struct life_report *from = &f->reports[i - 1];
		int32_t to = f->reports[i].day;
		f->relapses += claimed_between(f, from->day, to) ||
			life_was_silent(from->type, from->day, to);
	}
}

static enum finding_state state_on(const struct finding *f, int32_t day)
{
	const struct life_report *last = &f->reports[f->seen - 1];
	int32_t quiet = arrivals_nth_after(
		last->type, last->day, (size_t)last->type->quiet);
	if (quiet < day)
		return STATE_FIXED;
	if (claimed_between(f, last->day, day))
		return STATE_CLAIMED;
	return f->relapses ? STATE_RELAPSED : STATE_OPEN;
}

static void tell(struct play *p, struct finding *f, enum notice_why why, int32_t day)
{
	const struct escalation *e = &p->rules->escalate[f->row->severity];
	uint64_t bit = UINT64_C(1) << (day - p->res.from);
	if (f->row->contacts == 0 && f->row->others == 0) {
		p->res.unreached++;
		return;
	}
	p->told |= bit;
	p->res.told++;
	p->res.new += why == WHY_NEW;
	p->res.relapsed += why == WHY_RELAPSED;
	p->res.reminded += why == WHY_REMINDER;
	if (why != WHY_REMINDER) {
		f->reminders = 0;
		return;
	}
	int64_t contacts = f->row->contacts ? f->row->contacts : f->row->others;
	if (e->second_after && f->reminders >= e->second_after && contacts > 1)
		p->second |= bit;
	if (e->person_after && f->reminders >= e->person_after)
		p->person = true;
	f->reminders++;
}

static void play_day(struct play *p, struct finding *f, int32_t day)
{
	const struct sql_preview_findings_row *q = f->row;
	see_reports(f, day);
	if (f->seen == 0)
		return;
	bool answered = q->answered_at.has && day_of(q->answered_at.v) <= day;
	struct notice_case c = { .severity = (enum severity)q->severity,
		.state = state_on(f, day),
		.relapses = f->relapses,
		.org = q->org,
		.noticed_at = f->told_at,
		.noticed_org = f->told_at.has ? SOME(q->org) : NONE,
		.noticed_relapses = f->told_relapses,
		.rest_until = answered ? (int32_t)q->rest_until.v : 0 };
	if (answered && f->told_at.has && f->told_at.v < q->answered_at.v)
		f->reminders = 0;
	enum notice_why why = notice_why_of(&p->rules->notice, &c, day_start(day));
	if (why == WHY_NOT)
		return;
	tell(p, f, why, day);
	f->told_at = SOME(day_start(day));
	f->told_relapses = f->relapses;
}

static void end_org(struct play *p)
{
	p->res.notices += __builtin_popcountll(p->told);
	p->res.second += __builtin_popcountll(p->second);
	p->res.tasks += p->person;
	p->told = p->second = 0;
	p->person = false;
}

static int on_finding(void *ctx, const struct sql_preview_findings_row *row)
{
	struct play *p = ctx;
	struct finding f = { .row = row };
	struct list l = { .p = p };
	struct sql_fold_reports_in reports = { .finding = row->id };
	struct sql_preview_told_in told_in = { row->id, row->org,
		day_start(p->res.from) };
	struct sql_preview_told_row told;
	if (row->severity < 0 || row->severity >= SEV_N)
		return E_DB;
	if (row->org != p->org)
		end_org(p);
	p->org = row->org;
	if (!p->rules->notice.of[row->severity].notify)
		return 0;
	arena_reset(&p->scratch);
	int r = sql_fold_reports_each(p->x->db, &reports, add_report, &l);
	if (r == 0 && row->claimed_day.has)
		r = read_claims(p, &f);
	if (r == 0)
		r = sql_preview_told(p->x->db, &told_in, &told);
	if (r < 0)
		return r;
	f.reports = l.v;
	f.n = l.n;
	if (told.at.has) {
		f.told_at = told.at;
		f.reminders = told.reminders;
		see_reports(&f, day_of(told.at.v));
		f.told_relapses = f.relapses;
	}
	for (int32_t day = p->res.from; day <= p->res.to; day++)
		play_day(p, &f, day);
	return 0;
}

int preview_run(struct ctx *x, const struct rules *rules, int days, struct preview *ret)
{
	AUTO_ARENA memory = arena_new(MIB(64), "reports that arrived");
	struct play p = { .x = x, .rules = rules };
	if (days < 1 || days > DAYS_MAX)
		return fail(&x->why, E_USAGE, "from 1 to %d days", DAYS_MAX);
	p.res.to = day_of(x->now);
	p.res.from = p.res.to - days + 1;
	p.scratch = arena_new(MIB(64), "preview");
	struct sql_preview_findings_in in = { .from_day = p.res.from };
	int r = arrivals_load(x, &memory, &p.arrivals);
	if (r == 0)
		r = sql_preview_findings_each(x->db, &in, on_finding, &p);
	end_org(&p);
	arena_free(&p.scratch);
	if (r == 0)
		*ret = p.res;
	return r;
}
