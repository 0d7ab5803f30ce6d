/* SPDX-License-Identifier: Apache-2.0
 * finding.c - lists of findings: see finding.h. Depends on: base, db. */
#include "core/finding_int.h"
#include "db/sql_finding.h"

#include <stdlib.h>

struct hit {
	int64_t id, last_seen;
	int severity;
};
struct search {
	const struct finding_filter *f;
	struct arena *arena;
	struct finding_kinds kinds;
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

static bool has_kind(const struct finding_kinds *k, int64_t id)
{
	size_t lo = 0, hi = k->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (k->v[mid] < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < k->n && k->v[lo] == id;
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

bool finding_matches(const struct finding_filter *f, const struct finding_kinds *kinds,
	const struct candidate *c)
{
	if (f->states && !(f->states >> c->state & 1))
		return false;
	if (c->severity < (int64_t)f->severity || !is_whose(f, c) || !in_time(f, c))
		return false;
	if (!kinds->any && !has_kind(kinds, c->kind))
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
	if (!finding_matches(s->f, &s->kinds, c))
		return 0;
	add_hit(s, c);
	bool enough = s->by_id && s->f->limit && s->matched > s->f->limit;
	return enough ? E_STOPPED : 0;
}

#define ON_ROW(walk)                                                                     \
	static int on_##walk(void *ctx, const struct sql_finding_##walk##_row *q)        \
	{                                                                                \
		struct candidate c = FINDING_CANDIDATE(q);                               \
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

struct kind_search {
	const struct finding_filter *f;
	struct arena *arena;
	struct finding_kinds *to;
};

static int on_kind(void *ctx, const struct sql_finding_kinds_row *q)
{
	struct kind_search *s = ctx;
	const struct finding_filter *f = s->f;
	struct finding_kinds *k = s->to;
	if ((f->type.n && !str_eq(f->type, q->type)) ||
		(f->identifier.n && !str_eq(f->identifier, q->identifier)))
		return 0;
	if (k->n == k->cap) {
		k->cap = k->cap ? 2 * k->cap : 64;
		k->v = grown(s->arena, k->v, k->n, k->cap, sizeof(*k->v));
	}
	k->v[k->n++] = q->id;
	return 0;
}

int finding_kinds_load(struct ctx *x, struct arena *a, const struct finding_filter *f,
	struct finding_kinds *ret)
{
	struct finding_kinds k = { .any = f->type.n == 0 && f->identifier.n == 0 };
	struct kind_search s = { f, a, &k };
	int r = k.any ? 0 : sql_finding_kinds_each(x->db, on_kind, &s);
	if (r == 0)
		*ret = k;
	return r;
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
	int r = finding_kinds_load(x, &scratch, f, &s.kinds);
	if (r == 0 && (s.kinds.any || s.kinds.n > 0))
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
