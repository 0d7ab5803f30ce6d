/* SPDX-License-Identifier: Apache-2.0
 * cmd_send.c - tocsin notices send, undo, deliver: approved notices leave the house.
 * Depends on: base, core, work, cli. What became of them: cmd_outbox.c. */
#include "base/date.h"
#include "cli/client.h"
#include "cli/view.h"
#include "work/outgoing.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_notices_send_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "preview", 'n', OPT_FLAG, NULL, 0, 0, "Show who would get how much, beside last time; change nothing" },
	{ "run", 0, OPT_INT, "RUN", 1, INT64_MAX, "Only the approved ones of this run" },
	{ "again", 0, OPT_FLAG, NULL, 0, 0, "Also those named that were refused, bounced or are uncertain" },
	{ 0 },
};
const struct cli_option cmd_notices_undo_options[] = {
	{ "run", 0, OPT_INT, "RUN", 1, INT64_MAX, "All of this run that still wait" },
	{ "hold", 0, OPT_FLAG, NULL, 0, 0, "They become held, not approved" },
	{ "why", 0, OPT_TEXT, "TEXT", 0, 0, "The reason, for your colleagues and the audit trail" },
	{ 0 },
};
const struct cli_option cmd_notices_deliver_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "wait", 0, OPT_FLAG, NULL, 0, 0, "Stay until nothing more is due within the hour" },
	{ 0 },
};
/* clang-format on */

/* ---- preview ---- */

struct preview {
	struct view *v;
	struct out_table table;
	int64_t n, findings, critical, checks, doubtful, first_run;
};

static int on_preview(void *ctx, const struct outbox_preview *q)
{
	struct preview *p = ctx;
	struct json *j = &p->v->json;
	char when[DATE_TEXT_MAX];
	bool check = q->kind == NOTICE_CHECK;
	p->n += !check;
	p->checks += check;
	p->findings += q->findings;
	p->critical += q->critical;
	p->doubtful += q->doubt.n > 0;
	p->first_run = p->first_run && p->first_run < q->run ? p->first_run : q->run;
	if (p->v->as_json) {
		json_open(j, NULL, '{');
		json_int(j, "notice", q->id);
		json_int(j, "run", q->run);
		json_text(j, "kind", str_c(notice_kind_text(q->kind)));
		json_text(j, "organisation", q->org_name);
		json_text(j, "recipient", q->recipient);
		json_int(j, "findings", q->findings);
		json_int(j, "critical", q->critical);
		json_opt_int(j, "last_time", q->before);
		json_time(j, "would_go", q->next_at);
		json_some(j, "doubt", q->doubt);
		json_close(j, '{');
		return out_json(j, &p->v->cli->why);
	}
	table_addf(&p->table, "%" PRId64, q->id);
	table_add(&p->table, q->org_name, OUT_PLAIN);
	table_add(&p->table, q->recipient, q->doubt.n ? OUT_WARN : OUT_PLAIN);
	if (check)
		table_add(&p->table, S("check"), OUT_FAINT);
	else
		table_addf(&p->table, "%" PRId64, q->findings);
	if (q->before.has && !check)
		table_addf(&p->table, "%" PRId64, q->before.v);
	else
		table_add(&p->table, S("-"), OUT_FAINT);
	table_addf(&p->table, "%" PRId64, q->critical);
	table_add(&p->table, str_c(time_text_plain(q->next_at, when)), OUT_PLAIN);
	table_add(&p->table, q->doubt.n ? S("in doubt") : S(""), OUT_WARN);
	return 0;
}

static int show_sum(struct preview *p)
{
	int64_t notices = 0, findings = 0;
	bool on;
	int r = outbox_last_run(&p->v->x, p->first_run, &notices, &findings);
	if (r == 0)
		r = sending_get(&p->v->x, &on);
	if (r < 0)
		return r;
	table_print(&p->table);
	printf("\n%" PRId64 " notices about %" PRId64 " findings, %" PRId64 " critical.",
		p->n, p->findings, p->critical);
	if (p->checks)
		printf(" %" PRId64 " mails that ask a contact whether it is right.",
			p->checks);
	if (notices)
		printf(" Last time: %" PRId64 " notices about %" PRId64 " findings.",
			notices, findings);
	else
		printf(" It is the first time that any are sent.");
	if (p->doubtful)
		printf("\n%" PRId64 " to addresses that are in doubt.", p->doubtful);
	printf("\n%s\n",
		on ? "Sending is ON: they will leave the house."
		   : "Sending is off: they would be written to files, and not leave the "
		     "house.");
	return 0;
}

