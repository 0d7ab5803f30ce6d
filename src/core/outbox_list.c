/* SPDX-License-Identifier: Apache-2.0
 * outbox_list.c - reading the outbox; hours and holidays as data: see outbox.h.
 * Depends on: base, db. */
#include "core/outbox_int.h"

#include "base/date.h"
#include "core/audit.h"
#include "core/effect_sum.h"

int outbox_picked(struct ctx *x, const struct notice_pick *p, enum notice_state s,
	const int64_t **ret, size_t *ret_n)
{
	struct opt_int run = p->run > 0 ? SOME(p->run) : NONE;
	struct sql_outbox_approved_in approved = { .run = run };
	struct sql_outbox_waiting_in waiting = { .run = run };
	struct sql_outbox_approved_rows a = { 0 };
	struct sql_outbox_waiting_rows w = { 0 };
	*ret = p->ids;
	*ret_n = p->n;
	if (p->n > 0)
		return 0;
	int r = s == NOTICE_WAITING ? sql_outbox_waiting(x->db, x->arena, &waiting, &w)
				    : sql_outbox_approved(x->db, x->arena, &approved, &a);
	if (r < 0)
		return r;
	int64_t *ids = arena_array(x->arena, a.n + w.n + 1, sizeof(*ids));
	for (size_t i = 0; i < a.n; i++)
		ids[i] = a.v[i].id;
	for (size_t i = 0; i < w.n; i++)
		ids[i] = w.v[i].id;
	*ret = ids;
	*ret_n = a.n + w.n;
	return 0;
}

/* ---- lists ---- */

static int give_row(
	struct ctx *x, struct arena *a, int64_t notice, outbox_row_fn *fn, void *ctx)
{
	struct sql_outbox_row_in in = { .notice = notice };
	struct sql_outbox_row_row q;
	int r = sql_outbox_row(x->db, a, &in, &q);
	if (r < 0)
		return r;
	struct outbox_row row = { .notice = notice,
		.state = (enum notice_state)q.state,
		.kind = (enum notice_kind)q.kind,
		.org_name = q.org_name,
		.recipient = q.recipient,
		.message_id = q.message_id,
		.reply = q.reply,
		.final_why = q.final_why,
		.critical = q.critical > 0,
		.queued_at = q.queued_at,
		.due_at = q.due_at,
		.tries = q.tries,
		.uncertain = q.uncertain,
		.next_at = q.next_at,
		.handed_at = q.handed_at,
		.final_at = q.final_at };
	return fn(ctx, &row);
}

int outbox_each(
	struct ctx *x, bool open, int64_t before, int64_t n, outbox_row_fn *fn, void *ctx)
{
	AUTO_ARENA row = arena_new(MIB(1), "a row of the outbox");
	int64_t top = before > 0 ? before : INT64_MAX;
	struct sql_outbox_ids_in all = { top, n };
	struct sql_outbox_open_ids_in opens = { top, n };
	struct sql_outbox_ids_rows a = { 0 };
	struct sql_outbox_open_ids_rows o = { 0 };
	int r = open ? sql_outbox_open_ids(x->db, x->arena, &opens, &o)
		     : sql_outbox_ids(x->db, x->arena, &all, &a);
	for (size_t i = 0; r == 0 && i < a.n + o.n; i++) {
		arena_reset(&row);
		r = give_row(x, &row, open ? o.v[i].notice : a.v[i].notice, fn, ctx);
	}
	return r;
}

int outbox_count(struct ctx *x, enum notice_state s, int64_t *ret)
{
	struct sql_outbox_count_in in = { .state = s };
	struct sql_outbox_count_row row;
	int r = sql_outbox_count(x->db, &in, &row);
	if (r == 0)
		*ret = row.n;
	return r;
}

int outbox_checks(struct ctx *x, int64_t *ret)
{
	struct sql_outbox_checks_row row;
	int r = sql_outbox_checks(x->db, &row);
	if (r == 0)
		*ret = row.n;
	return r;
}

