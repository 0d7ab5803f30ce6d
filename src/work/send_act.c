/* SPDX-License-Identifier: Apache-2.0
 * send_act.c - acts on the outbox: sent, taken back, delivered; the switch, hours, tasks.
 * See work.h. Depends on: base, sys, core, exchange. */
#include "work/work.h"

#include "base/fd.h"
#include "core/audit.h"
#include "core/outbox.h"
#include "exchange/digest.h"
#include "fmt/net_job.h"
#include "sys/zone.h"
#include "work/seal.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

#define DRY_RUN	     "dry-run"
#define WAIT_MS	     200
#define WAIT_AHEAD_S 3600 /* deliver --wait stays for what is due within the hour */
#define LAST_WAIT_MS 3000
#define SILENT_MAX   3	 /* mails in a row without an answer of the key role */
#define PART_MS	     250 /* what was queued in it is committed together */

/* ---- send ---- */

static int seal_it(struct call *c, int64_t notice, struct outbox_mail *m)
{
	struct notice_full n;
	struct sealed_mail s;
	int r = notice_get(&c->x, notice, &n);
	if (r == 0)
		r = seal_mail(c->w, &c->x, m->mail, n.row.recipient, n.row.tlp, &s);
	if (r == 0) {
		m->mail = s.mail;
		m->is_signed = s.is_signed;
		m->is_encrypted = s.is_encrypted;
	}
	return r;
}

/* really: its link to answer by is good, it is signed and encrypted where there are keys;
 * else, for the eye, it is neither. E_DENIED: it must not go out in clear. */
static int final_mail(
	struct call *c, int64_t notice, bool really, struct outbox_mail *ret)
{
	const struct conf *conf = c->w->conf;
	const struct digest_team team = digest_team_of(conf);
	char token[ANSWER_TOKEN_MAX];
	struct outbox_mail m = { .sender = conf->mail_from.n ? conf->mail_from
							     : conf->team_mail };
	bool linked = really && conf->web_url.n > 0;
	int r = linked ? answer_link_issue(&c->x, notice, token) : 0;
	if (r == 0)
		r = digest_eml_link(&c->x, &team, notice, linked ? token : NULL, &m.mail,
			really ? &m.copy : NULL);
	if (r == 0 && m.mail.n > NET_MAIL_MAX)
		r = fail(&c->x.why, E_TOO_BIG,
			"the mail of notice %" PRId64 " is over %zu MiB", notice,
			NET_MAIL_MAX >> 20);
	if (r == 0 && really)
		r = seal_it(c, notice, &m);
	if (r == 0)
		*ret = m;
	return r;
}

struct sending {
	struct call *c;
	struct outbox_rules rules;
	bool on, again;
	int dir; /* of the dry run */
	const int64_t *ids;
	size_t n_ids, done;
	int64_t *next; /* of each of ids: when it will be tried; 0: it was held */
	int64_t n, first_at, held;
	int silent; /* mails in a row that the key role gave no answer to */
};

static int answer_one(struct call *c, int64_t notice, const char *file, int64_t next)
{
	struct buf b = buf_in(c->x.arena, KIB(1));
	struct writer w = wr_new(&b);
	rec_int(&w, "notice", notice);
	rec_text(&w, "file", file ? str_c(file) : (struct str){ NULL, 0 });
	rec_opt(&w, "next", next ? SOME(next) : NONE);
	return call_record(c, &w);
}

static int hold_one(struct sending *s, int64_t notice, int fault)
{
	struct call *c = s->c;
	struct buf why = buf_in(c->x.arena, KIB(4));
	int r = buf_addf(&why, "%s%s",
		fault == E_PEER || fault == E_BUSY ? "could not be signed or encrypted: "
						   : "",
		c->x.why.text);
	c->x.why = (struct why){ 0 };
	db_set_why(c->w->db, &c->x.why);
	s->held++;
	return r < 0 ? r : outbox_hold(&c->x, notice, buf_str(&why));
}

/* One mail that cannot be written, or that the key role broke on, is held, and the others
 * go; when that role is gone for good, or a person asked for these very notices again,
 * nothing is done. */
static bool must_hold(struct sending *s, int r)
{
	bool silent = r == E_PEER || r == E_BUSY;
	s->silent = silent ? s->silent + 1 : 0;
	bool odd = r == E_TOO_BIG || r == E_SYNTAX || silent;
	return r == E_DENIED || (odd && !s->again && s->silent < SILENT_MAX);
}

