/* SPDX-License-Identifier: Apache-2.0
 * trust.h - is a contact the right one? Depends on: base, db.
 *
 * A grade computed from facts, never kept: what people said about it, what it answered,
 * what went unanswered, whether it confirmed when asked. The thresholds are rules
 * (core/rule.h). */
#pragma once
#include "core/answer.h"

enum trust { TRUST_DOUBT, TRUST_UNKNOWN, TRUST_GOOD, TRUST_N };
/* "in-doubt", "unknown", "good": the API; not translated. */
const char *trust_text(enum trust t);

/* Why it is in doubt: bits. */
enum doubt {
	DOUBT_WRONG = 1,   /* somebody said that it is the wrong contact */
	DOUBT_SILENT = 2,  /* so many notices in a row, over SILENT_DAYS or more, went
			      unanswered */
	DOUBT_CHECK = 4,   /* asked to confirm, it did not */
	DOUBT_BOUNCED = 8, /* its address did not take a notice */
};
#define SILENT_DAYS 30
struct trust_facts {
	struct opt_int confirmed_at, wrong_at, answered_at;
	struct opt_int checked_at; /* last asked to confirm: it went out */
	struct opt_int bounced_at; /* a notice came back, and none was delivered since */
	struct opt_int asking;	   /* the notice that is on its way to ask it */
	struct opt_int rested_at;  /* of one that was cancelled or could not go out */
	int64_t sent;	/* notices about findings that went out to it, and did not come
			 back */
	int64_t silent; /* of them after it was last heard of */
	struct opt_int silent_at; /* when the first of these went out */
};
/* A function of its arguments only. ret_why: enum doubt bits; may be NULL. */
enum trust trust_of(const struct trust_facts *f, const struct rules *rules, int64_t now,
	unsigned *ret_why);
/* Since when that is a reason; for silence, the first notice without an answer. */
struct opt_int trust_doubt_at(
	const struct trust_facts *f, const struct rules *rules, enum doubt d);
/* When it confirmed or answered last. */
struct opt_int trust_heard_at(const struct trust_facts *f);
/* Is it time to ask it? Not heard of, nor asked, for check-days; not in doubt, but for
 * not having answered that question; nothing on its way that asks. */
bool trust_check_due(const struct trust_facts *f, const struct rules *rules, int64_t now);

struct contact_row {
	int64_t id, org;
	struct str org_name, email, name, role, comment;
	struct str language, org_language; /* codes, or empty */
	struct trust_facts facts;
	enum trust trust;
	unsigned why;
	bool check_due;
};
typedef int contact_row_fn(void *ctx, const struct contact_row *row);
/* All contacts with a mail address above id after, by id; views live for the call. */
MUST int contacts_each(struct ctx *x, int64_t after, contact_row_fn *fn, void *ctx);

/* The same judgement of all for less: it looks at no more notices than decide it, so what
 * was sent is not counted: facts.sent and facts.silent mean nothing. */
MUST int contacts_judge(struct ctx *x, contact_row_fn *fn, void *ctx);

/* In which language it is written to; team is the one of last resort. */
enum lang contact_lang(const struct contact_row *row, enum lang team);

/* A link by which a contact says that it is right, to pass on by hand. Inside a writing
 * transaction. */
MUST int contact_check_issue(
	struct ctx *x, int64_t contact, char ret_token[ANSWER_TOKEN_MAX]);
/* What is on record about a contact, for the page that asks it. E_NOT_FOUND also for one
 * that is none any more. Texts in x->arena. */
struct contact_card {
	int64_t id, org;
	struct str org_name, name, role, email, phone, language;
};
MUST int contact_card_get(struct ctx *x, int64_t contact, struct contact_card *ret);
/* It is right, but something about it changed: a task says what. With its audit row;
 * inside a writing transaction. */
MUST int contact_changed(struct ctx *x, int64_t contact, struct str comment);
/* It is right, or it is not: then a task asks a person. With its audit row; inside a
 * writing transaction. */
MUST int contact_confirm(struct ctx *x, int64_t contact, bool right, struct str comment);
