/* SPDX-License-Identifier: Apache-2.0
 * cmd_quarantine.c - tocsin quarantine: rows and files that could not be read, why, and
 * what to do. Depends on: base, fmt, core, cli. */
#include "cli/view.h"
#include "db/sql_file.h"
#include "fmt/feed.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>

#define LIST_LIMIT 50
#define TEXT_SHOWN 400

/* clang-format off */
const struct cli_option cmd_quarantine_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "file", 'f', OPT_INT, "ID", 1, INT64_MAX, "Only of this file (tocsin files)" },
	{ "limit", 'l', OPT_INT, "N", 1, 10000000,
		"At most so many. Standard: 50; with --json all" },
	{ "after", 0, OPT_TEXT, "FILE:ROW", 0, 0, "Go on behind this row" },
	{ 0 },
};
/* clang-format on */

struct listing {
	struct view *v;
	struct out_table table;
	int64_t only_file; /* 0: all */
	int64_t limit, n, file, row;
	bool more;
	struct str explained[QUARANTINE_N]; /* by reason: what it means and what to do */
};

static const char *reason_word(int64_t reason)
{
	bool known = reason > QUARANTINE_NONE && reason < QUARANTINE_N;
	return known ? quarantine_code((enum quarantine)reason) : "other";
}

static int row_json(struct view *v, const struct sql_quarantine_list_row *q)
{
	struct json *j = &v->json;
	json_open(j, NULL, '{');
	json_text(j, "file", q->file_name);
	json_int(j, "file_id", q->file);
	json_int(j, "row", q->row);
	json_text(j, "reason", str_c(reason_word(q->reason)));
	json_text(j, "why", q->why);
	json_text(j, "text", q->text);
	json_close(j, '{');
	return out_json(j, &v->cli->why);
}

static int on_row(void *ctx, const struct sql_quarantine_list_row *q)
{
	struct listing *l = ctx;
	if (l->only_file && q->file != l->only_file)
		return E_STOPPED;
	if (l->n == l->limit) {
		l->more = true;
		return E_STOPPED;
	}
	l->n++;
	l->file = q->file;
	l->row = q->row;
	if (l->v->as_json)
		return row_json(l->v, q);
	struct str *explained = q->reason >= 0 && q->reason < QUARANTINE_N
		? &l->explained[q->reason]
		: &l->explained[0];
	if (explained->p == NULL)
		*explained = str_dup(l->v->x.arena, q->why);
	table_addf(&l->table, "%" PRId64, q->file);
	table_add(&l->table, q->file_name, OUT_PLAIN);
	table_addf(&l->table, "%" PRId64, q->row);
	table_add(&l->table, str_c(reason_word(q->reason)), OUT_PLAIN);
	table_add(&l->table, utf8_cut(q->text, TEXT_SHOWN), OUT_PLAIN);
	return 0;
}

static int read_after(struct cli *cli, struct sql_quarantine_list_in *in)
{
	struct str text = cli_text(cli, "after"), file;
	if (text.p == NULL)
		return 0;
	struct str rest = text;
	if (!str_split(&rest, ':', &file) || !str_int(file, 0, INT64_MAX, &in->file) ||
		rest.p == NULL || !str_int(rest, 0, INT64_MAX, &in->row))
		return fail(&cli->why, E_USAGE,
			"--after needs the numbers of a file and a row, such as 12:345");
	return 0;
}

static int list_rows(struct listing *l)
{
	struct cli *cli = l->v->cli;
	struct sql_quarantine_list_in in = {
		.file = l->only_file ? l->only_file : 0, .row = -1, .n = INT64_MAX
	};
	int r = read_after(cli, &in);
	if (r < 0)
		return r;
	r = sql_quarantine_list_each(l->v->db, &in, on_row, l);
	return r == E_STOPPED ? 0 : r;
}

static void print_rows(struct listing *l)
{
	if (l->n == 0) {
		printf("No row is in quarantine.\n");
		return;
	}
	table_print(&l->table);
	printf("\n");
	for (size_t i = 0; i < QUARANTINE_N; i++)
		if (l->explained[i].p)
			out_entry(
				l->v->x.arena, reason_word((int64_t)i), l->explained[i]);
	if (l->more)
		printf("There are more: --limit, or go on with --after %" PRId64
		       ":%" PRId64 "\n",
			l->file, l->row);
}

static int on_failed(void *ctx, const struct sql_failed_files_row *q)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	if (l->only_file && q->id != l->only_file)
		return 0;
	if (!l->v->as_json) {
		printf("\nFile %" PRId64 " could not be read to its end: %.*s\n", q->id,
			STR(out_safe(l->v->x.arena, q->name)));
		out_entry(l->v->x.arena, "", q->why);
		return 0;
	}
	json_open(j, NULL, '{');
	json_text(j, "file", q->name);
	json_int(j, "file_id", q->id);
	json_null(j, "row");
	json_text(j, "reason", S("failed-file"));
	json_text(j, "why", q->why);
	json_null(j, "text");
	json_close(j, '{');
	return out_json(j, &l->v->cli->why);
}

static int run(struct view *v)
{
	static const struct out_column columns[] = { { "FILE", 0, true },
		{ "NAME", 16, false }, { "ROW", 0, true }, { "REASON", 0, false },
		{ "TEXT", 16, false } };
	struct listing l = { .v = v, .only_file = cli_int(v->cli, "file", 0) };
	l.table = table_new(v->x.arena, columns, N(columns));
	l.limit = cli_int(v->cli, "limit", v->as_json ? INT64_MAX : LIST_LIMIT);
	int r = list_rows(&l);
	if (r == 0 && !v->as_json)
		print_rows(&l);
	if (r == 0)
		r = sql_failed_files_each(v->db, on_failed, &l);
	return r;
}

int cmd_quarantine(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = run(&v);
	return view_close(&v, r);
}
