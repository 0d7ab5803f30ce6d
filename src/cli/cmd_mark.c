/* SPDX-License-Identifier: Apache-2.0
 * cmd_mark.c - tocsin finding mark and tocsin evidence: acts on one finding.
 * Depends on: base, core, cli. */
#include "cli/client.h"
#include "cli/finding_out.h"
#include "cli/view.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_mark_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print the answer as JSON" },
	{ "comment", 'c', OPT_TEXT, "TEXT", 0, 0, "Why, and who said so; for the trail" },
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
		"%s needs the number of a finding, as tocsin findings shows it, "
		"not '%.*s'",
		cli->command->name, STR(str_to(cli->args[0], 40)));
}

/* ---- finding mark ---- */

/* Where it stands now: a claim may turn out to be the end of it, or to be older than the
 * last sighting. */
static int show_row(struct view *v, int64_t id)
{
	struct finding_row f;
	int r = finding_get(&v->x, id, &f);
	if (r < 0)
		return r;
	if (v->as_json) {
		json_open(&v->json, NULL, '{');
		finding_json(&v->json, v->x.arena, &f);
		json_close(&v->json, '{');
		return out_json(&v->json, &v->cli->why);
	}
	printf("Finding %" PRId64 " is now %.*s.\n", id,
		STR(finding_state_words(v->x.arena, &f)));
	return 0;
}

static int show_marked(struct cli *cli, int64_t id)
{
	struct view v;
	int r = view_open(cli, &v);
	if (r == 0)
		r = show_row(&v, id);
	return view_close(&v, r);
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
	struct act_request q;
	struct act_answer answer = { .quiet = true };
	request_begin(cli, &q, ACT_FINDING_MARK);
	rec_int(&q.w, "finding", id);
	rec_text(&q.w, "state", state);
	if (comment.p)
		rec_text(&q.w, "comment", comment);
	r = request_send(cli, &q, &answer);
	return r < 0 ? r : show_marked(cli, id);
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
		STR(out_safe(&e->scratch, record_text(record, "file"))),
		record_int(record, "row"), out_off(OUT_TITLE));
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
	struct act_request q;
	struct evidence e = { .cli = cli, .as_json = cli_flag(cli, "json") };
	struct act_answer answer = { &e, on_evidence, e.as_json };
	request_begin(cli, &q, ACT_EVIDENCE);
	rec_int(&q.w, "finding", id);
	rec_int(&q.w, "limit", limit);
	e.scratch = arena_new(MIB(64), "evidence");
	e.line = buf_in(&cli->arena, MIB(16));
	e.json = json_new(&e.line);
	r = request_send(cli, &q, &answer);
	if (r == 0 && !e.as_json && e.rows == 0)
		printf("No row is kept for finding %" PRId64 ".\n", id);
	else if (r == 0 && !e.as_json && e.rows >= limit)
		printf("\nThere may be more than these %" PRId64 " rows: use --limit.\n",
			limit);
	arena_free(&e.scratch);
	return r;
}
