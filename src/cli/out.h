/* SPDX-License-Identifier: Apache-2.0
 * out.h - what commands print: tables for people, lines of JSON for programs.
 * Depends on: base.
 *
 * Text from outside never reaches a terminal as it came: control characters and those
 * that reorder or hide text are made visible. Colours only on a terminal that wants them,
 * and never as the only sign. A write that failed shows in ferror(stdout), which main
 * checks. */
#pragma once
#include "base/json.h"
#include "base/str.h"

/* On one line and harmless: controls as \x1B, tricks of bidirectional text as
 * [U+202E]. */
struct str out_safe(struct arena *a, struct str s);
/* How many columns of a terminal it takes; wide and combining characters are known. */
size_t out_columns(struct str s);
/* Cut to so many columns, with an ellipsis when something was lost. */
struct str out_cut(struct arena *a, struct str s, size_t columns);
/* Of the terminal; 100 when standard output is none. */
size_t out_width(void);

enum out_style { OUT_PLAIN, OUT_TITLE, OUT_BAD, OUT_WARN, OUT_GOOD, OUT_FAINT };
/* What turns a style on and off: "" unless standard output is a terminal with colours. */
const char *out_on(enum out_style s);
const char *out_off(enum out_style s);

struct out_column {
	const char *title;
	uint16_t min; /* may be cut down to so many columns; 0: never cut */
	bool right;   /* numbers */
};
struct out_cell {
	struct str text;
	enum out_style style;
};
struct out_table {
	struct arena *arena;
	const struct out_column *columns;
	size_t n_columns, n, cap;
	struct out_cell *cells;
};
struct out_table table_new(struct arena *a, const struct out_column *columns, size_t n);
/* The next cell, row by row. The text is made safe and copied. */
void table_add(struct out_table *t, struct str text, enum out_style style);
void table_addf(struct out_table *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Prints it: on a terminal within its width, if the columns can be cut that far; else
 * whole. */
void table_print(const struct out_table *t);

/* "name:            value", for single things. Safe, any length; absent prints
 * nothing. */
void out_field(struct arena *a, const char *name, struct str value);

/* "word: a sentence", broken between words to the width, further lines indented. */
void out_entry(struct arena *a, const char *word, struct str sentence);

/* Ends the line of JSON that j wrote, prints it, and empties the buffer. */
MUST int out_json(struct json *j, struct why *why);
