/* SPDX-License-Identifier: Apache-2.0
 * contact_check.h - the question to contacts whether they are right, as notices.
 * Depends on: base, db.
 *
 * Who is due (core/trust.h) gets a notice without findings. It is a draft like all
 * others: a person approves it, the outbox sends it by its rules, and what comes back
 * finds it. Its link is made when it goes out (answer_link_issue). */
#pragma once
#include "core/trust.h"

/* What a writer gets. */
struct check_draft {
	int64_t id, at, org, contact;
	struct str org_name, recipient;
	enum lang lang; /* the contact's, its organisation's, or the team's */
	enum tlp tlp;
	int64_t grace_days; /* silence for so long makes it doubtful */
};
struct check_opts {
	enum lang lang;
	struct str mail_domain; /* of message ids */
	/* This one, due or not: somebody wants to know. E_STATE while a question to it is
	 * on its way. 0: all that are due. */
	int64_t contact;
	void *ctx;
	/* Its words, in x->arena. */
	int (*write)(void *ctx, struct ctx *x, const struct check_draft *d,
		struct notice_words *ret);
};
struct check_result {
	int64_t run; /* 0: nobody was due */
	int64_t notices, usual;
	struct str held_why; /* HELD_* or empty */
};
/* In one transaction: all of them or none. Held when notice_hold_why says so of earlier
 * questions. */
MUST int contact_checks_draft(
	struct ctx *x, const struct check_opts *o, struct check_result *ret);
