/* SPDX-License-Identifier: Apache-2.0
 * cmd_rules.c - tocsin rules show, set, preview: who is told, reminded, asked again.
 * Depends on: base, db, core, cli. */
#include "base/date.h"
#include "cli/client.h"
#include "cli/view.h"
#include "core/preview.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_rules_show_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ 0 },
};
const struct cli_option cmd_rules_preview_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ "days", 0, OPT_INT, "N", 1, 60, "Over so many days. Standard: 30" },
	{ 0 },
};
/* clang-format on */

struct listing {
	struct view *v;
	struct out_table table;
};

static int on_rule(void *ctx, const struct rule_row *q)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	if (l->v->as_json) {
		json_open(j, NULL, '{');
		json_text(j, "rule", str_c(q->name));
		json_int(j, "value", q->value);
		json_int(j, "min", q->min);
		json_int(j, "max", q->max);
		json_text(j, "help", str_c(q->help));
		json_close(j, '{');
		return out_json(j, &l->v->cli->why);
	}
	table_add(&l->table, str_c(q->name), OUT_PLAIN);
	table_addf(&l->table, "%" PRId64, q->value);
	table_add(&l->table, str_c(q->help), OUT_PLAIN);
	return 0;
}

static int show(struct view *v)
{
	static const struct out_column columns[] = { { "RULE", 0, false },
		{ "VALUE", 0, true }, { "MEANS", 20, false } };
	struct listing l = { .v = v };
	struct rules rules;
	l.table = table_new(v->x.arena, columns, N(columns));
	int r = rules_load(&v->x, &rules);
	if (r == 0)
		r = rules_each(&rules, on_rule, &l);
	if (r == 0 && !v->as_json)
		table_print(&l.table);
	return r;
}

int cmd_rules_show(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = show(&v);
	return view_close(&v, r);
}

int cmd_rules_set(struct cli *cli)
{
	struct act_answer answer = { .quiet = true };
	struct act_request q;
	int64_t value;
	if (!str_int(cli->args[1], 0, 100000, &value))
		return fail(&cli->why, E_USAGE, "a rule's value is a number");
	request_begin(cli, &q, ACT_RULE_SET);
	rec_text(&q.w, "name", cli->args[0]);
	rec_int(&q.w, "value", value);
	int r = request_send(cli, &q, &answer);
	if (r == 0)
		printf("%.*s is now %" PRId64 ".\n", STR(cli->args[0]), value);
	return r;
}

/* ---- preview ---- */

/* "remind-critical=2": as if it were so. */
static int change_rules(struct cli *cli, struct rules *rules)
{
	int r = 0;
	for (uint32_t i = 0; i < cli->n_args && r == 0; i++) {
		struct str name, rest = cli->args[i];
		int64_t value;
		(void)str_split(&rest, '=', &name);
		if (rest.p == NULL || !str_int(rest, 0, 100000, &value))
			return fail(&cli->why, E_USAGE,
				"'%.*s' is not like remind-critical=2",
				STR(str_to(cli->args[i], 40)));
		r = rule_change(rules, name, value, &cli->why);
	}
	return r;
}

static void preview_table(struct out_table *t, const struct preview p[2], bool changed)
{
	static const struct {
		const char *name;
		size_t offset;
	} rows[] = {
		{ "Notices", offsetof(struct preview, notices) },
		{ "Findings told", offsetof(struct preview, told) },
		{ "  new", offsetof(struct preview, new) },
		{ "  back after they were fixed", offsetof(struct preview, relapsed) },
		{ "  reminders", offsetof(struct preview, reminded) },
		{ "Notices to the second contact", offsetof(struct preview, second) },
		{ "Organisations on a person's list", offsetof(struct preview, tasks) },
		{ "Findings nobody could be told", offsetof(struct preview, unreached) },
	};
	for (size_t i = 0; i < N(rows); i++) {
		table_add(t, str_c(rows[i].name), OUT_PLAIN);
		for (int k = 0; k < (changed ? 2 : 1); k++) {
			const void *at = (const char *)&p[k] + rows[i].offset;
			table_addf(t, "%" PRId64, *(const int64_t *)at);
		}
	}
}

static void preview_json(struct json *j, const char *key, const struct preview *p)
{
	json_open(j, key, '{');
	json_int(j, "notices", p->notices);
	json_int(j, "findings", p->told);
	json_int(j, "new", p->new);
	json_int(j, "relapsed", p->relapsed);
	json_int(j, "reminded", p->reminded);
	json_int(j, "second_contact", p->second);
	json_int(j, "person_tasks", p->tasks);
	json_int(j, "unreached", p->unreached);
	json_close(j, '{');
}

static int preview(struct view *v)
{
	static const struct out_column columns[] = { { "", 20, false },
		{ "RULES NOW", 0, true }, { "CHANGED", 0, true } };
	int days = (int)cli_int(v->cli, "days", PREVIEW_DAYS);
	bool changed = v->cli->n_args > 0;
	struct preview p[2];
	struct rules rules, changed_rules;
	const struct rules *const sets[] = { &rules, &changed_rules };
	char from[DATE_TEXT_MAX], to[DATE_TEXT_MAX];
	int r = rules_load(&v->x, &rules);
	if (r == 0) {
		changed_rules = rules;
		r = change_rules(v->cli, &changed_rules);
	}
	if (r == 0)
		r = preview_run(&v->x, sets, changed ? 2 : 1, days, 0, p, NULL);
	if (r < 0)
		return r;
	if (v->as_json) {
		struct json *j = &v->json;
		json_open(j, NULL, '{');
		json_day(j, "from", p[0].from);
		json_day(j, "to", p[0].to);
		preview_json(j, "now", &p[0]);
		if (changed)
			preview_json(j, "changed", &p[1]);
		json_close(j, '{');
		return out_json(j, &v->cli->why);
	}
	struct out_table t = table_new(v->x.arena, columns, changed ? 3 : 2);
	printf("From %s to %s, with a run each morning and each notice sent:\n",
		day_text(p[0].from, from), day_text(p[0].to, to));
	preview_table(&t, p, changed);
	table_print(&t);
	return 0;
}

int cmd_rules_preview(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = preview(&v);
	return view_close(&v, r);
}
