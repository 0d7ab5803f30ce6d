/* SPDX-License-Identifier: Apache-2.0
 * cmd_demo_feeds.c - tocsin demo-feeds: a day of the demo country's feeds, as files.
 * Depends on: base, demo, cli. Needs no data directory and starts no role. */
#include "cli/cli.h"

#include "base/date.h"
#include "demo/feeds.h"

#include <inttypes.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_demo_feeds_options[] = {
	{ "scale", 0, OPT_TEXT, "SCALE", 0, 0,
		"D (1,200 rows a day), L1 (10,000), L2 (120,000)" },
	{ "day", 0, OPT_INT, "N", 0, DEMO_LAST_DAY,
		"Day to write; 0 is 2026-06-01" },
	{ "seed", 0, OPT_INT, "N", 0, INT64_MAX,
		"Another country of the same size; normally 69" },
	{ "out", 0, OPT_TEXT, "DIR", 0, 0,
		"Folder for the files; made when not there" },
	{ "answers", 0, OPT_TEXT, "FILE", 0, 0,
		"What was answered before that day, as demo-answers writes it" },
	{ 0 },
};
/* clang-format on */

static int read_run(struct cli *cli, struct demo_run *ret)
{
	struct str scale = cli_text(cli, "scale"), out = cli_text(cli, "out");
	struct str answers = cli_text(cli, "answers");
	struct demo_run run = { .seed = (uint64_t)cli_int(cli, "seed", DEMO_SEED),
		.day = (int32_t)cli_int(cli, "day", -1) };
	if (scale.p == NULL || out.p == NULL || run.day < 0)
		return fail(&cli->why, E_USAGE, "--scale, --day and --out are needed");
	if (demo_scale_read(scale, &run.scale) < 0)
		return fail(&cli->why, E_USAGE, "--scale is D, L1 or L2, not '%.*s'",
			STR(str_to(scale, 40)));
	if (str_z(&cli->arena, out, &run.out) < 0)
		return fail(&cli->why, E_USAGE, "--out is no path");
	if (answers.p != NULL && str_z(&cli->arena, answers, &run.answers) < 0)
		return fail(&cli->why, E_USAGE, "--answers is no path");
	*ret = run;
	return 0;
}

int cmd_demo_feeds(struct cli *cli)
{
	AUTO_ARENA a = arena_new(GIB(2), "demo-feeds");
	struct demo_run run;
	struct demo_sum sum;
	char date[DATE_TEXT_MAX];
	int r = read_run(cli, &run);
	if (r == 0)
		r = demo_feeds_make(&a, &run, &cli->why, &sum);
	if (r < 0)
		return r;
	printf("%s: %u files, %" PRIu64 " rows, %" PRIu64 " keys (%" PRIu64
	       " new), %" PRIu64 " unattributed, %" PRIu64 " broken, %" PRIu64 " bytes\n",
		day_text(day_make(2026, 6, 1) + run.day, date), sum.files, sum.rows,
		sum.keys, sum.new_keys, sum.unattributed, sum.broken, sum.bytes);
	return 0;
}
