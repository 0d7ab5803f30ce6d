/* SPDX-License-Identifier: Apache-2.0
 * cmd_answers.c - tocsin answers, answer links: what was answered, and by which links.
 * Depends on: base, db, core, cli. */
#include "base/date.h"
#include "cli/view.h"
#include "core/answer.h"
#include "core/org.h"

#include <inttypes.h>
#include <stdio.h>

#define LIST_LIMIT 50

/* clang-format off */
const struct cli_option cmd_answers_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "notice", 0, OPT_INT, "ID", 1, INT64_MAX, "Only to this notice" },
	{ "organisation", 'o', OPT_TEXT, "NAME", 0, 0, "Only of this organisation: a name, a part of it, or a number" },
	{ "answer", 'a', OPT_TEXT, "ANSWER", 0, 0, "fixed, working, not-mine, wrong-contact or need-help" },
	{ "before", 0, OPT_INT, "ID", 1, INT64_MAX, "Only answers before this one" },
	{ "limit", 'l', OPT_INT, "N", 1, 10000000, "At most so many. Standard: 50" },
	{ 0 },
};
const struct cli_option cmd_answer_links_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "before", 0, OPT_INT, "ID", 1, INT64_MAX, "Only links before this one" },
	{ "limit", 'l', OPT_INT, "N", 1, 10000000, "At most so many. Standard: 50" },
	{ 0 },
};
/* clang-format on */

struct listing {
	struct view *v;
	struct out_table table;
	int64_t n, last;
};

static int answer_json(struct view *v, const struct answer_row *q)
{
	struct json *j = &v->json;
	json_open(j, NULL, '{');
	json_int(j, "id", q->id);
	json_time(j, "at", q->at);
	json_int(j, "notice", q->notice);
	json_text(j, "organisation", q->org_name);
	json_opt_int(j, "finding", q->finding);
	json_text(j, "answer", str_c(answer_kind_text(q->kind)));
	if (q->until.has)
		json_day(j, "until", (int32_t)q->until.v);
	else
		json_null(j, "until");
	json_some(j, "whose", q->whose);
	json_some(j, "comment", q->comment);
	json_text(j, "way", str_c(answer_way_text(q->way)));
	json_text(j, "by", q->actor);
	json_close(j, '{');
	return out_json(j, &v->cli->why);
}

static int on_answer(void *ctx, const struct answer_row *q)
{
	struct listing *l = ctx;
	char at[DATE_TEXT_MAX];
	l->n++;
	l->last = q->id;
	if (l->v->as_json)
		return answer_json(l->v, q);
	table_addf(&l->table, "%" PRId64, q->id);
	table_add(&l->table, str_c(time_text_plain(q->at, at)), OUT_PLAIN);
	table_addf(&l->table, "%" PRId64, q->notice);
	table_add(&l->table, q->org_name, OUT_PLAIN);
	if (q->finding.has)
		table_addf(&l->table, "%" PRId64, q->finding.v);
	else
		table_add(&l->table, S("all"), OUT_PLAIN);
	table_add(&l->table, str_c(answer_kind_text(q->kind)), OUT_PLAIN);
	table_add(&l->table,
		q->until.has ? str_c(day_text((int32_t)q->until.v, at)) : S("-"),
		q->until.has ? OUT_PLAIN : OUT_FAINT);
	table_add(&l->table, q->whose, OUT_PLAIN);
	table_add(&l->table, q->comment, OUT_PLAIN);
	return 0;
}

static int read_filter(struct view *v, struct answer_filter *f)
{
	enum answer_kind kind;
	struct org_ref org;
	*f = (struct answer_filter){ .notice = cli_int(v->cli, "notice", 0),
		.before = cli_int(v->cli, "before", 0),
		.n = cli_int(v->cli, "limit", LIST_LIMIT) };
	if (cli_value(v->cli, "answer")->given) {
		if (answer_kind_read(cli_text(v->cli, "answer"), &kind) < 0)
			return fail(&v->cli->why, E_USAGE,
				"--answer is fixed, working, not-mine, wrong-contact or "
				"need-help");
		f->kind = SOME(kind);
	}
	if (!cli_value(v->cli, "organisation")->given)
		return 0;
	int r = org_find(&v->x, cli_text(v->cli, "organisation"), &org);
	if (r == 0)
		f->org = org.id;
	return r;
}

