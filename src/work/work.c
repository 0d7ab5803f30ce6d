/* SPDX-License-Identifier: Apache-2.0
 * work.c - acts applied: see work.h. Depends on: base, sys, db, core. */
#include "work/work.h"

#include "base/auto.h"
#include "base/hours.h"
#include "base/log.h"
#include "core/audit.h"
#include "core/setting.h"
#include "core/workday.h"
#include "work/inbox.h"
#include "work/original.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_key(struct work *w, int64_t now, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(64), "key");
	struct ctx x = { .db = w->db, .arena = &a, .actor = S("work"), .now = now };
	struct str known;
	struct key128 key;
	struct tx t;
	db_set_why(w->db, why);
	int r = setting_get(&x, SETTING_FINDING_KEY, &known);
	if (r != E_NOT_FOUND)
		return r;
	random_bytes(&key, sizeof(key));
	r = tx_begin(&t, w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = setting_put(&x, SETTING_FINDING_KEY,
		(struct str){ (const char *)key.b, sizeof(key.b) });
	if (r == 0)
		r = audit_add(&x, S("database.create"), S(""), S(TOCSIN_VERSION));
	return tx_end(&t, r);
}

static int note_workdays(struct work *w, int64_t now, struct why *why)
{
	AUTO_ARENA a = arena_new(MIB(1), "working days");
	struct ctx x = { .db = w->db, .arena = &a, .actor = S("work"), .now = now };
	uint8_t days;
	int r = days_read(w->conf->team_days, &days);
	if (r < 0)
		return fail(why, r, "team.days is not like mon-fri");
	db_set_why(w->db, &x.why);
	r = workdays_note(&x, days);
	if (r < 0 && x.why.err)
		*why = x.why;
	db_set_why(w->db, why);
	return r;
}

/* What folding put off until the commit. */
static int write_sums(void *ctx)
{
	struct work *w = ctx;
	AUTO_ARENA a = arena_new(KIB(64), "sums");
	struct ctx x = { .db = w->db, .arena = &a };
	return w->fold ? fold_write(w->fold, &x) : 0;
}

int work_open(struct work *w, int64_t now, struct why *why)
{
	bool kept = faccessat(w->datadir, "originals", F_OK, 0) == 0;
	int r = db_open(w->datadir, DB_WRITE, now, why, &w->db);
	if (r == E_NOT_FOUND && !kept) {
		why->err = 0;
		r = db_open(w->datadir, DB_CREATE, now, why, &w->db);
	}
	if (r < 0)
		return r;
	db_set_why(w->db, why);
	w->group = group_in(w->db);
	w->group.before = write_sums;
	w->group.before_ctx = w;
	r = db_set_cache(w->db, w->conf->data_cache);
	if (r == 0)
		r = db_prepare_all(w->db);
	if (r == 0)
		r = make_key(w, now, why);
	if (r == 0)
		r = note_workdays(w, now, why);
	if (r == 0)
		r = originals_ready(w->datadir, why);
	if (r == 0)
		r = work_secret(w, why);
	if (r == 0)
		r = inbox_ready(w->datadir, why);
	return r == 0 ? work_checkpoint(w, true, why) : r;
}

int work_checkpoint(struct work *w, bool now, struct why *why)
{
	struct why own = { 0 };
	db_set_why(w->db, &own);
	int r = db_checkpoint(w->db, now);
	db_set_why(w->db, why);
	if (r == E_NO_SPACE)
		log_line(LOG_WARNING, "work",
			"the disk is full: the log is copied when there is room");
	return r == 0 || r == E_NO_SPACE ? 0 : fail(why, r, "%s", own.text);
}

void work_stale(struct work *w)
{
	fold_free(&w->fold);
	w->table = NULL;
	arena_free(&w->table_arena);
}

int work_close(struct work *w, bool sound, struct why *why)
{
	int r = 0;
	work_stale(w);
	inbox_free(&w->inbox);
	group_free(&w->group);
	if (w->db && sound)
		r = work_checkpoint(w, true, why);
	db_close(&w->db);
	/* But for a lying disk no failure counts: the log is read again at the next
	 * start. */
	return r == E_SYNC ? r : 0;
}

int work_ready(struct call *c)
{
	struct work *w = c->w;
	int r = 0;
	if (w->fold == NULL)
		r = fold_open(&c->x, &w->fold);
	if (r == 0 && w->table == NULL) {
		w->table_arena = arena_new(MIB(512), "register look-ups");
		r = attrib_load(&c->x, &w->table_arena, &w->table);
	}
	return r;
}

