/* SPDX-License-Identifier: Apache-2.0
 * cmd_contacts_check.c - tocsin contacts check: who would be asked whether it is right,
 * and the drafts of those mails. Depends on: base, db, core, cli. */
#include "base/date.h"
#include "cli/client.h"
#include "cli/view.h"
#include "core/trust.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_contacts_check_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "draft", 0, OPT_FLAG, NULL, 0, 0, "Draft the mails; without it nothing is changed" },
	{ 0 },
};
/* clang-format on */

struct preview {
	struct view *v;
	struct out_table table;
	int64_t n;
};

static void table_day(struct out_table *t, struct opt_int at)
{
	char day[DATE_TEXT_MAX];
	table_add(t, at.has ? str_c(day_text(day_of(at.v), day)) : S("never"), OUT_PLAIN);
}

static int on_contact(void *ctx, const struct contact_row *q)
{
	struct preview *p = ctx;
	struct json *j = &p->v->json;
	const char *lang = lang_code(contact_lang(q, p->v->cli->conf.team_language));
	if (!q->check_due)
		return 0;
	p->n++;
	if (p->v->as_json) {
		json_open(j, NULL, '{');
		json_int(j, "id", q->id);
		json_text(j, "organisation", q->org_name);
		json_text(j, "email", q->email);
		json_text(j, "language", str_c(lang));
		json_opt_time(j, "heard_at", trust_heard_at(&q->facts));
		json_opt_time(j, "checked_at", q->facts.checked_at);
		json_close(j, '{');
		return out_json(j, &p->v->cli->why);
	}
	table_addf(&p->table, "%" PRId64, q->id);
	table_add(&p->table, q->org_name, OUT_PLAIN);
	table_add(&p->table, q->email, OUT_PLAIN);
	table_add(&p->table, str_c(lang), OUT_PLAIN);
	table_day(&p->table, trust_heard_at(&q->facts));
	table_day(&p->table, q->facts.checked_at);
	return 0;
}

static int preview(struct view *v)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "ORGANISATION", 12, false }, { "EMAIL", 12, false },
		{ "LANG", 0, false }, { "HEARD OF", 0, false }, { "ASKED", 0, false } };
	struct preview p = { .v = v };
	p.table = table_new(v->x.arena, columns, N(columns));
	int r = contacts_each(&v->x, 0, on_contact, &p);
	if (r < 0 || v->as_json)
		return r;
	if (p.n == 0) {
		printf("No contact is due: nobody needs to be asked.\n");
		return 0;
	}
	table_print(&p.table);
	printf("\n%" PRId64
	       " contacts would be asked. To draft the mails, which a person "
	       "approves: tocsin -d %.*s contacts check --draft\n",
		p.n, STR(cli_text(v->cli, "directory")));
	return 0;
}

static int show_preview(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = preview(&v);
	return view_close(&v, r);
}

static int on_run(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	int64_t n = record_int(record, "notices"), run = record_int(record, "run");
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	if (n == 0) {
		printf("No contact is due: no mail was drafted.\n");
		return 0;
	}
	printf("Run %" PRId64 ": %" PRId64 " mail%s that ask%s a contact.\n", run, n,
		n == 1 ? "" : "s", n == 1 ? "s" : "");
	notices_say_next(
		cli, record_text(record, "held"), run, n, record_int(record, "usual"));
	return 0;
}

int cmd_contacts_check(struct cli *cli)
{
	struct act_answer answer = { cli, on_run, cli_flag(cli, "json") };
	struct act_request q;
	int r = cli_conf(cli);
	if (r < 0)
		return r;
	if (!cli_flag(cli, "draft"))
		return show_preview(cli);
	request_begin(cli, &q, ACT_CONTACT_CHECK);
	return request_send(cli, &q, &answer);
}
