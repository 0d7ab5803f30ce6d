/* SPDX-License-Identifier: Apache-2.0
 * cmd_files.c - tocsin files: which feed files were taken. Depends on: base, core,
 * cli. */
#include "cli/client.h"
#include "cli/types.h"
#include "core/file.h"
#include "db/sql_file.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>

#define LIST_LIMIT 50

/* clang-format off */
const struct cli_option cmd_files_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "types", 0, OPT_FLAG, NULL, 0, 0, "The report types, as tocsin types" },
	{ "limit", 'l', OPT_INT, "N", 1, 10000000,
		"At most so many. Standard: 50; with --json all" },
	{ "before", 0, OPT_INT, "ID", 1, INT64_MAX, "Only files taken before this one" },
	{ 0 },
};
/* clang-format on */

struct listing {
	struct view *v;
	struct out_table table;
	int64_t n, last, unknown, failed;
};

static const char *state_word(int64_t state)
{
	static const char *const words[] = { "reading", "read", "failed", "aside" };
	return state >= 0 && state < (int64_t)N(words) ? words[state] : "unknown";
}

static int file_json(struct view *v, const struct sql_file_list_row *q)
{
	struct json *j = &v->json;
	json_open(j, NULL, '{');
	json_int(j, "id", q->id);
	json_text(j, "file", q->name);
	json_text(j, "type", q->type_name);
	json_bool(j, "known_type", q->known != 0);
	json_time(j, "taken", q->taken_at);
	json_text(j, "state", str_c(state_word(q->state)));
	json_int(j, "rows", q->rows);
	json_int(j, "events", q->events);
	json_int(j, "quarantined", q->quarantined);
	json_int(j, "new_findings", q->new_findings);
	json_int(j, "seen_again", q->seen_again);
	json_int(j, "relapsed", q->relapsed);
	json_int(j, "unattributed", q->unattributed);
	json_some(j, "why", q->why);
	json_close(j, '{');
	return out_json(j, &v->cli->why);
}

static int on_file(void *ctx, const struct sql_file_list_row *q)
{
	struct listing *l = ctx;
	struct out_table *t = &l->table;
	char at[DATE_TEXT_MAX];
	l->n++;
	l->last = q->id;
	bool unknown = q->known == 0 && q->state != FILE_FAILED;
	l->unknown += unknown;
	l->failed += q->state == FILE_FAILED;
	if (l->v->as_json)
		return file_json(l->v, q);
	table_addf(t, "%" PRId64, q->id);
	table_add(t, str_c(time_text_plain(q->taken_at, at)), OUT_PLAIN);
	table_add(t, q->name, OUT_PLAIN);
	table_addf(t, "%.*s%s", STR(q->type_name), unknown ? " ?" : "");
	if (q->state == FILE_READ)
		table_addf(t, "%" PRId64, q->rows);
	else
		table_add(t, str_c(state_word(q->state)),
			q->state == FILE_FAILED ? OUT_BAD : OUT_WARN);
	table_addf(t, "%" PRId64, q->quarantined);
	table_addf(t, "%" PRId64, q->new_findings);
	table_addf(t, "%" PRId64, q->relapsed);
	return 0;
}

static int run(struct view *v)
{
	static const struct out_column columns[] = { { "ID", 0, true },
		{ "TAKEN (UTC)", 0, false }, { "FILE", 16, false }, { "TYPE", 10, false },
		{ "ROWS", 0, true }, { "REFUSED", 0, true }, { "NEW", 0, true },
		{ "BACK", 0, true } };
	struct listing l = { .v = v };
	l.table = table_new(v->x.arena, columns, N(columns));
	struct sql_file_list_in in = { .before = cli_int(v->cli, "before", INT64_MAX),
		.n = cli_int(v->cli, "limit", v->as_json ? INT64_MAX : LIST_LIMIT) };
	int r = sql_file_list_each(v->db, &in, on_file, &l);
	if (r < 0 || v->as_json)
		return r;
	if (l.n == 0) {
		printf("No file was taken yet: tocsin -d DIR import FILE...\n");
		return 0;
	}
	table_print(&l.table);
	if (l.unknown)
		out_entry(v->x.arena, "?",
			S("the catalogue does not know this type; its rows are "
			  "kept and counted all the same."));
	if (l.failed)
		printf("Why files failed: tocsin -d DIR quarantine\n"
		       "Looked at: tocsin -d DIR files aside ID\n");
	if (l.n == in.n && l.last > 1)
		printf("Older ones: --before %" PRId64 "\n", l.last);
	return 0;
}

int cmd_files(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = cli_flag(cli, "types") ? types_show(&v, false) : run(&v);
	return view_close(&v, r);
}

int cmd_files_aside(struct cli *cli)
{
	int r = 0;
	for (size_t i = 0; i < cli->n_args && r == 0; i++) {
		int64_t id;
		struct act_answer answer = { .quiet = true };
		struct act_request q;
		if (!str_int(cli->args[i], 1, INT64_MAX, &id))
			return fail(&cli->why, E_USAGE, "a file is named by its number");
		request_begin(cli, &q, ACT_FILE_ASIDE);
		rec_int(&q.w, "file", id);
		r = request_send(cli, &q, &answer);
		if (r == 0)
			printf("File %" PRId64 " is put aside.\n", id);
	}
	return r;
}
