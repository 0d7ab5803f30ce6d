/* SPDX-License-Identifier: Apache-2.0
 * finding_page.c - pages of long lists of findings: see finding.h. Depends on: base, db.
 *
 * First the narrow ways are tried: a name, an organisation, a kind. What is rare is found
 * there as a whole. When too much stands there it is common, and a page of it fills soon
 * along the order asked for: that is read in lanes, one for each severity, of live and of
 * other findings, each up to a page and never over a bounded number of looks. */
#include "core/finding_int.h"
#include "db/sql_finding.h"
#include "db/sql_finding_page.h"

#include <stdlib.h>

#ifndef NARROW_LOOKS	   /* a test makes them small */
#define NARROW_LOOKS 5000  /* along a narrow way, together */
#define LANE_LOOKS   10000 /* along all lanes, together */
#define LANE_LEAST   1000  /* along each, so that a page always gets on */
#endif

#define LIVE (1u << STATE_OPEN | 1u << STATE_CLAIMED | 1u << STATE_RELAPSED)
#define DONE (1u << STATE_FIXED | 1u << STATE_NOT_THEIRS)
#define RARE (1u << STATE_CLAIMED | 1u << STATE_RELAPSED | 1u << STATE_NOT_THEIRS)

typedef int key_compare(const void *pa, const void *pb);
struct pager {
	const struct finding_filter *f;
	const struct finding_key *after;
	unsigned states;
	struct finding_kinds kinds;
	key_compare *compare;
	struct finding_key *hits;
	size_t n, cap;
	struct arena *arena;
	size_t looks, may_look; /* along this way */
	size_t enough;		/* hits that end this way */
	int64_t floor;		/* last seen before this ends it */
	size_t all_looks;
	bool cut;			/* some lane ended early */
	struct finding_key last, bound; /* looked at last; where the first lane ended */
};

/* ---- order ---- */

static int seen_down(const struct finding_key *a, const struct finding_key *b)
{
	if (a->last_seen != b->last_seen)
		return a->last_seen > b->last_seen ? -1 : 1;
	return a->id > b->id ? -1 : a->id < b->id;
}

static int by_worst(const void *pa, const void *pb)
{
	const struct finding_key *a = pa, *b = pb;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	return seen_down(a, b);
}

static int by_newest(const void *pa, const void *pb)
{
	return seen_down(pa, pb);
}

static int by_oldest(const void *pa, const void *pb)
{
	return seen_down(pb, pa);
}

static int by_id(const void *pa, const void *pb)
{
	const struct finding_key *a = pa, *b = pb;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* ---- looking ---- */

static void add_hit(struct pager *p, const struct finding_key *k)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 256;
		struct finding_key *more = arena_array(p->arena, cap, sizeof(*more));
		if (p->n)
			memcpy(more, p->hits, p->n * sizeof(*more));
		p->hits = more;
		p->cap = cap;
	}
	p->hits[p->n++] = *k;
}

/* E_STOPPED ends the way: with cut set when more of it may match. */
static int consider(struct pager *p, const struct candidate *c)
{
	struct finding_key k = { c->severity, c->last_seen, c->id };
	if (c->last_seen < p->floor)
		return E_STOPPED;
	if (p->looks == p->may_look) {
		p->cut = true;
		return E_STOPPED;
	}
	p->looks++;
	p->last = k;
	if (!(p->states >> c->state & 1) || !finding_matches(p->f, &p->kinds, c) ||
		(p->after && p->compare(&k, p->after) <= 0))
		return 0;
	add_hit(p, &k);
	return --p->enough == 0 ? E_STOPPED : 0;
}

#define ON_ROW(walk)                                                                     \
	static int on_##walk(void *ctx, const struct sql_##walk##_row *q)                \
	{                                                                                \
		struct candidate c = FINDING_CANDIDATE(q);                               \
		return consider(ctx, &c);                                                \
	}
ON_ROW(finding_walk)
ON_ROW(finding_walk_name)
ON_ROW(finding_walk_net)
ON_ROW(page_org)
ON_ROW(page_nobody)
ON_ROW(page_kind)
ON_ROW(page_report)
ON_ROW(page_state)
ON_ROW(page_family)
ON_ROW(page_live_ids)
ON_ROW(page_live_down)
ON_ROW(page_live_up)
ON_ROW(page_done_down)
ON_ROW(page_done_up)

