/* SPDX-License-Identifier: Apache-2.0
 * feeds.h - a day of the demo country's feeds, as files. Depends on: the rest of demo.
 *
 * Writes into a folder the report files of one day, what is true about their rows
 * (truth.csv, keys.csv; outcomes.csv about answers) and the register of the scale. Same
 * seed, scale and answers: same bytes. */
#pragma once
#include "demo/population.h"

#define DEMO_SEED     69
#define DEMO_LAST_DAY 3650

struct demo_run {
	enum demo_scale scale;
	uint64_t seed;
	int32_t day;	     /* 0 is 2026-06-01 */
	const char *out;     /* a folder; made when it is not there */
	const char *answers; /* a file that demo/answers.h describes; NULL: none */
};
struct demo_sum {
	uint32_t files;
	uint64_t rows, keys, bytes; /* of the report files */
	uint64_t new_keys, broken, unattributed;
};

/* All memory is the arena's; a day of the largest scale takes below 100 MB. */
MUST int demo_feeds_make(struct arena *a, const struct demo_run *run, struct why *why,
	struct demo_sum *ret);
