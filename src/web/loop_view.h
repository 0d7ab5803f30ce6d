/* SPDX-License-Identifier: Apache-2.0
 * loop_view.h - what the rooms tasks and answers show. Depends on: web/frame_view. */
#pragma once
#include "web/choice_view.h"
#include "web/frame_view.h"

struct task_line {
	int64_t id, at;
	const char *what, *next; /* to translate */
	struct str detail, org_name, subject;
	struct url to, org, done;   /* to: what it is about; may have no path */
	bool has_org, has_to, asks; /* asks: whether a notice went out */
};
struct task_lines {
	const struct task_line *v;
	size_t n;
};
struct tasks_view {
	const struct frame_view *frame;
	bool done, may_close, more;
	struct task_lines lines;
	struct url next;
};

struct answer_line {
	int64_t at, number, finding, until;
	bool has_finding, has_until;
	const char *kind, *way; /* to translate */
	struct str org_name, whose, comment, actor;
	struct url org, notice, to;
};
struct answer_lines {
	const struct answer_line *v;
	size_t n;
};
struct answers_view {
	const struct frame_view *frame;
	struct choices kinds;
	int64_t org, notice; /* 0: of all */
	struct str org_name;
	struct answer_lines lines;
	bool more;
	struct url next;
};