struct previews {
	struct ctx *x;
	const struct outbox_rules *rules;
	outbox_preview_fn *fn;
	void *ctx;
};

static int on_preview(void *ctx, const struct sql_outbox_preview_row *q)
{
	const struct previews *l = ctx;
	struct outbox_preview p = { .id = q->id,
		.run = q->run,
		.org = q->org,
		.kind = (enum notice_kind)q->kind,
		.org_name = q->org_name,
		.recipient = q->recipient,
		.doubt = q->doubt.p ? q->doubt : S(""),
		.findings = q->findings,
		.critical = q->critical,
		.before = q->before };
	int r = outbox_when(l->x, l->rules, q->contact, q->org, q->critical > 0,
		l->x->now + l->rules->undo_s, &p.next_at);
	return r < 0 ? r : l->fn(l->ctx, &p);
}

int outbox_preview_each(struct ctx *x, const struct outbox_rules *rules,
	struct opt_int run, outbox_preview_fn *fn, void *ctx)
{
	struct previews l = { x, rules, fn, ctx };
	struct sql_outbox_preview_in in = { .run = run };
	return sql_outbox_preview_each(x->db, &in, on_preview, &l);
}

int outbox_last_run(
	struct ctx *x, int64_t before, int64_t *ret_notices, int64_t *ret_findings)
{
	struct sql_outbox_last_run_in in = { .before = before };
	struct sql_outbox_last_run_row row = { 0 };
	int r = sql_outbox_last_run(x->db, &in, &row);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	*ret_notices = r == 0 ? row.notices : 0;
	*ret_findings = r == 0 ? row.findings : 0;
	return 0;
}

struct steps {
	delivery_fn *fn;
	void *ctx;
};

static int on_event(void *ctx, const struct sql_outbox_events_row *q)
{
	const struct steps *l = ctx;
	return l->fn(l->ctx, q->at, q->what, q->code, q->text, q->mail);
}

int delivery_each(struct ctx *x, int64_t notice, delivery_fn *fn, void *ctx)
{
	struct steps l = { fn, ctx };
	struct sql_outbox_events_in in = { .notice = notice };
	return sql_outbox_events_each(x->db, &in, on_event, &l);
}

struct copies {
	struct ctx *x;
	outbox_copy_fn *fn;
	void *ctx;
};

static int on_copy(void *ctx, const struct sql_outbox_copies_row *q)
{
	const struct copies *l = ctx;
	struct outbox_copy copy = { .at = q->at,
		.bytes = q->bytes,
		.is_signed = q->is_signed > 0,
		.is_encrypted = q->is_encrypted > 0,
		.mail = q->mail };
	if (q->sha256.n != SHA256_LEN)
		return fail(&l->x->why, E_DB, "the digest of a sent mail is damaged");
	memcpy(copy.sha256.b, q->sha256.p, SHA256_LEN);
	return l->fn(l->ctx, &copy);
}

int outbox_copies_each(struct ctx *x, int64_t notice, outbox_copy_fn *fn, void *ctx)
{
	struct copies l = { x, fn, ctx };
	struct sql_outbox_copies_in in = { .notice = notice };
	return sql_outbox_copies_each(x->db, &in, on_copy, &l);
}

/* ---- hours and holidays ---- */

static int put_hours(struct ctx *x, const struct hours_set *h, struct opt_int org,
	struct opt_int contact)
{
	struct sql_outbox_hours_drop_in drop = { .org = org, .contact = contact };
	struct sql_outbox_hours_put_in put = { .org = org,
		.contact = contact,
		.zone = h->zone,
		.days = h->hours.days,
		.from_minute = h->hours.from,
		.to_minute = h->hours.to,
		.calendar = h->calendar };
	int r = sql_outbox_hours_drop(x->db, &drop);
	return r < 0 || h->drop ? r : sql_outbox_hours_put(x->db, &put);
}

