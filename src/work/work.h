/* SPDX-License-Identifier: Apache-2.0
 * work.h - acts applied: what the role work does with its database. Depends on: base,
 * sys, db, fmt, core.
 *
 * One act at a time. A long one commits chunk by chunk and calls keep_up between chunks,
 * so that the service stays reachable and can be stopped; what was committed stays, and
 * the next act goes on with it. One that only waits for a mail server lets the acts of
 * others in. */
#pragma once
#include "core/act.h"
#include "core/answer.h"
#include "core/attrib.h"
#include "core/fold.h"
#include "core/notice.h"
#include "core/person.h"
#include "fmt/job.h"
#include "sys/clock.h"
#include "sys/conf.h"
#include "sys/frames.h"
#include "work/group.h"
#include "work/outgoing.h"

/* What the role lends: its parsers and its ears. */
struct work_host {
	void *role;
	/* A parser ready for a job. */
	int (*parser)(void *role, struct chan **ret, struct why *why);
	/* The parser died, lied or took too long. */
	void (*drop_parser)(void *role);
	/* What is being done now, for who looks at it; empty: nothing. NULL: nobody. */
	void (*doing)(void *role, struct str record);
	/* The same for a role that is started when it is first asked; NULL: none is. */
	int (*helper)(void *role, enum helper_id id, struct chan **ret, struct why *why);
	void (*drop_helper)(void *role, enum helper_id id);
	/* For what nobody asked for, between two chunks: negative to stop there. */
	int (*keep_up)(void *role);
};

/* Where tidy.c stands. */
struct tidying {
	int64_t next_ms;
	int64_t stay, gone; /* files of this folder */
	bool dry;	    /* in dry-run, not in in/done */
};

struct inbox;
struct work {
	const struct work_host *host;
	const struct conf *conf;
	int datadir;
	struct db *db;
	struct group group;
	struct seal_key seal; /* of secret.key, which only this role can read */
	struct fold *fold;    /* NULL: open again before use */
	struct arena table_arena;
	struct attrib_table *table; /* NULL: load again before use */
	struct outgoing out;
	bool scheduled; /* a service that stays: what is due is done unasked */
	bool played;	/* the service's clock was set with --now */
	struct inbox *inbox;
	int64_t daily_ms; /* when to look again for the daily run; daily.c */
	struct tidying tidy;
	int64_t daily_since_ms; /* since when it waits for files in in/; 0: it does not */
};

/* One act being applied, and whom to answer. */
struct call {
	struct work *w;
	struct ctx x; /* x.arena is emptied between chunks: results go out before */
	struct act act;
	enum actor_kind who;
	const struct answer_link *link; /* of ACTOR_LINK: whose; else NULL */
	struct session session;		/* of a person's: by what he is signed in */
	struct arena keep;		/* what must live as long as the call */
	int fd;				/* the file that came with it; -1 none */
	bool fixed_clock;		/* x.now is a demonstration's, and does not run */
	struct chan *to;		/* NULL: nobody; then heard gets the records */
	int (*heard)(void *ctx, struct str record);
	void *heard_ctx;
	void *keep_up_ctx;
	int (*keep_up)(void *ctx); /* negative: stop here */
	/* The same, waiting: call_others. NULL: nobody else is served. */
	int (*others)(void *ctx, int fd, int ms);
	bool told; /* the host knows of it */
};

/* Opens the database, migrates it, makes the key of a new one. A directory without a
 * database gets one only when nothing was ever kept in it. */
MUST int work_open(struct work *w, int64_t now, struct why *why);
/* sound: the disk kept all so far, so the log may be copied into the database. E_SYNC
 * when it did not keep that. */
MUST int work_close(struct work *w, bool sound, struct why *why);
/* Reads the act, checks who may, applies it. Failures of the act are answered to the
 * client by the caller (call.x.why); E_SYNC must end the role. */
MUST int work_apply(struct call *c, struct str body, enum actor_kind who);
/* Who asks through the web role: looks up the credential that came with the act and sets
 * c->who, c->session or c->link, and the actor's name. kind: "none", "session" or "link".
 * E_DENIED: the session is not in force; E_NOT_FOUND: the link is not. */
