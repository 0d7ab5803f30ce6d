/* SPDX-License-Identifier: Apache-2.0
 * trust.c - is a contact the right one: see trust.h. Depends on: base, db. */
#include "core/trust.h"

#include "base/date.h"
#include "core/answer_int.h"
#include "core/audit.h"
#include "core/task.h"
#include "db/sql_trust.h"

#include <inttypes.h>
#include <stdio.h>

/* How long before it went out a notice was drafted, at most. */
#define IN_HOUSE_MOST (31 * (int64_t)DAY_SECONDS)

const char *trust_text(enum trust t)
{
	static const char *const texts[TRUST_N] = { "in-doubt", "unknown", "good" };
	return texts[t];
}

/* INT64_MIN: never. */
static int64_t at_of(struct opt_int o)
{
	return o.has ? o.v : INT64_MIN;
}

struct opt_int trust_heard_at(const struct trust_facts *f)
{
	return at_of(f->confirmed_at) > at_of(f->answered_at) ? f->confirmed_at
							      : f->answered_at;
}

static int64_t heard_at(const struct trust_facts *f)
{
	return at_of(trust_heard_at(f));
}

enum trust trust_of(const struct trust_facts *f, const struct rules *rules, int64_t now,
	unsigned *ret_why)
{
	int64_t heard = heard_at(f);
	int64_t grace = rules->number[RULE_CHECK_GRACE] * DAY_SECONDS;
	unsigned why = 0;
	/* An answer does not make a contact right: somebody else may have given it. */
	if (f->wrong_at.has && f->wrong_at.v > at_of(f->confirmed_at))
		why |= DOUBT_WRONG;
	if (f->bounced_at.has && f->bounced_at.v > at_of(f->confirmed_at))
		why |= DOUBT_BOUNCED;
	if (f->silent >= rules->number[RULE_SILENT] && f->silent_at.has &&
		now - f->silent_at.v >= SILENT_DAYS * DAY_SECONDS)
		why |= DOUBT_SILENT;
	/* Also a "no" is an answer. */
	if (f->checked_at.has && f->checked_at.v > heard &&
		f->checked_at.v > at_of(f->wrong_at) && now - f->checked_at.v > grace)
		why |= DOUBT_CHECK;
	if (ret_why)
		*ret_why = why;
	if (why)
		return TRUST_DOUBT;
	int64_t days = rules->number[RULE_CHECK_DAYS];
	return heard != INT64_MIN && now - heard <= days * DAY_SECONDS ? TRUST_GOOD
								       : TRUST_UNKNOWN;
}

struct opt_int trust_doubt_at(
	const struct trust_facts *f, const struct rules *rules, enum doubt d)
{
	int64_t grace = rules->number[RULE_CHECK_GRACE] * DAY_SECONDS;
	switch (d) {
	case DOUBT_WRONG:
		return f->wrong_at;
	case DOUBT_SILENT:
		return f->silent_at;
	case DOUBT_CHECK:
		return f->checked_at.has ? SOME(f->checked_at.v + grace) : NONE;
	case DOUBT_BOUNCED:
	default:
		return f->bounced_at;
	}
}

bool trust_check_due(const struct trust_facts *f, const struct rules *rules, int64_t now)
{
	int64_t days = rules->number[RULE_CHECK_DAYS] * DAY_SECONDS;
	bool asked = f->checked_at.has && now - f->checked_at.v <= days;
	bool rests = f->rested_at.has && now - f->rested_at.v <= days;
	unsigned why;
	enum trust t = trust_of(f, rules, now, &why);
	return (t == TRUST_UNKNOWN || why == DOUBT_CHECK) && !asked && !rests &&
		!f->asking.has;
}

enum lang contact_lang(const struct contact_row *row, enum lang team)
{
	enum lang lang;
	if (lang_parse(row->language, &lang) < 0 &&
		lang_parse(row->org_language, &lang) < 0)
		return team;
	return lang;
}

struct walk {
	struct ctx *x;
	struct rules rules;
	contact_row_fn *fn;
	void *ctx;
	bool judge; /* whether it is in doubt is enough */
};

/* What was sent, and what of it is without an answer. */
static int read_sent(struct walk *w, int64_t contact, struct trust_facts *f)
{
	int64_t since = heard_at(f), most = w->rules.number[RULE_SILENT];
	int64_t drafted = since > INT64_MIN + IN_HOUSE_MOST ? since - IN_HOUSE_MOST
							    : INT64_MIN;
	struct sql_trust_sent_in in = { contact, since, drafted };
	struct sql_trust_sent_row sent;
	struct sql_trust_silent_in least = { contact, since, drafted, most };
	struct sql_trust_silent_row silent;
	int r = w->judge ? sql_trust_silent(w->x->db, &least, &silent)
			 : sql_trust_sent(w->x->db, &in, &sent);
	if (r < 0)
		return r;
	f->sent = w->judge ? 0 : sent.sent;
	f->silent = w->judge ? silent.n : sent.silent;
	f->silent_at = w->judge ? silent.first : sent.first;
	return 0;
}

