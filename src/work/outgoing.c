/* SPDX-License-Identifier: Apache-2.0
 * outgoing.c - the outbox, pumped: see outgoing.h. Depends on: base, sys, fmt, core. */
#include "base/auto.h"
#include "base/fd.h"
#include "fmt/net_job.h"
#include "sys/zone.h"
#include "work/work.h"

#include <assert.h>

#define PAUSE_MS   60000
#define ANSWERS	   12 /* of the mail server for one mail, each in its time */
#define SLOWEST	   4  /* bytes a millisecond: a line of 32 kbit/s */
#define SECRET_MAX 1000

void outgoing_rules(
	const struct conf *conf, const struct seal_key *key, struct outbox_rules *ret)
{
	*ret = (struct outbox_rules){ .undo_s = 60 * conf->mail_undo_minutes,
		.per_hour = conf->mail_per_hour,
		.per_recipient_day = conf->mail_per_recipient_day,
		.zone = conf->team_timezone,
		.critical_at_once = conf->mail_critical_at_once,
		.offset = zone_offset,
		.key = key };
	int r = hours_read(conf->mail_hours, &ret->hours.from, &ret->hours.to);
	if (r == 0)
		r = days_read(conf->mail_days, &ret->hours.days);
	assert(r == 0); /* conf checked it */
	(void)r;
}

int outgoing_relay(const struct conf *conf, struct why *why)
{
	return conf->mail_relay.n == 0
		? fail(why, E_USAGE, "no mail server: set mail.relay in tocsin.conf")
		: 0;
}

int outgoing_fd(const struct work *w)
{
	return w->out.notice && !w->out.heard ? chan_fd(w->out.net) : -1;
}

/* ---- to net ---- */

static int secrets(struct work *w, struct ctx *x, struct net_send *s)
{
	const char *name;
	int r = 0;
	if (w->conf->mail_password_file.n) {
		r = str_z(x->arena, w->conf->mail_password_file, &name);
		if (r == 0)
			r = file_read(w->datadir, name, x->arena, SECRET_MAX, &x->why,
				&s->password);
		s->password = str_to(s->password, str_find(s->password, '\n'));
	}
	if (r == 0 && w->conf->mail_ca_file.n) {
		r = str_z(x->arena, w->conf->mail_ca_file, &name);
		if (r == 0)
			r = file_read(
				w->datadir, name, x->arena, NET_CA_MAX, &x->why, &s->ca);
	}
	return r;
}

static int send_job(struct work *w, struct ctx *x, const struct outbox_item *item)
{
	struct net_send s = { .relay = w->conf->mail_relay,
		.user = w->conf->mail_user,
		.password = S(""),
		.ca = S(""),
		.from = item->sender,
		.to = item->recipient,
		.envid = item->message_id,
		.timeout_s = (uint32_t)w->conf->mail_timeout,
		.bytes = (uint32_t)item->mail.n };
	struct buf b = buf_in(x->arena, LIMIT_FRAME);
	struct writer wr = wr_new(&b);
	int r = secrets(w, x, &s);
	if (r < 0)
		return r;
	net_send_write(&wr, &s);
	r = wr.err < 0 ? wr.err
		       : w->host->helper(w->host->role, HELPER_NET, &w->out.net, &x->why);
	if (r == 0)
		r = chan_send(w->out.net, NET_SEND, buf_str(&b), -1, &x->why);
	for (struct str rest = item->mail; r == 0 && rest.n > 0;
		rest = str_from(rest, NET_CHUNK))
		r = chan_send(
			w->out.net, NET_BYTES, str_to(rest, NET_CHUNK), -1, &x->why);
	return r;
}

/* What became of it is known; kept until it is written, for a disk may be full. */
static void heard(struct outgoing *o, enum outbox_end end, struct str reply)
{
	reply = str_to(reply, sizeof(o->reply));
	o->heard = true;
	o->end = end;
	o->n_reply = reply.n;
	if (reply.n)
		memcpy(o->reply, reply.p, reply.n);
}

