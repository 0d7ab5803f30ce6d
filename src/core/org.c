/* SPDX-License-Identifier: Apache-2.0
 * org.c - which organisation does a person mean: see org.h. Depends on: base, db. */
#include "core/org.h"

#include "db/sql_org.h"

struct guess {
	struct arena *arena;
	struct str want; /* in lower case */
	struct org_ref found, second;
	size_t n;
};

static int on_org(void *ctx, const struct sql_org_walk_row *q)
{
	struct guess *g = ctx;
	AUTO_ARENA scratch = arena_new(KIB(64), "name");
	struct str low = str_lower(&scratch, q->name);
	bool same = str_eq(low, g->want);
	if (!same && str_search(low, g->want) >= low.n)
		return 0;
	struct org_ref ref = { q->id, str_dup(g->arena, q->name) };
	if (same) { /* the whole name goes before all that hold it */
		g->found = ref;
		g->n = 1;
		return E_STOPPED;
	}
	g->n++;
	if (g->n == 1)
		g->found = ref;
	else if (g->n == 2)
		g->second = ref;
	return 0;
}

int org_by_id(struct ctx *x, int64_t id, struct org_ref *ret)
{
	struct sql_org_get_in in = { .id = id };
	struct sql_org_get_row row;
	int r = sql_org_get(x->db, x->arena, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "there is no organisation %lld", (long long)id);
	if (r == 0)
		*ret = (struct org_ref){ row.id, row.name };
	return r;
}

int org_find(struct ctx *x, struct str text, struct org_ref *ret)
{
	int64_t id;
	text = str_trim(text);
	if (text.n == 0)
		return fail(&x->why, E_USAGE, "the organisation's name is empty");
	if (str_int(text, 1, INT64_MAX, &id))
		return org_by_id(x, id, ret);
	struct sql_org_by_name_in in = { .name = text };
	struct sql_org_by_name_row row;
	int r = sql_org_by_name(x->db, x->arena, &in, &row);
	if (r == 0)
		*ret = (struct org_ref){ row.id, row.name };
	if (r != E_NOT_FOUND)
		return r;
	struct guess g = { .arena = x->arena, .want = str_lower(x->arena, text) };
	r = sql_org_walk_each(x->db, on_org, &g);
	if (r < 0 && r != E_STOPPED)
		return r;
	if (g.n == 0)
		return fail(&x->why, E_NOT_FOUND, "no organisation is named '%.*s'",
			STR(str_to(text, 60)));
	if (g.n > 1)
		return fail(&x->why, E_USAGE,
			"'%.*s' may mean %zu organisations, among them %.*s and %.*s: "
			"write more of the name",
			STR(str_to(text, 40)), g.n, STR(str_to(g.found.name, 40)),
			STR(str_to(g.second.name, 40)));
	*ret = g.found;
	return 0;
}
