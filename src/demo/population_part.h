/* SPDX-License-Identifier: Apache-2.0
 * population_part.h - shared by population.c, birth.c and outcome.c only. */
#pragma once
#include "demo/population.h"

/* Makes one new key of that report, or answers false when no free place was found. */
bool demo_key_bear(
	struct demo_population *p, struct rng *r, uint32_t report, uint32_t *ret_key);
/* The words names are made of. */
struct demo_lures *demo_lures_new(struct arena *a);
/* When a day begins: what was answered the day before takes effect. E_NOT_FOUND when
 * there is no such key. */
MUST int demo_answers_mark(struct demo_population *p, struct why *why);
/* The report's n rows in p->rows, without those of fixed keys and with those of keys that
 * are to be seen again; returns how many. */
size_t demo_answers_apply(struct demo_population *p, uint32_t report, size_t n);