static int landed(struct work *w, struct ctx *x, struct outgoing_step *ret)
{
	struct outgoing *o = &w->out;
	struct str reply = { o->reply, o->n_reply };
	int r = outbox_land(x, o->notice, o->end, reply);
	if (r < 0)
		return r;
	ret->landed = o->notice;
	ret->end = o->end;
	ret->reply = str_dup(x->arena, reply);
	o->notice = 0;
	o->heard = false;
	return 0;
}

static void drop_net(struct work *w)
{
	w->out.net = NULL;
	w->host->drop_helper(w->host->role, HELPER_NET);
}

/* The mail flies on the disk already. When net did not get all of it, it went nowhere. */
static int hand_over(struct work *w, struct ctx *x, const struct outbox_item *item,
	struct outgoing_step *ret)
{
	struct outgoing *o = &w->out;
	o->notice = item->notice;
	o->until_ms = clock_ms() + 1000 * ANSWERS * w->conf->mail_timeout +
		(int64_t)item->mail.n / SLOWEST;
	int r = send_job(w, x, item);
	if (r == 0) {
		ret->flying = true;
		return 0;
	}
	struct str why = str_dup(x->arena, str_c(x->why.err ? x->why.text : err_text(r)));
	drop_net(w);
	ret->unreachable = true;
	x->why = (struct why){ 0 };
	db_set_why(w->db, &x->why);
	heard(o, OUTBOX_LATER, why);
	return landed(w, x, ret);
}

/* ---- from net ---- */

static enum outbox_end end_of(enum net_outcome o)
{
	switch (o) {
	case NET_ACCEPTED:
		return OUTBOX_ACCEPTED;
	case NET_REFUSED:
		return OUTBOX_REFUSED;
	case NET_UNWANTED:
		return OUTBOX_UNWANTED;
	case NET_LATER:
	case NET_UNREACHABLE:
		return OUTBOX_LATER;
	case NET_UNCERTAIN:
	case NET_OUTCOMES:
		break;
	}
	return OUTBOX_UNCERTAIN;
}

/* 1: the answer came. 0: not yet. E_PEER: it will not come. */
static int hear(struct outgoing *o, struct net_done *ret)
{
	struct frame f;
	int r = chan_fill(o->net, NULL);
	int n = chan_next(o->net, &f);
	if (n == 0)
		return r < 0 || clock_ms() > o->until_ms ? E_PEER : 0;
	if (n < 0)
		return E_PEER;
	fd_close(&f.fd);
	if (f.type != NET_DONE || net_done_read(f.body, ret) < 0)
		return E_PEER;
	return 1;
}

static int look(struct work *w, struct ctx *x, struct outgoing_step *ret)
{
	struct outgoing *o = &w->out;
	struct net_done done = { NET_UNCERTAIN, S("") };
	int r = o->heard ? 1 : hear(o, &done);
	ret->flying = r == 0;
	if (r == 0)
		return 0;
	if (r < 0) {
		drop_net(w);
		heard(o, OUTBOX_UNCERTAIN,
			S("the role net ended, or did not answer, with the mail in "
			  "hand"));
	} else if (!o->heard) {
		heard(o, end_of(done.outcome), done.reply);
		ret->unreachable = done.outcome == NET_UNREACHABLE;
	}
	return landed(w, x, ret);
}

int outgoing_step(struct work *w, struct ctx *x, struct outgoing_step *ret)
{
	struct outbox_rules rules;
	struct outbox_item item;
	struct outgoing *o = &w->out;
	*ret = (struct outgoing_step){ .reply = S("") };
	int r = o->recovered ? 0 : outbox_recover(x);
	if (r < 0)
		return r;
	o->recovered = true;
	r = o->notice ? look(w, x, ret) : 0;
	if (r == 0 && ret->unreachable)
		o->paused_ms = clock_ms() + PAUSE_MS;
	if (r < 0 || ret->flying || ret->landed)
		return r;
	outgoing_rules(w->conf, &w->seal, &rules);
	r = outbox_take(x, &rules, &item, &ret->next);
	if (r == 1)
		r = hand_over(w, x, &item, ret);
	else if (r == 0 && o->net) /* nothing to do: it need not stand about */
		drop_net(w);
	if (r == 0 && ret->unreachable)
		o->paused_ms = clock_ms() + PAUSE_MS;
	return r;
}
