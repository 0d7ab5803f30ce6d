/* SPDX-License-Identifier: Apache-2.0
 * truth.h - what is true about the generated rows, for tests. Depends on:
 * demo/population.
 *
 * truth.csv: file,row,asn,holder,dirty,key, one line per row of each file made so far.
 * keys.csv: key,type,identifier,address,port,days, one line per key seen up to this day.
 */
#pragma once
#include "demo/population.h"

/* Begins a new truth.csv with the old one's lines about other days. */
MUST int demo_truth_begin(
	struct arena *a, int dir, struct str day, struct why *why, struct demo_out *ret);
void demo_truth_add(struct demo_out *o, const struct demo_population *p, struct str file,
	uint32_t row, const struct demo_sighting *s);
/* The key's name: "scan_rdp-17". */
void demo_truth_key(
	struct demo_out *o, const struct demo_population *p, const struct demo_key *k);
MUST int demo_keys_write(
	struct arena *a, const struct demo_population *p, int dir, struct why *why);