MUST int work_credential(struct call *c, struct str kind, struct str credential);
/* True when this act may be applied while a group is open. */
bool work_may_group(struct str body);
/* Ends the group, if one is open, and sends the answers held back for it. E_PEER when the
 * client is gone; E_SYNC must end the role. */
MUST int work_settle(struct work *w, struct chan *to, struct why *why);

/* For the files of this folder. */
MUST int work_ready(struct call *c); /* fold and look-ups are there */
/* Copies the log when it has grown, or now; failures of the database go to why from
 * here on. A disk that is full only puts it off: what is committed stands in the log. */
MUST int work_checkpoint(struct work *w, bool now, struct why *why);
void work_stale(struct work *w); /* a transaction failed: memory may differ */
/* One record of the answer, or the error of writing it. */
MUST int call_record(struct call *c, const struct writer *record);
/* Tells the host and whoever asked how far it is, and hears whether to go on. */
MUST int call_progress(
	struct call *c, int64_t done, struct opt_int total, struct str text);
/* Waits, for so long at most, until fd (-1: none) can be read; meanwhile the acts of
 * others are applied. Outside transactions, and with nothing in hand that they may
 * change. Negative: stop here. */
MUST int call_others(struct call *c, int fd, int ms);

/* A foreign file, and what parse is to do with it. */
struct call_job {
	enum job_type type;
	struct job_start start;
	const struct job_rows *rows; /* instead of start; NULL for most */
	int fd;
	/* One message of the answer; body lives until it returns. E_SYNTAX: no parser
	 * says that. */
	int (*take)(void *ctx, uint16_t type, struct str body);
	void *ctx;
	int most_ms; /* of the whole job; 0: what its type may take */
};
/* Gives it to a parser and hears the answer to its end, keeping up meanwhile. The
 * parser's own error is the answer's; one that lies, dies or takes too long is dropped:
 * E_SYNTAX. take counts what comes: a parser that was taken over sends frames that are
 * good one by one. */
MUST int call_job(struct call *c, const struct call_job *j, struct job_end *ret_end);
/* What the answer came to makes no sense after all: E_SYNTAX. */
MUST int call_job_no_sense(struct call *c);

MUST int act_file_import(struct call *c);
MUST int act_file_aside(struct call *c);
MUST int act_register_import(struct call *c);
MUST int act_register_remove(struct call *c);
MUST int act_finding_mark(struct call *c);
MUST int act_evidence(struct call *c);
MUST int act_notice_draft(struct call *c);
MUST int act_notice_decide(struct call *c);
MUST int act_rebuild(struct call *c);
MUST int act_notice_send(struct call *c);
MUST int act_notice_undo(struct call *c);
MUST int act_outbox_deliver(struct call *c);
MUST int act_sending_switch(struct call *c);
MUST int act_mail_receive(struct call *c);
MUST int act_task_done(struct call *c);
MUST int act_hours_set(struct call *c);
MUST int act_holiday_set(struct call *c);
/* "12" or "12,13,20" in field 0, or a run in field 1; neither is n 0 and run 0. */
MUST int call_pick(struct call *c, struct notice_pick *ret);
MUST int act_backup_copy(struct call *c);
MUST int act_backup_note(struct call *c);
MUST int act_answer_give(struct call *c);
MUST int act_answer_file(struct call *c);
MUST int act_answer_opened(struct call *c);
MUST int act_answer_link(struct call *c);
MUST int act_answer_revoke(struct call *c);
MUST int act_contact_confirm(struct call *c);
MUST int act_contact_check(struct call *c);
MUST int act_rule_set(struct call *c);
/* Claims that a finding is fixed, or takes that back. In a writing transaction, after
 * work_ready. */
MUST int call_claim(struct call *c, int64_t finding, bool fixed);
MUST int act_person(struct call *c); /* all acts on people and enrolling */
MUST int act_org_put(struct call *c);
MUST int act_entry(struct call *c); /* put and take */
MUST int act_contact_put(struct call *c);
MUST int act_contact_end(struct call *c);
MUST int act_session(struct call *c); /* signing in and out */
/* Reads secret.key, or makes it. */
MUST int work_secret(struct work *w, struct why *why);
MUST int act_key(
	struct call *c); /* all acts on OpenPGP keys, and a mail sealed with them */
/* Files whose reading was cut off are read to their end. For all acts but an import they
 * are committed then: the act may begin a transaction. */
MUST int import_resume(struct call *c);
