/* SPDX-License-Identifier: Apache-2.0
 * job_view.h - what the rooms jobs and job show. Depends on: base, web/frame_view. */
#pragma once
#include "web/frame_view.h"

struct job_line {
	struct url to; /* empty: not for him to look at */
	const char *what, *state;
	struct str who;
	int64_t asked;
	bool failed;
};
struct job_lines {
	const struct job_line *v;
	size_t n;
};
struct past_line { /* of the audit trail */
	int64_t at;
	const char *what;
	struct str who, object, detail;
};
struct past_lines {
	const struct past_line *v;
	size_t n;
};
struct jobs_view {
	const struct frame_view *frame;
	bool doing, has_total, busy;
	const char *what;
	struct str who, text;
	int64_t since, done, total, per_cent;
	struct job_lines jobs;
	struct past_lines past;
};

struct result_field {
	const char *label; /* to translate, or NULL */
	struct str name;   /* without a label */
	struct str text;
	bool is_number;
	int64_t n;
};
struct result_fields {
	const struct result_field *v;
	size_t n;
};
struct result {
	struct result_fields fields;
	bool duplicate;
	struct str error;
};
struct results {
	const struct result *v;
	size_t n;
};
struct job_view {
	const struct frame_view *frame;
	int64_t id;
	const char *what, *state;
	struct str who, why;
	bool waits, runs, good, failed, has_total;
	int64_t asked, done, total, per_cent;
	struct results results;
	struct url again, files;
	bool import;
};
struct job_gone_view {
	const struct frame_view *frame;
};
