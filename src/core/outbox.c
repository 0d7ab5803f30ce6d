/* SPDX-License-Identifier: Apache-2.0
 * outbox.c - approved notices on their way out: see outbox.h. Depends on: base, db. */
#include "core/outbox.h"

#include "base/date.h"
#include "base/secret.h"
#include "core/audit.h"
#include "core/outbox_int.h"
#include "core/setting.h"
#include "core/task.h"

#include <inttypes.h>
#include <stdio.h>

#define DUE_BATCH 100

int64_t outbox_back_off(int64_t tries)
{
	int64_t s = OUTBOX_FIRST_RETRY;
	for (int64_t i = 1; i < tries && s < OUTBOX_LAST_RETRY; i++)
		s *= 2;
	return s < OUTBOX_LAST_RETRY ? s : OUTBOX_LAST_RETRY;
}

/* ---- the switch ---- */

int sending_get(struct ctx *x, bool *ret)
{
	struct str value;
	int r = setting_get(x, OUTBOX_SENDING, &value);
	if (r == E_NOT_FOUND) {
		*ret = false;
		return 0;
	}
	if (r == 0)
		*ret = str_eq(value, S("on"));
	return r;
}

int outbox_set_sending(struct ctx *x, bool on)
{
	struct str value = on ? S("on") : S("off");
	bool is;
	int r = sending_get(x, &is);
	if (r < 0)
		return r;
	if (is == on)
		return fail(&x->why, E_STATE, "sending is %s already", on ? "on" : "off");
	r = setting_put(x, OUTBOX_SENDING, value);
	return r < 0 ? r : audit_add(x, S("sending.switch"), S(""), value);
}

int sending_set(struct ctx *x, bool on)
{
	struct tx t;
	int r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, outbox_set_sending(x, on));
}

/* ---- pieces ---- */

int outbox_event(struct ctx *x, int64_t notice, const char *what, struct str code,
	struct str text, struct opt_int mail)
{
	struct sql_outbox_event_in in = { .notice = notice,
		.at = x->now,
		.what = str_c(what),
		.code = code.p ? code : S(""),
		.text = text.p ? text : S(""),
		.mail = mail };
	return sql_outbox_event(x->db, &in);
}

int outbox_state(struct ctx *x, int64_t notice, enum notice_state s, struct str why)
{
	struct sql_notice_set_state_in in = {
		.id = notice, .state = s, .why = why.p ? why : S("")
	};
	return sql_notice_set_state(x->db, &in);
}

struct str outbox_object(struct ctx *x, int64_t notice)
{
	char text[32];
	(void)snprintf(text, sizeof(text), "notice %" PRId64, notice);
	return str_dup(x->arena, str_c(text));
}

int outbox_task(struct ctx *x, const char *kind, int64_t notice,
	const struct sql_outbox_notice_row *n, struct str detail)
{
	struct task_new t = { .kind = kind,
		.subject = outbox_object(x, notice),
		.org = SOME(n->org),
		.notice = SOME(notice),
		.contact = n->contact,
		.detail = detail };
	return task_add(x, &t);
}

int outbox_doubt(struct ctx *x, const struct sql_outbox_notice_row *n, struct str why)
{
	struct sql_outbox_doubt_in in = { .at = x->now, .why = why };
	if (!n->contact.has)
		return 0;
	in.contact = n->contact.v;
	return sql_outbox_doubt(x->db, &in);
}

int outbox_read(struct ctx *x, int64_t notice, struct sql_outbox_get_row *o,
	struct sql_outbox_notice_row *n)
{
	struct sql_outbox_get_in get = { .notice = notice };
	struct sql_outbox_notice_in in = { .id = notice };
	int r = sql_outbox_get(x->db, x->arena, &get, o);
	return r < 0 ? r : sql_outbox_notice(x->db, x->arena, &in, n);
}

int outbox_forget(struct ctx *x, int64_t notice)
{
	struct sql_outbox_drop_mail_in in = { .notice = notice };
	return sql_outbox_drop_mail(x->db, &in);
}

/* ---- when ---- */

