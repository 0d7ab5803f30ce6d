/* SPDX-License-Identifier: Apache-2.0
 * feed_view.h - what the rooms feeds, files, quarantine, look up and upload show.
 * Depends on: base, web/frame_view. */
#pragma once
#include "web/frame_view.h"

/* The rooms that belong together. */
struct feed_tabs {
	bool feeds, files, quarantine, upload;
	bool may_upload;
};

struct visit;
struct feed_tabs *feed_tabs_of(struct visit *v);

struct arrived { /* one of the last days */
	int64_t x;
};
struct arrived_days {
	const struct arrived *v;
	size_t n;
};
struct type_line {
	struct str name;
	bool known;
	int64_t reports, latest, silent, missing, quiet;
	struct url findings;
	struct arrived_days came;
};
struct type_lines {
	const struct type_line *v;
	size_t n;
};
struct column_line {
	struct str type, name, file;
};
struct column_lines {
	const struct column_line *v;
	size_t n;
};
struct feeds_view {
	const struct frame_view *frame;
	const struct feed_tabs *tabs;
	struct type_lines types;
	int64_t silent, latest;
	bool unknown;
};

struct file_line {
	int64_t id, taken, rows, quarantined, fresh, again, relapsed, unattributed;
	struct str name, type, why;
	const char *state;
	bool failed;
	struct url refused, aside;
};
struct file_lines {
	const struct file_line *v;
	size_t n;
};
struct files_view {
	const struct frame_view *frame;
	const struct feed_tabs *tabs;
	struct file_lines files;
	struct url next;
};

struct refused_line {
	int64_t file, row;
	struct str name, why, text;
	const char *reason; /* to translate */
	bool has_why;
};
struct refused_lines {
	const struct refused_line *v;
	size_t n;
};
struct quarantine_view {
	const struct frame_view *frame;
	const struct feed_tabs *tabs;
	struct refused_lines rows;
	struct file_lines failed;
	struct column_lines columns;
	struct url next;
	bool of_file, may_aside;
};

struct upload_view {
	const struct frame_view *frame;
	const struct feed_tabs *tabs;
	const char *error;
	int64_t most; /* MiB */
};

struct lookup_view {
	const struct frame_view *frame;
	struct str text;
	bool asked, unread;
	struct str holder, network, country, ref, imitated;
	const char *why; /* with {ref} */
	int64_t asn;
	struct url findings;
};
