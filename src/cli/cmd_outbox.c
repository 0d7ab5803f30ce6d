/* SPDX-License-Identifier: Apache-2.0
 * cmd_outbox.c - tocsin notices status, tasks: what became of what was
 * sent. Depends on: base, db, core, cli. */
#include "base/utf8.h"
#include "base/date.h"
#include "cli/client.h"
#include "cli/view.h"
#include "core/outbox.h"
#include "core/task.h"

#include <inttypes.h>
#include <stdio.h>

#define LIST_LIMIT 50

/* clang-format off */
const struct cli_option cmd_notices_status_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "all", 'a', OPT_FLAG, NULL, 0, 0, "Also those that are at their end" },
	{ "before", 0, OPT_INT, "ID", 1, INT64_MAX, "Only notices before this one" },
	{ "limit", 'l', OPT_INT, "N", 1, 10000000, "At most so many. Standard: 50" },
	{ 0 },
};
const struct cli_option cmd_tasks_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "all", 'a', OPT_FLAG, NULL, 0, 0, "Also those that are done, the latest first" },
	{ "limit", 'l', OPT_INT, "N", 1, 10000000, "At most so many. Standard: 50" },
	{ 0 },
};
const struct cli_option cmd_task_done_options[] = {
	{ "went-out", 0, OPT_TEXT, "yes|no", 0, 0, "Of an uncertain notice: whether it went out" },
	{ "why", 0, OPT_TEXT, "TEXT", 0, 0, "What was done, for your colleagues and the audit trail" },
	{ 0 },
};
/* clang-format on */

struct listing {
	struct view *v;
	struct out_table table;
	int64_t n;
};

/* ---- notices status ---- */

static void status_json(struct json *j, const struct outbox_row *q)
{
	json_int(j, "notice", q->notice);
	json_text(j, "kind", str_c(notice_kind_text(q->kind)));
	json_text(j, "state", str_c(notice_state_text(q->state)));
	json_text(j, "organisation", q->org_name);
	json_text(j, "recipient", q->recipient);
	json_text(j, "message_id", q->message_id);
	json_bool(j, "critical", q->critical);
	json_time(j, "queued", q->queued_at);
	json_time(j, "due", q->due_at);
	json_int(j, "tries", q->tries);
	json_int(j, "uncertain", q->uncertain);
	json_opt_time(j, "next_try", q->next_at);
	json_opt_time(j, "handed_over", q->handed_at);
	json_opt_time(j, "final", q->final_at);
	json_some(j, "reply", q->reply);
	json_some(j, "why", q->final_why);
}

static int on_row(void *ctx, const struct outbox_row *q)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	char when[DATE_TEXT_MAX];
	bool bad = q->state >= NOTICE_BOUNCED || q->state == NOTICE_UNCERTAIN;
	l->n++;
	if (l->v->as_json) {
		json_open(j, NULL, '{');
		status_json(j, q);
		json_close(j, '{');
		return out_json(j, &l->v->cli->why);
	}
	table_addf(&l->table, "%" PRId64, q->notice);
	table_add(&l->table, str_c(notice_state_text(q->state)),
		bad				       ? OUT_BAD
			: q->state == NOTICE_DELIVERED ? OUT_GOOD
						       : OUT_PLAIN);
	table_add(&l->table, q->kind == NOTICE_CHECK ? S("check") : S("findings"),
		OUT_PLAIN);
	table_add(&l->table, q->org_name, OUT_PLAIN);
	table_add(&l->table, q->recipient, OUT_PLAIN);
	table_addf(&l->table, "%" PRId64, q->tries);
	table_add(&l->table,
		q->next_at.has ? str_c(time_text_plain(q->next_at.v, when)) : S(""),
		OUT_PLAIN);
	table_add(&l->table, q->final_why.n ? q->final_why : q->reply, OUT_PLAIN);
	return 0;
}

static int show_counts(struct view *v)
{
	static const enum notice_state states[] = { NOTICE_APPROVED, NOTICE_WAITING,
		NOTICE_HANDED, NOTICE_UNCERTAIN, NOTICE_DELIVERED, NOTICE_BOUNCED,
		NOTICE_REFUSED };
	bool on;
	int64_t checks = 0;
	int r = sending_get(&v->x, &on);
	if (r < 0)
		return r;
	printf("Sending is %s.\n", on ? "ON" : "off");
	for (size_t i = 0; i < N(states) && r == 0; i++) {
		int64_t n = 0;
		r = outbox_count(&v->x, states[i], &n);
		printf("%s%" PRId64 " %s", i ? ", " : "", n,
			notice_state_text(states[i]));
	}
	printf(".\n");
	if (r == 0)
		r = outbox_checks(&v->x, &checks);
	if (r == 0 && checks)
		printf("%" PRId64 " of them ask a contact whether it is right.\n",
			checks);
	return r;
}