struct asked {
	struct ctx *x;
	const struct outbox_rules *rules;
	struct str zone, calendar;
	int err;
};

static int32_t on_offset(void *ctx, int64_t time)
{
	const struct asked *a = ctx;
	return a->rules->offset ? a->rules->offset(a->zone, time) : 0;
}

static bool on_holiday(void *ctx, int32_t day)
{
	struct asked *a = ctx;
	struct sql_outbox_holiday_in in = { .calendar = a->calendar, .day = day };
	struct sql_outbox_holiday_row row;
	int r = sql_outbox_holiday(a->x->db, a->x->arena, &in, &row);
	if (r < 0 && r != E_NOT_FOUND)
		a->err = r;
	return r == 0;
}

int outbox_when(struct ctx *x, const struct outbox_rules *rules, struct opt_int contact,
	int64_t org, bool critical, int64_t t, int64_t *ret)
{
	struct hours hours = rules->hours;
	struct asked a = { x, rules, rules->zone, S(""), 0 };
	const struct hours_place place = { &a, on_offset, on_holiday };
	struct sql_outbox_hours_in in = { .contact = contact, .org = org };
	struct sql_outbox_hours_row row;
	if (critical && rules->critical_at_once) {
		*ret = t;
		return 0;
	}
	int r = sql_outbox_hours(x->db, x->arena, &in, &row);
	if (r == 0) {
		hours = (struct hours){ (int)row.from_minute, (int)row.to_minute,
			(uint8_t)row.days };
		a.zone = row.zone;
		a.calendar = row.calendar;
	} else if (r != E_NOT_FOUND) {
		return r;
	}
	int64_t next = hours_next(&hours, &place, t);
	if (a.err < 0)
		return a.err;
	*ret = next;
	return 0;
}

/* ---- in ---- */

static int may_queue(
	struct ctx *x, int64_t notice, bool again, struct sql_outbox_notice_row *ret)
{
	struct sql_outbox_notice_in in = { .id = notice };
	int r = sql_outbox_notice(x->db, x->arena, &in, ret);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "no notice %" PRId64, notice);
	if (r < 0)
		return r;
	enum notice_state s = (enum notice_state)ret->state;
	bool back = s == NOTICE_REFUSED || s == NOTICE_BOUNCED || s == NOTICE_UNCERTAIN;
	if (s == NOTICE_APPROVED || (again && back))
		return 0;
	return fail(&x->why, E_STATE, "notice %" PRId64 " is %s%s", notice,
		notice_state_text(s), back ? ": --again sends it once more" : "");
}

int outbox_may_queue(struct ctx *x, int64_t notice, bool again)
{
	struct sql_outbox_notice_row n;
	return may_queue(x, notice, again, &n);
}

/* Others that read the database, and who finds a backup, read no link's token. */
static struct str mail_use(struct ctx *x, int64_t notice)
{
	char text[40];
	(void)snprintf(text, sizeof(text), "outbox mail %" PRId64, notice);
	return str_dup(x->arena, str_c(text));
}

static int put_mail(struct ctx *x, const struct outbox_rules *rules, int64_t notice,
	const struct outbox_mail *m, const struct sha256 *sha)
{
	struct sql_outbox_put_mail_in bytes = { .notice = notice,
		.mail = rules->key
			? seal(x->arena, rules->key, mail_use(x, notice), m->mail)
			: m->mail,
		.sealed = rules->key != NULL };
	struct sql_outbox_put_copy_in copy = { .notice = notice,
		.at = x->now,
		.sha256 = { (const char *)sha->b, SHA256_LEN },
		.bytes = (int64_t)m->mail.n,
		.is_signed = m->is_signed,
		.is_encrypted = m->is_encrypted,
		.mail = m->copy };
	int r = sql_outbox_put_mail(x->db, &bytes);
	return r < 0 ? r : sql_outbox_put_copy(x->db, &copy);
}

/* The trail, whose rows cannot be changed, has the digest too. */
static int note_sent(struct ctx *x, int64_t notice, bool again, const struct sha256 *sha)
{
	char hex[SHA256_HEX + 1], text[sizeof(hex) + 20];
	(void)snprintf(text, sizeof(text), "%ssha256 %s", again ? "again, " : "",
		sha256_text(sha, hex));
	return audit_add(x, S("notice.send"), outbox_object(x, notice), str_c(text));
}

