/* SPDX-License-Identifier: Apache-2.0
 * effect_grid.h - the tables that stand beside the pictures of the effect page.
 * Depends on: base, core/effect, web/effect_view. All in the arena. */
#pragma once
#include "core/effect.h"
#include "web/effect_view.h"

/* For whom, and where it is kept. */
struct effect_reader {
	struct arena *a;
	enum lang lang;
};
/* A number and a share as the reader writes them; "-" for an absent one. */
struct str effect_number(const struct effect_reader *r, int64_t n);
struct str effect_percent(const struct effect_reader *r, struct opt_int n);
/* Days; "-" when nothing was fixed, ">365" when it took longer. */
struct str effect_median_short(
	const struct effect_reader *r, const struct effect_figures *f);

const struct effect_grid *effect_grid_open(
	const struct effect_reader *r, const struct effect_days *d);
const struct effect_grid *effect_grid_funnel(
	const struct effect_reader *r, const struct effect_figures *f);
const struct effect_grid *effect_grid_lengths(
	const struct effect_reader *r, const struct effect_figures *f);
/* Those that the picture shows, in its order. */
const struct effect_grid *effect_grid_sectors(
	const struct effect_reader *r, const struct effect_table *t);
/* n rows of a table from its row `from`, with all figures. */
const struct effect_grid *effect_grid_rows(const struct effect_reader *r,
	enum effect_by by, const struct effect_table *t, size_t from, size_t n);
