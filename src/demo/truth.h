/* SPDX-License-Identifier: Apache-2.0
 * truth.h - what is true about the generated rows, for tests. Depends on:
 * demo/population.
 *
 * truth.csv: file,row,asn,holder,dirty,key, one line per row of each file made so far.
 * keys.csv: key,type,identifier,address,port,days, one line per key seen up to this day.
 * answers.csv (read, if it is there): day,organisation,key,answer,true. */
#pragma once
#include "demo/population.h"

/* Begins a new truth.csv with the old one's lines about other days. */
MUST int demo_truth_begin(
	struct arena *a, int dir, struct str day, struct why *why, struct demo_out *ret);
void demo_truth_add(struct demo_out *o, const struct demo_population *p, struct str file,
	uint32_t row, const struct demo_sighting *s);
MUST int demo_keys_write(
	struct arena *a, const struct demo_population *p, int dir, struct why *why);
/* The answers that were true and said "fixed". */
MUST int demo_answers_read(struct arena *a, const struct demo_reports *t, int dir,
	struct why *why, struct demo_answer **ret, size_t *ret_n);
