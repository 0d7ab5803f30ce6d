/* SPDX-License-Identifier: Apache-2.0
 * notice.h - what organisations are told, and when. Depends on: base, db.
 *
 * A run walks through all organisations. Each one that is due something gets one notice
 * with everything that is due, in one transaction: the notice, its findings, its texts
 * and tables, and the marks on the findings. So a run that was killed loses nothing and
 * doubles nothing; the next call goes on with it. Only when it is through, its size is
 * judged and its notices become drafts, or are held for a person; until then they cannot
 * be approved.
 *
 * What stands in a notice that has not left the house is being told: nothing more is
 * drafted about it before that notice went out or is cancelled.
 *
 * The words of a notice are not made here: the caller brings a writer
 * (exchange/digest.h). */
#pragma once
#include "base/event.h"
#include "base/hash.h"
#include "base/opt.h"
#include "base/tlp.h"
#include "core/attrib.h"
#include "core/lifetime.h"

/* Per severity: told at all? Reminded after how many days (0: never)? Data, in
 * notice_rule. */
struct notice_rule {
	bool notify;
	int32_t remind_days;
};
struct notice_rules {
	struct notice_rule of[SEV_N];
};
MUST int notice_rules_load(struct ctx *x, struct notice_rules *ret);

/* Why a finding stands in a notice. The values are in the database. */
enum notice_why { WHY_NOT, WHY_NEW = 1, WHY_RELAPSED = 2, WHY_REMINDER = 3, WHY_N };
/* "new", "relapsed", "reminder": for tables; not translated. */
const char *notice_why_text(enum notice_why w);

/* What the rules look at. */
struct notice_case {
	enum severity severity;
	enum finding_state state;
	int64_t relapses;
	int64_t org;		   /* responsible now */
	struct opt_int noticed_at; /* when its last notice went out, or was drafted */
	struct opt_int noticed_org;
	int64_t noticed_relapses;
	int32_t rest_until; /* no reminder before this day: an answer asked for it */
};
/* New: never told to this organisation. Relapsed: again since its last notice. Reminder:
 * still open, and the last notice is remind_days calendar days (UTC) ago, or more; not
 * while an answer lets reminders rest. */
enum notice_why notice_why_of(
	const struct notice_rules *rules, const struct notice_case *c, int64_t now);

/* Which contact goes first: 0 security, 1 abuse, 2 network operations, 3 IT, 4 any
 * other. */
int notice_role_rank(struct str role);

/* ---- drafting ---- */

enum notice_state {
	NOTICE_DRAFT = 0,
	NOTICE_HELD = 1,
	NOTICE_APPROVED = 2,
	NOTICE_WAITING = 3, /* from here on: core/outbox.h */
	NOTICE_HANDED = 4,
	NOTICE_UNCERTAIN = 5,
	NOTICE_DELIVERED = 6,
	NOTICE_BOUNCED = 7,
	NOTICE_REFUSED = 8,
	NOTICE_CANCELLED = 9
};
#define NOTICE_STATES (NOTICE_CANCELLED + 1)
const char *notice_state_text(enum notice_state s);
/* The values are in the database. */
enum notice_kind {
	NOTICE_FINDINGS = 1,
	NOTICE_CHECK = 2 /* asks its contact, has no findings: core/contact_check.h */
};
/* "findings", "contact-check": the API; not translated. */
const char *notice_kind_text(enum notice_kind k);
MUST int notice_state_read(struct str s, enum notice_state *ret);

/* Why notices are held; kept as these words, or as what a person wrote. */
#define HELD_UNFINISHED "unfinished-run"
#define HELD_FIRST_RUNS "first-runs"
#define HELD_BATCH_SIZE "batch-size"
/* The sentence for such a word, a msgid with {notices} and {usual}; NULL for any other
 * text. */
const char *notice_held_text(struct str why);
#define NOTICE_RUNS_JUDGED  7 /* earlier runs whose median is the usual size */
#define NOTICE_RUNS_NEEDED  3 /* with fewer, a person must approve */
#define NOTICE_BATCH_FACTOR 10
#define NOTICE_BATCH_FLOOR  50
/* sizes: the earlier runs that drafted anything, newest first, at most
 * NOTICE_RUNS_JUDGED. "" or a HELD_* word. *ret_usual: their median, rounded
 * down; 0 without any. */
const char *notice_hold_why(
	int64_t notices, const int64_t *sizes, size_t n, int64_t *ret_usual);

