/* SPDX-License-Identifier: Apache-2.0
 * effect_sum.c - spells and their sums by day: see effect_sum.h. Depends on: base, db. */
#include "core/effect_sum.h"

#include "base/event.h"
#include "db/sql_effect_sum.h"

#define PAGE 1000
#define MANY 20000 /* sums in memory before they are written */

const int32_t effect_length[EFFECT_LENGTHS] = { 1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 42,
	56, 91, 182, 365, INT32_MAX };

/* Where a sum stands. */
struct place {
	int32_t dim, span;
	int64_t day, key;
};
struct sum {
	struct place at;
	int32_t v[SUM_N];
};
struct effect_sums {
	struct arena arena;
	struct sum *v;
	size_t n, cap;
	uint32_t *slots; /* index into v, and 1; a power of two of them, half in use */
	size_t n_slots;
	struct workdays workdays;
};

int effect_sums_open(struct ctx *x, struct arena *a, struct effect_sums **ret)
{
	struct effect_sums *s = arena_alloc(a, sizeof(*s));
	int r = workdays_load(x, a, &s->workdays);
	if (r < 0)
		return r;
	s->arena = arena_new(MIB(64), "sums");
	*ret = s;
	return 0;
}

void effect_sums_free(struct effect_sums *s)
{
	if (s)
		arena_free(&s->arena);
}

static void empty(struct effect_sums *s)
{
	arena_reset(&s->arena);
	s->v = NULL;
	s->slots = NULL;
	s->n = s->cap = s->n_slots = 0;
}

/* Days and keys are numbers of ours, so no stranger chooses what falls together. */
static size_t slot_of(const struct effect_sums *s, const struct place *at)
{
	uint64_t z = (uint64_t)at->key * UINT64_C(0x9e3779b97f4a7c15) +
		(uint64_t)at->day * UINT64_C(0xbf58476d1ce4e5b9) +
		(uint64_t)(at->dim * 64 + at->span);
	size_t i = (size_t)((z ^ z >> 29) * UINT64_C(0x94d049bb133111eb) >> 20);
	for (i &= s->n_slots - 1; s->slots[i]; i = (i + 1) & (s->n_slots - 1)) {
		const struct place *p = &s->v[s->slots[i] - 1].at;
		if (p->key == at->key && p->day == at->day && p->dim == at->dim &&
			p->span == at->span)
			break;
	}
	return i;
}

static void grow(struct effect_sums *s)
{
	size_t cap = s->cap ? 2 * s->cap : 512;
	struct sum *more = arena_array(&s->arena, cap, sizeof(*more));
	if (s->n)
		memcpy(more, s->v, s->n * sizeof(*more));
	s->v = more;
	s->cap = cap;
	s->n_slots = 2 * cap;
	s->slots = arena_array(&s->arena, s->n_slots, sizeof(*s->slots));
	for (size_t i = 0; i < s->n; i++)
		s->slots[slot_of(s, &s->v[i].at)] = (uint32_t)i + 1;
}

static struct sum *sum_at(struct effect_sums *s, const struct place *at)
{
	if (s->n == s->cap)
		grow(s);
	uint32_t *slot = &s->slots[slot_of(s, at)];
	if (*slot == 0) {
		s->v[s->n] = (struct sum){ .at = *at };
		*slot = (uint32_t)++s->n;
	}
	return &s->v[*slot - 1];
}

/* Columns of one day, in each dimension. */
static void add(struct effect_sums *s, const struct effect_of *of, int32_t day,
	const int *columns, size_t n, int by)
{
	const int64_t keys[] = { of->org, of->network, of->kind };
	for (int dim = 0; dim < 3; dim++) {
		struct place at = { dim + 1, 1, day, keys[dim] };
		struct sum *sum = sum_at(s, &at);
		for (size_t i = 0; i < n; i++)
			sum->v[columns[i]] += by;
	}
}

/* The spans of the days. */
static void add_spans(struct effect_sums *s)
{
	for (size_t i = 0, n = s->n; i < n; i++) {
		struct place at = s->v[i].at;
		at.span = EFFECT_SPAN;
		at.day -= at.day % EFFECT_SPAN;
		struct sum *span = sum_at(s, &at);
		for (int c = 0; c < SUM_N; c++)
			span->v[c] += s->v[i].v[c];
	}
}