static int set_hours(struct ctx *x, const struct hours_set *h)
{
	struct sql_outbox_contact_by_email_in email = { .email = h->contact };
	struct sql_outbox_contact_by_email_rows contacts = { 0 };
	struct sql_outbox_org_by_name_in name = { .name = h->org };
	struct sql_outbox_org_by_name_row org;
	struct str whose = h->org.n ? h->org : h->contact;
	int r = h->org.n
		? sql_outbox_org_by_name(x->db, &name, &org)
		: sql_outbox_contact_by_email(x->db, x->arena, &email, &contacts);
	if (r == E_NOT_FOUND || (r == 0 && h->org.n == 0 && contacts.n == 0))
		return fail(&x->why, E_NOT_FOUND, "the register does not know '%.*s'",
			STR(str_to(whose, 100)));
	if (r == 0 && h->org.n)
		r = put_hours(x, h, SOME(org.id), NONE);
	for (size_t i = 0; r == 0 && i < contacts.n; i++)
		r = put_hours(x, h, NONE, SOME(contacts.v[i].id));
	return r < 0 ? r
		     : audit_add(x, S("hours.set"), whose,
			       h->drop ? S("as the team") : S("own hours"));
}

int hours_set(struct ctx *x, const struct hours_set *h)
{
	struct tx t;
	int r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, set_hours(x, h));
}

struct hours_list {
	hours_fn *fn;
	void *ctx;
};

static int on_hours(void *ctx, const struct sql_outbox_hours_list_row *q)
{
	const struct hours_list *l = ctx;
	struct hours_row row = { .org_name = q->org_name.p ? q->org_name : S(""),
		.email = q->email.p ? q->email : S(""),
		.zone = q->zone,
		.calendar = q->calendar,
		.hours = { (int)q->from_minute, (int)q->to_minute, (uint8_t)q->days } };
	return l->fn(l->ctx, &row);
}

int hours_each(struct ctx *x, hours_fn *fn, void *ctx)
{
	struct hours_list l = { fn, ctx };
	return sql_outbox_hours_list_each(x->db, on_hours, &l);
}

static int set_holiday(struct ctx *x, struct str calendar, int32_t day, struct str name)
{
	char text[DATE_TEXT_MAX];
	struct sql_outbox_holiday_put_in put = {
		.calendar = calendar, .day = day, .name = name
	};
	struct sql_outbox_holiday_drop_in drop = { .calendar = calendar, .day = day };
	struct workdays was, is;
	int r = workdays_load(x, x->arena, &was);
	if (r == 0)
		r = name.p ? sql_outbox_holiday_put(x->db, &put)
			   : sql_outbox_holiday_drop(x->db, &drop);
	if (r == 0 && calendar.n == 0)
		r = workdays_load(x, x->arena, &is);
	if (r == 0 && calendar.n == 0)
		r = effect_sums_recount(x, &was, &is);
	return r < 0 ? r
		     : audit_add(x, S("holiday.set"), str_c(day_text(day, text)),
			       name.p ? name : S("no holiday"));
}

int holiday_set(struct ctx *x, struct str calendar, int32_t day, struct str name)
{
	struct tx t;
	int r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, set_holiday(x, calendar, day, name));
}

struct holidays {
	holiday_fn *fn;
	void *ctx;
};

static int on_holiday(void *ctx, const struct sql_outbox_holidays_row *q)
{
	const struct holidays *l = ctx;
	return l->fn(l->ctx, q->calendar, (int32_t)q->day, q->name);
}

int holiday_each(struct ctx *x, int32_t from, holiday_fn *fn, void *ctx)
{
	struct holidays l = { fn, ctx };
	struct sql_outbox_holidays_in in = { .day = from };
	return sql_outbox_holidays_each(x->db, &in, on_holiday, &l);
}