static void begin_way(struct pager *p, size_t looks, size_t enough)
{
	p->all_looks += p->looks;
	p->looks = 0;
	p->may_look = looks;
	p->enough = enough;
	p->floor = INT64_MIN;
	p->cut = false;
}

/* ---- narrow ways ---- */

static int narrow_state(struct ctx *x, struct pager *p, int state)
{
	const struct finding_filter *f = p->f;
	if (f->org) {
		struct sql_page_org_in in = { f->org, state };
		return sql_page_org_each(x->db, &in, on_page_org, p);
	}
	if (f->unattributed) {
		struct sql_page_nobody_in in = { state };
		return sql_page_nobody_each(x->db, &in, on_page_nobody, p);
	}
	struct sql_page_state_in in = { state };
	return sql_page_state_each(x->db, &in, on_page_state, p);
}

static int narrow_states(struct ctx *x, struct pager *p)
{
	int r = 0;
	for (int s = 0; s < STATE_N && r == 0; s++)
		if (p->states >> s & 1)
			r = narrow_state(x, p, s);
	return r;
}

static int narrow_kinds(struct ctx *x, struct pager *p)
{
	int r = 0;
	for (size_t i = 0; i < p->kinds.n && r == 0; i++) {
		struct sql_page_kind_in in = { p->kinds.v[i] };
		r = sql_page_kind_each(x->db, &in, on_page_kind, p);
	}
	return r;
}

static int narrow_place(struct ctx *x, struct pager *p)
{
	const struct finding_filter *f = p->f;
	struct ip last = net_last(&f->net);
	struct sql_finding_walk_name_in name = { .name = f->name };
	struct sql_finding_walk_net_in net = {
		.first = { (const char *)f->net.ip.b, sizeof(f->net.ip.b) },
		.last = { (const char *)last.b, sizeof(last.b) },
	};
	if (f->name.n)
		return sql_finding_walk_name_each(x->db, &name, on_finding_walk_name, p);
	return sql_finding_walk_net_each(x->db, &net, on_finding_walk_net, p);
}

static int narrow_report(struct ctx *x, struct pager *p)
{
	struct sql_page_report_in in = { p->f->report_type };
	return sql_page_report_each(x->db, &in, on_page_report, p);
}

static int narrow_family(struct ctx *x, struct pager *p)
{
	struct sql_page_family_in in = { p->f->family };
	return sql_page_family_each(x->db, &in, on_page_family, p);
}

/* *ret_done: all that matches is among the hits. */
static int narrow(struct ctx *x, struct pager *p, bool *ret_done)
{
	const struct finding_filter *f = p->f;
	bool live = !(p->states & ~LIVE);
	const struct {
		bool use;
		int (*way)(struct ctx *x, struct pager *p);
	} ways[] = {
		{ f->name.n || f->has_net, narrow_place },
		{ f->family.n, narrow_family },
		{ f->org || f->unattributed, narrow_states },
		{ !p->kinds.any && live, narrow_kinds },
		{ !(p->states & ~RARE), narrow_states },
		{ f->report_type && live, narrow_report },
	};
	bool done = false;
	int r = 0;
	for (size_t i = 0; i < N(ways) && r == 0 && !done; i++) {
		if (!ways[i].use)
			continue;
		begin_way(p, NARROW_LOOKS, SIZE_MAX);
		p->n = 0;
		r = ways[i].way(x, p);
		done = r == 0;
		if (r == E_STOPPED)
			r = 0;
	}
	*ret_done = done;
	return r;
}

/* ---- lanes ---- */

static int lane(struct ctx *x, struct pager *p, int64_t severity, bool live)
{
	const struct finding_filter *f = p->f;
	bool up = f->order == FINDING_OLDEST;
	int64_t edge = up ? INT64_MIN : INT64_MAX;
	struct finding_key at = { severity, edge, edge };
	size_t left = p->all_looks < LANE_LOOKS ? (LANE_LOOKS - p->all_looks) / 2 : 0;
	if (f->order != FINDING_WORST)
		left = LANE_LEAST;
	if (p->after && (f->order != FINDING_WORST || p->after->severity == severity))
		at = *p->after;
	begin_way(p, left < LANE_LEAST ? LANE_LEAST : left, f->limit + 1);
	if (!up && f->since.has)
		p->floor = f->since.v;
	if (!up && f->new_since.has && f->new_since.v > p->floor)
		p->floor = f->new_since.v;
	struct sql_page_live_down_in live_down = { severity, at.last_seen, at.id };
	struct sql_page_live_up_in live_up = { severity, at.last_seen, at.id };
	struct sql_page_done_down_in done_down = { severity, at.last_seen, at.id };
	struct sql_page_done_up_in done_up = { severity, at.last_seen, at.id };
	int r;
	if (live)
		r = up ? sql_page_live_up_each(x->db, &live_up, on_page_live_up, p)
		       : sql_page_live_down_each(x->db, &live_down, on_page_live_down, p);
	else
		r = up ? sql_page_done_up_each(x->db, &done_up, on_page_done_up, p)
		       : sql_page_done_down_each(x->db, &done_down, on_page_done_down, p);
	return r == E_STOPPED ? 0 : r;
}

