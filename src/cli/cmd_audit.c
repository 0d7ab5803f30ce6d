/* SPDX-License-Identifier: Apache-2.0
 * cmd_audit.c - tocsin audit list, audit verify, db check: is what is kept still whole?
 * Depends on: base, db, core, cli. */
#include "cli/view.h"
#include "core/audit.h"
#include "db/sql_audit.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdio.h>

#define LIST_LIMIT 50

/* clang-format off */
const struct cli_option cmd_audit_list_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a line" },
	{ "limit", 'l', OPT_INT, "N", 1, 10000000, "At most so many. Standard: 50" },
	{ "before", 0, OPT_INT, "SEQ", 1, INT64_MAX, "Only rows before this one" },
	{ 0 },
};
const struct cli_option cmd_audit_verify_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
const struct cli_option cmd_db_check_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
/* clang-format on */

/* ---- audit list ---- */

struct listing {
	struct view *v;
	struct out_table table;
	int64_t n, last;
};

static int on_entry(void *ctx, const struct sql_audit_list_row *q)
{
	struct listing *l = ctx;
	struct json *j = &l->v->json;
	char at[DATE_TEXT_MAX];
	l->n++;
	l->last = q->seq;
	if (l->v->as_json) {
		json_open(j, NULL, '{');
		json_int(j, "seq", q->seq);
		json_time(j, "at", q->at);
		json_text(j, "actor", q->actor);
		json_text(j, "action", q->action);
		json_text(j, "object", q->object);
		json_text(j, "detail", q->detail);
		json_close(j, '{');
		return out_json(j, &l->v->cli->why);
	}
	table_addf(&l->table, "%" PRId64, q->seq);
	table_add(&l->table, str_c(time_text_plain(q->at, at)), OUT_PLAIN);
	table_add(&l->table, q->actor, OUT_PLAIN);
	table_add(&l->table, q->action, OUT_PLAIN);
	table_add(&l->table, q->object, OUT_PLAIN);
	table_add(&l->table, q->detail, OUT_PLAIN);
	return 0;
}

static int list(struct view *v)
{
	static const struct out_column columns[] = { { "SEQ", 0, true },
		{ "WHEN (UTC)", 0, false }, { "WHO", 8, false }, { "WHAT", 8, false },
		{ "ON", 8, false }, { "DETAIL", 10, false } };
	struct listing l = { .v = v };
	l.table = table_new(v->x.arena, columns, N(columns));
	struct sql_audit_list_in in = { .before = cli_int(v->cli, "before", INT64_MAX),
		.n = cli_int(v->cli, "limit", LIST_LIMIT) };
	int r = sql_audit_list_each(v->db, &in, on_entry, &l);
	if (r < 0 || v->as_json)
		return r;
	if (l.n == 0)
		printf("Nothing was done yet.\n");
	else
		table_print(&l.table);
	if (l.n == in.n && l.last > 1)
		printf("Older ones: --before %" PRId64 "\n", l.last);
	return 0;
}

int cmd_audit_list(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = list(&v);
	return view_close(&v, r);
}

/* ---- audit verify ---- */

static int verify(struct view *v)
{
	struct audit_head head = { 0 };
	struct json *j = &v->json;
	char hex[SHA256_HEX + 1];
	int r = audit_verify(&v->x, &head);
	if (r < 0 && r != E_DB)
		return r;
	(void)sha256_text(&head.hash, hex);
	if (v->as_json) {
		json_open(j, NULL, '{');
		json_bool(j, "whole", r == 0);
		json_int(j, "rows", head.rows);
		json_some(j, "hash", head.rows ? str_c(hex) : S(""));
		json_text(j, "why", r < 0 ? str_c(v->x.why.text) : str_c(NULL));
		json_close(j, '{');
		int w = out_json(j, &v->cli->why);
		return w < 0 ? w : r < 0 ? 1 : 0;
	}
	if (r < 0)
		return r;
	printf("The audit trail is whole: %" PRId64 " rows.\n", head.rows);
	if (head.rows)
		printf("Its last hash, to be written down elsewhere:\n%s\n", hex);
	return 0;
}

int cmd_audit_verify(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = verify(&v);
	return view_close(&v, r);
}

/* ---- db check ---- */

static void on_fault(void *ctx, struct str line)
{
	struct view *v = ctx;
	view_next(v);
	if (v->as_json)
		json_text(&v->json, NULL, line);
	else
		printf("%.*s\n", STR(out_safe(v->x.arena, line)));
}

static int check(struct view *v)
{
	struct json *j = &v->json;
	if (v->as_json) {
		json_open(j, NULL, '{');
		json_open(j, "faults", '[');
	}
	int faults = db_check(v->db, on_fault, v);
	if (faults < 0)
		return faults;
	if (v->as_json) {
		json_close(j, '[');
		json_bool(j, "whole", faults == 0);
		json_int(j, "schema", db_schema_version());
		json_text(j, "sqlite", str_c(db_library_version()));
		json_close(j, '{');
		int r = out_json(j, &v->cli->why);
		return r < 0 ? r : faults > 0;
	}
	if (faults == 0)
		printf("The database is whole (schema %d, SQLite %s).\n",
			db_schema_version(), db_library_version());
	else
		printf("%d faults. Stop the service, copy the directory, and restore the "
		       "last backup.\n",
			faults);
	return faults > 0;
}

int cmd_db_check(struct cli *cli)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = check(&v);
	return view_close(&v, r);
}
