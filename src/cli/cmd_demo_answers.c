/* SPDX-License-Identifier: Apache-2.0
 * cmd_demo_answers.c - tocsin demo-answers: what the demo country's organisations answer.
 * Depends on: base, demo, cli. Needs no data directory and starts no role. */
#include "cli/cli.h"

#include "base/date.h"
#include "demo/answers.h"
#include "demo/feeds.h"

#include <fcntl.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_demo_answers_options[] = {
	{ "day", 0, OPT_INT, "N", 0, DEMO_LAST_DAY,
		"The last day to answer on; 0 is 2026-06-01" },
	{ "seed", 0, OPT_INT, "N", 0, INT64_MAX,
		"Other people of the same kind; normally 69" },
	{ "notices", 0, OPT_TEXT, "FILE", 0, 0,
		"What arrived so far: a line per finding of each notice" },
	{ "out", 0, OPT_TEXT, "FILE", 0, 0,
		"Where the answers go; an older file is replaced" },
	{ 0 },
};
/* clang-format on */

static int write_answers(
	struct cli *cli, struct arena *a, const struct demo_answers *v, struct str out)
{
	size_t slash = str_rfind(out, '/');
	struct str folder = slash < out.n ? str_to(out, slash + 1) : S(".");
	const char *name, *path;
	AUTO_FD int dir = -1;
	if (str_z(a, slash < out.n ? str_from(out, slash + 1) : out, &name) < 0 ||
		str_z(a, folder, &path) < 0 || name[0] == '\0')
		return fail(&cli->why, E_USAGE, "--out is no path");
	int r = dir_open(AT_FDCWD, path, false, &cli->why, &dir);
	return r < 0 ? r : demo_answers_write(a, v, dir, name, &cli->why);
}

/* One line about the last day's answers. */
static void say(const struct demo_answers *v, int32_t day)
{
	size_t n[WORD_N] = { 0 }, untrue = 0, all = 0, mails = 0;
	const struct demo_answer *last = NULL;
	char date[DATE_TEXT_MAX];
	for (size_t i = 0; i < v->n; i++) {
		const struct demo_answer *x = &v->v[i];
		if (x->day != day)
			continue;
		mails += last == NULL || !str_eq(last->notice, x->notice);
		last = x;
		all++;
		n[x->word]++;
		untrue += !x->is_true;
	}
	printf("%s: %zu notices answered, %zu findings:",
		day_text(day_make(2026, 6, 1) + day, date), mails, all);
	for (int i = 0; i < WORD_N; i++)
		printf("%s %zu %s", i > 0 ? "," : "", n[i],
			demo_word_text((enum demo_word)i));
	printf("; %zu not true\n", untrue);
}

int cmd_demo_answers(struct cli *cli)
{
	AUTO_ARENA a = arena_new(GIB(1), "demo-answers");
	struct str notices = cli_text(cli, "notices"), out = cli_text(cli, "out"), text;
	int32_t day = (int32_t)cli_int(cli, "day", -1);
	struct demo_arrivals arrivals;
	struct demo_answers answers;
	const char *path;
	if (day < 0 || notices.p == NULL || out.p == NULL)
		return fail(&cli->why, E_USAGE, "--day, --notices and --out are needed");
	if (str_z(&a, notices, &path) < 0)
		return fail(&cli->why, E_USAGE, "--notices is no path");
	int r = file_read(AT_FDCWD, path, &a, MIB(256), &cli->why, &text);
	if (r == 0)
		r = demo_arrivals_read(&a, text, &cli->why, &arrivals);
	if (r < 0)
		return r;
	demo_answers_decide(
		&a, (uint64_t)cli_int(cli, "seed", DEMO_SEED), day, &arrivals, &answers);
	r = write_answers(cli, &a, &answers, out);
	if (r == 0)
		say(&answers, day);
	return r;
}