/* What a writer gets: one organisation's notice, before it has words. */
struct notice_draft {
	int64_t id, run, at;
	int64_t org, via; /* via: the network's operator when org has no contact, or 0 */
	struct str org_name, via_name;
	struct str recipient;
	enum lang lang; /* the contact's, its organisation's, or the team's */
	enum tlp tlp;
	int64_t findings, new, relapsed, reminded;
	int64_t by_severity[SEV_N];
	int64_t open_before;	 /* told in earlier notices and still open, due or not */
	int64_t oldest_open;	 /* first seen of the oldest of these */
	int32_t act_days[SEV_N]; /* until the next reminder for a severity; 0 none */
};
struct notice_words {
	struct str subject, body; /* live in x->arena */
};
/* Makes the words, and the tables with notice_add_part. Runs inside the transaction. */
struct notice_writer {
	void *ctx;
	int (*write)(void *ctx, struct ctx *x, const struct notice_draft *d,
		struct notice_words *ret);
};
struct notice_opts {
	enum lang lang; /* the team's default */
	enum tlp tlp;
	struct str mail_domain; /* of the team, for message ids */
	struct notice_writer writer;
	/* Called after each organisation with how many are through; negative ends the run
	 * there, and the next call goes on with it. May be NULL. */
	int (*keep_up)(void *ctx, int64_t done);
	void *keep_up_ctx;
};
struct notice_result {
	int64_t run;
	int64_t notices, findings; /* of the whole run, also from before a kill */
	int64_t repeated; /* organisations that had been told exactly this before */
	int64_t no_contact_orgs, no_contact_findings;
	int64_t second_contacts; /* notices that went there, as nobody had answered */
	int64_t person_tasks;	 /* organisations that a person must ask */
	int64_t usual;
	struct str held_why; /* "" or a HELD_* word */
};
/* Keeps a notice's words, and makes its Message-ID. Whoever knows that can say what
 * became of the notice (core/outbox.h): 64 bits of it come from the directory's own key,
 * and nobody guesses them. */
MUST int notice_store_words(struct ctx *x, int64_t notice, const struct sha256 *content,
	struct str domain, const struct notice_words *words);
/* One run, or the rest of one that was cut off. Outside transactions. */
MUST int notice_draft_run(
	struct ctx *x, const struct notice_opts *o, struct notice_result *ret);

/* One finding of a notice, with all a table says. */
struct notice_line {
	int64_t n, finding;
	enum notice_why why;
	struct str type, identifier, family;
	bool has_net, by_name, acts;
	struct net net;
	struct str name, hostname, transport, detail;
	uint16_t port;
	enum severity severity;
	enum basis basis;
	struct str basis_ref;
	int64_t first_seen, last_seen, count;
	int64_t before_file;  /* its sightings up to this file were told earlier */
	bool before_same_org; /* and it was this organisation that was told */
	/* Relapsed although it was said to be fixed: when, and when it was seen again. */
	struct opt_int claimed_day, seen_again_day;
};
/* In the order of the table, worst first; views live for the call. */
typedef int notice_line_fn(void *ctx, const struct notice_line *line);
MUST int notice_lines_each(struct ctx *x, int64_t notice, notice_line_fn *fn, void *ctx);

/* At most limit of them, those behind n. */
MUST int notice_lines_page(struct ctx *x, int64_t notice, int64_t after, int64_t limit,
	notice_line_fn *fn, void *ctx);

struct notice_sighting {
	int64_t first, last, count;
	uint16_t port;	   /* source port of an act */
	struct sha256 sha; /* of the file that holds the evidence */
	int64_t row;
};
/* Sightings of files after before_file, oldest first. */
typedef int notice_sighting_fn(void *ctx, const struct notice_sighting *s);
MUST int notice_sightings_each(struct ctx *x, int64_t finding, int64_t before_file,
	notice_sighting_fn *fn, void *ctx);
/* The latest one. */
MUST int notice_sighting_last(
	struct ctx *x, int64_t finding, struct notice_sighting *ret);

/* n counts from 1. */
MUST int notice_add_part(struct ctx *x, int64_t notice, int64_t n, struct str name,
	struct str type, struct str content);

/* ---- reading ---- */