static int put(struct ctx *x, const struct outbox_rules *rules,
	const struct sql_outbox_put_in *row, const struct outbox_mail *m, bool again)
{
	struct sha256 sha = sha256_of(m->mail);
	int64_t notice = row->notice;
	int r = sql_outbox_put(x->db, row);
	if (r == 0)
		r = put_mail(x, rules, notice, m, &sha);
	if (r == 0)
		r = outbox_state(x, notice, NOTICE_WAITING, S(""));
	if (r == 0)
		r = outbox_event(x, notice, DELIVERY_QUEUED, S(""), S(""), NONE);
	if (r == 0)
		r = task_settle(
			x, TASK_UNCERTAIN, outbox_object(x, notice), S("sent again"));
	return r < 0 ? r : note_sent(x, notice, again, &sha);
}

int outbox_queue(struct ctx *x, const struct outbox_rules *rules, int64_t notice,
	const struct outbox_mail *mail, bool again, int64_t *ret_next)
{
	struct sql_outbox_notice_row n;
	int64_t next;
	int r = may_queue(x, notice, again, &n);
	if (r < 0)
		return r;
	struct sql_outbox_get_in get = { .notice = notice };
	struct sql_outbox_get_row old;
	r = sql_outbox_get(x->db, x->arena, &get, &old);
	if (r == 0 && old.flying)
		return fail(
			&x->why, E_BUSY, "notice %" PRId64 " is just going out", notice);
	if (r == 0 || r == E_NOT_FOUND)
		r = outbox_when(x, rules, n.contact, n.org, n.critical > 0,
			x->now + rules->undo_s, &next);
	if (r < 0)
		return r;
	struct sql_outbox_put_in row = { .notice = notice,
		.message_id = n.message_id,
		.sender = mail->sender,
		.recipient = n.recipient,
		.critical = n.critical > 0,
		.queued_at = x->now,
		.due_at = x->now + rules->undo_s,
		.next_at = next,
		.before_state = n.state == NOTICE_APPROVED ? NONE : SOME(n.state) };
	r = put(x, rules, &row, mail, again);
	if (r == 0)
		*ret_next = next;
	return r;
}

/* ---- undo ---- */

struct undo {
	bool hold;
	struct str why;
};

static int undo_first(struct ctx *x, int64_t notice, const struct undo *u)
{
	struct sql_outbox_drop_in drop = { .notice = notice };
	int r = outbox_forget_last(x, notice);
	if (r == 0)
		r = sql_outbox_drop(x->db, &drop);
	if (r == 0)
		r = outbox_state(x, notice, u->hold ? NOTICE_HELD : NOTICE_APPROVED,
			u->hold ? u->why : S(""));
	return r;
}

static int undo_one(struct ctx *x, int64_t notice, const struct undo *u, bool strict,
	struct notice_change *c)
{
	struct sql_outbox_get_row o;
	struct sql_outbox_notice_row n;
	int r = outbox_read(x, notice, &o, &n);
	bool can = r == 0 && n.state == NOTICE_WAITING;
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	if (!can && !strict) {
		c->unchanged++;
		return 0;
	}
	if (!can)
		return fail(&x->why, E_STATE,
			"notice %" PRId64 " is not waiting: it cannot be taken back",
			notice);
	/* Only what was never out is forgotten; a history stays. */
	r = o.before_state.has ? outbox_put_back(x, notice, &o, &n, u->why)
			       : undo_first(x, notice, u);
	if (r == 0)
		r = outbox_event(x, notice, DELIVERY_UNDONE, S(""), u->why, NONE);
	if (r == 0)
		r = audit_add(x, S("notice.undo"), outbox_object(x, notice), u->why);
	c->changed++;
	return r;
}

