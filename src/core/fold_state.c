/* SPDX-License-Identifier: Apache-2.0
 * fold_state.c - states after late reports and at the end of a file: see fold.h.
 * Depends on: base, db. */
#include "core/fold.h"
#include "base/date.h"
#include "core/lifetime.h"
#include "db/sql_fold.h"

#define PAGE 1000

/* What a report's arrival ends. */
struct silence {
	struct effect_sums *sums;
	int32_t day;
};

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

/* A claim of a later day is the word of a clock that was wrong: it would hold until
 * then. */
static int32_t last_claim_day(const struct ctx *x, const struct arrivals *v)
{
	int32_t day = day_of(x->now);
	for (size_t i = 0; i < v->n; i++) {
		int32_t latest = arrivals_latest(&v->types[i]);
		day = latest > day ? latest : day;
	}
	return day + 1;
}

static int read_claims(struct ctx *x, struct arena *a, const struct arrivals *v,
	int64_t finding, struct claims *ret)
{
	int32_t last = last_claim_day(x, v);
	size_t n = 0;
	struct sql_fold_claims_in in = { .finding = finding };
	struct sql_fold_claims_rows rows;
	int r = sql_fold_claims(x->db, a, &in, &rows);
	if (r < 0)
		return r;
	int32_t *days = arena_array(a, rows.n + 1, sizeof(*days));
	for (size_t i = 0; i < rows.n; i++)
		if (rows.v[i].day <= last)
			days[n++] = (int32_t)rows.v[i].day;
	*ret = (struct claims){ days, n };
	return 0;
}

/* What is there already is not written again: most findings of a late report stay as they
 * are. */
static int write_life(struct ctx *x, const struct sql_fold_life_row *was,
	const struct sql_fold_set_life_in *now)
{
	if (was->state == now->state && was->state_day == now->day &&
		was->fixed_by == now->fixed_by && was->relapses == now->relapses &&
		was->first_report == now->first_report &&
		was->last_report == now->last_report && was->last_type == now->type &&
		was->mixed == now->mixed)
		return 0;
	return sql_fold_set_life(x->db, now);
}

/* not_theirs: the day on which a person said so, if one did. */
static int write_spells(struct fold *f, struct ctx *x, struct arena *a, int64_t finding,
	const struct report_list *l, const struct claims *claims,
	struct opt_int not_theirs)
{
	struct effect_stored stored;
	struct spell *spells = arena_array(a, l->n, sizeof(*spells));
	size_t n = life_spells(l->v, l->n, claims, spells);
	if (not_theirs.has)
		n = life_cut(spells, n, (int32_t)not_theirs.v);
	int r = effect_stored(x, a, finding, &stored);
	return r < 0 ? r : effect_store(fold_sums(f), x, finding, &stored, spells, n);
}

static int state_again(struct fold *f, struct ctx *x, int64_t finding, struct life *ret)
{
	AUTO_ARENA scratch = arena_new(MIB(16), "finding's reports");
	struct report_list l = { .arrivals = fold_arrivals(f), .arena = &scratch };
	struct sql_fold_reports_in in = { .finding = finding };
	struct sql_fold_life_in life_in = { .finding = finding };
	struct sql_fold_life_row was;
	struct claims claims = { 0 };
	int r = sql_fold_reports_each(x->db, &in, add_report, &l);
	if (r == 0)
		r = sql_fold_life(x->db, &life_in, &was);
	if (r == 0 && was.claimed_day.has)
		r = read_claims(x, &scratch, l.arrivals, finding, &claims);
	if (r < 0)
		return r;
	if (l.n == 0)
		return fail(&x->why, E_DB, "finding %lld has no sighting",
			(long long)finding);
	struct life life = life_of(l.v, l.n, &claims);
	struct opt_int not_theirs = NONE;
	if (was.state == STATE_NOT_THEIRS) { /* a person's word, until a person's word */
		life.state = STATE_NOT_THEIRS;
		life.state_day = (int32_t)was.state_day;
		life.fixed_by = FIXED_NOT;
		not_theirs = SOME(was.state_day);
	}
	struct sql_fold_set_life_in set = { .id = finding,
		.state = life.state,
		.day = life.state_day,
		.fixed_by = life.fixed_by,
		.relapses = life.relapses,
		.first_report = l.v[0].day,
		.last_report = l.v[l.n - 1].day,
		.type = l.v[l.n - 1].type->id,
		.mixed = l.mixed };
	r = write_life(x, &was, &set);
	if (r == 0)
		r = write_spells(f, x, &scratch, finding, &l, &claims, not_theirs);
	if (r == 0 && ret)
		*ret = life;
	return r;
}