static int queue_one(struct sending *s, int64_t notice, int64_t *ret_next)
{
	struct call *c = s->c;
	struct outbox_mail mail;
	int64_t next;
	struct str unfit = S("");
	int r = outbox_may_queue(&c->x, notice, s->again);
	if (r == 0)
		r = outbox_unfit(&c->x, notice, &unfit);
	if (r == 0 && unfit.n) {
		r = fail(&c->x.why, s->again ? E_STATE : E_DENIED, "%.*s", STR(unfit));
		return s->again ? r : hold_one(s, notice, r);
	}
	if (r == 0) {
		r = final_mail(c, notice, true, &mail);
		if (must_hold(s, r))
			return hold_one(s, notice, r);
	}
	if (r == 0)
		r = outbox_queue(&c->x, &s->rules, notice, &mail, s->again, &next);
	if (r < 0)
		return r;
	s->first_at = s->n == 0 || next < s->first_at ? next : s->first_at;
	s->n++;
	*ret_next = next;
	return 0;
}

/* Into a file, and nowhere else; the notice stays what it is. */
static int write_one(struct sending *s, int64_t notice)
{
	struct call *c = s->c;
	char name[48], path[64];
	struct outbox_mail mail;
	int r = outbox_may_queue(&c->x, notice, s->again);
	if (r == 0)
		r = final_mail(c, notice, false, &mail);
	(void)snprintf(name, sizeof(name), "notice-%" PRId64 ".eml", notice);
	(void)snprintf(path, sizeof(path), DRY_RUN "/%s", name);
	if (r == 0)
		r = file_replace(s->dir, name, mail.mail, &c->x.why);
	s->n += r == 0;
	return r < 0 ? r : answer_one(c, notice, path, 0);
}

/* Many take long: each may be signed, encrypted, or put on the disk by itself. */
static int heard(struct sending *s)
{
	return call_progress(
		s->c, (int64_t)s->done, SOME((int64_t)s->n_ids), S("mails made"));
}

/* One transaction; what it committed stays, and the next send goes on with the rest. It
 * does not end before it is known whether the key role is gone for good. Those that a
 * person named to go again are one part: all or none. */
static int queue_part(struct sending *s)
{
	struct call *c = s->c;
	int64_t until = clock_ms() + PART_MS;
	size_t first = s->done;
	bool more = true;
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	while (r == 0 && more) {
		arena_reset(c->x.arena);
		r = queue_one(s, s->ids[s->done], &s->next[s->done]);
		s->done++;
		if (r == 0)
			r = heard(s);
		more = s->done < s->n_ids &&
			(s->again || s->silent > 0 || clock_ms() < until);
	}
	r = tx_end(&t, r);
	for (size_t i = first; r == 0 && i < s->done; i++)
		if (s->next[i])
			r = answer_one(c, s->ids[i], NULL, s->next[i]);
	return r;
}

/* A list with one that cannot go is refused whole. */
static int queue_all(struct sending *s)
{
	struct call *c = s->c;
	int r = 0;
	s->next = arena_array(&c->keep, s->n_ids, sizeof(*s->next));
	for (size_t i = 0; r == 0 && i < s->n_ids; i++) {
		arena_reset(c->x.arena);
		r = outbox_may_queue(&c->x, s->ids[i], s->again);
	}
	while (r == 0 && s->done < s->n_ids)
		r = queue_part(s);
	return r;
}

static int write_all(struct sending *s)
{
	struct call *c = s->c;
	char text[60];
	struct tx t;
	AUTO_FD int dir = -1;
	int r = dir_open(c->w->datadir, DRY_RUN, true, &c->x.why, &dir);
	s->dir = dir;
	while (r == 0 && s->done < s->n_ids) {
		arena_reset(c->x.arena);
		r = write_one(s, s->ids[s->done++]);
		if (r == 0)
			r = heard(s);
	}
	if (r == 0)
		r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	(void)snprintf(text, sizeof(text), "%" PRId64 " mails written, none sent", s->n);
	return tx_end(&t, audit_add(&c->x, S("notice.dry-run"), S(DRY_RUN), str_c(text)));
}

