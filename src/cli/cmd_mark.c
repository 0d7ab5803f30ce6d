/* SPDX-License-Identifier: Apache-2.0
 * cmd_mark.c - tocsin finding mark and tocsin evidence: acts on one finding.
 * Depends on: base, core, cli. */
#include "cli/client.h"
#include "cli/out.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_mark_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print the answer as JSON" },
	{ "comment", 'c', OPT_TEXT, "TEXT", 0, 0, "Why, and who said so; kept in the audit trail" },
	{ 0 },
};
const struct cli_option cmd_evidence_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object a row" },
	{ "limit", 'l', OPT_INT, "N", 1, 100000, "At most so many rows. Standard: 100" },
	{ 0 },
};
/* clang-format on */

#define EVIDENCE_LIMIT 100

static int read_id(struct cli *cli, int64_t *ret)
{
	if (str_int(cli->args[0], 1, INT64_MAX, ret))
		return 0;
	return fail(&cli->why, E_USAGE,
		"%s needs the number of a finding, as tocsin findings shows it, not '%.*s'",
		cli->command->name, STR(str_to(cli->args[0], 40)));
}

/* ---- finding mark ---- */

static int on_marked(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	if (cli_flag(cli, "json"))
		return client_print_json(cli, record);
	struct arena *a = &cli->arena;
	struct str state = client_text(record, "state");
	printf("Finding %" PRId64 " is now %.*s.\n", client_int(record, "finding"),
		STR(out_safe(a, state.n ? state : cli->args[1])));
	return 0;
}

int cmd_mark(struct cli *cli)
{
	int64_t id;
	struct str state = cli->args[1], comment = cli_text(cli, "comment");
	int r = read_id(cli, &id);
	if (r < 0)
		return r;
	if (!str_eq(state, S("fixed")) && !str_eq(state, S("not-theirs")) &&
		!str_eq(state, S("open")))
		return fail(&cli->why, E_USAGE,
			"a finding can be marked fixed, not-theirs or open, not '%.*s'",
			STR(str_to(state, 40)));
	struct buf b = client_body(cli);
	struct writer w = wr_new(&b);
	act_begin(&w, ACT_FINDING_MARK);
	rec_int(&w, "finding", id);
	rec_text(&w, "state", state);
	if (comment.p)
		rec_text(&w, "comment", comment);
	if (w.err < 0)
		return fail(&cli->why, w.err, "the comment is too long");
	struct client_act act = { .cli = cli,
		.body = buf_str(&b),
		.fd = -1,
		.quiet = cli_flag(cli, "json"),
		.on_record = on_marked,
		.ctx = cli };
	return client_run(&act);
}

/* ---- evidence ---- */

struct evidence {
	struct cli *cli;
	bool as_json;
	int64_t rows;
	struct buf line;
	struct json json;
	struct arena scratch;
};

/* A record of evidence: members that say where the row stands, the last of them "row";
 * then the row itself, a member per column that is not empty, in the header's order. */
static int evidence_json(struct evidence *e, struct str record)
{
	struct reader rd = rd_new(record);
	struct value v;
	struct json *j = &e->json;
	bool in_row = false;
	int r;
	json_open(j, NULL, '{');
	while ((r = rec_next(&rd, &v)) == 1) {
		const char *name;
		if (str_z(&e->scratch, v.name, &name) < 0)
			name = "?";
		if (v.type == VALUE_TEXT)
			json_text(j, name, v.text);
		else if (v.type == VALUE_INT)
			json_int(j, name, v.n);
		else
			json_null(j, name);
		if (!in_row && str_eq(v.name, S("row"))) {
			json_open(j, "columns", '{');
			in_row = true;
		}
	}
	if (in_row)
		json_close(j, '{');
	json_close(j, '{');
	return r < 0 ? fail(&e->cli->why, r, "the service's answer cannot be read")
		     : out_json(j, &e->cli->why);
}

static int evidence_people(struct evidence *e, struct str record)
{
	struct reader rd = rd_new(record);
	struct value v;
	bool in_row = false;
	int r;
	printf("%s%s%.*s, row %" PRId64 "%s\n", e->rows ? "\n" : "", out_on(OUT_TITLE),
		STR(out_safe(&e->scratch, client_text(record, "file"))),
		client_int(record, "row"), out_off(OUT_TITLE));
	while ((r = rec_next(&rd, &v)) == 1) {
		if (in_row && v.type == VALUE_TEXT)
			printf("  %-24.*s %.*s\n", STR(out_safe(&e->scratch, v.name)),
				STR(out_safe(&e->scratch, v.text)));
		in_row = in_row || str_eq(v.name, S("row"));
	}
	return r < 0 ? fail(&e->cli->why, r, "the service's answer cannot be read") : 0;
}

static int on_evidence(void *ctx, struct str record)
{
	struct evidence *e = ctx;
	arena_reset(&e->scratch);
	int r = e->as_json ? evidence_json(e, record) : evidence_people(e, record);
	e->rows++;
	return r;
}

int cmd_evidence(struct cli *cli)
{
	int64_t id, limit = cli_int(cli, "limit", EVIDENCE_LIMIT);
	int r = read_id(cli, &id);
	if (r < 0)
		return r;
	struct buf b = client_body(cli);
	struct writer w = wr_new(&b);
	act_begin(&w, ACT_EVIDENCE);
	rec_int(&w, "finding", id);
	rec_int(&w, "limit", limit);
	if (w.err < 0)
		return w.err;
	struct evidence e = { .cli = cli, .as_json = cli_flag(cli, "json") };
	e.scratch = arena_new(MIB(64), "evidence");
	e.line = buf_in(&cli->arena, MIB(16));
	e.json = json_new(&e.line);
	struct client_act act = { .cli = cli,
		.body = buf_str(&b),
		.fd = -1,
		.quiet = e.as_json,
		.on_record = on_evidence,
		.ctx = &e };
	r = client_run(&act);
	if (r == 0 && !e.as_json && e.rows == 0)
		printf("No row is kept for finding %" PRId64 ".\n", id);
	else if (r == 0 && !e.as_json && e.rows >= limit)
		printf("\nThere may be more than these %" PRId64 " rows: use --limit.\n",
			limit);
	arena_free(&e.scratch);
	return r;
}