static int status(struct view *v)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "STATE", 0, false }, { "KIND", 0, false },
		{ "ORGANISATION", 12, false }, { "TO", 10, false }, { "TRIES", 0, true },
		{ "NEXT (UTC)", 0, false }, { "SAID", 10, false } };
	struct listing l = { .v = v };
	l.table = table_new(v->x.arena, columns, N(columns));
	int r = v->as_json ? 0 : show_counts(v);
	if (r == 0)
		r = outbox_each(&v->x, !cli_flag(v->cli, "all"),
			cli_int(v->cli, "before", 0),
			cli_int(v->cli, "limit", LIST_LIMIT), on_row, &l);
	if (r == 0 && !v->as_json && l.n)
		table_print(&l.table);
	return r;
}

int cmd_notices_status(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = status(&v);
	return view_close(&v, r);
}

/* ---- tasks ---- */

#define DETAIL_SHOWN 160 /* --json has all of it */

/* A bounce brings a whole text: the list shows its first line. */
static struct str first_words(struct str detail)
{
	struct str line = str_to(detail, str_find(detail, '\n'));
	return utf8_cut(line, DETAIL_SHOWN);
}

static int on_task(void *ctx, const struct task_row *q)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	char when[DATE_TEXT_MAX];
	l->n++;
	if (l->v->as_json) {
		json_open(j, NULL, '{');
		json_int(j, "id", q->id);
		json_time(j, "at", q->at);
		json_text(j, "kind", q->kind);
		json_text(j, "subject", q->subject);
		json_some(j, "organisation", q->org_name);
		json_number(j, "notice", q->notice.has ? q->notice.v : 0);
		json_number(j, "finding", q->finding.has ? q->finding.v : 0);
		json_text(j, "detail", q->detail);
		json_opt_time(j, "done_at", q->done_at);
		json_some(j, "done_by", q->done_by);
		json_some(j, "done_why", q->done_why);
		json_close(j, '{');
		return out_json(j, &l->v->cli->why);
	}
	table_addf(&l->table, "%" PRId64, q->id);
	table_add(&l->table, str_c(time_text_plain(q->at, when)), OUT_PLAIN);
	table_add(&l->table, q->kind, q->done_at.has ? OUT_FAINT : OUT_WARN);
	table_add(&l->table, q->subject, OUT_PLAIN);
	table_add(&l->table, q->org_name, OUT_PLAIN);
	table_add(&l->table, q->done_at.has ? S("done") : S(""), OUT_PLAIN);
	table_add(&l->table, first_words(q->detail), OUT_PLAIN);
	return 0;
}

int cmd_tasks(struct cli *cli)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "SINCE (UTC)", 0, false }, { "KIND", 0, false }, { "ABOUT", 0, false },
		{ "ORGANISATION", 12, false }, { "", 0, false },
		{ "DETAIL", 10, false } };
	struct view v;
	struct listing l = { .v = &v };
	int64_t n = cli_int(cli, "limit", LIST_LIMIT);
	int r = view_open(cli, &v);
	if (r == 0) {
		l.table = table_new(v.x.arena, columns, N(columns));
		r = cli_flag(cli, "all") ? task_each(&v.x, 0, n, on_task, &l)
					 : task_open_each(&v.x, 0, n, on_task, &l);
	}
	if (r == 0 && !v.as_json && l.n == 0)
		printf("Nothing waits for a person.\n");
	else if (r == 0 && !v.as_json)
		table_print(&l.table);
	return view_close(&v, r);
}

int cmd_task_done(struct cli *cli)
{
	int64_t id;
	struct act_answer answer = { .quiet = true };
	struct act_request q;
	struct str went = cli_text(cli, "went-out");
	bool yes = str_eq(went, S("yes"));
	if (!str_int(cli->args[0], 1, INT64_MAX, &id))
		return fail(&cli->why, E_USAGE, "a task is named by its number");
	if (went.p && !yes && !str_eq(went, S("no")))
		return fail(&cli->why, E_USAGE, "--went-out is yes or no");
	request_begin(cli, &q, ACT_TASK_DONE);
	rec_int(&q.w, "task", id);
	if (cli_value(cli, "why")->given)
		rec_text(&q.w, "why", cli_text(cli, "why"));
	if (went.p)
		rec_bool(&q.w, "went_out", yes);
	int r = request_send(cli, &q, &answer);
	if (r == 0)
		printf("Task %" PRId64 " is done.\n", id);
	return r;
}
