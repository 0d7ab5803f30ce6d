/* SPDX-License-Identifier: Apache-2.0
 * csv.h - reading comma-separated values in pieces of any size. Depends on: base.
 * Must not: know what a column means, or let the input choose how much memory it takes.
 *
 * RFC 4180 with what feeds and spreadsheets make of it: a BOM, LF, CRLF or CR at the end
 * of a line, one of , ; TAB | between fields (the header decides), quoted fields with
 * doubled quotes, delimiters and line ends inside. A quote inside an unquoted field is an
 * ordinary byte; text after a closing quote belongs to the field; NUL is a byte like any
 * other. A line with nothing on it is no record.
 *
 * A quote that nobody closes must not swallow the rows behind it. When a record that goes
 * over several lines does not end, or ends with another number of fields than the header
 * has, its first line alone becomes a record with a fault, and reading goes on at the
 * next.
 *
 *	for (;;) {
 *		char *to = csv_room(c, &n);         fill up to n bytes, then
 *		csv_wrote(c, got);                  or csv_end(c) when there are no more
 *		while ((r = csv_next(c, &record)) > 0)
 *			...
 *	}
 *
 * The same bytes give the same records however they are cut into pieces. */
#pragma once
#include "base/limits.h"
#include "base/str.h"

/* csv_room gives at least this much. */
#define CSV_STEP KIB(64)

enum csv_fault {
	CSV_FINE,
	CSV_WIDTH,   /* another number of fields than the header */
	CSV_QUOTE,   /* a quote opens here and is never closed */
	CSV_TOO_BIG, /* over LIMIT_RECORD: raw is its start */
	CSV_COLUMNS, /* the header has more than LIMIT_COLUMNS fields */
};

struct csv_record {
	const struct str *fields; /* n of them; views that live until the next call */
	size_t n;		  /* at most LIMIT_COLUMNS */
	size_t found;		  /* how many there were */
	struct str raw;		  /* as it stands in the file, without the line end */
	uint32_t number;	  /* 0 is the header, 1 the first row */
	enum csv_fault fault;
};

struct csv;
/* Lives in the arena, which must leave it 8 * LIMIT_RECORD. */
struct csv *csv_new(struct arena *a);
/* Where the next bytes of the file go, and how many fit. Ends the life of all views. */
char *csv_room(struct csv *c, size_t *ret_n);
/* n of these bytes are there now. */
void csv_wrote(struct csv *c, size_t n);
/* Nothing comes after what was written. */
void csv_end(struct csv *c);
/* 1: a record. 0: it needs more bytes, or after csv_end: that was all. E_TOO_BIG: more
 * than LIMIT_ROWS rows. A record may come later than its last byte, never later than
 * csv_end. */
MUST int csv_next(struct csv *c, struct csv_record *ret);
/* What the header chose, ',' before there was one. */
char csv_delimiter(const struct csv *c);