static int preview(struct view *v)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "ORGANISATION", 12, false }, { "TO", 10, false },
		{ "FINDINGS", 0, true }, { "LAST TIME", 0, true },
		{ "CRITICAL", 0, true }, { "WOULD GO (UTC)", 0, false },
		{ "", 0, false } };
	struct preview p = { .v = v };
	struct outbox_rules rules;
	const struct cli_value *run = cli_value(v->cli, "run");
	p.table = table_new(v->x.arena, columns, N(columns));
	int r = cli_conf(v->cli);
	if (r < 0)
		return r;
	outgoing_rules(&v->cli->conf, NULL, &rules);
	r = outbox_preview_each(
		&v->x, &rules, run->given ? SOME(run->number) : NONE, on_preview, &p);
	if (r < 0 || v->as_json)
		return r;
	if (p.n + p.checks == 0) {
		printf("No notice is approved: there is nothing to send.\n");
		return 0;
	}
	return show_sum(&p);
}

static int show_preview(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = preview(&v);
	return view_close(&v, r);
}

/* ---- send, undo ---- */

static int on_sent(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct value v;
	char when[DATE_TEXT_MAX];
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	if (!record_find(record, "notices", &v))
		return 0;
	struct str dir = cli_text(cli, "directory");
	int64_t held = record_int(record, "held");
	if (held)
		printf("%" PRId64 " may not go out as they are, and are held: tocsin -d "
		       "%.*s tasks\n",
			held, STR(dir));
	if (v.n == 0) {
		printf("No notice is approved: there is nothing to send.\n");
	} else if (record_int(record, "dry_run")) {
		printf("%" PRId64
		       " mails written to %.*s/dry-run. Sending is off: nothing "
		       "left the house.\n"
		       "When you have looked at them: tocsin -d %.*s sending on "
		       "--yes-mail-leaves-the-house\n",
			v.n, STR(dir), STR(dir));
	} else {
		printf("%" PRId64 " notices wait. The first goes at %s UTC; until then: "
		       "tocsin -d %.*s notices undo\n",
			v.n, time_text_plain(record_int(record, "first"), when),
			STR(dir));
		printf("They go by themselves where tocsin serve runs; else: tocsin -d "
		       "%.*s notices deliver\n",
			STR(dir));
	}
	return 0;
}

int cmd_notices_send(struct cli *cli)
{
	struct act_answer answer = { cli, on_sent, cli_flag(cli, "json") };
	struct act_request q;
	if (cli_flag(cli, "preview"))
		return show_preview(cli);
	request_begin(cli, &q, ACT_NOTICE_SEND);
	int r = request_notices(cli, &q);
	if (r < 0)
		return r;
	if (cli_flag(cli, "again"))
		rec_bool(&q.w, "again", true);
	return request_send(cli, &q, &answer);
}

static int on_undone(void *ctx, struct str record)
{
	int64_t n = record_int(record, "changed"), left = record_int(record, "unchanged");
	(void)ctx;
	printf("%" PRId64 " notice%s taken back", n, n == 1 ? "" : "s");
	if (left)
		printf("; %" PRId64 " may be out already", left);
	printf(".\n");
	return 0;
}

int cmd_notices_undo(struct cli *cli)
{
	struct act_answer answer = { NULL, on_undone, false };
	struct act_request q;
	request_begin(cli, &q, ACT_NOTICE_UNDO);
	int r = request_notices(cli, &q);
	if (r < 0)
		return r;
	if (cli_value(cli, "why")->given)
		rec_text(&q.w, "why", cli_text(cli, "why"));
	if (cli_flag(cli, "hold"))
		rec_bool(&q.w, "hold", true);
	return request_send(cli, &q, &answer);
}

/* ---- deliver ---- */

static int on_delivered(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct value v;
	char when[DATE_TEXT_MAX];
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	if (record_find(record, "end", &v)) {
		if (!str_eq(v.text, S(DELIVERY_ACCEPTED)))
			printf("Notice %" PRId64 ": %.*s: %.*s\n",
				record_int(record, "notice"), STR(v.text),
				STR(out_safe(&cli->arena, record_text(record, "reply"))));
		return 0;
	}
	printf("%" PRId64 " handed over, %" PRId64 " refused, %" PRId64
	       " to be tried again, %" PRId64 " uncertain.\n",
		record_int(record, "handed_over"), record_int(record, "refused"),
		record_int(record, "later"), record_int(record, "uncertain"));
	if (record_int(record, "unreachable"))
		printf("The mail server cannot be reached: the others were not tried.\n");
	if (record_find(record, "next", &v) && v.type == VALUE_INT)
		printf("Next try: %s UTC\n", time_text_plain(v.n, when));
	return 0;
}

int cmd_notices_deliver(struct cli *cli)
{
	struct act_answer answer = { cli, on_delivered, cli_flag(cli, "json") };
	struct act_request q;
	request_begin(cli, &q, ACT_OUTBOX_DELIVER);
	if (cli_flag(cli, "wait"))
		rec_bool(&q.w, "wait", true);
	return request_send(cli, &q, &answer);
}