struct notice_row {
	int64_t id, run, org, via, at;
	struct str org_name, recipient, subject, state_why, message_id;
	enum lang lang;
	enum tlp tlp;
	enum notice_state state;
	enum notice_kind kind;
	int64_t findings, critical, new, relapsed, reminded;
};
struct notice_filter {
	struct opt_int state; /* enum notice_state */
	int64_t run, org;     /* 0: any; run goes before org */
	int64_t before;	      /* id to go on below; 0: from the newest */
	int64_t n;	      /* at most so many */
};
/* Newest first; views live for the call. */
typedef int notice_row_fn(void *ctx, const struct notice_row *row);
MUST int notice_list_each(
	struct ctx *x, const struct notice_filter *f, notice_row_fn *fn, void *ctx);

/* One of them. Strings live in x->arena. E_NOT_FOUND when there is none. */
MUST int notice_row_get(struct ctx *x, int64_t id, struct notice_row *ret);
/* With its text, which may be long. */
struct notice_full {
	struct notice_row row;
	struct str body;
};
MUST int notice_get(struct ctx *x, int64_t id, struct notice_full *ret);

struct notice_part {
	int64_t n;
	struct str name, type, content; /* live for the call */
};
typedef int notice_part_fn(void *ctx, const struct notice_part *part);
MUST int notice_parts_each(struct ctx *x, int64_t notice, notice_part_fn *fn, void *ctx);

/* One of them, in x->arena; E_NOT_FOUND when there is none. */
MUST int notice_part_get(
	struct ctx *x, int64_t notice, int64_t n, struct notice_part *ret);
typedef int notice_part_size_fn(void *ctx, int64_t n, struct str name, int64_t bytes);
MUST int notice_part_sizes_each(
	struct ctx *x, int64_t notice, notice_part_size_fn *fn, void *ctx);
/* Findings in what the organisation was told before that notice; none: never. */
MUST int notice_previous(
	struct ctx *x, int64_t org, int64_t before, struct opt_int *ret_findings);
/* Of a run: how many notices, with how many findings. */
MUST int notice_run_size(
	struct ctx *x, int64_t run, int64_t *ret_notices, int64_t *ret_findings);

struct notice_run_row {
	int64_t id, at, notices, usual;
	enum notice_kind kind;
	bool finished;
	struct str held_why;
};
typedef int notice_run_fn(void *ctx, const struct notice_run_row *row);
MUST int notice_runs_each(
	struct ctx *x, int64_t before, int64_t n, notice_run_fn *fn, void *ctx);

/* Organisations with findings they should be told, that nobody can be told: neither they
 * nor an operator of their network has a contact. */
struct notice_orphan {
	int64_t org, findings, critical;
	struct str name, sector;
};
typedef int notice_orphan_fn(void *ctx, const struct notice_orphan *o);
MUST int notice_no_contact_each(struct ctx *x, notice_orphan_fn *fn, void *ctx);

/* ---- deciding ---- */

/* Which notices: a list of ids, or all of a run that are in a state to come from. */
struct notice_pick {
	const int64_t *ids;
	size_t n;
	int64_t run; /* when n is 0 */
};
struct notice_change {
	int64_t changed;
	int64_t unchanged; /* there already, or of a run and not in reach */
	int64_t held;	   /* of these: held, and approving did not mean held ones */
};
/* draft, held -> approved; draft, approved -> held; draft, held, approved -> cancelled.
 * A list is changed whole or, with E_STATE and the id in why, not at all. A notice of an
 * unfinished run can only be cancelled. Each change is in the audit trail.
 * held: also those that are held; without it a list that names one is refused.
 * Holding what is held, with another reason, changes the reason. */
MUST int notice_approve(
	struct ctx *x, const struct notice_pick *p, bool held, struct notice_change *ret);
MUST int notice_hold(struct ctx *x, const struct notice_pick *p, struct str why,
	struct notice_change *ret);
/* A notice that told nobody: its findings are as before it, where no later one spoke of
 * them, and may be drafted anew. Inside a writing transaction, as the next two. */
MUST int notice_give_back(struct ctx *x, int64_t notice);
/* Its address did not take it: the findings are given back when there is another contact
 * to tell (*ret), and else rest until their next reminder. *ret also when it has none. */
MUST int notice_came_back(struct ctx *x, int64_t notice, bool *ret);
/* It leaves the house; perhaps once more, after it had given its findings back: they are
 * told by it. */
MUST int notice_leaves(struct ctx *x, int64_t notice);
/* again: the findings count as not told by it and may be drafted anew; else they rest
 * until their next reminder. */
MUST int notice_cancel(struct ctx *x, const struct notice_pick *p, struct str why,
	bool again, struct notice_change *ret);
