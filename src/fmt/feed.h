/* SPDX-License-Identifier: Apache-2.0
 * feed.h - a feed file's name, header and records become events. Depends on: base,
 * fmt/csv, fmt/catalogue. docs/formats/shadowserver.md says what is read how.
 *
 * Columns are found by name in the header. What a row cannot be read for, and only
 * that, goes to quarantine; everything else becomes an event, and feed_row shows all
 * of a row. */
#pragma once
#include "fmt/catalogue.h"
#include "fmt/quarantine.h"
#include "fmt/csv.h"

#define TYPE_NAME_MAX 64

/* What a file's name says. */
struct feed_name {
	struct str type; /* in lower case; of an unknown type what stood there */
	const struct report_type *known; /* NULL: the catalogue does not know it */
	bool has_day;
	int32_t day; /* of the report */
};
/* "2026-06-01-scan_rdp-xt-geo-delayed.csv.gz", "hub-20260601-scan_rdp-XT.csv",
 * "scan_rdp.csv". The folders before it do not count. Never fails: there is always some
 * name. */
void feed_name_read(struct arena *a, const struct catalogue *c, struct str file,
	struct feed_name *ret);

struct feed_column {
	struct str name;  /* as in the header, made safe */
	struct str field; /* the event's field it fills; absent: nobody knows it */
};

struct feed;
/* Makes a plan from the file's header. Lives in the arena, and so do the columns; the
 * catalogue must outlive it. E_TOO_BIG when the header is over a limit, E_UNSUPPORTED
 * when it has no column for a time or none for a place, so that the file is no feed. */
MUST int feed_open(struct arena *a, const struct catalogue *c,
	const struct feed_name *name, const struct csv_record *header, struct why *why,
	struct feed **ret);
const struct feed_column *feed_columns(const struct feed *f, size_t *ret_n);
/* The type whose rules are used: the catalogue's, or the one for all unknown types. */
const struct report_type *feed_type(const struct feed *f);

/* One row. QUARANTINE_NONE and the event, or the reason; *ret is then untouched. The
 * event's text lives as long as the record and the arena, which the caller resets now and
 * then. */
MUST enum quarantine feed_event(struct feed *f, const struct csv_record *record,
	struct arena *a, struct event *ret);

/* A cell of one row, for people. */
struct feed_cell {
	struct str column, field, value;
};
/* All cells that are not empty, made safe; long values are cut so that all of them
 * together fit into one message. */
size_t feed_row(const struct feed *f, const struct csv_record *record, struct arena *a,
	struct feed_cell **ret);