int act_notice_send(struct call *c)
{
	struct sending s = { .c = c, .again = act_get(&c->act, 2)->n > 0 };
	struct notice_pick pick;
	const int64_t *picked;
	size_t n = 0;
	outgoing_rules(c->w->conf, &c->w->seal, &s.rules);
	int r = call_pick(c, &pick);
	if (r == 0 && s.again && pick.n == 0)
		r = fail(&c->x.why, E_USAGE, "again needs the notices by their numbers");
	if (r == 0)
		r = sending_get(&c->x, &s.on);
	if (r == 0 && s.on)
		r = outgoing_relay(c->w->conf, &c->x.why);
	if (r == 0)
		r = outbox_picked(&c->x, &pick, NOTICE_APPROVED, &picked, &n);
	if (r < 0)
		return r;
	int64_t *ids = arena_array(&c->keep, n + 1, sizeof(*ids));
	if (n)
		memcpy(ids, picked, n * sizeof(*ids));
	s.ids = ids;
	s.n_ids = n;
	if (n)
		r = s.on ? queue_all(&s) : write_all(&s);
	if (r < 0)
		return r;
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	rec_int(&w, "notices", s.n);
	rec_int(&w, "held", s.held);
	rec_bool(&w, "dry_run", !s.on);
	rec_opt(&w, "first", s.first_at ? SOME(s.first_at) : NONE);
	rec_int(&w, "undo_minutes", c->w->conf->mail_undo_minutes);
	return call_record(c, &w);
}

int act_notice_undo(struct call *c)
{
	const struct act_value *why = act_get(&c->act, 2);
	struct notice_change change = { 0 };
	struct notice_pick pick;
	int r = call_pick(c, &pick);
	if (r == 0)
		r = outbox_undo(
			&c->x, &pick, act_get(&c->act, 3)->n > 0, why->text, &change);
	if (r < 0)
		return r;
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	rec_int(&w, "changed", change.changed);
	rec_int(&w, "unchanged", change.unchanged);
	return call_record(c, &w);
}

/* ---- deliver ---- */

struct delivering {
	struct call *c;
	int64_t now_ms, at; /* the clock of the call runs on while it waits */
	bool fixed;
	int64_t counts[OUTBOX_UNCERTAIN + 1];
	bool unreachable;
	struct opt_int next;
};

static const char *const end_words[] = { DELIVERY_ACCEPTED, DELIVERY_REFUSED,
	DELIVERY_REFUSED, DELIVERY_LATER, DELIVERY_UNCERTAIN };

static int answer_landed(struct delivering *d, const struct outgoing_step *s)
{
	struct buf b = buf_in(d->c->x.arena, KIB(4));
	struct writer w = wr_new(&b);
	d->counts[s->end]++;
	rec_int(&w, "notice", s->landed);
	rec_text(&w, "end", str_c(end_words[s->end]));
	rec_text(&w, "reply", s->reply);
	return call_record(d->c, &w);
}

/* The one who asked is gone; the mail that flies is heard out for a moment, so that it
 * need not become uncertain. */
static void hear_out(struct call *c)
{
	struct outgoing_step s = { .flying = outgoing_fd(c->w) >= 0 };
	int64_t until = clock_ms() + LAST_WAIT_MS;
	while (s.flying && clock_ms() < until) {
		struct pollfd p = { .fd = outgoing_fd(c->w), .events = POLLIN };
		(void)poll(&p, 1, WAIT_MS);
		if (outgoing_step(c->w, &c->x, &s) < 0)
			return;
	}
}

/* 1: go on. 0: that was all. */
static int deliver_step(struct delivering *d, bool wait)
{
	struct call *c = d->c;
	struct outgoing_step s;
	arena_reset(c->x.arena);
	c->x.now = d->at + (clock_ms() - d->now_ms) / 1000 * !d->fixed;
	int r = outgoing_step(c->w, &c->x, &s);
	if (r == 0 && s.landed)
		r = answer_landed(d, &s);
	d->unreachable = d->unreachable || s.unreachable;
	d->next = s.next;
	if (r < 0)
		return r;
	if (s.flying || s.landed) {
		r = s.flying ? call_others(c, outgoing_fd(c->w), WAIT_MS) : 0;
		return r < 0 ? r : !d->unreachable || s.flying;
	}
	if (!wait || !s.next.has || s.next.v > c->x.now + WAIT_AHEAD_S)
		return 0;
	r = call_others(c, outgoing_fd(c->w), WAIT_MS);
	return r < 0 ? r : 1;
}

