/* SPDX-License-Identifier: Apache-2.0
 * outbox.h - approved notices on their way out, and what comes back.
 * Depends on: base, db.
 *
 * approved -> waiting (undo window) -> handed over -> delivered or bounced. A notice is
 * marked as flying, and its state is "uncertain", in a transaction that is on disk
 * before one byte of it goes to net; so whatever is killed, what may have gone out is
 * known as that. An uncertain one is tried once more, with the same Message-ID; after
 * the second time a person decides. Delivered means a positive delivery status report,
 * nothing less.
 *
 * Nothing is taken while sending is off, which is how each directory begins. */
#pragma once
#include "base/hash.h"
#include "base/hours.h"
#include "core/notice.h"

#define OUTBOX_FIRST_RETRY   300	  /* seconds; doubled each time */
#define OUTBOX_LAST_RETRY    4000	  /* about 67 minutes */
#define OUTBOX_GIVE_UP	     (14 * 86400) /* after the first try */
#define OUTBOX_UNCERTAIN_MAX 2 /* tries with an unknown end, then a person decides */

/* Steps in a notice's history; kept as these words. */
#define DELIVERY_QUEUED	   "queued"
#define DELIVERY_UNDONE	   "undone"
#define DELIVERY_ACCEPTED  "handed-over"
#define DELIVERY_LATER	   "refused-for-now"
#define DELIVERY_REFUSED   "refused"
#define DELIVERY_UNCERTAIN "uncertain"
#define DELIVERY_GAVE_UP   "gave-up"
#define DELIVERY_DELIVERED "delivered"
#define DELIVERY_RELAYED   "relayed" /* to where no reports come from */
#define DELIVERY_DELAYED   "delayed"
#define DELIVERY_BOUNCED   "bounced"
#define DELIVERY_OTHER	   "answered" /* by a machine, and not about delivery */

/* A mail that a clock that was ahead put off by years goes undo_s from now. */
MUST int outbox_near(struct ctx *x, int64_t undo_s);
/* Seconds until the next try, after so many. */
int64_t outbox_back_off(int64_t tries);

/* Is mail really sent? Off in a new directory. */
MUST int sending_get(struct ctx *x, bool *ret);
/* E_STATE when it is so already. Audited. */
MUST int sending_set(struct ctx *x, bool on);
/* The same for on; nothing that waited meanwhile goes before undo_s are over. */
struct sending_waits {
	int64_t n;
	struct opt_int oldest, first; /* queued at; goes at the earliest */
};
MUST int sending_on(struct ctx *x, int64_t undo_s, struct sending_waits *ret);

struct seal_key; /* base/secret.h */
struct outbox_rules {
	int64_t undo_s;
	int64_t per_hour;	   /* over all recipients; 0: no cap */
	int64_t per_recipient_day; /* runs of which mail goes to one; 0: no cap */
	struct hours hours;	   /* the team's standard */
	struct str zone;
	bool critical_at_once; /* whatever the hour */
	/* Seconds that a zone's clock is ahead of UTC at that time. */
	int32_t (*offset)(struct str zone, int64_t time);
	/* What mails are sealed with while they wait: others read the database, too.
	 * May be NULL. */
	const struct seal_key *key;
};

/* The notices of a pick in a state: all of a run, all there are (no run, no list), or a
 * list, unchecked. In x->arena. */
MUST int outbox_picked(struct ctx *x, const struct notice_pick *p, enum notice_state s,
	const int64_t **ret, size_t *ret_n);

/* A mail, made once: whatever comes later sees only these bytes. */
struct outbox_mail {
	struct str sender;
	struct str mail; /* what goes out, with its link's token: while it is tried */
	struct str copy; /* what proves later what was said; without the token */
	bool is_signed, is_encrypted;
};
/* approved -> waiting, with the whole mail. Inside a writing transaction. again: also
 * one that was refused, bounced or is uncertain: a person wants it sent once more.
 * *ret_next: when it will be tried. */
MUST int outbox_queue(struct ctx *x, const struct outbox_rules *rules, int64_t notice,
	const struct outbox_mail *mail, bool again, int64_t *ret_next);
/* E_STATE unless outbox_queue would take it. */
MUST int outbox_may_queue(struct ctx *x, int64_t notice, bool again);
/* Why it must not go out as it was drafted: its contact is one no longer, or its findings
 * are another organisation's. Empty: it may. In x->arena. */
MUST int outbox_unfit(struct ctx *x, int64_t notice, struct str *ret_why);
/* It may not go out as it is: held, with the reason, and a task. Inside a writing
 * transaction. */
MUST int outbox_hold(struct ctx *x, int64_t notice, struct str why);
/* waiting -> approved, or held; one that was sent once more is what it was before. A
 * list with one that is not waiting is refused whole. */
MUST int outbox_undo(struct ctx *x, const struct notice_pick *p, bool hold,
	struct str why, struct notice_change *ret);
/* When a notice to that contact could go, from t on. */
MUST int outbox_when(struct ctx *x, const struct outbox_rules *rules,
	struct opt_int contact, int64_t org, bool critical, int64_t t, int64_t *ret);

struct outbox_item {
	int64_t notice, tries;
	struct str message_id, sender, recipient, mail; /* in x->arena */
};
/* After a start: what was flying is uncertain. The number of them. */
MUST int outbox_recover(struct ctx *x);
/* The next one that may go now, marked as flying: committed when this returns. 0: there
 * is none; *ret_next then says when to look again, if there is anything at all. 1: *ret
 * is it. Outside transactions. */
MUST int outbox_take(struct ctx *x, const struct outbox_rules *rules,
	struct outbox_item *ret, struct opt_int *ret_next);

