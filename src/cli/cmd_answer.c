/* SPDX-License-Identifier: Apache-2.0
 * cmd_answer.c - tocsin answer, answer link, answer revoke: answers that came by
 * telephone or in a file, and who may answer by link. Depends on: base, core, cli. */
#include "base/answer.h"
#include "base/auto.h"
#include "base/limits.h"
#include "cli/client.h"
#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_answer_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object per line" },
	{ "answer", 'a', OPT_TEXT, "ANSWER", 0, 0, "fixed, working, not-mine, wrong-contact or need-help" },
	{ "finding", 0, OPT_TEXT, "ID,...", 0, 0, "About these findings. Standard: all of the notice" },
	{ "until", 0, OPT_DAY, "DAY", 0, 0, "With working: until when" },
	{ "whose", 0, OPT_TEXT, "TEXT", 0, 0, "With not-mine: whose; with wrong-contact: who is right" },
	{ "comment", 'c', OPT_TEXT, "TEXT", 0, 0, "What else was said" },
	{ "file", 'f', OPT_TEXT, "FILE", 0, 0, "The digest's table filled in, or JSON" },
	{ 0 },
};
const struct cli_option cmd_answer_link_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
const struct cli_option cmd_answer_revoke_options[] = {
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object" },
	{ 0 },
};
/* clang-format on */

#define FINDINGS_MAX 1000

static int read_notice(struct cli *cli, int64_t *ret)
{
	if (str_int(cli->args[0], 1, INT64_MAX, ret))
		return 0;
	return fail(&cli->why, E_USAGE, "a notice is named by its number");
}

static void say_problem(struct cli *cli, struct str record, struct str problem)
{
	struct arena *a = &cli->arena;
	struct str value = out_safe(a, record_text(record, "value"));
	int64_t row = record_int(record, "row"), finding = record_int(record, "finding");
	printf("Not taken");
	if (row)
		printf(", row %" PRId64, row);
	if (finding)
		printf(", finding %" PRId64, finding);
	printf(": %.*s%s%.*s%s\n", STR(out_safe(a, problem)), value.n ? ": '" : "",
		STR(value), value.n ? "'" : "");
}

static int on_answer(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	struct value v;
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	if (record_find(record, "problem", &v)) {
		say_problem(cli, record, v.text);
		return 0;
	}
	int64_t taken = record_int(record, "taken");
	int64_t tasks = record_int(record, "tasks");
	printf("Notice %" PRId64 ": %" PRId64 " answer%s taken about %" PRId64
	       " findings, %" PRId64 " said before, %" PRId64 " not taken.\n",
		record_int(record, "notice"), taken, taken == 1 ? "" : "s",
		record_int(record, "findings"), record_int(record, "unchanged"),
		record_int(record, "refused"));
	if (record_int(record, "claimed"))
		printf("Claimed to be fixed: %" PRId64 ".\n",
			record_int(record, "claimed"));
	if (tasks)
		printf("For a person: %" PRId64 " task%s.\n", tasks,
			tasks == 1 ? "" : "s");
	return 0;
}

/* ---- in words ---- */

static int add_item(struct writer *w, const struct answer_item *item, uint32_t *n)
{
	answer_item_write(w, item);
	++*n;
	return w->err;
}

static int write_items(struct cli *cli, struct answer_item *item, struct buf *out)
{
	struct str rest = cli_text(cli, "finding"), one;
	struct writer w = wr_new(out);
	uint32_t n = 0;
	int r = 0;
	wr_u32(&w, 0);
	if (rest.p == NULL)
		r = add_item(&w, item, &n);
	while (r == 0 && str_split(&rest, ',', &one)) {
		if (!str_int(str_trim(one), 1, INT64_MAX, &item->finding))
			return fail(&cli->why, E_USAGE, "'%.*s' is no finding's number",
				STR(str_to(one, 20)));
		if (n == FINDINGS_MAX)
			return fail(&cli->why, E_TOO_BIG,
				"more than %d findings: use "
				"--file",
				FINDINGS_MAX);
		r = add_item(&w, item, &n);
	}
	if (r == 0)
		memcpy(out->p, &n, sizeof(n));
	return r;
}

