/* SPDX-License-Identifier: Apache-2.0
 * settings_view.h - what the room settings shows. Depends on: base, web/frame_view. */
#pragma once
#include "web/frame_view.h"

struct option_line {
	struct str name, value;
	const char *help; /* English: the file's own words */
	bool secret;	  /* set, and not shown */
};
struct option_lines {
	const struct option_line *v;
	size_t n;
};
struct rule_line {
	struct str name;
	const char *what;     /* to translate */
	const char *severity; /* to translate; NULL: it is not per severity */
	int64_t value, min, max;
};
struct rule_lines {
	const struct rule_line *v;
	size_t n;
};
struct settings_view {
	const struct frame_view *frame;
	bool done;
	struct rule_lines rules;
	struct option_lines options;
	int64_t people;
};

struct preview_column {
	int64_t notices, told, new, relapsed, reminded, second, tasks;
};
struct rule_view {
	const struct frame_view *frame;
	const struct rule_line *line;
	struct str name;
	int64_t now, wanted, from, to;
	bool same;
	bool part; /* not all organisations were counted */
	int64_t counted, all;
	struct url count_all;
	struct preview_column before, after;
};