int act_outbox_deliver(struct call *c)
{
	struct delivering d = {
		.c = c, .now_ms = clock_ms(), .at = c->x.now, .fixed = c->fixed_clock
	};
	bool wait = act_get(&c->act, 0)->n > 0;
	bool on;
	int r = sending_get(&c->x, &on);
	if (r == 0 && !on)
		return fail(&c->x.why, E_STATE,
			"sending is off: nothing leaves the house (tocsin sending on)");
	if (r == 0 && wait && d.fixed)
		return fail(&c->x.why, E_USAGE,
			"a clock that stands still cannot be waited for");
	if (r == 0)
		r = outgoing_relay(c->w->conf, &c->x.why);
	if (r == 0)
		r = 1;
	while (r > 0)
		r = deliver_step(&d, wait);
	if (r == E_PEER || r == E_STOPPED)
		hear_out(c);
	if (r < 0)
		return r;
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	rec_int(&w, "handed_over", d.counts[OUTBOX_ACCEPTED]);
	rec_int(&w, "refused", d.counts[OUTBOX_REFUSED] + d.counts[OUTBOX_UNWANTED]);
	rec_int(&w, "later", d.counts[OUTBOX_LATER]);
	rec_int(&w, "uncertain", d.counts[OUTBOX_UNCERTAIN]);
	rec_bool(&w, "unreachable", d.unreachable);
	rec_opt(&w, "next", d.next);
	return call_record(c, &w);
}

/* ---- the switch, hours, tasks ---- */

int act_sending_switch(struct call *c)
{
	bool on = act_get(&c->act, 0)->n > 0;
	if (on && act_get(&c->act, 1)->n == 0)
		return fail(
			&c->x.why, E_USAGE, "that mail will really be sent must be said");
	struct sending_waits waits = { 0 };
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	int r = on ? outgoing_relay(c->w->conf, &c->x.why) : 0;
	if (r == 0)
		r = on ? sending_on(&c->x, c->w->conf->mail_undo_minutes * 60, &waits)
		       : sending_set(&c->x, false);
	if (r < 0 || waits.n == 0)
		return r;
	rec_int(&w, "waiting", waits.n);
	rec_opt(&w, "oldest", waits.oldest);
	rec_opt(&w, "first", waits.first);
	return call_record(c, &w);
}

int act_task_done(struct call *c)
{
	const struct act_value *went = act_get(&c->act, 2);
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	return r < 0 ? r
		     : tx_end(&t,
			       outbox_task_done(&c->x, act_get(&c->act, 0)->n,
				       act_text(&c->act, 1),
				       went->has ? SOME(went->n) : NONE));
}

int act_hours_set(struct call *c)
{
	const struct act *a = &c->act;
	const struct act_value *org = act_get(a, 0), *contact = act_get(a, 1);
	const struct act_value *zone = act_get(a, 4);
	struct outbox_rules team;
	outgoing_rules(c->w->conf, NULL, &team);
	struct hours_set h = { .org = act_text(a, 0),
		.contact = act_text(a, 1),
		.hours = team.hours,
		.zone = zone->has ? zone->text : team.zone,
		.calendar = act_text(a, 5),
		.drop = act_get(a, 6)->n > 0 };
	if (org->has == contact->has)
		return fail(&c->x.why, E_USAGE, "name an organisation, or a contact");
	if (act_get(a, 2)->has &&
		hours_read(act_get(a, 2)->text, &h.hours.from, &h.hours.to) < 0)
		return fail(&c->x.why, E_USAGE, "hours are like 08:00-17:00, or any");
	if (act_get(a, 3)->has && days_read(act_get(a, 3)->text, &h.hours.days) < 0)
		return fail(&c->x.why, E_USAGE, "days are like mon-fri, or any");
	if (!h.drop && !zone_known(h.zone))
		return fail(&c->x.why, E_USAGE, ZONE_UNKNOWN, STR(h.zone));
	return hours_set(&c->x, &h);
}

int act_holiday_set(struct call *c)
{
	const struct act_value *name = act_get(&c->act, 1);
	work_stale(c->w); /* what is in memory counts by the days as they were */
	return holiday_set(&c->x, act_text(&c->act, 2), (int32_t)act_get(&c->act, 0)->n,
		name->has ? name->text : (struct str){ NULL, 0 });
}
