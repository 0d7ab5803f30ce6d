/* SPDX-License-Identifier: Apache-2.0
 * overdue.c - reports that did not come: see overdue.h. Depends on: base, db. */
#include "core/overdue.h"

#include "base/date.h"
#include "db/sql_overdue.h"

#include <stdlib.h>

static int by_length(const void *pa, const void *pb)
{
	int32_t a = *(const int32_t *)pa, b = *(const int32_t *)pb;
	return (a > b) - (a < b);
}

enum overdue_state overdue_judge(
	const int32_t *days, size_t n, int32_t today, int32_t *ret_usual)
{
	int32_t gaps[OVERDUE_WINDOW];
	*ret_usual = 0;
	if (n < OVERDUE_REPORTS || n > OVERDUE_WINDOW)
		return OVERDUE_UNKNOWN;
	for (size_t i = 1; i < n; i++)
		gaps[i - 1] = days[i] - days[i - 1];
	qsort(gaps, n - 1, sizeof(*gaps), by_length);
	int32_t usual = gaps[(9 * (n - 1) + 9) / 10 - 1];
	int64_t missing = (int64_t)today - 1 - days[n - 1];
	*ret_usual = usual;
	if (missing < usual)
		return OVERDUE_FINE;
	if (missing < usual + OVERDUE_SILENT)
		return OVERDUE_LATE;
	return missing < OVERDUE_GIVEN_UP ? OVERDUE_SILENCE : OVERDUE_GONE;
}

static int by_state(const void *pa, const void *pb)
{
	const struct overdue_type *a = pa, *b = pb;
	if (a->state != b->state)
		return a->state > b->state ? -1 : 1;
	return str_cmp(a->name, b->name);
}

struct reading {
	struct ctx *x;
	struct overdue o;
	size_t cap;
	int32_t today;
	int64_t type; /* the one whose days come now; 0: none yet */
	struct str name;
	int32_t days[OVERDUE_WINDOW];
	size_t n;
};

static void add(struct reading *w, const struct overdue_type *t)
{
	struct overdue *o = &w->o;
	if (o->n == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 64;
		struct overdue_type *more = arena_array(
			w->x->arena, w->cap, sizeof(*more));
		if (o->n)
			memcpy(more, o->v, o->n * sizeof(*more));
		o->v = more;
	}
	o->v[o->n++] = *t;
}

static void end_type(struct reading *w)
{
	struct overdue_type t = { .name = w->name };
	if (w->n == 0)
		return;
	t.last = w->days[w->n - 1];
	t.state = overdue_judge(w->days, w->n, w->today, &t.usual);
	w->o.latest = t.last > w->o.latest ? t.last : w->o.latest;
	w->o.fine += t.state == OVERDUE_FINE;
	w->o.silent += t.state == OVERDUE_SILENCE;
	if (t.state == OVERDUE_LATE || t.state == OVERDUE_SILENCE)
		add(w, &t);
	w->n = 0;
}

static int on_day(void *ctx, const struct sql_overdue_days_row *q)
{
	struct reading *w = ctx;
	if (q->type != w->type) {
		end_type(w);
		w->type = q->type;
		w->name = str_dup(w->x->arena, q->name);
	}
	if (w->n < N(w->days))
		w->days[w->n++] = (int32_t)q->day;
	return 0;
}

int overdue_read(struct ctx *x, struct overdue *ret)
{
	struct reading w = {
		.x = x, .o = { .latest = INT32_MIN }, .today = day_of(x->now)
	};
	int r = sql_overdue_days_each(x->db, on_day, &w);
	if (r < 0)
		return r;
	end_type(&w);
	if (w.o.n > 1)
		qsort(w.o.v, w.o.n, sizeof(*w.o.v), by_state);
	int64_t missing = (int64_t)w.today - 1 - w.o.latest;
	w.o.none = w.o.latest > INT32_MIN && w.o.fine == 0 &&
		missing >= (w.o.n > 0 ? 1 : OVERDUE_SILENT);
	*ret = w.o;
	return 0;
}