static int list_answers(struct view *v)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "AT (UTC)", 0, false }, { "NOTICE", 0, true },
		{ "ORGANISATION", 12, false }, { "FINDING", 0, true },
		{ "ANSWER", 0, false }, { "UNTIL", 0, false }, { "WHOSE", 8, false },
		{ "COMMENT", 12, false } };
	struct listing l = { .v = v };
	struct answer_filter f;
	l.table = table_new(v->x.arena, columns, N(columns));
	int r = read_filter(v, &f);
	if (r == 0)
		r = answers_each(&v->x, &f, on_answer, &l);
	if (r < 0 || v->as_json)
		return r;
	if (l.n == 0)
		printf("No answer.\n");
	else
		table_print(&l.table);
	if (l.n == f.n)
		printf("Older ones: --before %" PRId64 "\n", l.last);
	return 0;
}

int cmd_answers(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = list_answers(&v);
	return view_close(&v, r);
}

/* ---- links ---- */

static const char *link_state(const struct view *v, const struct link_row *q)
{
	if (q->revoked_at.has)
		return "revoked";
	return q->expires_at <= v->x.now ? "expired" : "good";
}

static int link_json(struct view *v, const struct link_row *q)
{
	struct json *j = &v->json;
	json_open(j, NULL, '{');
	json_int(j, "id", q->id);
	json_text(j, "for", q->kind == LINK_NOTICE ? S("notice") : S("contact"));
	json_opt_int(j, "notice", q->notice);
	json_some(j, "organisation", q->org_name);
	json_some(j, "contact", q->email);
	json_text(j, "state", str_c(link_state(v, q)));
	json_time(j, "made_at", q->made_at);
	json_time(j, "expires_at", q->expires_at);
	json_opt_time(j, "revoked_at", q->revoked_at);
	json_int(j, "opened", q->opened);
	json_opt_time(j, "first_opened", q->first_opened);
	json_opt_time(j, "last_opened", q->last_opened);
	json_close(j, '{');
	return out_json(j, &v->cli->why);
}

static int on_link(void *ctx, const struct link_row *q)
{
	struct listing *l = ctx;
	char day[DATE_TEXT_MAX];
	l->n++;
	l->last = q->id;
	if (l->v->as_json)
		return link_json(l->v, q);
	table_addf(&l->table, "%" PRId64, q->id);
	if (q->notice.has)
		table_addf(&l->table, "notice %" PRId64, q->notice.v);
	else
		table_add(&l->table, S("contact"), OUT_PLAIN);
	table_add(&l->table, q->org_name, OUT_PLAIN);
	table_add(&l->table, q->email, OUT_PLAIN);
	table_add(&l->table, str_c(link_state(l->v, q)), OUT_PLAIN);
	table_add(&l->table, str_c(day_text(day_of(q->expires_at), day)), OUT_PLAIN);
	table_addf(&l->table, "%" PRId64, q->opened);
	return 0;
}

static int list_links(struct view *v)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "FOR", 0, false }, { "ORGANISATION", 12, false }, { "TO", 10, false },
		{ "STATE", 0, false }, { "EXPIRES", 0, false }, { "OPENED", 0, true } };
	struct listing l = { .v = v };
	int64_t notice = 0, n = cli_int(v->cli, "limit", LIST_LIMIT);
	l.table = table_new(v->x.arena, columns, N(columns));
	if (v->cli->n_args > 0 && !str_int(v->cli->args[0], 1, INT64_MAX, &notice))
		return fail(&v->cli->why, E_USAGE, "a notice is named by its number");
	int r = answer_links_each(
		&v->x, notice, cli_int(v->cli, "before", 0), n, on_link, &l);
	if (r < 0 || v->as_json)
		return r;
	if (l.n == 0)
		printf("No link.\n");
	else
		table_print(&l.table);
	if (l.n == n)
		printf("Older ones: --before %" PRId64 "\n", l.last);
	return 0;
}

int cmd_answer_links(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = list_links(&v);
	return view_close(&v, r);
}
