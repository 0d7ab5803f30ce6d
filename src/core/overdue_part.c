/* SPDX-License-Identifier: Apache-2.0
 * overdue_part.c - subscriptions of a report type that stopped while others of it come:
 * see overdue.h. Depends on: base, db. */
#include "core/overdue.h"

#include "base/date.h"
#include "db/sql_overdue.h"

#define SINCE (OVERDUE_GIVEN_UP + OVERDUE_WINDOW) /* days */

struct parts {
	struct ctx *x;
	int64_t type;
	int32_t latest;		    /* of any part of the type */
	struct overdue_part *of;    /* those of the type at hand */
	int32_t (*days)[SINCE + 1]; /* of each */
	size_t *n_days, n;
	struct overdue_parts o;
};

/* The days of the window that ends with the last one. */
static bool stopped(const int32_t *days, size_t n, int32_t latest)
{
	size_t from = 0;
	int32_t usual;
	while (days[n - 1] - days[from] >= OVERDUE_WINDOW)
		from++;
	enum overdue_state s = overdue_judge(days + from, n - from, latest + 1, &usual);
	return s == OVERDUE_LATE || s == OVERDUE_SILENCE;
}

static void end_type(struct parts *w)
{
	for (size_t i = 0; i < w->n && w->o.n < OVERDUE_PARTS; i++)
		if (stopped(w->days[i], w->n_days[i], w->latest))
			w->o.v[w->o.n++] = w->of[i];
	w->n = 0;
	w->latest = INT32_MIN;
}

static int on_day(void *ctx, const struct sql_overdue_parts_row *q)
{
	struct parts *w = ctx;
	int32_t day = (int32_t)q->day;
	if (q->type != w->type)
		end_type(w);
	w->type = q->type;
	w->latest = day > w->latest ? day : w->latest;
	if (w->n == 0 || !str_eq(w->of[w->n - 1].name, q->part)) {
		if (w->n == OVERDUE_PARTS)
			return 0;
		w->n_days[w->n] = 0;
		w->of[w->n++] = (struct overdue_part){ .type = str_dup(
							       w->x->arena, q->name),
			.name = str_dup(w->x->arena, q->part) };
	}
	size_t i = w->n - 1;
	w->of[i].last = day;
	if (w->n_days[i] < N(w->days[i]))
		w->days[i][w->n_days[i]++] = day;
	return 0;
}

int overdue_parts(struct ctx *x, struct overdue_parts *ret)
{
	struct parts w = { .x = x, .latest = INT32_MIN };
	struct sql_overdue_parts_in in = { .since = day_of(x->now) - SINCE };
	w.of = arena_array(x->arena, OVERDUE_PARTS, sizeof(*w.of));
	w.days = arena_array(x->arena, OVERDUE_PARTS, sizeof(*w.days));
	w.n_days = arena_array(x->arena, OVERDUE_PARTS, sizeof(*w.n_days));
	w.o.v = arena_array(x->arena, OVERDUE_PARTS, sizeof(*w.o.v));
	int r = sql_overdue_parts_each(x->db, &in, on_day, &w);
	if (r < 0)
		return r;
	end_type(&w);
	*ret = w.o;
	return 0;
}