static int length_of(const struct spell *s)
{
	int i = 0;
	while (s->last_day - s->from_day + 1 > effect_length[i])
		i++;
	return i;
}

static bool is_fixed(const struct spell *s)
{
	return s->how == SPELL_BY_CLAIM || s->how == SPELL_BY_SILENCE;
}

static bool in_time(const struct workdays *w, int32_t from_day, int32_t last_day)
{
	return last_day <= workday_after(w, from_day, EFFECT_IN_TIME);
}

static void add_begun(struct effect_sums *s, const struct effect_of *of,
	const struct spell *spell, bool is_first, int by)
{
	int columns[4];
	size_t n = 0;
	columns[n++] = SUM_BEGUN;
	if (!is_first)
		columns[n++] = SUM_RELAPSED;
	else if (of->org)
		columns[n++] = SUM_ATTRIBUTED;
	if (of->critical && spell->how != SPELL_NOT_THEIRS) {
		columns[n++] = SUM_CRITICAL;
		if (is_fixed(spell) &&
			in_time(&s->workdays, spell->from_day, spell->last_day))
			columns[n++] = SUM_IN_TIME;
	}
	add(s, of, spell->from_day, columns, n, by);
}

void effect_sum_add(struct effect_sums *s, const struct effect_of *of,
	const struct spell *spells, size_t n, bool is_first, int by)
{
	for (size_t i = 0; i < n; i++) {
		const struct spell *spell = &spells[i];
		add_begun(s, of, spell, is_first && i == 0, by);
		if (spell->claim_day.has)
			add(s, of, (int32_t)spell->claim_day.v, (int[]){ SUM_CLAIMED }, 1,
				by);
		if (is_fixed(spell))
			add(s, of, spell->to_day,
				(int[]){ spell->how == SPELL_BY_CLAIM ? SUM_BY_CLAIM
								      : SUM_BY_SILENCE,
					SUM_LENGTH + length_of(spell) },
				2, by);
		else if (spell->how != SPELL_GOES_ON)
			add(s, of, spell->to_day, (int[]){ SUM_OTHERWISE }, 1, by);
	}
}

/* ---- writing ---- */

static int write_any(struct ctx *x, const struct sum *s)
{
	const int32_t *v = s->v, *l = s->v + SUM_LENGTH;
	struct sql_effect_sum_any_in in = { .dim = s->at.dim,
		.span = s->at.span,
		.day = s->at.day,
		.key = s->at.key,
		.begun = v[SUM_BEGUN],
		.relapsed = v[SUM_RELAPSED],
		.attributed = v[SUM_ATTRIBUTED],
		.critical = v[SUM_CRITICAL],
		.in_time = v[SUM_IN_TIME],
		.claimed = v[SUM_CLAIMED],
		.by_claim = v[SUM_BY_CLAIM],
		.by_silence = v[SUM_BY_SILENCE],
		.otherwise = v[SUM_OTHERWISE],
		.l1 = l[0],
		.l2 = l[1],
		.l3 = l[2],
		.l4 = l[3],
		.l5 = l[4],
		.l6 = l[5],
		.l7 = l[6],
		.l8 = l[7],
		.l9 = l[8],
		.l10 = l[9],
		.l11 = l[10],
		.l12 = l[11],
		.l13 = l[12],
		.l14 = l[13],
		.l15 = l[14],
		.l16 = l[15],
		.l17 = l[16] };
	return sql_effect_sum_any(x->db, &in);
}

/* Most are of a day on which findings were new, and nothing else. */
static int write_sum(struct ctx *x, const struct sum *s)
{
	struct sql_effect_sum_begun_in begun = { .dim = s->at.dim,
		.span = s->at.span,
		.day = s->at.day,
		.key = s->at.key,
		.begun = s->v[SUM_BEGUN],
		.attributed = s->v[SUM_ATTRIBUTED],
		.critical = s->v[SUM_CRITICAL] };
	struct sql_effect_sum_drop_empty_in drop = { begun.dim, begun.span, begun.day,
		begun.key };
	bool changed = false, other = false, less = false;
	for (int i = 0; i < SUM_N; i++) {
		changed = changed || s->v[i] != 0;
		less = less || s->v[i] < 0;
		other = other ||
			(s->v[i] != 0 && i != SUM_BEGUN && i != SUM_ATTRIBUTED &&
				i != SUM_CRITICAL);
	}
	if (!changed)
		return 0;
	int r = other ? write_any(x, s) : sql_effect_sum_begun(x->db, &begun);
	return r == 0 && less ? sql_effect_sum_drop_empty(x->db, &drop) : r;
}

