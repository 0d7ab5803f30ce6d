/* SPDX-License-Identifier: Apache-2.0
 * finding.c - lists of findings: see finding.h. Depends on: base, db. */
#include "core/finding.h"

#include "db/sql_finding.h"

#include <stdlib.h>

/* What a filter looks at. */
struct candidate {
	int64_t id, kind, org, network_org, first_seen, last_seen, type, relapses;
	struct str net, name, family;
	int64_t len, port, severity, state;
};
struct hit {
	int64_t id, last_seen;
	int severity;
};
struct search {
	const struct finding_filter *f;
	struct arena *arena;
	bool any_kind;
	int64_t *kinds; /* ascending */
	size_t n_kinds, cap_kinds;
	struct hit *hits;
	size_t n, cap, matched;
	bool by_id; /* candidates come by id: stop at the limit */
};

static int by_id(const void *pa, const void *pb)
{
	const struct hit *a = pa, *b = pb;
	return a->id < b->id ? -1 : a->id > b->id;
}

static int by_worst(const void *pa, const void *pb)
{
	const struct hit *a = pa, *b = pb;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->last_seen != b->last_seen)
		return a->last_seen > b->last_seen ? -1 : 1;
	return a->id > b->id ? -1 : a->id < b->id;
}

static void sort_hits(struct search *s)
{
	if (s->n > 1)
		qsort(s->hits, s->n, sizeof(*s->hits),
			s->f->order == FINDING_WORST ? by_worst : by_id);
}

static void *grown(struct arena *a, void *old, size_t n, size_t cap, size_t size)
{
	void *more = arena_array(a, cap, size);
	if (n)
		memcpy(more, old, n * size);
	return more;
}

/* Keeps it. With a limit never more than four times as many are kept, whatever
 * matches. */
static void add_hit(struct search *s, const struct candidate *c)
{
	size_t limit = s->f->limit;
	s->matched++;
	if (s->n == s->cap && limit && s->n >= 4 * limit) {
		sort_hits(s);
		s->n = limit;
	} else if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 256;
		s->hits = grown(s->arena, s->hits, s->n, s->cap, sizeof(*s->hits));
	}
	s->hits[s->n++] = (struct hit){ c->id, c->last_seen, (int)c->severity };
}