int call_record(struct call *c, const struct writer *record)
{
	if (record->err < 0)
		return record->err;
	struct str body = buf_str(record->out);
	if (c->to == NULL)
		return c->heard ? c->heard(c->heard_ctx, body) : 0;
	return group_answer(&c->w->group, c->to, FRAME_ACT_RECORD, body, &c->x.why);
}

/* Only what takes long comes here; so short acts are told to nobody. */
static void tell_doing(
	struct call *c, int64_t done, struct opt_int total, struct str text)
{
	const struct work_host *h = c->w->host;
	if (h->doing == NULL)
		return;
	AUTO_ARENA a = arena_new(KIB(32), "doing");
	struct buf b = buf_in(&a, KIB(4));
	struct writer w = wr_new(&b);
	rec_text(&w, "act", str_c(act_table[c->act.id].name));
	rec_text(&w, "who", str_to(c->x.actor, 60));
	rec_int(&w, "since", c->x.now);
	rec_int(&w, "done", done);
	rec_opt(&w, "total", total);
	rec_text(&w, "text", str_to(text, 150));
	c->told = true;
	if (w.err == 0)
		h->doing(h->role, buf_str(&b));
}

int call_progress(struct call *c, int64_t done, struct opt_int total, struct str text)
{
	tell_doing(c, done, total, text);
	if (c->to == NULL)
		return c->keep_up(c->keep_up_ctx);
	AUTO_ARENA a = arena_new(KIB(32), "progress");
	struct buf b = buf_in(&a, KIB(4));
	struct writer w = wr_new(&b);
	rec_int(&w, "done", done);
	rec_opt(&w, "total", total);
	rec_text(&w, "text", str_to(text, 200));
	int r = w.err < 0
		? w.err
		: chan_send(c->to, FRAME_ACT_PROGRESS, buf_str(&b), -1, &c->x.why);
	return r < 0 ? r : c->keep_up(c->keep_up_ctx);
}

int call_others(struct call *c, int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	if (c->others == NULL) {
		(void)poll(&p, 1, ms);
		return c->keep_up(c->keep_up_ctx);
	}
	int r = c->others(c->keep_up_ctx, fd, ms);
	db_set_why(c->w->db, &c->x.why); /* theirs are over */
	return r;
}

static int apply(struct call *c)
{
	switch (c->act.id) {
	case ACT_FILE_IMPORT:
		return act_file_import(c);
	case ACT_FILE_ASIDE:
		return act_file_aside(c);
	case ACT_REGISTER_IMPORT:
		return act_register_import(c);
	case ACT_REGISTER_REMOVE:
		return act_register_remove(c);
	case ACT_FINDING_MARK:
		return act_finding_mark(c);
	case ACT_EVIDENCE:
		return act_evidence(c);
	case ACT_REBUILD:
		return act_rebuild(c);
	case ACT_BACKUP_COPY:
		return act_backup_copy(c);
	case ACT_BACKUP_NOTE:
		return act_backup_note(c);
	case ACT_NOTICE_DRAFT:
		return act_notice_draft(c);
	case ACT_ANSWER_GIVE:
		return act_answer_give(c);
	case ACT_ANSWER_FILE:
		return act_answer_file(c);
	case ACT_ANSWER_OPENED:
		return act_answer_opened(c);
	case ACT_ANSWER_LINK:
		return act_answer_link(c);
	case ACT_ANSWER_REVOKE:
		return act_answer_revoke(c);
	case ACT_CONTACT_CONFIRM:
		return act_contact_confirm(c);
	case ACT_CONTACT_CHECK:
		return act_contact_check(c);
	case ACT_RULE_SET:
		return act_rule_set(c);
	case ACT_NOTICE_APPROVE:
	case ACT_NOTICE_HOLD:
	case ACT_NOTICE_CANCEL:
		return act_notice_decide(c);
	case ACT_NOTICE_SEND:
		return act_notice_send(c);
	case ACT_NOTICE_UNDO:
		return act_notice_undo(c);
	case ACT_OUTBOX_DELIVER:
		return act_outbox_deliver(c);
	case ACT_SENDING_SWITCH:
		return act_sending_switch(c);
	case ACT_MAIL_RECEIVE:
		return act_mail_receive(c);
	case ACT_TASK_DONE:
		return act_task_done(c);
	case ACT_HOURS_SET:
		return act_hours_set(c);
	case ACT_HOLIDAY_SET:
		return act_holiday_set(c);
	case ACT_PERSON_ADD:
	case ACT_PERSON_RESET:
	case ACT_PERSON_REVOKE:
	case ACT_PERSON_ROLE:
	case ACT_PERSON_LANGUAGE:
	case ACT_PERSON_PASSWORD:
	case ACT_ENROL_LOOK:
	case ACT_ENROL_FINISH:
		return act_person(c);
	case ACT_SESSION_BEGIN:
	case ACT_SESSION_END:
	case ACT_SESSION_TOUCH:
		return act_session(c);
	case ACT_ORG_PUT:
		return act_org_put(c);
	case ACT_ENTRY_PUT:
	case ACT_ENTRY_TAKE:
		return act_entry(c);
	case ACT_CONTACT_PUT:
		return act_contact_put(c);
	case ACT_CONTACT_END:
		return act_contact_end(c);
	case ACT_KEY_LIST:
	case ACT_KEY_MAKE:
	case ACT_KEY_IMPORT:
	case ACT_KEY_EXPORT:
	case ACT_NOTICE_SEALED:
		return act_key(c);
	case ACT_N:
	default:
		return fail(&c->x.why, E_UNSUPPORTED, "this act is not applied here");
	}
}

