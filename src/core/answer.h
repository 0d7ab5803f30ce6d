/* SPDX-License-Identifier: Apache-2.0
 * answer.h - answers to notices: links without an account, what was said, what follows.
 * Depends on: base, db.
 *
 * A link is a random token of 128 bits; the database has only its SHA-256. Whoever holds
 * it sees one notice and may answer it until it expires or is revoked. An answer never
 * moves a finding: "fixed" is a claim (core/lifetime.h), all that asks for somebody else
 * becomes a task for a person. What was said is kept; the latest counts (answer_now). */
#pragma once
#include "base/answer.h"
#include "core/lifetime.h"
#include "core/rule.h"

#define ANSWER_TOKEN_MAX 27 /* 26 letters and digits, and NUL */

enum link_kind { LINK_NOTICE = 1, LINK_CONTACT = 2 };
struct answer_link {
	int64_t id;
	enum link_kind kind;
	int64_t notice;	 /* that may be answered by it; 0: none */
	int64_t contact; /* 0: none */
	int64_t made_at, expires_at;
	struct opt_int last_opened;
};
/* A new link for a notice: to answer it, or, when it is one that asks its contact, to say
 * whether that is right. The token is nowhere but in *ret_token. Inside a writing
 * transaction. */
MUST int answer_link_issue(
	struct ctx *x, int64_t notice, char ret_token[ANSWER_TOKEN_MAX]);
/* Whose token this is. E_NOT_FOUND, and not a word more, when it is wrong, expired or
 * revoked, or its notice was never sent. Capitals are taken as small letters. */
MUST int answer_link_find(struct ctx *x, struct str token, struct answer_link *ret);
#define ANSWER_VISIT (30 * 60) /* seconds: looking again within them is the same visit */
/* Counts that it was opened, once a visit; the first time also in the audit trail. Inside
 * a writing transaction. */
MUST int answer_link_opened(struct ctx *x, const struct answer_link *link);
/* Ends all links of a notice that are still good. Inside a writing transaction. */
MUST int answer_link_revoke(struct ctx *x, int64_t notice, int64_t *ret_n);

/* The line that stands in a notice's body for its link. */
#define ANSWER_PLACE   "{answer-link}"
#define ANSWER_URL_MAX 300
/* "https://cirt.example/a/TOKEN". */
MUST int answer_url(struct str web_url, const char *token, struct buf *out);
/* The body with that line replaced by text, in the arena; the body itself when it has no
 * such line. */
MUST int answer_place(struct arena *a, struct str body, struct str text, struct str *ret);
/* "https://cirt.example/c/TOKEN", of a link that asks a contact. */
MUST int contact_url(struct str web_url, const char *token, struct buf *out);
/* What stands in place of a token that is not to be seen. */
#define ANSWER_MASK "**************************"
/* answer_url with that. */
MUST int answer_url_masked(struct str web_url, struct buf *out);

/* ---- giving ---- */

enum answer_way { ANSWER_BY_PAGE = 1, ANSWER_BY_FILE, ANSWER_BY_HAND, ANSWER_WAYS };
const char *answer_way_text(enum answer_way w);

struct answer_given {
	int64_t notice;
	int64_t link; /* 0: without */
	enum answer_way way;
	const struct answer_item *items;
	size_t n;
};
/* What core cannot do itself, and whom to tell. */
struct answer_hooks {
	void *ctx;
	/* The finding is claimed to be fixed (true), or no longer (false). */
	int (*claim)(void *ctx, int64_t finding, bool fixed);
	/* This one was not taken, and why. */
	int (*refused)(void *ctx, const struct answer_item *item, const char *why);
};
struct answer_result {
	int64_t taken;	   /* answers kept */
	int64_t unchanged; /* said before: nothing was done */
	int64_t refused;
	int64_t findings; /* about so many findings */
	int64_t claimed;  /* so many of them became claimed fixed */
	int64_t tasks;	  /* for a person */
};
/* Takes the answers that can be taken and refuses the others one by one: a finding of
 * another notice, one that went to another organisation since, two answers about one
 * finding. The same again changes nothing. E_STATE for a notice that was not sent,
 * E_BUSY when its links have said more today than is kept. Inside
 * a writing transaction. */
MUST int answer_give(struct ctx *x, const struct answer_given *g,
	const struct answer_hooks *h, struct answer_result *ret);

/* ---- reading ---- */

struct answer_row {
	int64_t id, at, notice, org;
	struct opt_int finding, link, until;
	enum answer_kind kind;
	enum answer_way way;
	struct str org_name, whose, comment, actor;
};
struct answer_filter {
	int64_t notice;	     /* 0: any */
	int64_t org;	     /* 0: any */
	struct opt_int kind; /* enum answer_kind */
	int64_t before;	     /* id to go on below; 0: from the newest */
	int64_t n;
};
/* Newest first; views live for the call. */
typedef int answer_row_fn(void *ctx, const struct answer_row *row);
MUST int answers_each(
	struct ctx *x, const struct answer_filter *f, answer_row_fn *fn, void *ctx);

/* What counts now about a finding of a notice, for the page that asks. */
struct answer_state {
	enum answer_kind kind; /* ANSWER_NONE: nothing yet */
	int64_t at;
	struct opt_int until;
	struct str whose, comment; /* in x->arena */
};
MUST int answer_state_of(struct ctx *x, int64_t finding, struct answer_state *ret);

/* A finding of a notice as its page shows it. E_NOT_FOUND when it is not in it. */
struct answer_look {
	bool theirs; /* still the notice's organisation's: it may be answered */
	enum finding_state state;
	struct answer_state said;
};
MUST int answer_look(struct ctx *x, int64_t notice, int64_t org, int64_t finding,
	struct answer_look *ret);

struct link_row {
	int64_t id, made_at, expires_at, opened;
	enum link_kind kind;
	struct opt_int notice, contact, revoked_at, first_opened, last_opened;
	struct str email, org_name;
};
typedef int link_row_fn(void *ctx, const struct link_row *row);
/* The latest first, below id before (0: from the newest); notice 0: of all. */
MUST int answer_links_each(struct ctx *x, int64_t notice, int64_t before, int64_t n,
	link_row_fn *fn, void *ctx);
