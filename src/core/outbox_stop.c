/* SPDX-License-Identifier: Apache-2.0
 * outbox_stop.c - what must not go out, or not by itself: see outbox.h. Depends on: base,
 * db. */
#include "core/outbox_int.h"

#include "core/audit.h"
#include "core/setting.h"
#include "core/task.h"
#include "db/sql_task.h"

#include <inttypes.h>
#include <stdio.h>

#define GONE	 "its contact is none any more: cancel it, and draft again"
#define RESTORED "restored from a backup: it may have gone out since"

int outbox_unfit(struct ctx *x, int64_t notice, struct str *ret_why)
{
	struct sql_outbox_contact_in contact = { .notice = notice };
	struct sql_outbox_contact_row c;
	struct sql_outbox_moved_in findings = { .notice = notice };
	struct sql_outbox_moved_row moved;
	char text[120] = "";
	int r = sql_outbox_contact(x->db, &contact, &c);
	if (r == 0)
		r = sql_outbox_moved(x->db, &findings, &moved);
	if (r < 0)
		return r;
	if (c.ended_at.has)
		(void)snprintf(text, sizeof(text), "%s", GONE);
	else if (moved.n)
		(void)snprintf(text, sizeof(text),
			"%" PRId64 " of its findings are another organisation's by now: "
			"cancel it with --again, and draft again",
			moved.n);
	*ret_why = str_dup(x->arena, str_c(text));
	return 0;
}

int outbox_hold(struct ctx *x, int64_t notice, struct str why)
{
	struct sql_outbox_notice_in in = { .id = notice };
	struct sql_outbox_notice_row n;
	int r = sql_outbox_notice(x->db, x->arena, &in, &n);
	if (r == 0)
		r = outbox_state(x, notice, NOTICE_HELD, why);
	if (r == 0)
		r = outbox_task(x, TASK_UNDELIVERED, notice, &n, why);
	return r < 0 ? r : audit_add(x, S("notice.hold"), outbox_object(x, notice), why);
}

/* ---- back from the way out ---- */

int outbox_forget_last(struct ctx *x, int64_t notice)
{
	struct sql_outbox_drop_copy_in in = { .notice = notice };
	int r = outbox_forget(x, notice);
	return r < 0 ? r : sql_outbox_drop_copy(x->db, &in);
}

int outbox_put_back(struct ctx *x, int64_t notice, const struct sql_outbox_get_row *o,
	const struct sql_outbox_notice_row *n, struct str why)
{
	struct sql_outbox_put_back_in in = { .notice = notice };
	enum notice_state s = (enum notice_state)o->before_state.v;
	bool again; /* it took its findings again when it left */
	int r = outbox_forget_last(x, notice);
	if (r == 0)
		r = sql_outbox_put_back(x->db, &in);
	if (r == 0 && (s == NOTICE_REFUSED || s == NOTICE_BOUNCED))
		r = notice_came_back(x, notice, &again);
	if (r == 0)
		r = outbox_state(
			x, notice, s, s == NOTICE_UNCERTAIN ? why : o->before_why);
	if (r == 0 && s == NOTICE_UNCERTAIN)
		r = outbox_task(x, TASK_UNCERTAIN, notice, n, o->reply);
	return r;
}

/* Nobody knows whether it went out; a person finds it out. */
static int lose(struct ctx *x, int64_t notice, struct str why)
{
	struct sql_outbox_lose_in in = { .notice = notice };
	struct sql_outbox_get_row o;
	struct sql_outbox_notice_row n;
	int r = outbox_read(x, notice, &o, &n);
	if (r == 0)
		r = sql_outbox_lose(x->db, &in);
	if (r == 0)
		r = outbox_forget(x, notice);
	if (r == 0)
		r = outbox_state(x, notice, NOTICE_UNCERTAIN, why);
	if (r == 0)
		r = outbox_event(x, notice, DELIVERY_UNCERTAIN, S(""), why, NONE);
	return r < 0 ? r : outbox_task(x, TASK_UNCERTAIN, notice, &n, why);
}

