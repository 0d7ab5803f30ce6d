/* SPDX-License-Identifier: Apache-2.0
 * arrival.c - which daily reports arrived: see arrival.h. Depends on: base, db. */
#include "core/arrival.h"

#include "db/sql_arrival.h"

/* Room for one more, doubling in the arena. */
static void *room(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return old;
	*cap = *cap ? *cap * 2 : 8;
	void *more = arena_array(a, *cap, size);
	if (n)
		memcpy(more, old, n * size);
	return more;
}

static struct report_type *push_type(struct arrivals *v, struct report_type t)
{
	v->types = room(v->arena, v->types, v->n, &v->cap, sizeof(*v->types));
	t.name = str_dup(v->arena, t.name);
	v->types[v->n] = t;
	return &v->types[v->n++];
}

/* Before index at; the caller found it. */
static void insert_day(struct arrivals *v, struct report_type *t, size_t at, int32_t day)
{
	t->days = room(v->arena, t->days, t->n_days, &t->cap_days, sizeof(*t->days));
	memmove(t->days + at + 1, t->days + at, (t->n_days - at) * sizeof(*t->days));
	t->days[at] = day;
	t->n_days++;
}

static int load_type(void *ctx, const struct sql_arrival_types_row *row)
{
	struct report_type t = { .id = row->id,
		.name = row->name,
		.known = row->known > 0,
		.quiet = (int)row->quiet };
	push_type(ctx, t);
	return 0;
}

static int load_day(void *ctx, const struct sql_arrival_days_row *row)
{
	struct arrivals *v = ctx;
	struct report_type *t = arrivals_type(v, row->type);
	if (t == NULL)
		return E_DB;
	insert_day(v, t, t->n_days, (int32_t)row->day);
	return 0;
}

int arrivals_load(struct ctx *x, struct arena *a, struct arrivals *ret)
{
	struct arrivals v = { .arena = a };
	int r = sql_arrival_types_each(x->db, load_type, &v);
	if (r == 0)
		r = sql_arrival_days_each(x->db, load_day, &v);
	if (r < 0)
		return fail(&x->why, r, "the list of arrived reports cannot be loaded");
	*ret = v;
	return 0;
}

struct report_type *arrivals_type(const struct arrivals *v, int64_t id)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->types[i].id == id)
			return &v->types[i];
	return NULL;
}

struct report_type *arrivals_by_name(const struct arrivals *v, struct str name)
{
	for (size_t i = 0; i < v->n; i++)
		if (str_eq(v->types[i].name, name))
			return &v->types[i];
	return NULL;
}

int arrivals_add_type(struct ctx *x, struct arrivals *v, struct str name, bool known,
	int quiet, int64_t *ret_id)
{
	struct report_type *t = arrivals_by_name(v, name);
	if (t == NULL) {
		struct sql_arrival_insert_type_in in = {
			.name = name, .known = known, .quiet = quiet
		};
		struct sql_arrival_insert_type_row row;
		int r = sql_arrival_insert_type(x->db, &in, &row);
		if (r < 0)
			return r;
		t = push_type(v,
			(struct report_type){ .id = row.id,
				.name = name,
				.known = known,
				.quiet = quiet });
	}
	*ret_id = t->id;
	return 0;
}

/* How many of the days are at most day. */
static size_t up_to(const struct report_type *t, int32_t day)
{
	size_t lo = 0, hi = t->n_days;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (t->days[mid] <= day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool arrivals_has(const struct report_type *t, int32_t day)
{
	size_t at = up_to(t, day);
	return at > 0 && t->days[at - 1] == day;
}

int arrivals_add(struct ctx *x, struct arrivals *v, int64_t type, int32_t day,
	bool *ret_new, bool *ret_late)
{
	struct report_type *t = arrivals_type(v, type);
	if (t == NULL)
		return fail(&x->why, E_NOT_FOUND, "no report type %lld", (long long)type);
	size_t at = up_to(t, day);
	bool there = arrivals_has(t, day);
	if (!there) {
		struct sql_arrival_insert_day_in in = { .type = type, .day = day };
		int r = sql_arrival_insert_day(x->db, &in);
		if (r < 0)
			return r;
		insert_day(v, t, at, day);
	}
	*ret_new = !there;
	*ret_late = !there && at + 1 < t->n_days;
	return 0;
}

size_t arrivals_between(const struct report_type *t, int32_t from, int32_t to)
{
	size_t after = up_to(t, from), before = up_to(t, to - 1);
	return before > after ? before - after : 0;
}

int32_t arrivals_nth_after(const struct report_type *t, int32_t day, size_t n)
{
	size_t at = up_to(t, day) + n - 1;
	return at < t->n_days ? t->days[at] : INT32_MAX;
}

int32_t arrivals_latest(const struct report_type *t)
{
	return t->n_days ? t->days[t->n_days - 1] : INT32_MIN;
}
