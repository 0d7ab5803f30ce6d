/* SPDX-License-Identifier: Apache-2.0
 * task.h - tasks: what a person must look at. Depends on: base, db.
 *
 * The program makes one where it may not or cannot decide: a notice that nobody takes, a
 * contact in doubt, an answer that asks for a person. The same thing is asked once: of a
 * kind and subject at most one task is open. Kinds and subjects are words of the
 * program, not translated; screens have a sentence for each kind. */
#pragma once
#include "base/opt.h"
#include "core/ctx.h"

/* Kinds. */
#define TASK_UNDELIVERED "undelivered" /* a notice could not be handed over in time */
#define TASK_BOUNCED	 "bounced"     /* a notice came back, and asks for a person */
#define TASK_UNCERTAIN	 "uncertain"   /* nobody knows whether a notice went out */
#define TASK_NOT_MINE	 "not-mine"    /* an answer says it belongs to somebody else */
#define TASK_CONTACT	 "wrong-contact"
#define TASK_HELP	 "need-help"
#define TASK_NO_ANSWER	 "no-answer" /* reminders and the second contact led to nothing */

struct task_new {
	const char *kind;
	struct str subject; /* "notice 12", "finding 7", "contact 3" */
	struct opt_int org, notice, finding, contact;
	struct str detail; /* a sentence for a person; may hold foreign text */
};
/* Adds it, unless it is open already; then its detail and the rest stay as they are.
 * Inside a writing transaction. */
MUST int task_add(struct ctx *x, const struct task_new *t);
/* Closes it. E_NOT_FOUND when there is none, E_STATE when it is closed already. With its
 * audit row; inside a writing transaction. */
MUST int task_done(struct ctx *x, int64_t id, struct str why);
/* Closes the open task of that kind and subject, if there is one: what it asked for
 * happened. Inside a writing transaction. */
MUST int task_settle(struct ctx *x, const char *kind, struct str subject, struct str why);

struct task_row {
	int64_t id, at;
	struct str kind, subject, detail;
	struct opt_int org, notice, finding, contact;
	struct str org_name; /* may be empty */
	struct opt_int done_at;
	struct str done_by, done_why;
};
typedef int task_row_fn(void *ctx, const struct task_row *row);
/* The open ones, the oldest first; views live for the call. */
MUST int task_open_each(
	struct ctx *x, int64_t after, int64_t n, task_row_fn *fn, void *ctx);
/* All, the latest first, below id `before` (0: from the newest). */
MUST int task_each(struct ctx *x, int64_t before, int64_t n, task_row_fn *fn, void *ctx);
