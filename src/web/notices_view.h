/* SPDX-License-Identifier: Apache-2.0
 * notices_view.h - what the room notices shows. Depends on: base, web/frame_view. */
#pragma once
#include "web/choice_view.h"
#include "web/frame_view.h"

struct run_line {
	struct url to;
	int64_t id, at, notices, usual;
	bool finished;
	const char *held; /* to translate, with {notices} and {usual}; NULL: it was not */
};
struct run_lines {
	const struct run_line *v;
	size_t n;
};
struct notice_line_view {
	bool check; /* it asks its contact, and has no findings */
	int64_t id, at, findings, critical;
	struct url to, org;
	struct str org_name, recipient;
	const char *state;	/* to translate */
	const char *why;	/* why it is held: to translate; NULL: see word */
	struct str word;	/* or a person's reason */
	int64_t notices, usual; /* of its run, for why */
	bool open;		/* a person may decide on it */
	bool hot;		/* refused, bounced, uncertain */
	int64_t before;		/* findings of the notice before it */
	bool has_before;
};
struct notice_lines_view {
	const struct notice_line_view *v;
	size_t n;
};
struct sending_view {
	const struct frame_view *frame;
	bool on, may_switch;
	bool relay; /* one is named in tocsin.conf */
	int64_t approved, waiting;
	const char *error;
};
struct notices_view {
	const struct frame_view *frame;
	const char *done; /* to translate, with {n} */
	int64_t done_n;
	bool may_decide;
	struct sending_view sending;
	struct run_lines runs;
	struct choices states;
	int64_t run;   /* 0: of all */
	bool run_open; /* it is finished: it may be decided on as a whole */
	int64_t org;   /* 0: of all */
	struct str org_name;
	struct notice_lines_view lines;
	bool more;
	struct url next;
};
struct runs_view {
	const struct frame_view *frame;
	struct run_lines runs;
	bool more;
	struct url next;
};

/* Before a decision: what it is about. */
struct decide_view {
	const struct frame_view *frame;
	const char *title, *button; /* to translate */
	struct url action, back;
	bool approve, cancel, danger, send, undo, why;
	const char *note; /* to translate */
	bool again;
	bool nothing; /* none of them can be decided on */
	int64_t notices, findings, critical, held, organisations, not_listed, left;
	int64_t usual, last_notices, last_findings;
	bool has_last;
	int64_t run; /* 0: not a whole one */
	struct str list;
	struct notice_lines_view lines;
};

struct part_line {
	struct str name;
	int64_t bytes;
	struct url to;
};
struct part_lines {
	const struct part_line *v;
	size_t n;
};
struct told_line {
	int64_t id, last_seen;
	struct url to;
	const char *why, *severity; /* to translate */
	struct str type, place;
};
struct told_lines {
	const struct told_line *v;
	size_t n;
};
struct step_line { /* of its delivery, or an answer */
	int64_t at;
	const char *what; /* to translate */
	struct str code, text;
	int64_t finding; /* that an answer is of; 0: of all */
};
struct step_lines {
	const struct step_line *v;
	size_t n;
};
struct notice_view {
	const struct frame_view *frame;
	int64_t id, run, at;
	struct str subject, body, recipient, org_name, via_name, sender;
	const char *body_lang, *body_dir;
	bool check; /* it asks its contact, and has no findings */
	const char *state, *why;
	struct str word;
	int64_t notices, usual;
	struct url org, run_url;
	bool may_approve, may_hold, may_cancel, held, may_send, may_undo, may_again;
	int64_t findings, critical, new, relapsed, reminded;
	struct part_lines parts;
	struct told_lines told;
	int64_t told_more;
	struct step_lines steps, answers;
	bool may_decide;
};