int outbox_stop(struct ctx *x, int64_t notice, struct str why)
{
	struct sql_outbox_drop_in drop = { .notice = notice };
	struct sql_outbox_get_row o;
	struct sql_outbox_notice_row n;
	int r = outbox_read(x, notice, &o, &n);
	if (r < 0)
		return r;
	if (n.state != NOTICE_WAITING)
		return lose(x, notice, why);
	r = outbox_event(x, notice, DELIVERY_UNDONE, S(""), why, NONE);
	if (r == 0 && o.before_state.has) {
		r = outbox_put_back(x, notice, &o, &n, why);
		bool told = o.before_state.v == NOTICE_UNCERTAIN;
		return r < 0 || told ? r
				     : outbox_task(x, TASK_UNDELIVERED, notice, &n, why);
	}
	if (r == 0)
		r = outbox_forget_last(x, notice);
	if (r == 0)
		r = sql_outbox_drop(x->db, &drop);
	return r < 0 ? r : outbox_hold(x, notice, why);
}

/* ---- a directory that was restored ---- */

static int switch_off(struct ctx *x, bool *ret_was_on)
{
	int r = sending_get(x, ret_was_on);
	return r < 0 || !*ret_was_on ? r : outbox_set_sending(x, false);
}

int outbox_restored(struct ctx *x, struct outbox_restored *ret)
{
	struct outbox_restored o = { 0 };
	struct sql_outbox_approved_in in = { .run = NONE };
	struct sql_outbox_approved_rows approved;
	struct sql_outbox_on_way_rows way;
	int r = switch_off(x, &o.was_on);
	if (r == 0)
		r = sql_outbox_on_way(x->db, x->arena, &way);
	for (size_t i = 0; r == 0 && i < way.n; i++, o.uncertain++)
		r = lose(x, way.v[i].notice, S(RESTORED));
	if (r == 0)
		r = sql_outbox_approved(x->db, x->arena, &in, &approved);
	for (size_t i = 0; r == 0 && i < approved.n; i++, o.held++)
		r = outbox_state(x, approved.v[i].id, NOTICE_HELD, S(RESTORED));
	if (r == 0)
		*ret = o;
	return r;
}

/* ---- a person knows ---- */

static int known(struct ctx *x, int64_t notice, const struct sql_outbox_get_row *o,
	bool went, struct str why)
{
	enum notice_state s = went ? NOTICE_HANDED : NOTICE_REFUSED;
	struct sql_outbox_land_in to = { .notice = notice,
		.uncertain = o->uncertain,
		.reply = o->reply,
		.out_at = o->out_at,
		.handed_at = went ? o->out_at : o->handed_at,
		.final_at = went ? NONE : SOME(x->now),
		.final_why = went ? S("") : S("a person says that it did not go out") };
	int r = sql_outbox_land(x->db, &to);
	if (r == 0)
		r = outbox_state(x, notice, s, to.final_why);
	if (r == 0 && !went)
		r = notice_give_back(x, notice);
	return r < 0
		? r
		: outbox_event(x, notice, went ? DELIVERY_ACCEPTED : DELIVERY_REFUSED,
			  S(""), why.n ? why : S("a person says so"), NONE);
}

int outbox_task_done(struct ctx *x, int64_t task, struct str why, struct opt_int went)
{
	struct sql_task_get_in in = { .id = task };
	struct sql_task_get_row t;
	struct sql_outbox_get_row o;
	struct sql_outbox_notice_row n;
	int r = sql_task_get(x->db, x->arena, &in, &t);
	bool asks = r == 0 && !t.done_at.has && t.notice.has &&
		str_eq(t.kind, S(TASK_UNCERTAIN));
	if (asks) {
		r = outbox_read(x, t.notice.v, &o, &n);
		asks = r == 0 && n.state == NOTICE_UNCERTAIN && !o.flying &&
			!o.next_at.has;
	}
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	if (asks && !went.has)
		return fail(&x->why, E_USAGE,
			"say whether notice %" PRId64 " went out: --went-out yes, or no",
			t.notice.v);
	r = asks ? known(x, t.notice.v, &o, went.v > 0, why) : 0;
	return r < 0 ? r : task_done(x, task, why);
}