bool effect_sums_many(const struct effect_sums *s)
{
	return s->n > MANY;
}

int effect_sums_write(struct effect_sums *s, struct ctx *x)
{
	int r = 0;
	if (s->n == 0)
		return 0;
	add_spans(s);
	for (size_t i = 0; r == 0 && i < s->n; i++)
		r = write_sum(x, &s->v[i]);
	empty(s);
	return r;
}

/* ---- what is stored of findings ---- */

static struct effect_of of_row(
	int64_t kind, struct opt_int org, struct opt_int network, int64_t severity)
{
	return (struct effect_of){ .org = org.has ? org.v : 0,
		.network = network.has ? network.v : 0,
		.kind = kind,
		.critical = severity == SEV_CRITICAL };
}

static struct spell goes_on(int64_t from_day, struct opt_int claim_day)
{
	return (struct spell){ .from_day = (int32_t)from_day,
		.claim_day = claim_day,
		.how = SPELL_GOES_ON };
}

int effect_stored(
	struct ctx *x, struct arena *a, int64_t finding, struct effect_stored *ret)
{
	struct sql_effect_finding_in in = { .id = finding };
	struct sql_effect_finding_row f;
	struct sql_effect_spells_in spells_in = { .finding = finding };
	struct sql_effect_spells_rows rows;
	int r = sql_effect_finding(x->db, &in, &f);
	if (r == 0)
		r = sql_effect_spells(x->db, a, &spells_in, &rows);
	if (r < 0)
		return r;
	struct effect_stored s = { .of = of_row(
					   f.kind, f.org, f.network_org, f.severity) };
	s.spells = arena_array(a, rows.n + 1, sizeof(*s.spells));
	for (size_t i = 0; i < rows.n; i++)
		s.spells[s.n++] = (struct spell){ (int32_t)rows.v[i].from_day,
			(int32_t)rows.v[i].last_day, (int32_t)rows.v[i].to_day,
			rows.v[i].claim_day, (enum spell_end)rows.v[i].how };
	if (f.spell_from.has)
		s.spells[s.n++] = goes_on(f.spell_from.v, f.spell_claim);
	*ret = s;
	return 0;
}

int effect_sum_finding(struct effect_sums *s, struct ctx *x, int64_t finding, int by)
{
	AUTO_ARENA a = arena_new(MIB(4), "spells");
	struct effect_stored stored;
	int r = effect_stored(x, &a, finding, &stored);
	if (r == 0)
		effect_sum_add(s, &stored.of, stored.spells, stored.n, true, by);
	return r;
}

static bool same_spell(const struct spell *a, const struct spell *b)
{
	bool same = a->from_day == b->from_day && a->how == b->how &&
		a->claim_day.has == b->claim_day.has &&
		(!a->claim_day.has || a->claim_day.v == b->claim_day.v);
	return same &&
		(a->how == SPELL_GOES_ON ||
			(a->last_day == b->last_day && a->to_day == b->to_day));
}

static bool same_spells(
	const struct effect_stored *was, const struct spell *spells, size_t n)
{
	bool same = was->n == n;
	for (size_t i = 0; same && i < n; i++)
		same = same_spell(&was->spells[i], &spells[i]);
	return same;
}

int effect_store(struct effect_sums *s, struct ctx *x, int64_t finding,
	const struct effect_stored *was, const struct spell *spells, size_t n)
{
	if (same_spells(was, spells, n))
		return 0;
	const struct spell *last = n ? &spells[n - 1] : NULL;
	bool open = last && last->how == SPELL_GOES_ON;
	struct sql_effect_spells_delete_in delete = { .finding = finding };
	struct sql_effect_spell_goes_on_in on = { .id = finding,
		.from_day = open ? SOME(last->from_day) : NONE,
		.claim_day = open ? last->claim_day : NONE };
	effect_sum_add(s, &was->of, was->spells, was->n, true, -1);
	effect_sum_add(s, &was->of, spells, n, true, 1);
	int r = sql_effect_spells_delete(x->db, &delete);
	for (size_t i = 0; r == 0 && i < n - open; i++) {
		struct sql_effect_spell_insert_in in = { .finding = finding,
			.from_day = spells[i].from_day,
			.last_day = spells[i].last_day,
			.to_day = spells[i].to_day,
			.claim_day = spells[i].claim_day,
			.how = spells[i].how };
		r = sql_effect_spell_insert(x->db, &in);
	}
	return r == 0 ? sql_effect_spell_goes_on(x->db, &on) : r;
}

