/* SPDX-License-Identifier: Apache-2.0
 * cmd_import.c - tocsin import: feed files in. Depends on: base, sys, core, cli. */
#include "base/auto.h"
#include "cli/client.h"
#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_import_options[] = {
	{ "feed", 0, OPT_TEXT, "NAME", 0, 0, "Whose feed this is (default: shadowserver)" },
	{ "json", 0, OPT_FLAG, NULL, 0, 0, "Print one JSON object per file and line" },
	{ 0 },
};
/* clang-format on */

struct shown {
	struct cli *cli;
	struct str path; /* of the file in hand, as it was given */
	bool json;
	int failed;
};

static struct str base_name(struct str path)
{
	size_t slash = str_rfind(path, '/');
	return slash < path.n ? str_from(path, slash + 1) : path;
}

/* Work hears a file's name, not its folders; people and scripts see the path they gave. A
 * file of an earlier command, read to its end first, has only its name. */
static int with_path(struct arena *a, struct str path, struct str record, struct str *ret)
{
	struct reader rd = rd_new(record);
	struct buf b = buf_in(a, KIB(64)), name = buf_in(a, KIB(16));
	struct writer w = wr_new(&b);
	struct str base = base_name(path);
	struct value v;
	*ret = record;
	if (rec_next(&rd, &v) != 1 || !str_eq(v.name, S("file")) ||
		!str_starts(v.text, base))
		return 0;
	struct str member = str_from(v.text, base.n); /* "/scan_rdp.csv" of an archive */
	if (member.n > 0 && member.p[0] != '/')
		return 0;
	w.err = buf_add(&name, path);
	if (w.err == 0)
		w.err = buf_add(&name, member);
	if (w.err == 0)
		rec_text(&w, "file", buf_str(&name));
	if (w.err == 0)
		w.err = buf_add(&b, (struct str){ rd.p, (size_t)(rd.end - rd.p) });
	if (w.err == 0)
		*ret = buf_str(&b);
	return w.err;
}

static int show_failure(struct shown *s, struct str file, struct str error)
{
	s->failed++;
	printf("%.*s: cannot be read: %.*s\n", STR(file), STR(error));
	return 0;
}

static int show(void *ctx, struct str record)
{
	struct shown *s = ctx;
	struct arena *a = &s->cli->arena;
	struct value error;
	AUTO_ARENA own = arena_new(KIB(256), "answer");
	int r = with_path(&own, s->path, record, &record);
	if (r < 0)
		return fail(&s->cli->why, r, "the service's answer is too long");
	bool failed = record_find(record, "error", &error) && error.type == VALUE_TEXT;
	struct str file = out_safe(a, record_text(record, "file"));
	if (s->json) {
		s->failed += failed;
		return record_print_json(s->cli, record);
	}
	if (failed)
		return show_failure(s, file, out_safe(a, error.text));
	if (record_int(record, "duplicate_file")) {
		printf("%.*s: taken before, nothing changed\n", STR(file));
		return 0;
	}
	printf("%.*s: %" PRId64 " rows, %" PRId64 " new, %" PRId64 " seen again, %" PRId64
	       " relapsed, %" PRId64 " unattributed",
		STR(file), record_int(record, "rows"), record_int(record, "new_findings"),
		record_int(record, "seen_again"), record_int(record, "relapsed"),
		record_int(record, "unattributed"));
	int64_t refused = record_int(record, "quarantined");
	if (refused)
		printf(", %" PRId64 " in quarantine", refused);
	printf("\n");
	return 0;
}

/* Sends one file's act. The service has its own copy of the descriptor then. */
static int post(struct cli *cli, struct str path)
{
	struct act_request q;
	const char *z;
	int r = str_z(&cli->arena, path, &z);
	if (r < 0)
		return r;
	AUTO_FD int fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail(&cli->why, errno == ENOENT ? E_NOT_FOUND : E_SYS,
			"cannot open '%s'%s", z, errno == ENOENT ? ": no such file" : "");
	request_begin(cli, &q, ACT_FILE_IMPORT);
	rec_text(&q.w, "name", base_name(path));
	if (cli_value(cli, "feed")->given)
		rec_text(&q.w, "feed", cli_text(cli, "feed"));
	q.fd = fd;
	return request_post(cli, &q);
}

/* Failures that concern one file only: say so and go on with the next. */
static bool goes_on(int r)
{
	return r == E_NOT_FOUND || r == E_SYNTAX || r == E_TOO_BIG || r == E_UNSUPPORTED;
}

static int judge(struct cli *cli, struct str path, struct shown *s, int r)
{
	if (r == 0 || !goes_on(r))
		return r;
	s->failed++;
	fprintf(stderr, "tocsin: %.*s: %s\n", STR(path), cli->why.text);
	cli->why = (struct why){ 0 };
	return 0;
}

static int hear(struct cli *cli, struct str path, struct shown *s)
{
	struct act_answer answer = { s, show, s->json };
	s->path = path;
	int r = judge(cli, path, s, request_hear(cli, &answer));
	(void)fflush(stdout);
	return r;
}

/* Files are sent ahead of their answers, so that work can take small ones together. */
int cmd_import(struct cli *cli)
{
	struct shown s = { .cli = cli, .json = cli_flag(cli, "json") };
	struct str sent[REQUESTS_AHEAD];
	uint32_t heard = 0, n = 0;
	int r = 0, broken = 0; /* what is on its way is heard all the same */
	for (uint32_t i = 0; broken == 0 && i < cli->n_args; i++) {
		if (n - heard == REQUESTS_AHEAD) {
			r = hear(cli, sent[heard % REQUESTS_AHEAD], &s);
			heard++;
		}
		if (r < 0)
			break;
		int posted = post(cli, cli->args[i]);
		broken = judge(cli, cli->args[i], &s, posted);
		if (posted == 0)
			sent[n++ % REQUESTS_AHEAD] = cli->args[i];
	}
	while (r == 0 && heard < n) {
		r = hear(cli, sent[heard % REQUESTS_AHEAD], &s);
		heard++;
	}
	r = r < 0 ? r : broken;
	return r < 0 ? r : s.failed ? 1 : 0;
}
