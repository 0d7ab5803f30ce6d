/* SPDX-License-Identifier: Apache-2.0
 * csv_out.h - writing a table that a person opens in a spreadsheet: RFC 4180 with CRLF,
 * and no cell that a spreadsheet takes for a formula. Depends on: base.
 *
 * A cell of text that would begin a formula, once what a spreadsheet skips is skipped,
 * gets an apostrophe in front. So does what would begin one inside of a cell, behind a
 * semicolon, a tab or the end of a line: where those separate, a cell begins there.
 * Numbers have their own functions and are never touched. */
#pragma once
#include "base/buf.h"

struct csv_out {
	struct buf *out;
	size_t cells; /* in this row */
	int err;      /* the first one; nothing is written after it */
};
static inline struct csv_out csv_out_new(struct buf *out)
{
	return (struct csv_out){ out, 0, 0 };
}
void csv_out_text(struct csv_out *c, struct str s);
void csv_out_int(struct csv_out *c, int64_t v);
/* A number as text, "-5" or "+5.5"; what is no number is written as text. */
void csv_out_number(struct csv_out *c, struct str s);
/* Ends the row. A row of one empty cell is written as "", so that it is not an empty
 * line. */
void csv_out_row(struct csv_out *c);
/* A row of n texts, such as the header. */
void csv_out_texts(struct csv_out *c, const struct str *cells, size_t n);

/* Would a spreadsheet calculate with this text? */
bool csv_out_is_formula(struct str s);
