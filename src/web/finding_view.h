/* SPDX-License-Identifier: Apache-2.0
 * finding_view.h - what the rooms findings, finding and evidence show. Depends on: base,
 * web/frame_view. */
#pragma once
#include "base/opt.h"
#include "web/choice_view.h"
#include "web/frame_view.h"

struct finding_line {
	struct url to;
	struct str what, place, organisation; /* organisation: empty: nobody */
	const char *severity, *severity_word, *state;
	bool hot; /* relapsed */
	int64_t first, last, days;
};
struct finding_lines {
	const struct finding_line *v;
	size_t n;
};
struct findings_view {
	const struct frame_view *frame;
	const char *error; /* to translate: nothing was looked for */
	struct str about;  /* what could not be understood */
	struct choices severities, states, types, orders;
	struct str organisation, network, where, identifier, family, report, since;
	bool unattributed, relapsed, more_filters;
	struct finding_lines lines;
	bool none, partial;
	struct url first, next; /* empty: there is none */
	struct url csv, jsonl;
	int64_t most; /* rows of a download */
};

struct bar { /* of the picture: pixels */
	int64_t x, y, height;
};
struct bars {
	const struct bar *v;
	size_t n;
};
struct day_line {
	int64_t day, count, first, last;
};
struct day_lines {
	const struct day_line *v;
	size_t n;
};
struct concerned_line {
	struct str name;
	const char *why;
};
struct concerned_lines {
	const struct concerned_line *v;
	size_t n;
};
struct stood_line { /* a notice that it stood in */
	struct url to;
	int64_t id, at;
	const char *state, *why;
	struct str organisation, recipient;
};
struct stood_lines {
	const struct stood_line *v;
	size_t n;
};
struct said_line {
	int64_t at, notice;
	const char *what;
	bool all; /* said of the whole notice */
	struct opt_int until;
	int64_t until_day;
	struct str whose, comment;
};
struct said_lines {
	const struct said_line *v;
	size_t n;
};
struct move_line {
	int64_t at;
	struct str from, to, ref;
	const char *why; /* with {ref} */
};
struct move_lines {
	const struct move_line *v;
	size_t n;
};
struct source_line {
	struct str name;
	int64_t row, count, day;
};
struct source_lines {
	const struct source_line *v;
	size_t n;
};
struct finding_view {
	const struct frame_view *frame;
	const char *done, *error;
	int64_t id;
	struct str what, place, type, identifier, family, address, name, hostname, detail,
		transport, report, cc, organisation, ref, imitates;
	int64_t asn, feed_asn;
	const char *severity, *severity_word, *state, *fixed_by, *why;
	int64_t state_day, claimed_day, first, last, count, days, relapses;
	bool claimed, may_mark, live;
	struct url evidence, mark, of_organisation, of_place;
	/* the days */
	int64_t width, from_day, to_day, most;
	struct bars bars;
	struct day_lines day_list;
	struct concerned_lines concerned;
	struct stood_lines notices;
	struct said_lines said;
	struct move_lines moves;
	struct source_lines sources;
};

struct cell {
	struct str name, value;
};
struct cells {
	const struct cell *v;
	size_t n;
};
struct evidence_row {
	struct str id, file;
	int64_t row;
	struct cells cells;
};
struct evidence_rows {
	const struct evidence_row *v;
	size_t n;
};
struct evidence_view {
	const struct frame_view *frame;
	int64_t id;
	struct url back;
	struct evidence_rows rows;
	bool more;
	int64_t most;
};