static bool has_kind(const struct search *s, int64_t id)
{
	size_t lo = 0, hi = s->n_kinds;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (s->kinds[mid] < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->n_kinds && s->kinds[lo] == id;
}

static bool in_net(const struct net *net, const struct candidate *c)
{
	struct ip ip;
	if (c->net.n != sizeof(ip.b) || c->len < net->len)
		return false;
	memcpy(ip.b, c->net.p, sizeof(ip.b));
	return net_has(net, &ip);
}

static bool in_time(const struct finding_filter *f, const struct candidate *c)
{
	return (!f->since.has || c->last_seen >= f->since.v) &&
		(!f->until.has || c->last_seen < f->until.v) &&
		(!f->new_since.has || c->first_seen >= f->new_since.v);
}

static bool is_whose(const struct finding_filter *f, const struct candidate *c)
{
	return (f->org == 0 || c->org == f->org) && (!f->unattributed || c->org == 0) &&
		(f->network_org == 0 || c->network_org == f->network_org);
}

static bool matches(const struct search *s, const struct candidate *c)
{
	const struct finding_filter *f = s->f;
	if (f->states && !(f->states >> c->state & 1))
		return false;
	if (c->severity < (int64_t)f->severity || !is_whose(f, c) || !in_time(f, c))
		return false;
	if (!s->any_kind && !has_kind(s, c->kind))
		return false;
	if (f->family.n && !str_eq(f->family, c->family))
		return false;
	if (f->has_net && !in_net(&f->net, c))
		return false;
	if (f->name.n && !str_eq(f->name, c->name))
		return false;
	if (f->port.has && c->port != f->port.v)
		return false;
	return c->id > f->after && (!f->relapsed || c->relapses > 0) &&
		(f->report_type == 0 || c->type == f->report_type);
}

static int consider(struct search *s, const struct candidate *c)
{
	if (!matches(s, c))
		return 0;
	add_hit(s, c);
	bool enough = s->by_id && s->f->limit && s->matched > s->f->limit;
	return enough ? E_STOPPED : 0;
}

/* The five statements have rows of one shape but of five types. */
#define ON_ROW(walk)                                                                     \
	static int on_##walk(void *ctx, const struct sql_finding_##walk##_row *q)        \
	{                                                                                \
		struct candidate c = { q->id, q->kind, q->org.v, q->network_org.v,       \
			q->first_seen, q->last_seen, q->last_type, q->relapses, q->net,  \
			q->name, q->family, q->len, q->port, q->severity, q->state };    \
		return consider(ctx, &c);                                                \
	}
ON_ROW(walk)
ON_ROW(walk_org)
ON_ROW(walk_nobody)
ON_ROW(walk_net)
ON_ROW(walk_name)

/* The way in that reads least. */
static int walk(struct ctx *x, struct search *s)
{
	const struct finding_filter *f = s->f;
	if (f->name.n) {
		struct sql_finding_walk_name_in in = { .name = f->name };
		return sql_finding_walk_name_each(x->db, &in, on_walk_name, s);
	}
	if (f->has_net) {
		struct ip last = net_last(&f->net);
		struct sql_finding_walk_net_in in = {
			.first = { (const char *)f->net.ip.b, sizeof(f->net.ip.b) },
			.last = { (const char *)last.b, sizeof(last.b) },
		};
		return sql_finding_walk_net_each(x->db, &in, on_walk_net, s);
	}
	if (f->org) {
		struct sql_finding_walk_org_in in = { .org = f->org };
		return sql_finding_walk_org_each(x->db, &in, on_walk_org, s);
	}
	if (f->unattributed)
		return sql_finding_walk_nobody_each(x->db, on_walk_nobody, s);
	struct sql_finding_walk_in in = { .after = f->after };
	s->by_id = f->order == FINDING_BY_ID;
	return sql_finding_walk_each(x->db, &in, on_walk, s);
}

static int on_kind(void *ctx, const struct sql_finding_kinds_row *q)
{
	struct search *s = ctx;
	const struct finding_filter *f = s->f;
	if ((f->type.n && !str_eq(f->type, q->type)) ||
		(f->identifier.n && !str_eq(f->identifier, q->identifier)))
		return 0;
	if (s->n_kinds == s->cap_kinds) {
		s->cap_kinds = s->cap_kinds ? 2 * s->cap_kinds : 64;
		s->kinds = grown(
			s->arena, s->kinds, s->n_kinds, s->cap_kinds, sizeof(*s->kinds));
	}
	s->kinds[s->n_kinds++] = q->id;
	return 0;
}

static void take_list(struct search *s, struct ctx *x, struct finding_list *ret)
{
	sort_hits(s);
	size_t n = s->f->limit && s->n > s->f->limit ? s->f->limit : s->n;
	int64_t *ids = arena_array(x->arena, n + 1, sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[i] = s->hits[i].id;
	*ret = (struct finding_list){ ids, n, s->matched };
}

int finding_find(struct ctx *x, const struct finding_filter *f, struct finding_list *ret)
{
	AUTO_ARENA scratch = arena_new(GIB(1), "list of findings");
	struct search s = { .f = f, .arena = &scratch };
	int r = 0;
	s.any_kind = f->type.n == 0 && f->identifier.n == 0;
	if (!s.any_kind)
		r = sql_finding_kinds_each(x->db, on_kind, &s);
	if (r == 0 && (s.any_kind || s.n_kinds > 0))
		r = walk(x, &s);
	if (r < 0 && r != E_STOPPED)
		return r;
	take_list(&s, x, ret);
	return 0;
}

int finding_report_type(struct ctx *x, struct str name, int64_t *ret)
{
	struct sql_finding_report_type_in in = { .name = name };
	struct sql_finding_report_type_row row;
	int r = sql_finding_report_type(x->db, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "no report of type '%.*s' came yet",
			STR(str_to(name, 60)));
	if (r == 0)
		*ret = row.id;
	return r;
}