static int undo_all(struct ctx *x, const struct notice_pick *p, const struct undo *u,
	struct notice_change *ret)
{
	struct notice_change c = { 0 };
	const int64_t *ids;
	size_t n;
	int r = outbox_picked(x, p, NOTICE_WAITING, &ids, &n);
	for (size_t i = 0; i < n && r == 0; i++)
		r = undo_one(x, ids[i], u, p->n > 0, &c);
	if (r == 0)
		*ret = c;
	return r;
}

int outbox_undo(struct ctx *x, const struct notice_pick *p, bool hold, struct str why,
	struct notice_change *ret)
{
	struct undo u = { hold, why.p ? why : S("") };
	struct tx t;
	int r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, undo_all(x, p, &u, ret));
}

/* ---- out ---- */

static int set_next(struct ctx *x, int64_t notice, int64_t at)
{
	struct sql_outbox_set_next_in in = { .notice = notice, .next_at = SOME(at) };
	return sql_outbox_set_next(x->db, &in);
}

/* 0: it may go now. Else when it may, by the caps and the hours. */
static int may_go(struct ctx *x, const struct outbox_rules *rules,
	const struct sql_outbox_due_row *d, int64_t *ret_later)
{
	int64_t when;
	struct sql_outbox_out_to_in to = { .recipient = d->recipient,
		.run = d->run,
		.since = x->now - DAY_SECONDS,
		.until = x->now + DAY_SECONDS };
	struct sql_outbox_out_to_row out;
	int r = outbox_when(x, rules, d->contact, d->org, d->critical > 0, x->now, &when);
	if (r < 0)
		return r;
	*ret_later = when > x->now ? when : 0;
	if (*ret_later || rules->per_recipient_day == 0)
		return 0;
	r = sql_outbox_out_to(x->db, &to, &out);
	if (r == 0 && out.n >= rules->per_recipient_day)
		*ret_later = out.first.v + DAY_SECONDS + 1;
	return r;
}

/* 0: another one may go in this hour; else when. */
static int hour_is_full(
	struct ctx *x, const struct outbox_rules *rules, int64_t *ret_later)
{
	struct sql_outbox_out_since_in in = { .since = x->now - 3600,
		.until = x->now + 3600 };
	struct sql_outbox_out_since_row row;
	*ret_later = 0;
	if (rules->per_hour == 0)
		return 0;
	int r = sql_outbox_out_since(x->db, &in, &row);
	if (r == 0 && row.n >= rules->per_hour)
		*ret_later = row.first.v + 3600 + 1;
	return r;
}

/* E_DENIED: its bytes are there no more, or sealed with another key. */
static int read_mail(
	struct ctx *x, const struct outbox_rules *rules, int64_t notice, struct str *ret)
{
	struct sql_outbox_mail_in get = { .notice = notice };
	struct sql_outbox_mail_row mail;
	int r = sql_outbox_mail(x->db, x->arena, &get, &mail);
	if (r == E_NOT_FOUND || (r == 0 && mail.sealed && rules->key == NULL))
		return E_DENIED;
	if (r == 0 && mail.sealed)
		r = unseal(
			x->arena, rules->key, mail_use(x, notice), mail.mail, &mail.mail);
	if (r == 0)
		*ret = mail.mail;
	return r;
}

/* 0: it cannot; a person is told. */
static int fly(struct ctx *x, const struct outbox_rules *rules, int64_t notice,
	struct outbox_item *ret)
{
	struct sql_outbox_fly_in in = { .notice = notice, .at = x->now };
	struct sql_outbox_get_row o;
	struct sql_outbox_notice_row n;
	struct str mail;
	int r = read_mail(x, rules, notice, &mail);
	if (r == E_DENIED)
		return outbox_stop(x, notice,
			S("its mail cannot be opened: is secret.key the one of then?"));
	if (r == 0)
		r = sql_outbox_fly(x->db, &in);
	if (r == 0)
		r = notice_leaves(x, notice);
	if (r == 0)
		r = outbox_state(x, notice, NOTICE_UNCERTAIN, S("being handed over"));
	if (r == 0)
		r = outbox_read(x, notice, &o, &n);
	if (r < 0)
		return r;
	*ret = (struct outbox_item){ .notice = notice,
		.tries = o.tries,
		.message_id = o.message_id,
		.sender = o.sender,
		.recipient = o.recipient,
		.mail = mail };
	return 1;
}

