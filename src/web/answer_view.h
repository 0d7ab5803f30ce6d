/* SPDX-License-Identifier: Apache-2.0
 * answer_view.h - what the page to answer a notice by shows. Depends on: base, web/frame.
 * Members that are `const char *` are texts to translate, or words of the API. */
#pragma once
#include "base/opt.h"
#include "web/choice_view.h"
#include "web/frame_view.h"

/* The fields of one answer, with what was typed. */
struct answer_fields {
	struct choices choices;
	struct str until, whose, comment;
	const char *fault; /* what is wrong with it; NULL: nothing */
};
/* What counts until now. */
struct answer_said {
	const char *label; /* NULL: nothing was said */
	int64_t at;
	struct opt_int until;
	struct str whose, comment;
};
struct answer_finding {
	int64_t id;
	struct str where;
	struct str what;   /* the malware's name, else the identifier */
	const char *why;   /* new, back, reminder */
	const char *state; /* a sentence about it, or NULL */
	int32_t first, last;
	int64_t count;
	bool theirs; /* it may be answered */
	struct answer_said said;
	struct answer_fields fields;
};
/* Advice: words, and commands between them. */
struct answer_piece {
	struct str text;
	bool code;
};
struct answer_pieces {
	const struct answer_piece *v;
	size_t n;
};
struct answer_group {
	const char *title, *severity, *what, *why;
	struct answer_pieces check, fix, more;
	bool hot; /* critical or high */
	struct {
		const struct answer_finding *v;
		size_t n;
	} findings;
};
struct answer_page {
	const struct frame_view *frame;
	const char *done;  /* a sentence */
	int64_t done_at;   /* when what was said last came; 0: nothing yet */
	const char *error; /* what is wrong with all of it */
	const char *tlp, *tlp_means;
	struct str org, via, mail, phone;
	int64_t notice, at, n;
	int32_t expires; /* the day */
	bool several;
	struct answer_fields all; /* about all of them */
	struct {
		const struct answer_group *v;
		size_t n;
	} groups;
	int64_t from, to; /* which of the n this page shows */
	struct url earlier, later, send, table, upload;
	bool has_earlier, has_later, has_more;
};

struct answer_problem {
	int64_t row, finding;
	struct str column, value, problem;
};
/* What came of a table that was sent back. */
struct answer_outcome {
	const struct frame_view *frame;
	struct url back;
	const char *error;
	struct str reason; /* what the reader said, in English */
	int64_t taken, unchanged, refused;
	bool more; /* there were more problems than are shown */
	struct {
		const struct answer_problem *v;
		size_t n;
	} problems;
};

struct link_dead_view {
	const struct frame_view *frame;
	struct str mail, phone;
};
