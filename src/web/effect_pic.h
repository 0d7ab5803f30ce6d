/* SPDX-License-Identifier: Apache-2.0
 * effect_pic.h - the pictures of the effect page. Depends on: base, fmt/svg, core/effect.
 *
 * Each is one <svg> of 480 units' width, so that its words can be read on a small
 * telephone too. What is in it stands in a table beside it as well. Classes of the
 * stylesheet:
 *   pic          the picture; pic-text, pic-faint, pic-strong, pic-head: words
 *   pic-grid, pic-base, pic-mark: lines
 *   fill-1 ... fill-5: areas and bars; fill-on: the bar that is meant, fill-off: the
 *   others The bars and the funnel are mirrored from right to left; the axis of time is
 *   not (fmt/svg.h says why). */
#pragma once
#include "base/lang.h"
#include "core/effect.h"

/* Open findings over time, by class: the four largest, and the others together. */
MUST int effect_pic_open(
	struct buf *out, struct arena *a, enum lang lang, const struct effect_days *d);
/* How many of the classes effect_pic_open shows by name, largest first; ret has room for
 * RSIT_N. The others that are not empty come behind. *ret_n: how many in all. */
size_t effect_pic_classes(
	const struct effect_days *d, enum rsit_class ret[RSIT_N], size_t *ret_n);
/* From sent to fixed. */
MUST int effect_pic_funnel(
	struct buf *out, struct arena *a, enum lang lang, const struct effect_figures *f);
/* How long it took until fixed. */
MUST int effect_pic_lengths(
	struct buf *out, struct arena *a, enum lang lang, const struct effect_figures *f);
/* How much was fixed by sector: the ten with most findings. */
MUST int effect_pic_sectors(
	struct buf *out, struct arena *a, enum lang lang, const struct effect_table *t);

/* The sectors that it shows, in its order. */
struct effect_table effect_pic_sector_rows(struct arena *a, const struct effect_table *t);

/* The lengths as the picture and its table group them. */
#define EFFECT_BARS 10
int64_t effect_bar(const struct effect_figures *f, int i);
/* "1", "2-3", ... "365+". */
struct str effect_bar_text(struct arena *a, int i);
/* "Half of what was fixed was there for 6 days at most." */
struct str effect_median_text(
	struct arena *a, enum lang lang, const struct effect_figures *f);
/* A sector's word of the register as the reader says it; others as they are. */
struct str effect_sector_text(enum lang lang, struct str sector);
/* "1 Jun". */
struct str effect_day_text(struct arena *a, enum lang lang, int32_t day);