/* It waited for its hour, or for the mail server, and meanwhile its contact left or its
 * findings moved. What may be out already is tried on as it is. */
static int stop_unfit(struct ctx *x, const struct sql_outbox_due_row *d, bool *ret)
{
	struct str why = S("");
	int r = d->state == NOTICE_WAITING ? outbox_unfit(x, d->notice, &why) : 0;
	*ret = r == 0 && why.n > 0;
	return *ret ? outbox_stop(x, d->notice, why) : r;
}

/* 1: *ret flies. 0: nothing more of this batch may go now. */
static int take_in_tx(struct ctx *x, const struct outbox_rules *rules,
	struct outbox_item *ret, bool *ret_more)
{
	struct sql_outbox_due_in in = { .now = x->now, .n = DUE_BATCH };
	struct sql_outbox_due_rows rows;
	int r = sql_outbox_due(x->db, x->arena, &in, &rows);
	*ret_more = r == 0 && rows.n == DUE_BATCH;
	for (size_t i = 0; r == 0 && i < rows.n; i++) {
		const struct sql_outbox_due_row *d = &rows.v[i];
		int64_t later;
		bool stopped;
		r = stop_unfit(x, d, &stopped);
		if (r < 0 || stopped)
			continue;
		r = may_go(x, rules, d, &later);
		if (r == 0 && later == 0)
			r = fly(x, rules, d->notice, ret);
		else if (r == 0)
			r = set_next(x, d->notice, later);
	}
	return r;
}

static int take(struct ctx *x, const struct outbox_rules *rules, struct outbox_item *ret)
{
	bool more = true;
	int r = 0;
	while (r == 0 && more) {
		struct tx t;
		r = tx_begin(&t, x->db, TX_WRITE);
		if (r == 0)
			r = tx_end(&t, take_in_tx(x, rules, ret, &more));
	}
	return r;
}

int outbox_take(struct ctx *x, const struct outbox_rules *rules, struct outbox_item *ret,
	struct opt_int *ret_next)
{
	bool on;
	int64_t later;
	struct sql_outbox_soonest_row soonest;
	struct opt_int next = NONE;
	int r = outbox_near(x, rules->undo_s);
	if (r == 0)
		r = sql_outbox_soonest(x->db, &soonest);
	if (r == 0)
		next = soonest.next_at;
	if (r == 0)
		r = sending_get(x, &on);
	if (r < 0)
		return r;
	/* Switched off, what waits waits on: nothing leaves the house. */
	bool look = on && next.has && next.v <= x->now;
	if (look) {
		r = hour_is_full(x, rules, &later);
		if (r == 0 && later)
			next = SOME(later);
		else if (r == 0)
			r = take(x, rules, ret);
		if (r == 0 && later == 0) {
			r = sql_outbox_soonest(x->db, &soonest);
			next = soonest.next_at;
		}
	}
	if (r >= 0)
		*ret_next = on ? next : NONE;
	return r;
}

/* ---- landing ---- */

struct landing {
	int64_t notice;
	enum outbox_end end;
	struct str reply;
	struct sql_outbox_get_row o;
	struct sql_outbox_notice_row n;
	struct sql_outbox_land_in to;
	enum notice_state state;
	const char *what;
};

static int end_refused(struct ctx *x, struct landing *l)
{
	l->state = NOTICE_REFUSED;
	l->what = DELIVERY_REFUSED;
	l->to.final_at = SOME(x->now);
	l->to.final_why = l->reply;
	bool again = true;
	int r = l->end == OUTBOX_REFUSED ? outbox_doubt(x, &l->n, l->reply) : 0;
	if (r == 0 && l->end == OUTBOX_REFUSED)
		r = notice_came_back(x, l->notice, &again);
	bool bounced = l->end == OUTBOX_REFUSED && (l->n.critical > 0 || !again);
	if (r == 0 && (bounced || l->end == OUTBOX_UNWANTED))
		r = outbox_task(x, bounced ? TASK_BOUNCED : TASK_UNDELIVERED, l->notice,
			&l->n, l->reply);
	return r;
}

