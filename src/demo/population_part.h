/* SPDX-License-Identifier: Apache-2.0
 * population_part.h - shared by population.c and birth.c only. */
#pragma once
#include "demo/population.h"

/* Makes one new key of that report, or answers false when no free place was found. */
bool demo_key_bear(
	struct demo_population *p, struct rng *r, uint32_t report, uint32_t *ret_key);
/* The words names are made of. */
struct demo_lures *demo_lures_new(struct arena *a);