/* ---- all of them again ---- */

/* Those of one finding begin at *at. */
static void add_row(struct effect_sums *s, const struct sql_effect_page_row *f,
	const struct sql_effect_page_spells_rows *rows, size_t *at)
{
	struct effect_of of = of_row(f->kind, f->org, f->network_org, f->severity);
	bool is_first = true;
	for (; *at < rows->n && rows->v[*at].finding == f->id; (*at)++) {
		const struct sql_effect_page_spells_row *q = &rows->v[*at];
		struct spell spell = { (int32_t)q->from_day, (int32_t)q->last_day,
			(int32_t)q->to_day, q->claim_day, (enum spell_end)q->how };
		effect_sum_add(s, &of, &spell, 1, is_first, 1);
		is_first = false;
	}
	if (f->spell_from.has) {
		struct spell spell = goes_on(f->spell_from.v, f->spell_claim);
		effect_sum_add(s, &of, &spell, 1, is_first, 1);
	}
}

static int add_page(
	struct effect_sums *s, struct ctx *x, struct arena *a, int64_t *after, bool *more)
{
	struct sql_effect_page_in in = { .after = *after, .n = PAGE };
	struct sql_effect_page_rows page;
	struct sql_effect_page_spells_rows spells;
	int r = sql_effect_page(x->db, a, &in, &page);
	if (r < 0 || page.n == 0) {
		*more = false;
		return r;
	}
	struct sql_effect_page_spells_in of = { .first = page.v[0].id,
		.last = page.v[page.n - 1].id };
	size_t at = 0;
	r = sql_effect_page_spells(x->db, a, &of, &spells);
	for (size_t i = 0; r == 0 && i < page.n; i++)
		add_row(s, &page.v[i], &spells, &at);
	*after = of.last;
	*more = page.n == PAGE;
	return r;
}

int effect_sums_rebuild(struct ctx *x, int (*keep_up)(void *ctx), void *ctx)
{
	AUTO_ARENA page = arena_new(MIB(16), "page of spells"),
		   own = arena_new(MIB(1), "sums again");
	struct effect_sums *s = NULL;
	int64_t after = 0;
	bool more = true;
	int r = effect_sums_open(x, &own, &s);
	if (r == 0)
		r = sql_effect_sum_clear(x->db);
	while (r == 0 && more) {
		arena_reset(&page);
		r = add_page(s, x, &page, &after, &more);
		if (r == 0 && (effect_sums_many(s) || !more))
			r = effect_sums_write(s, x);
		if (r == 0 && keep_up)
			r = keep_up(ctx);
	}
	effect_sums_free(s);
	return r;
}

/* ---- other working days ---- */

struct recount {
	struct ctx *x;
	struct effect_sums *sums;
	const struct workdays *was, *is;
};

static int on_critical(void *ctx, const struct sql_effect_critical_spells_row *q)
{
	struct recount *c = ctx;
	struct effect_of of = of_row(q->kind, q->org, q->network_org, SEV_CRITICAL);
	int32_t from = (int32_t)q->from_day, last = (int32_t)q->last_day;
	bool was = in_time(c->was, from, last), is = in_time(c->is, from, last);
	if (was != is)
		add(c->sums, &of, from, (int[]){ SUM_IN_TIME }, 1, is ? 1 : -1);
	return effect_sums_many(c->sums) ? effect_sums_write(c->sums, c->x) : 0;
}

int effect_sums_recount(
	struct ctx *x, const struct workdays *was, const struct workdays *is)
{
	AUTO_ARENA own = arena_new(MIB(1), "sums of other days");
	struct recount c = { .x = x, .was = was, .is = is };
	int r = effect_sums_open(x, &own, &c.sums);
	if (r == 0)
		r = sql_effect_critical_spells_each(x->db, on_critical, &c);
	if (r == 0)
		r = effect_sums_write(c.sums, x);
	effect_sums_free(c.sums);
	return r;
}