static int give(struct cli *cli, int64_t notice)
{
	struct act_answer answer = { cli, on_answer, true };
	struct str comment = cli_text(cli, "comment"), whose = cli_text(cli, "whose");
	struct answer_item item = { .whose = whose.p ? whose : S(""),
		.comment = comment.p ? comment : S("") };
	struct buf items = buf_in(&cli->arena, LIMIT_ANSWER_ITEMS);
	struct act_request q;
	if (answer_kind_read(cli_text(cli, "answer"), &item.kind) < 0)
		return fail(&cli->why, E_USAGE,
			"--answer is fixed, working, not-mine, wrong-contact or "
			"need-help");
	if (cli_value(cli, "until")->given)
		item.until = SOME(cli_value(cli, "until")->number);
	const char *fault = answer_item_fault(&item);
	if (fault)
		return fail(&cli->why, E_USAGE, "%s", fault);
	int r = write_items(cli, &item, &items);
	if (r < 0)
		return r;
	request_begin(cli, &q, ACT_ANSWER_GIVE);
	rec_int(&q.w, "notice", notice);
	rec_text(&q.w, "items", buf_str(&items));
	return request_send(cli, &q, &answer);
}

/* ---- in a file ---- */

static int send_file(struct cli *cli, int64_t notice)
{
	struct act_answer answer = { cli, on_answer, cli_flag(cli, "json") };
	struct str path = cli_text(cli, "file");
	size_t slash = str_rfind(path, '/');
	struct act_request q;
	const char *z;
	int r = str_z(&cli->arena, path, &z);
	if (r < 0)
		return r;
	AUTO_FD int fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail(&cli->why, errno == ENOENT ? E_NOT_FOUND : E_SYS,
			"cannot open '%s'%s", z, errno == ENOENT ? ": no such file" : "");
	request_begin(cli, &q, ACT_ANSWER_FILE);
	rec_int(&q.w, "notice", notice);
	rec_text(&q.w, "name", slash < path.n ? str_from(path, slash + 1) : path);
	q.fd = fd;
	return request_send(cli, &q, &answer);
}

int cmd_answer(struct cli *cli)
{
	static const char *const words[] = { "finding", "until", "whose", "comment" };
	bool file = cli_value(cli, "file")->given;
	int64_t notice;
	int r = read_notice(cli, &notice);
	if (r < 0)
		return r;
	if (file == cli_value(cli, "answer")->given)
		return fail(&cli->why, E_USAGE, "either --answer or --file");
	for (size_t i = 0; file && i < N(words); i++)
		if (cli_value(cli, words[i])->given)
			return fail(&cli->why, E_USAGE,
				"with --file, --%s stands in the file", words[i]);
	return file ? send_file(cli, notice) : give(cli, notice);
}

/* ---- links ---- */

static int on_link(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	printf("%.*s\n", STR(out_safe(&cli->arena, record_text(record, "url"))));
	return 0;
}

static int on_revoked(void *ctx, struct str record)
{
	struct cli *cli = ctx;
	int64_t n = record_int(record, "revoked");
	if (cli_flag(cli, "json"))
		return record_print_json(cli, record);
	printf("%" PRId64 " link%s revoked.\n", n, n == 1 ? "" : "s");
	return 0;
}

static int about_links(struct cli *cli, enum act_id id, const struct act_answer *answer)
{
	struct act_request q;
	int64_t notice;
	int r = read_notice(cli, &notice);
	if (r < 0)
		return r;
	request_begin(cli, &q, id);
	rec_int(&q.w, "notice", notice);
	return request_send(cli, &q, answer);
}

int cmd_answer_link(struct cli *cli)
{
	struct act_answer answer = { cli, on_link, true };
	return about_links(cli, ACT_ANSWER_LINK, &answer);
}

int cmd_answer_revoke(struct cli *cli)
{
	struct act_answer answer = { cli, on_revoked, true };
	return about_links(cli, ACT_ANSWER_REVOKE, &answer);
}