static int64_t file_most(enum act_id id)
{
	return id == ACT_ANSWER_FILE	    ? (int64_t)LIMIT_ANSWER_FILE
		: id == ACT_REGISTER_IMPORT ? (int64_t)LIMIT_REGISTER_FILE
					    : (int64_t)LIMIT_UNPACKED_FEED;
}

/* What web passes on must end: a pipe would hold its reader, and work with it. The owner
 * may import one. */
static int check_file(struct call *c, const struct act_def *d)
{
	struct stat st;
	if (d->takes_fd != (c->fd >= 0))
		return fail(&c->x.why, E_USAGE, "%s: a file %s", d->name,
			d->takes_fd ? "must come with it" : "came with it");
	if (c->fd < 0 || c->who == ACTOR_OWNER || c->who == ACTOR_SCHEDULE)
		return 0;
	if (fstat(c->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return fail(
			&c->x.why, E_USAGE, "%s: what came with it is no file", d->name);
	if (st.st_size > file_most(c->act.id))
		return fail(&c->x.why, E_TOO_BIG, "%s: the file is too big", d->name);
	return 0;
}

int work_apply(struct call *c, struct str body, enum actor_kind who)
{
	/* The body dies with the next frame; the act's texts must not. */
	int r = act_read(str_dup(&c->keep, body), &c->x.why, &c->act);
	if (r < 0)
		return r;
	const struct act_def *d = &act_table[c->act.id];
	c->who = who;
	if (!(d->who & who))
		return fail(&c->x.why, E_DENIED, "%s: not allowed", d->name);
	r = check_file(c, d);
	if (r < 0)
		return r;
	db_set_why(c->w->db, &c->x.why);
	r = apply(c);
	if (c->told)
		c->w->host->doing(c->w->host->role, S(""));
	if (r < 0 && r != E_USAGE && r != E_NOT_FOUND && r != E_DENIED && r != E_BUSY)
		work_stale(c->w);
	if (r == E_SYNC) /* nothing more is written: not what waits for a commit either */
		r = group_end(&c->w->group, r, &c->x.why);
	if (!c->w->group.open && r != E_SYNC) {
		struct why later = { 0 };
		int checkpoint = work_checkpoint(c->w, false, &later);
		if (checkpoint == E_SYNC) {
			c->x.why = later;
			r = checkpoint;
		}
	}
	db_set_why(c->w->db, NULL);
	return r;
}

bool work_may_group(struct str body)
{
	struct act act;
	return act_read(body, NULL, &act) == 0 && act.id == ACT_FILE_IMPORT;
}

int work_settle(struct work *w, struct chan *to, struct why *why)
{
	bool waited = w->group.open;
	struct why mine = { 0 };
	db_set_why(w->db, &mine);
	int r = group_end(&w->group, 0, &mine);
	db_set_why(w->db, NULL);
	if (r < 0)
		work_stale(w);
	int sent = group_send(&w->group, to);
	if (r == E_SYNC) {
		*why = mine;
		return r;
	}
	int copied = waited && r == 0 ? work_checkpoint(w, false, why) : 0;
	db_set_why(w->db, NULL);
	return copied < 0 ? copied : sent;
}
