/* SPDX-License-Identifier: Apache-2.0
 * row.h - a sighting as a row of its report's file. Depends on: demo/population,
 * demo/out. */
#pragma once
#include "demo/population.h"

struct demo_rows {
	const struct demo_report *report;
	const struct demo_register *reg;
	struct demo_out *out;
	const uint16_t *order; /* the file's order of columns */
	struct rng rng;	       /* what differs from row to row */
	int32_t day;	       /* since 1970 */
	const struct str *cities, *regions, *rooms;
	uint32_t n_cities, n_regions, n_rooms;
};

/* Sets out the file's columns in an order drawn from its own stream. */
void demo_rows_begin(struct arena *a, const struct demo_population *p, uint32_t report,
	bool v6, int32_t date, struct demo_out *out, struct demo_rows *ret);
/* The header line. */
void demo_rows_head(struct demo_rows *w);
void demo_rows_add(struct demo_rows *w, const struct demo_key *k, enum demo_dirt dirt);
