/* SPDX-License-Identifier: Apache-2.0
 * fold_state.c - states after late reports and at the end of a file: see fold.h.
 * Depends on: base, db. */
#include "core/fold.h"
#include "core/lifetime.h"
#include "db/sql_fold.h"

struct report_list {
	const struct arrivals *arrivals;
	struct arena *arena;
	struct life_report *v;
	size_t n, cap;
	bool mixed;
};

static int add_report(void *ctx, const struct sql_fold_reports_row *row)
{
	struct report_list *l = ctx;
	const struct report_type *type = arrivals_type(l->arrivals, row->type);
	if (type == NULL)
		return E_DB;
	if (l->n > 0)
		l->mixed = l->mixed || l->v[l->n - 1].type != type;
	if (l->n > 0 && l->v[l->n - 1].day == row->day) {
		if (str_cmp(type->name, l->v[l->n - 1].type->name) > 0)
			l->v[l->n - 1].type = type;
		return 0;
	}
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		struct life_report *more = arena_array(l->arena, l->cap, sizeof(*more));
		if (l->n)
			memcpy(more, l->v, l->n * sizeof(*more));
		l->v = more;
	}
	l->v[l->n++] = (struct life_report){ (int32_t)row->day, type };
	return 0;
}

int fold_state_again(struct fold *f, struct ctx *x, int64_t finding, int *ret_relapses)
{
	AUTO_ARENA scratch = arena_new(MIB(16), "finding's reports");
	struct report_list l = { .arrivals = fold_arrivals(f), .arena = &scratch };
	struct sql_fold_reports_in in = { .finding = finding };
	struct sql_fold_claimed_in claimed_in = { .finding = finding };
	struct sql_fold_claimed_row claimed;
	int r = sql_fold_reports_each(x->db, &in, add_report, &l);
	if (r == 0)
		r = sql_fold_claimed(x->db, &claimed_in, &claimed);
	if (r < 0)
		return r;
	if (l.n == 0)
		return fail(&x->why, E_DB, "finding %lld has no sighting",
			(long long)finding);
	struct life life = life_of(l.v, l.n, claimed.claimed_day);
	if (claimed.state == STATE_NOT_THEIRS)
		life.state = STATE_NOT_THEIRS;
	struct sql_fold_set_life_in set = { .id = finding,
		.state = life.state,
		.day = life.state_day,
		.fixed_by = life.fixed_by,
		.relapses = life.relapses,
		.first_report = l.v[0].day,
		.last_report = l.v[l.n - 1].day,
		.type = l.v[l.n - 1].type->id,
		.mixed = l.mixed };
	r = sql_fold_set_life(x->db, &set);
	if (r == 0 && ret_relapses)
		*ret_relapses = life.relapses;
	return r;
}

static int again_of_type(struct fold *f, struct ctx *x, int64_t type)
{
	struct sql_fold_of_type_in in = { .type = type };
	struct sql_fold_of_type_rows ids;
	int r = sql_fold_of_type(x->db, x->arena, &in, &ids);
	for (size_t i = 0; r == 0 && i < ids.n; i++)
		r = fold_state_again(f, x, ids.v[i].id, NULL);
	return r;
}

static int again_mixed(struct fold *f, struct ctx *x)
{
	struct sql_fold_mixed_rows ids;
	int r = sql_fold_mixed(x->db, x->arena, &ids);
	for (size_t i = 0; r == 0 && i < ids.n; i++)
		r = fold_state_again(f, x, ids.v[i].id, NULL);
	return r;
}

int fold_finish(struct fold *f, struct ctx *x, struct file_row *file)
{
	struct arrivals *v = fold_arrivals(f);
	struct report_type *type = arrivals_type(v, file->type);
	struct opt_int day = file->day.has ? file->day : file->last_day;
	bool is_new, late;
	if (type == NULL)
		return fail(&x->why, E_DB, "file %lld has no report type",
			(long long)file->id);
	if (!day.has) /* no date in its name and no row: nothing arrived */
		return 0;
	int r = arrivals_add(x, v, file->type, (int32_t)day.v, &is_new, &late);
	if (r < 0 || !is_new)
		return r;
	if (late) {
		r = again_of_type(f, x, file->type);
	} else if (type->n_days >= (size_t)type->quiet) {
		/* Fixed: not in any of the last `quiet` reports. */
		int32_t before = type->days[type->n_days - (size_t)type->quiet];
		struct sql_fold_silence_in in = {
			.type = file->type, .before = before, .day = (int64_t)day.v
		};
		r = sql_fold_silence(x->db, &in);
	}
	return r == 0 ? again_mixed(f, x) : r;
}