static int on_contact(void *ctx, const struct sql_trust_contacts_row *q)
{
	struct walk *w = ctx;
	struct contact_row row = { .id = q->id,
		.org = q->org,
		.org_name = q->org_name,
		.email = q->email,
		.name = q->name,
		.role = q->role,
		.language = q->language,
		.org_language = q->org_language,
		.comment = q->comment.p ? q->comment : S(""),
		.facts = { .confirmed_at = q->confirmed_at,
			.wrong_at = q->wrong_at,
			.answered_at = q->answered_at,
			.checked_at = q->checked_at,
			.bounced_at = q->bounced_at,
			.asking = q->asking,
			.rested_at = q->rested_at } };
	int r = read_sent(w, q->id, &row.facts);
	if (r < 0)
		return r;
	row.trust = trust_of(&row.facts, &w->rules, w->x->now, &row.why);
	row.check_due = trust_check_due(&row.facts, &w->rules, w->x->now);
	return w->fn(w->ctx, &row);
}

static int walk_contacts(struct walk *w, int64_t after)
{
	struct sql_trust_contacts_in in = { .after = after };
	int r = rules_load(w->x, &w->rules);
	return r < 0 ? r : sql_trust_contacts_each(w->x->db, &in, on_contact, w);
}

int contacts_each(struct ctx *x, int64_t after, contact_row_fn *fn, void *ctx)
{
	struct walk w = { .x = x, .fn = fn, .ctx = ctx };
	return walk_contacts(&w, after);
}

int contacts_judge(struct ctx *x, contact_row_fn *fn, void *ctx)
{
	struct walk w = { .x = x, .fn = fn, .ctx = ctx, .judge = true };
	return walk_contacts(&w, 0);
}

static int find(struct ctx *x, int64_t contact, struct sql_trust_contact_row *ret)
{
	struct sql_trust_contact_in in = { .id = contact };
	int r = sql_trust_contact(x->db, &in, ret);
	return r == E_NOT_FOUND
		? fail(&x->why, r, "there is no contact %" PRId64, contact)
		: r;
}

int contact_check_issue(struct ctx *x, int64_t contact, char ret_token[ANSWER_TOKEN_MAX])
{
	struct sql_trust_contact_row row;
	int r = find(x, contact, &row);
	return r < 0 ? r
		     : answer_link_make(x, LINK_CONTACT, NONE, SOME(contact), ret_token);
}

int contact_confirm(struct ctx *x, int64_t contact, bool right, struct str comment)
{
	struct sql_trust_contact_row row;
	struct sql_trust_confirm_in confirm = { contact, x->now, comment };
	struct sql_trust_wrong_in wrong = { contact, x->now, comment };
	char object[40];
	int r = find(x, contact, &row);
	if (r < 0)
		return r;
	(void)snprintf(object, sizeof(object), "contact %" PRId64, contact);
	if (right) {
		r = sql_trust_confirm(x->db, &confirm);
		if (r == 0)
			r = task_settle(x, TASK_CONTACT, str_c(object), S("confirmed"));
	} else {
		struct task_new t = { .kind = TASK_CONTACT,
			.subject = str_c(object),
			.org = SOME(row.org),
			.contact = SOME(contact),
			.detail = comment };
		r = sql_trust_wrong(x->db, &wrong);
		if (r == 0)
			r = task_add(x, &t);
	}
	return r < 0 ? r
		     : audit_add(x, S("contact.confirm"), str_c(object),
			       right ? S("right") : S("wrong"));
}

int contact_changed(struct ctx *x, int64_t contact, struct str comment)
{
	struct sql_trust_contact_row row;
	struct sql_trust_confirm_in confirm = { contact, x->now, comment };
	char object[40];
	int r = find(x, contact, &row);
	if (r < 0)
		return r;
	(void)snprintf(object, sizeof(object), "contact %" PRId64, contact);
	struct task_new t = { .kind = TASK_CONTACT,
		.subject = str_c(object),
		.org = SOME(row.org),
		.contact = SOME(contact),
		.detail = comment };
	r = sql_trust_confirm(x->db, &confirm);
	if (r == 0)
		r = task_add(x, &t);
	return r < 0 ? r
		     : audit_add(x, S("contact.confirm"), str_c(object), S("changed"));
}

int contact_card_get(struct ctx *x, int64_t contact, struct contact_card *ret)
{
	struct sql_trust_card_in in = { .id = contact };
	struct sql_trust_card_row row;
	int r = sql_trust_card(x->db, x->arena, &in, &row);
	if (r < 0)
		return r;
	*ret = (struct contact_card){ row.id, row.org, row.org_name, row.name, row.role,
		row.email, row.phone, row.language };
	return 0;
}
