/* SPDX-License-Identifier: Apache-2.0
 * mail_facts.h - what a mail that came in says, as parse tells work. Depends on: base.
 *
 * Texts are clean UTF-8 of bounded length. Views live as long as the message's body. */
#pragma once
#include "base/limits.h"
#include "base/wire.h"

#define MAIL_RECIPIENTS 20 /* of a report; ours have one */
#define MAIL_TEXT	500
#define MAIL_ID		300

enum mail_kind {
	MAIL_OTHER,
	MAIL_AUTO,   /* an answering machine */
	MAIL_BOUNCE, /* a report in words */
	MAIL_REPORT, /* a delivery status report, RFC 3464 */
	MAIL_KINDS
};
const char *mail_kind_text(enum mail_kind k);

/* In the order of what weighs more. */
enum mail_action {
	ACTION_NONE,
	ACTION_DELIVERED,
	ACTION_EXPANDED,
	ACTION_RELAYED,
	ACTION_DELAYED,
	ACTION_FAILED,
	ACTION_N
};
const char *mail_action_text(enum mail_action a);

struct mail_recipient {
	enum mail_action action;
	struct str status; /* "5.1.1"; may be empty */
	struct str address, text;
};
struct mail_facts {
	enum mail_kind kind;
	struct str from, subject, message_id; /* its own; may be empty */
	struct str about; /* Message-ID of the mail it speaks of; may be empty */
	struct str envid; /* or what its envelope was called */
	uint32_t n;
	struct mail_recipient *v;
};
void mail_facts_write(struct writer *w, const struct mail_facts *m);
MUST int mail_facts_read(struct str body, struct arena *a, struct mail_facts *ret);