enum outbox_end {
	OUTBOX_ACCEPTED,
	OUTBOX_REFUSED,	  /* this recipient, for good */
	OUTBOX_UNWANTED,  /* this mail, for good, whoever it is to */
	OUTBOX_LATER,	  /* it did not go out */
	OUTBOX_UNCERTAIN, /* nobody knows */
};
/* The database comes from a backup, and nobody knows what went out since: sending is
 * off, what was on its way is uncertain, with a task each, what was approved is held.
 * Inside a writing transaction. */
struct outbox_restored {
	bool was_on;
	int64_t uncertain, held;
};
MUST int outbox_restored(struct ctx *x, struct outbox_restored *ret);
/* task_done, and what it says of an uncertain notice: it went out, then it is handed
 * over, or it did not, then it is refused. E_USAGE when that is not said. Inside a
 * writing transaction. */
MUST int outbox_task_done(
	struct ctx *x, int64_t task, struct str why, struct opt_int went);

/* How the flight of a notice ended. reply: the relay's words or what went wrong. Nothing
 * happens when it does not fly any more: a report was quicker. Outside transactions. */
MUST int outbox_land(
	struct ctx *x, int64_t notice, enum outbox_end end, struct str reply);

/* What a mail says of one of ours. */
enum report_kind {
	REPORT_DELIVERED,
	REPORT_RELAYED,
	REPORT_DELAYED,
	REPORT_FAILED,
	REPORT_OTHER
};
struct outbox_report {
	enum report_kind kind;
	struct str message_id;
	struct str status; /* "5.1.1" or empty */
	struct str text;   /* the other machine's words; foreign */
	int64_t mail;	   /* the row of mail_in */
};
/* Gives it to its notice; E_NOT_FOUND when it is none of ours. Inside a writing
 * transaction. */
MUST int outbox_report(struct ctx *x, const struct outbox_report *r, int64_t *ret_notice);

/* ---- reading ---- */

struct outbox_row {
	int64_t notice;
	enum notice_state state;
	enum notice_kind kind;
	struct str org_name, recipient, message_id, reply, final_why;
	bool critical;
	int64_t queued_at, due_at, tries, uncertain;
	struct opt_int next_at, handed_at, final_at;
};
typedef int outbox_row_fn(void *ctx, const struct outbox_row *row);
/* Newest first; open: only those that are not at their end. */
MUST int outbox_each(struct ctx *x, bool open, int64_t before, int64_t n,
	outbox_row_fn *fn, void *ctx);
MUST int outbox_count(struct ctx *x, enum notice_state s, int64_t *ret);
/* Approved or sent notices that ask a contact: outbox_count counts them, too. */
MUST int outbox_checks(struct ctx *x, int64_t *ret);

struct outbox_preview {
	int64_t id, run, org;
	enum notice_kind kind;
	struct str org_name, recipient, doubt; /* doubt: empty when there is none */
	int64_t findings, critical, next_at;
	struct opt_int before; /* findings of what the organisation was sent last */
};
typedef int outbox_preview_fn(void *ctx, const struct outbox_preview *p);
/* The approved ones, of a run or all, by organisation. */
MUST int outbox_preview_each(struct ctx *x, const struct outbox_rules *rules,
	struct opt_int run, outbox_preview_fn *fn, void *ctx);
/* The last run about findings before that one that was sent; 0 notices when there is
 * none. */
MUST int outbox_last_run(
	struct ctx *x, int64_t before, int64_t *ret_notices, int64_t *ret_findings);

struct outbox_copy {
	int64_t at, bytes;    /* when it was queued; how long it was */
	struct sha256 sha256; /* of exactly these bytes */
	bool is_signed, is_encrypted;
	struct str mail; /* as it was before that, masked, digests in place of tables */
};
typedef int outbox_copy_fn(void *ctx, const struct outbox_copy *copy);
/* What went out, or waits to; the oldest first. */
MUST int outbox_copies_each(struct ctx *x, int64_t notice, outbox_copy_fn *fn, void *ctx);

typedef int delivery_fn(void *ctx, int64_t at, struct str what, struct str code,
	struct str text, struct opt_int mail);
MUST int delivery_each(struct ctx *x, int64_t notice, delivery_fn *fn, void *ctx);

/* ---- hours and holidays ---- */

struct hours_set {
	struct str org, contact; /* one of them: a name, an address */
	struct hours hours;
	struct str zone, calendar;
	bool drop; /* back to the team's standard */
};
/* E_NOT_FOUND for an unknown organisation or address. Audited. */
MUST int hours_set(struct ctx *x, const struct hours_set *h);
struct hours_row {
	struct str org_name, email, zone, calendar; /* one of the first two is empty */
	struct hours hours;
};
typedef int hours_fn(void *ctx, const struct hours_row *row);
MUST int hours_each(struct ctx *x, hours_fn *fn, void *ctx);
/* name absent: no holiday any more. With the calendar "" it is the team's own, and what
 * is counted by working days is counted anew. Audited. */
MUST int holiday_set(struct ctx *x, struct str calendar, int32_t day, struct str name);
typedef int holiday_fn(void *ctx, struct str calendar, int32_t day, struct str name);
MUST int holiday_each(struct ctx *x, int32_t from, holiday_fn *fn, void *ctx);

/* ---- mails that came in ---- */

struct mail_in_row {
	int64_t id;
	int64_t state; /* 0 kept, 1 read, 2 cannot be read */
	struct str kind, why;
	struct opt_int notice;
};
/* The row of that content, made when there is none: then *ret_new. */
MUST int mail_in_take(struct ctx *x, const struct sha256 *sha, struct str name,
	int64_t bytes, struct mail_in_row *ret, bool *ret_new);
MUST int mail_in_done(struct ctx *x, const struct mail_in_row *row);
