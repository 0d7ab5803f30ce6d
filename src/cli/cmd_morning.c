/* SPDX-License-Identifier: Apache-2.0
 * cmd_morning.c - tocsin morning: what needs hands today, and what is fine.
 * Depends on: base, sys, core, web/morning_item, cli. */
#include "cli/view.h"
#include "core/finding_text.h"
#include "core/morning.h"
#include "sys/disk.h"

#include "web/morning_item.h"

#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_morning_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ "language", 0, OPT_TEXT, "LANG", 0, 0, "en, fr, es, ar, ru or zh. Standard: the team's" },
	{ 0 },
};
/* clang-format on */

/* ---- for programs ---- */

static void json_findings(struct view *v, const struct morning *m)
{
	struct json *j = &v->json;
	json_day(j, "since", m->since);
	json_int(j, "critical", m->critical);
	json_open(j, "worst", '[');
	for (size_t i = 0; i < m->n_worst; i++) {
		json_open(j, NULL, '{');
		finding_json(j, v->x.arena, &m->worst[i]);
		json_close(j, '{');
	}
	json_close(j, '[');
}

static void json_notices(struct json *j, const struct morning *m)
{
	json_int(j, "drafts", m->drafts);
	json_int(j, "held", m->held);
	json_open(j, "runs", '[');
	for (size_t i = 0; i < m->n_runs; i++) {
		const struct morning_run *run = &m->runs[i];
		json_open(j, NULL, '{');
		json_int(j, "run", run->id);
		json_time(j, "at", run->at);
		json_int(j, "drafts", run->drafts);
		json_int(j, "held", run->held);
		json_some(j, "held_why", run->held_why);
		json_close(j, '{');
	}
	json_close(j, '[');
	json_bool(j, "sending", m->sending);
	json_int(j, "approved", m->approved);
	json_int(j, "waiting", m->waiting);
	json_int(j, "retrying", m->retrying);
	json_int(j, "stuck", m->stuck);
	json_int(j, "uncertain", m->uncertain);
	json_int(j, "bounced", m->bounced);
	json_int(j, "refused", m->refused);
}

static void json_reports(struct json *j, const struct overdue *o)
{
	json_int(j, "reports_on_time", o->fine);
	if (o->none)
		json_day(j, "no_report_since", o->latest);
	else
		json_null(j, "no_report_since");
	json_open(j, "reports_missing", '[');
	for (size_t i = 0; i < o->n; i++) {
		json_open(j, NULL, '{');
		json_text(j, "type", o->v[i].name);
		json_day(j, "last", o->v[i].last);
		json_int(j, "usual_days", o->v[i].usual);
		json_bool(j, "silent", o->v[i].state == OVERDUE_SILENCE);
		json_close(j, '{');
	}
	json_close(j, '[');
}

static int show_json(struct view *v, const struct morning *m, uint64_t room)
{
	struct json *j = &v->json;
	json_open(j, NULL, '{');
	json_time(j, "now", v->x.now);
	json_findings(v, m);
	json_notices(j, m);
	json_open(j, "tasks", '{');
	for (size_t i = 0; i < m->n_tasks; i++) {
		const char *kind;
		int r = str_z(v->x.arena, m->tasks[i].kind, &kind);
		if (r < 0)
			return r;
		json_int(j, kind, m->tasks[i].n);
	}
	json_close(j, '{');
	json_int(j, "contacts_in_doubt", m->doubt);
	json_reports(j, &m->reports);
	json_int(j, "files_failed", m->failed);
	json_opt_time(j, "backup", m->backup);
	json_opt_time(j, "backup_proven", m->proven);
	if (room == UINT64_MAX)
		json_null(j, "disk_free");
	else
		json_int(j, "disk_free", room < INT64_MAX ? (int64_t)room : INT64_MAX);
	json_close(j, '{');
	return out_json(j, &v->cli->why);
}

/* ---- for people ---- */

static void show_line(const struct view *v, const struct morning_line *l)
{
	struct arena *a = v->x.arena;
	struct str what = out_safe(a, l->what.text), where = out_safe(a, l->where.text),
		   who = out_safe(a, l->who.text);
	printf("    %.*s%s%.*s%s%.*s\n", STR(what), where.n ? "  " : "", STR(where),
		who.n ? "  " : "", STR(who));
}

static void show_more(const struct view *v, enum lang lang, int64_t n)
{
	struct buf b = buf_in(v->x.arena, KIB(4));
	struct textout o = { .out = &b, .lang = lang };
	const struct text_arg args[] = { text_arg_int("n", n) };
	text_trn(&o, "and {n} more", "and {n} more", n, args, N(args));
	printf("    %.*s\n", STR(buf_str(&b)));
}

static void show_item(const struct view *v, enum lang lang, const struct morning_item *i)
{
	enum out_style style = i->hot ? OUT_BAD : OUT_WARN;
	printf("%s%s%s\n", out_on(style), tr(lang, i->topic), out_off(style));
	out_entry(v->x.arena, "", i->says.text);
	for (size_t k = 0; k < i->lines.n; k++)
		show_line(v, &i->lines.v[k]);
	if (i->more > 0)
		show_more(v, lang, i->more);
	printf("\n");
}

static int show(struct view *v, enum lang lang, const struct morning *m, uint64_t room)
{
	const struct morning_reader reader = { .a = v->x.arena,
		.lang = lang,
		.now = v->x.now,
		.cases = true,
		.demo = v->cli->conf.demo,
		.room = room };
	struct morning_items all = morning_items(&reader, m);
	size_t i = 0;
	for (; i < all.n && all.v[i].hands; i++)
		show_item(v, lang, &all.v[i]);
	if (i == 0)
		printf("%s\n\n", tr(lang, "Nothing waits for you."));
	if (i < all.n)
		printf("%s%s%s\n", out_on(OUT_GOOD), tr(lang, "What is fine"),
			out_off(OUT_GOOD));
	for (; i < all.n; i++)
		out_entry(v->x.arena, "", all.v[i].says.text);
	return 0;
}

static int run(struct view *v)
{
	struct cli *cli = v->cli;
	struct morning m;
	enum lang lang = cli->conf.team_language;
	struct str word = cli_text(cli, "language");
	uint64_t room = disk_room(cli->datadir);
	if (word.p && lang_parse(word, &lang) < 0)
		return fail(&cli->why, E_USAGE,
			"--language knows en, fr, es, ar, ru and zh, not '%.*s'",
			STR(str_to(word, 40)));
	int r = morning_read(&v->x, true, &m);
	if (r < 0)
		return r;
	return v->as_json ? show_json(v, &m, room) : show(v, lang, &m, room);
}

int cmd_morning(struct cli *cli)
{
	struct view v;
	struct tx t;
	int r = view_open(cli, &v);
	if (r == 0)
		r = tx_begin(&t, v.db, TX_READ);
	if (r == 0)
		r = tx_end(&t, run(&v));
	return view_close(&v, r);
}