int fold_state_again(struct fold *f, struct ctx *x, int64_t finding, struct life *ret)
{
	int r = state_again(f, x, finding, ret);
	return r == 0 ? fold_write(f, x) : r;
}

/* Ids of findings to compute again, a page at a time. */
struct touched {
	int64_t type, day;
	bool mixed_only;
};

static int touched_page(struct ctx *x, struct arena *a, const struct touched *t,
	int64_t after, struct sql_fold_touched_by_rows *ret)
{
	struct sql_fold_touched_by_in all = { t->type, t->day, after, PAGE };
	struct sql_fold_mixed_by_in mixed = { t->type, t->day, after, PAGE };
	struct sql_fold_mixed_by_rows rows;
	if (!t->mixed_only)
		return sql_fold_touched_by(x->db, a, &all, ret);
	int r = sql_fold_mixed_by(x->db, a, &mixed, &rows);
	if (r < 0)
		return r;
	ret->v = arena_array(a, rows.n + 1, sizeof(*ret->v));
	ret->n = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		ret->v[i].id = rows.v[i].id;
	return 0;
}

static int again(struct fold *f, struct ctx *x, const struct touched *t)
{
	AUTO_ARENA page = arena_new(MIB(1), "page of findings");
	struct sql_fold_touched_by_rows rows;
	int64_t after = 0;
	int r;
	do {
		arena_reset(&page);
		r = touched_page(x, &page, t, after, &rows);
		for (size_t i = 0; r == 0 && i < rows.n; i++) {
			after = rows.v[i].id;
			r = state_again(f, x, after, NULL);
		}
		if (r == 0 && effect_sums_many(fold_sums(f)))
			r = fold_write(f, x);
	} while (r == 0 && rows.n == PAGE);
	return r;
}

static int on_silent(void *ctx, const struct sql_fold_silent_row *q)
{
	struct silence *s = ctx;
	const struct effect_of of = { q->org.v, q->network_org.v, q->kind,
		q->severity == SEV_CRITICAL };
	int64_t from_day = q->spell_from.has ? q->spell_from.v : q->first_report;
	struct spell spell = { .from_day = (int32_t)from_day,
		.claim_day = q->spell_claim };
	if (q->spell_from.has)
		effect_sum_add(s->sums, &of, &spell, 1, false, -1);
	spell.last_day = (int32_t)q->last_report;
	spell.to_day = s->day;
	spell.how = q->claimed ? SPELL_BY_CLAIM : SPELL_BY_SILENCE;
	effect_sum_add(s->sums, &of, &spell, 1, false, 1);
	return 0;
}

/* A person decided so on this day or a later one: perhaps it had been fixed before. */
static int not_theirs(struct fold *f, struct ctx *x, int64_t type, int32_t day)
{
	AUTO_ARENA a = arena_new(MIB(64), "not theirs");
	struct sql_fold_not_theirs_in in = { .type = type, .day = day };
	struct sql_fold_not_theirs_rows rows;
	int r = sql_fold_not_theirs(x->db, &a, &in, &rows);
	for (size_t i = 0; r == 0 && i < rows.n; i++)
		r = state_again(f, x, rows.v[i].id, NULL);
	return r;
}

/* Fixed: not in any of the last `quiet` reports. */
static int silence(
	struct fold *f, struct ctx *x, const struct report_type *type, int32_t day)
{
	int32_t before = type->days[type->n_days - (size_t)type->quiet];
	struct silence s = { fold_sums(f), day };
	struct sql_fold_silent_in silent = { .type = type->id, .before = before };
	struct sql_fold_silence_spells_in spells = { type->id, before, day };
	struct sql_fold_silence_in in = { type->id, before, day };
	int r = not_theirs(f, x, type->id, day);
	if (r == 0)
		r = sql_fold_silent_each(x->db, &silent, on_silent, &s);
	if (r == 0)
		r = sql_fold_silence_spells(x->db, &spells);
	return r == 0 ? sql_fold_silence(x->db, &in) : r;
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
	struct touched touched = { file->type, day.v, !late };
	if (!late && type->n_days >= (size_t)type->quiet)
		r = silence(f, x, type, (int32_t)day.v);
	return r == 0 ? again(f, x, &touched) : r;
}
