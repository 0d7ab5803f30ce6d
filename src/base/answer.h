/* SPDX-License-Identifier: Apache-2.0
 * answer.h - one thing that somebody answered to a notice, on its way through the roles.
 * Depends on: base/wire, base/opt. */
#pragma once
#include "base/opt.h"
#include "base/wire.h"

/* The values are in the database and in messages. */
enum answer_kind {
	ANSWER_NONE,
	ANSWER_FIXED,
	ANSWER_WORKING,
	ANSWER_NOT_MINE,
	ANSWER_WRONG_CONTACT,
	ANSWER_HELP,
	ANSWER_KINDS
};
/* "fixed", "working", "not-mine", "wrong-contact", "need-help": the API; not
 * translated. */
const char *answer_kind_text(enum answer_kind k);
/* As people write them too: any case, blanks or underscores, "not ours", "help".
 * E_SYNTAX else. */
MUST int answer_kind_read(struct str s, enum answer_kind *ret);

#define ANSWER_WHOSE_MAX   200	/* bytes */
#define ANSWER_COMMENT_MAX 2000 /* bytes; may hold line feeds */

struct answer_item {
	uint32_t row;	 /* of the file it stood in; 0: none */
	int64_t finding; /* 0: all of the notice that the same message does not name */
	enum answer_kind kind;
	struct opt_int until; /* a day */
	struct str whose;     /* not mine: whose; wrong contact: who */
	struct str comment;
};
/* What is wrong with it, a sentence without an end; NULL: nothing. Texts are UTF-8
 * without control characters, but for line feeds of a comment, within their limits. */
const char *answer_item_fault(const struct answer_item *item);
/* The same for any one text of a person's. */
const char *answer_text_fault(struct str s, size_t max, bool lines);
/* Without row the same. */
bool answer_item_same(const struct answer_item *a, const struct answer_item *b);

void answer_item_write(struct writer *w, const struct answer_item *item);
/* Views into the message; refuses what answer_item_fault does. */
MUST int answer_item_read(struct reader *r, struct answer_item *ret);
