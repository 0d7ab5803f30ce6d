/* SPDX-License-Identifier: Apache-2.0
 * cmd_contacts.c - tocsin contacts, contact confirm: who is written to, and whether that
 * is right. Depends on: base, db, core, cli. */
#include "base/date.h"
#include "cli/client.h"
#include "cli/view.h"
#include "core/trust.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_contacts_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "in-doubt", 0, OPT_FLAG, NULL, 0, 0, "Only those that may be wrong" },
	{ "due", 0, OPT_FLAG, NULL, 0, 0, "Only those that it is time to ask whether they are right" },
	{ 0 },
};
const struct cli_option cmd_contact_confirm_options[] = {
	{ "wrong", 0, OPT_FLAG, NULL, 0, 0, "It is not right: a task asks a person" },
	{ "comment", 'c', OPT_TEXT, "TEXT", 0, 0, "Who said so, or who is right" },
	{ 0 },
};
/* clang-format on */

struct listing {
	struct view *v;
	struct out_table table;
	int64_t n;
	bool in_doubt, due;
};

static const struct {
	enum doubt bit;
	const char *word;
} doubts[] = {
	{ DOUBT_WRONG, "said-wrong" },
	{ DOUBT_SILENT, "silent" },
	{ DOUBT_CHECK, "not-confirmed" },
	{ DOUBT_BOUNCED, "bounced" },
};

static int contact_json(struct view *v, const struct contact_row *q)
{
	struct json *j = &v->json;
	json_open(j, NULL, '{');
	json_int(j, "id", q->id);
	json_text(j, "organisation", q->org_name);
	json_text(j, "email", q->email);
	json_some(j, "name", q->name);
	json_some(j, "role", q->role);
	json_text(j, "trust", str_c(trust_text(q->trust)));
	json_open(j, "why", '[');
	for (size_t i = 0; i < N(doubts); i++)
		if (q->why & doubts[i].bit)
			json_text(j, NULL, str_c(doubts[i].word));
	json_close(j, '[');
	json_opt_time(j, "confirmed_at", q->facts.confirmed_at);
	json_opt_time(j, "wrong_at", q->facts.wrong_at);
	json_opt_time(j, "answered_at", q->facts.answered_at);
	json_opt_time(j, "checked_at", q->facts.checked_at);
	json_opt_time(j, "bounced_at", q->facts.bounced_at);
	json_int(j, "notices", q->facts.sent);
	json_int(j, "unanswered", q->facts.silent);
	json_bool(j, "check_due", q->check_due);
	json_some(j, "comment", q->comment);
	json_close(j, '{');
	return out_json(j, &v->cli->why);
}

static void table_day(struct out_table *t, struct opt_int at)
{
	char day[DATE_TEXT_MAX];
	table_add(t, at.has ? str_c(day_text(day_of(at.v), day)) : S("-"),
		at.has ? OUT_PLAIN : OUT_FAINT);
}

static int on_contact(void *ctx, const struct contact_row *q)
{
	struct listing *l = ctx;
	char why[64] = "";
	size_t n = 0;
	if ((l->in_doubt && q->trust != TRUST_DOUBT) || (l->due && !q->check_due))
		return 0;
	l->n++;
	if (l->v->as_json)
		return contact_json(l->v, q);
	for (size_t i = 0; i < N(doubts); i++)
		if (q->why & doubts[i].bit)
			n += (size_t)snprintf(why + n, sizeof(why) - n, "%s%s",
				n ? ", " : "", doubts[i].word);
	table_addf(&l->table, "%" PRId64, q->id);
	table_add(&l->table, q->org_name, OUT_PLAIN);
	table_add(&l->table, q->email, OUT_PLAIN);
	table_add(&l->table, q->role, OUT_PLAIN);
	table_add(&l->table, str_c(trust_text(q->trust)),
		q->trust == TRUST_DOUBT ? OUT_WARN : OUT_PLAIN);
	table_add(&l->table, n ? str_c(why) : S("-"), n ? OUT_PLAIN : OUT_FAINT);
	table_day(&l->table, q->facts.confirmed_at);
	table_day(&l->table, q->facts.answered_at);
	table_addf(&l->table, "%" PRId64 "/%" PRId64, q->facts.silent, q->facts.sent);
	return 0;
}

static int list(struct view *v)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "ORGANISATION", 12, false }, { "EMAIL", 12, false },
		{ "ROLE", 6, false }, { "TRUST", 0, false }, { "WHY", 8, false },
		{ "CONFIRMED", 0, false }, { "ANSWERED", 0, false },
		{ "UNANSWERED", 0, true } };
	struct listing l = { .v = v,
		.in_doubt = cli_flag(v->cli, "in-doubt"),
		.due = cli_flag(v->cli, "due") };
	l.table = table_new(v->x.arena, columns, N(columns));
	int r = contacts_each(&v->x, 0, on_contact, &l);
	if (r < 0 || v->as_json)
		return r;
	if (l.n == 0)
		printf("No contact%s.\n", l.in_doubt ? " is in doubt" : "");
	else
		table_print(&l.table);
	return 0;
}

int cmd_contacts(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = list(&v);
	return view_close(&v, r);
}

int cmd_contact_confirm(struct cli *cli)
{
	struct act_answer answer = { .quiet = true };
	struct str comment = cli_text(cli, "comment");
	bool wrong = cli_flag(cli, "wrong");
	struct act_request q;
	int64_t contact;
	if (!str_int(cli->args[0], 1, INT64_MAX, &contact))
		return fail(&cli->why, E_USAGE,
			"a contact is named by its number, as tocsin contacts shows it");
	request_begin(cli, &q, ACT_CONTACT_CONFIRM);
	rec_int(&q.w, "contact", contact);
	rec_bool(&q.w, "right", !wrong);
	if (comment.p)
		rec_text(&q.w, "comment", comment);
	int r = request_send(cli, &q, &answer);
	if (r == 0)
		printf("Contact %" PRId64 " is %s.\n", contact,
			wrong ? "in doubt" : "confirmed");
	return r;
}
