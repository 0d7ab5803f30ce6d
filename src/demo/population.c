/* SPDX-License-Identifier: Apache-2.0
 * population.c - days in the life of the keys: see population.h. Depends on: demo/report.
 * New keys: birth.c. What answers do to them: outcome.c. */
#include "demo/population.h"
#include "demo/population_part.h"

#define SHOWS_TENTHS 9 /* a live key shows with probability 0.9 */
#define REST_DAY     (FX_ONE / 100 * 82)

void *demo_grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return old;
	*cap = *cap ? 2 * *cap : 64;
	void *to = arena_array(a, *cap, size);
	if (n > 0)
		memcpy(to, old, n * size);
	return to;
}

static void list_add(struct arena *a, struct demo_list *l, uint32_t v)
{
	l->v = demo_grow(a, l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n++] = v;
}

void demo_population_new(struct arena *a, const struct demo_reports *t,
	const struct demo_places *p, uint64_t seed, int32_t last,
	struct demo_population *ret)
{
	*ret = (struct demo_population){ .arena = a,
		.reports = t,
		.places = p,
		.seed = seed,
		.last = last,
		.lures = demo_lures_new(a) };
	ret->stock = arena_array(a, t->n, sizeof(*ret->stock));
}

bool demo_key_seen(const struct demo_key *k, int32_t day)
{
	return k->days[day / 64] >> (day % 64) & 1;
}

static uint64_t grown(uint64_t mean, int32_t day)
{
	/* 24 bits after the point are enough for the product to fit. */
	return (mean >> 8) * (fx_growth((uint32_t)day) >> 16) >> 8;
}

uint64_t demo_report_mean(const struct demo_report *t, int32_t day)
{
	uint64_t mean = grown(t->mean, day);
	/* Day 0 is a Monday. */
	return t->weekly && day % 7 >= 5 ? (mean >> 16) * (REST_DAY >> 16) : mean;
}

/* How many keys live: with 0.9 of them showing, as many as the distinct share asks
 * for. */
static size_t level_of(const struct demo_report *t, int32_t day)
{
	uint64_t shown = (grown(t->mean, day) >> 16) * (t->distinct >> 16);
	uint64_t live = shown * 10 / SHOWS_TENTHS;
	size_t n = (size_t)((live + FX_ONE / 2) >> 32);
	return n > 0 ? n : 1;
}

static void bury(struct demo_population *p, struct rng *r, uint32_t report)
{
	struct demo_stock *s = &p->stock[report];
	size_t kept = 0;
	for (size_t i = 0; i < s->live.n; i++) {
		uint32_t key = s->live.v[i];
		if (p->day == 0 || !rng_chance(r, p->reports->v[report].death)) {
			s->live.v[kept++] = key;
			continue;
		}
		p->keys[key].live = false;
		if (rng_below(r, 5) == 0) {
			s->away = demo_grow(p->arena, s->away, s->n_away, &s->cap_away,
				sizeof(*s->away));
			s->away[s->n_away++] = (struct demo_away){ key,
				p->day + 8 + (int32_t)rng_below(r, 13) };
		}
	}
	s->live.n = kept;
}

static void return_some(struct demo_population *p, uint32_t report)
{
	struct demo_stock *s = &p->stock[report];
	size_t kept = 0;
	for (size_t i = 0; i < s->n_away; i++) {
		struct demo_away w = s->away[i];
		if (w.back != p->day) {
			s->away[kept++] = w;
			continue;
		}
		p->keys[w.key].live = true;
		list_add(p->arena, &s->live, w.key);
	}
	s->n_away = kept;
}

static void bear_some(struct demo_population *p, struct rng *r, uint32_t report)
{
	struct demo_stock *s = &p->stock[report];
	size_t level = level_of(&p->reports->v[report], p->day);
	uint32_t key;
	while (s->live.n < level && demo_key_bear(p, r, report, &key)) {
		list_add(p->arena, &s->all, key);
		list_add(p->arena, &s->live, key);
		p->keys[key].live = true;
		p->born++;
	}
}

static enum demo_dirt draw_dirt(const struct demo_report *t, struct rng *r)
{
	uint32_t roll = rng_below(r, 10000); /* 0.05 %, 0.2 %, 1.1 % */
	if (roll < 5)
		return DIRT_BROKEN;
	if (roll < 25)
		return t->text_column >= 0 ? DIRT_CHARSET : DIRT_NONE;
	return roll < 135 && t->geo_column >= 0 ? DIRT_GEO : DIRT_NONE;
}

/* want of the live keys, each as likely, then rows more of them again; all in a random
 * order. */
static size_t draw_rows(struct demo_population *p, struct rng *r, uint32_t report,
	size_t rows, size_t want)
{
	const struct demo_list *live = &p->stock[report].live;
	size_t n = 0;
	for (size_t i = 0; i < live->n && n < want; i++)
		if (rng_below(r, (uint32_t)(live->n - i)) < want - n)
			p->rows[n++].key = live->v[i];
	size_t shown = n;
	while (shown > 0 && n < rows)
		p->rows[n++].key = p->rows[rng_below(r, (uint32_t)shown)].key;
	for (size_t i = n; i > 1; i--) {
		size_t k = rng_below(r, (uint32_t)i);
		uint32_t key = p->rows[i - 1].key;
		p->rows[i - 1].key = p->rows[k].key;
		p->rows[k].key = key;
	}
	for (size_t i = 0; i < n; i++)
		p->rows[i].dirt = draw_dirt(&p->reports->v[report], r);
	return n;
}

static size_t plan_rows(struct demo_population *p, struct rng *r, uint32_t report)
{
	const struct demo_report *t = &p->reports->v[report];
	size_t live = p->stock[report].live.n;
	size_t rows = rng_poisson(r, demo_report_mean(t, p->day));
	uint64_t exact = (uint64_t)rows * t->distinct;
	size_t want = (size_t)(exact >> 32) + rng_chance(r, exact & (FX_ONE - 1));
	if (want == 0 && rows > 0)
		want = 1;
	if (want > live)
		want = live;
	if (rows > p->cap_rows) {
		p->cap_rows = 2 * rows;
		p->rows = arena_array(p->arena, p->cap_rows, sizeof(*p->rows));
	}
	return want > 0 ? draw_rows(p, r, report, rows, want) : 0;
}

int demo_population_play(
	struct demo_population *p, const struct demo_day_sink *sink, struct why *why)
{
	int err = demo_answers_mark(p, why);
	p->born = 0;
	for (uint32_t i = 0; err == 0 && i < p->reports->n; i++) {
		struct rng r = rng_new(p->seed + (uint64_t)p->day, 'p', i);
		bury(p, &r, i);
		return_some(p, i);
		bear_some(p, &r, i);
		size_t n = demo_answers_apply(p, i, plan_rows(p, &r, i));
		for (size_t k = 0; k < n; k++) {
			struct demo_key *key = &p->keys[p->rows[k].key];
			if (p->rows[k].dirt != DIRT_BROKEN)
				key->days[p->day / 64] |= (uint64_t)1 << (p->day % 64);
		}
		if (sink != NULL)
			err = sink->report(sink->me, i, p->rows, n);
	}
	p->day++;
	return err;
}