/* It did not go out this time; an earlier try may have. */
static int end_later(struct ctx *x, struct landing *l)
{
	int64_t first = l->o.first_try_at.has ? l->o.first_try_at.v : x->now;
	bool over = x->now - first >= OUTBOX_GIVE_UP;
	l->state = l->o.uncertain ? NOTICE_UNCERTAIN : NOTICE_WAITING;
	l->what = DELIVERY_LATER;
	if (l->o.uncertain == 0)
		l->to.out_at = l->o.handed_at; /* of an earlier sending */
	if (!over) {
		l->to.next_at = SOME(x->now + outbox_back_off(l->o.tries));
		return 0;
	}
	l->what = DELIVERY_GAVE_UP;
	if (l->o.uncertain) /* an earlier try may have gone out: a person finds it out */
		return outbox_task(x, TASK_UNCERTAIN, l->notice, &l->n, l->reply);
	l->state = NOTICE_REFUSED;
	l->to.final_at = SOME(x->now);
	l->to.final_why = S("not handed over in 14 days");
	int r = notice_give_back(x, l->notice);
	return r < 0 ? r : outbox_task(x, TASK_UNDELIVERED, l->notice, &l->n, l->reply);
}

static int end_uncertain(struct ctx *x, struct landing *l)
{
	l->state = NOTICE_UNCERTAIN;
	l->what = DELIVERY_UNCERTAIN;
	l->to.uncertain++;
	if (l->to.uncertain < OUTBOX_UNCERTAIN_MAX) {
		l->to.next_at = SOME(x->now + outbox_back_off(l->o.tries));
		return 0;
	}
	return outbox_task(x, TASK_UNCERTAIN, l->notice, &l->n, l->reply);
}

static int end_accepted(struct ctx *x, struct landing *l)
{
	l->state = NOTICE_HANDED;
	l->what = DELIVERY_ACCEPTED;
	l->to.handed_at = SOME(x->now);
	return task_settle(
		x, TASK_UNCERTAIN, outbox_object(x, l->notice), S("the relay took it"));
}

static int land(struct ctx *x, struct landing *l)
{
	int r = outbox_read(x, l->notice, &l->o, &l->n);
	if (r < 0)
		return r;
	if (!l->o.flying)
		return 0; /* a report was quicker than the relay's answer */
	l->to = (struct sql_outbox_land_in){ .notice = l->notice,
		.uncertain = l->o.uncertain,
		.reply = l->reply,
		.out_at = l->o.out_at,
		.handed_at = l->o.handed_at,
		.final_why = S("") };
	switch (l->end) {
	case OUTBOX_ACCEPTED:
		r = end_accepted(x, l);
		break;
	case OUTBOX_REFUSED:
	case OUTBOX_UNWANTED:
		r = end_refused(x, l);
		break;
	case OUTBOX_LATER:
		r = end_later(x, l);
		break;
	case OUTBOX_UNCERTAIN:
		r = end_uncertain(x, l);
		break;
	}
	if (r == 0 && !l->to.next_at.has) /* no second try can come */
		r = outbox_forget(x, l->notice);
	if (r == 0)
		r = sql_outbox_land(x->db, &l->to);
	if (r == 0)
		r = outbox_state(x, l->notice, l->state, l->to.final_why);
	if (r == 0)
		r = outbox_event(x, l->notice, l->what, S(""), l->reply, NONE);
	return r;
}

int outbox_land(struct ctx *x, int64_t notice, enum outbox_end end, struct str reply)
{
	struct landing l = { .notice = notice, .end = end, .reply = reply };
	struct tx t;
	int r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, land(x, &l));
}

int outbox_recover(struct ctx *x)
{
	struct sql_outbox_flying_rows rows;
	int r = sql_outbox_flying(x->db, x->arena, &rows);
	for (size_t i = 0; r == 0 && i < rows.n; i++)
		r = outbox_land(x, rows.v[i].notice, OUTBOX_UNCERTAIN,
			S("the service ended while it was being handed over"));
	return r < 0 ? r : (int)rows.n;
}
