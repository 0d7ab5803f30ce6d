/* SPDX-License-Identifier: Apache-2.0
 * effect_view.h - what the effect page and its printed sheet show. Depends on: base,
 * web/frame_view. Numbers are text already, as the reader's language writes them. */
#pragma once
#include "web/frame_view.h"

struct effect_choice {
	struct url to;
	const char *label; /* to translate */
	bool here;
};
struct effect_choices {
	const struct effect_choice *v;
	size_t n;
};

/* A table of figures. */
struct effect_head {
	struct str text;
};
struct effect_heads {
	const struct effect_head *v;
	size_t n;
};
struct effect_cell {
	struct str head, text;
};
struct effect_cells {
	const struct effect_cell *v;
	size_t n;
};
struct effect_line {
	struct str name; /* may be foreign */
	struct url to;	 /* absent: it leads nowhere */
	struct effect_cells cells;
};
struct effect_lines {
	const struct effect_line *v;
	size_t n;
};
struct effect_grid {
	const char *caption; /* to translate */
	struct str first;    /* the head of the names */
	struct effect_heads heads;
	struct effect_lines lines;
	bool cards; /* each line a card where there is little room */
};

struct effect_text {
	const char *text; /* to translate */
};
struct effect_texts {
	const struct effect_text *v;
	size_t n;
};

/* A part of a whole, three ways: "41%", of every 100, and both numbers. */
struct effect_part {
	bool has; /* the whole is not 0 */
	struct str share;
	int64_t of_100;
	struct str part, all;
};

struct effect_view {
	const struct frame_view *frame;
	int64_t since, until; /* days */
	struct effect_choices periods, groups;
	struct str by;		/* a word, for the form */
	const char *by_heading; /* to translate */
	struct effect_part answered, fixed, in_time, known;
	struct str open, open_then, median;
	struct str median_says; /* a sentence */
	struct sentence trend;
	struct str best, best_share, worst, worst_share; /* sectors; absent: too few */
	struct picture pic_open, pic_funnel, pic_lengths, pic_sectors;
	const struct effect_grid *grid_open, *grid_funnel, *grid_lengths, *grid_sectors,
		*grid;
	bool more;
	struct url next, csv, json, print, screen;
	struct effect_texts blind;
	int64_t types, silent; /* kinds of report that come, and that came until lately */
};