/* Behind the point where a lane ended early nothing is known. */
static void note_cut(struct pager *p, bool *any)
{
	if (p->cut && (!*any || p->compare(&p->last, &p->bound) < 0))
		p->bound = p->last;
	*any |= p->cut;
}

static int lanes(struct ctx *x, struct pager *p, bool *ret_cut)
{
	const struct finding_filter *f = p->f;
	bool worst = f->order == FINDING_WORST, cut = false;
	int64_t top = SEV_N - 1;
	int r = 0;
	p->n = 0;
	p->all_looks = p->looks = 0;
	if (worst && p->after && p->after->severity < top)
		top = p->after->severity;
	for (int64_t s = top; s >= (int64_t)f->severity && s >= 0 && r == 0; s--) {
		if (p->states & LIVE)
			r = lane(x, p, s, true);
		if (r == 0 && p->states & LIVE)
			note_cut(p, &cut);
		if (r == 0 && p->states & DONE)
			r = lane(x, p, s, false);
		if (r == 0 && p->states & DONE)
			note_cut(p, &cut);
		if (worst && (cut || p->n > f->limit))
			break;
	}
	*ret_cut = cut;
	return r;
}

static int ids(struct ctx *x, struct pager *p, bool *ret_cut)
{
	int64_t after = p->after ? p->after->id : 0;
	struct sql_finding_walk_in all = { after };
	struct sql_page_live_ids_in live = { after };
	p->n = 0;
	begin_way(p, LANE_LOOKS, p->f->limit + 1);
	int r = p->states & ~LIVE
		? sql_finding_walk_each(x->db, &all, on_finding_walk, p)
		: sql_page_live_ids_each(x->db, &live, on_page_live_ids, p);
	*ret_cut = p->cut;
	p->bound = p->last;
	return r == E_STOPPED ? 0 : r;
}

/* ---- the page ---- */

static void take(struct ctx *x, struct pager *p, bool cut, struct finding_page *ret)
{
	size_t limit = p->f->limit, n = p->n;
	if (n > 1)
		qsort(p->hits, n, sizeof(*p->hits), p->compare);
	while (cut && n > 0 && p->compare(&p->hits[n - 1], &p->bound) > 0)
		n--;
	struct finding_page page = { .more = n > limit || cut };
	page.partial = n < limit && cut;
	if (n > limit)
		n = limit;
	int64_t *list = arena_array(x->arena, n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = p->hits[i].id;
	page.ids = list;
	page.n = n;
	page.next = n == limit && n > 0 ? p->hits[n - 1] : p->bound;
	*ret = page;
}

int finding_page(struct ctx *x, const struct finding_filter *f,
	const struct finding_key *after, struct finding_page *ret)
{
	static key_compare *const compares[] = { by_id, by_worst, by_newest, by_oldest };
	AUTO_ARENA scratch = arena_new(MIB(64), "page of findings");
	struct finding_filter own = *f;
	struct pager p = { .f = &own,
		.after = after,
		.states = f->states ? f->states : (1u << STATE_N) - 1,
		.compare = compares[f->order],
		.arena = &scratch };
	bool done = false, cut = false;
	own.after = 0;
	int r = finding_kinds_load(x, &scratch, f, &p.kinds);
	if (r == 0 && !p.kinds.any && p.kinds.n == 0)
		done = true;
	if (r == 0 && !done)
		r = narrow(x, &p, &done);
	if (r == 0 && !done)
		r = f->order == FINDING_BY_ID ? ids(x, &p, &cut) : lanes(x, &p, &cut);
	if (r == 0)
		take(x, &p, cut, ret);
	return r;
}
