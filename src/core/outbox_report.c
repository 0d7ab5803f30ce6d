/* SPDX-License-Identifier: Apache-2.0
 * outbox_report.c - what mails say of notices that went out: see outbox.h.
 * Depends on: base, db. */
#include "core/outbox_int.h"

#include "core/audit.h"
#include "core/task.h"

static int settle(struct ctx *x, const char *kind, int64_t notice, const char *why)
{
	return task_settle(x, kind, outbox_object(x, notice), str_c(why));
}

/* Nothing more is tried; what came back stays as its reason. */
static int final(struct ctx *x, int64_t notice, const struct sql_outbox_get_row *o,
	enum notice_state s, struct str why)
{
	struct sql_outbox_land_in to = { .notice = notice,
		.uncertain = o->uncertain,
		.reply = o->reply,
		.out_at = o->out_at,
		.handed_at = o->handed_at,
		.final_at = SOME(x->now),
		.final_why = why };
	int r = sql_outbox_land(x->db, &to);
	if (r == 0)
		r = outbox_forget(x, notice);
	if (r == 0)
		r = outbox_state(x, notice, s, why);
	return r < 0 ? r : settle(x, TASK_UNCERTAIN, notice, "a report came");
}

static int delivered(struct ctx *x, int64_t notice, const struct sql_outbox_get_row *o,
	const struct sql_outbox_notice_row *n)
{
	enum notice_state s = (enum notice_state)n->state;
	if (s == NOTICE_DELIVERED || s == NOTICE_BOUNCED)
		return 0; /* a failure after it, or before it, is the stronger word */
	int r = final(x, notice, o, NOTICE_DELIVERED, S(""));
	if (r == 0 && n->contact.has) {
		struct sql_outbox_trust_in trust = { .contact = n->contact.v,
			.out_at = o->out_at.v };
		r = sql_outbox_trust(x->db, &trust);
	}
	return r;
}

static int bounced(struct ctx *x, int64_t notice, const struct sql_outbox_get_row *o,
	const struct sql_outbox_notice_row *n, const struct outbox_report *rep)
{
	bool again = true;
	int r = outbox_doubt(x, n, rep->text);
	if (r == 0 && n->state != NOTICE_BOUNCED)
		r = notice_came_back(x, notice, &again);
	if (r == 0 && n->state != NOTICE_BOUNCED)
		r = final(x, notice, o, NOTICE_BOUNCED, rep->text);
	if (r == 0 && (n->critical > 0 || !again))
		r = outbox_task(x, TASK_BOUNCED, notice, n, rep->text);
	return r;
}

int outbox_report(struct ctx *x, const struct outbox_report *rep, int64_t *ret_notice)
{
	static const char *const what[] = { DELIVERY_DELIVERED, DELIVERY_RELAYED,
		DELIVERY_DELAYED, DELIVERY_BOUNCED, DELIVERY_OTHER };
	struct sql_outbox_by_message_in in = { .message_id = rep->message_id };
	struct sql_outbox_by_message_row found;
	struct sql_outbox_get_row o;
	struct sql_outbox_notice_row n;
	int r = sql_outbox_by_message(x->db, &in, &found);
	if (r == 0)
		r = outbox_read(x, found.notice, &o, &n);
	/* What never left the house cannot have come back: somebody made that up, or
	 * guessed. */
	if (r == 0 && !o.out_at.has)
		return E_NOT_FOUND;
	if (r == 0)
		r = outbox_event(x, found.notice, what[rep->kind], rep->status, rep->text,
			rep->mail ? SOME(rep->mail) : NONE);
	/* Also of one that flies: then how it lands is no news any more. */
	if (r == 0 && rep->kind == REPORT_DELIVERED)
		r = delivered(x, found.notice, &o, &n);
	if (r == 0 && rep->kind == REPORT_FAILED)
		r = bounced(x, found.notice, &o, &n, rep);
	if (r == 0)
		r = audit_add(x, S("notice.report"), outbox_object(x, found.notice),
			str_c(what[rep->kind]));
	if (r == 0)
		*ret_notice = found.notice;
	return r;
}

/* ---- mails that came in ---- */

int mail_in_take(struct ctx *x, const struct sha256 *sha, struct str name, int64_t bytes,
	struct mail_in_row *ret, bool *ret_new)
{
	struct str digest = { (const char *)sha->b, SHA256_LEN };
	struct sql_mail_in_by_sha_in in = { .sha256 = digest };
	struct sql_mail_in_by_sha_row row;
	int r = sql_mail_in_by_sha(x->db, x->arena, &in, &row);
	if (r == 0) {
		*ret = (struct mail_in_row){ row.id, row.state, row.kind, row.why,
			row.notice };
		*ret_new = false;
		return 0;
	}
	struct sql_mail_in_insert_in put = {
		.sha256 = digest, .name = name, .bytes = bytes, .at = x->now
	};
	struct sql_mail_in_insert_row made;
	if (r == E_NOT_FOUND)
		r = sql_mail_in_insert(x->db, &put, &made);
	if (r < 0)
		return r;
	*ret = (struct mail_in_row){ .id = made.id, .kind = S(""), .why = S("") };
	*ret_new = true;
	return 0;
}

int mail_in_done(struct ctx *x, const struct mail_in_row *row)
{
	struct sql_mail_in_done_in in = { .id = row->id,
		.state = row->state,
		.kind = row->kind,
		.notice = row->notice,
		.why = row->why };
	return sql_mail_in_done(x->db, &in);
}
