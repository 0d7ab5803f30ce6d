/* SPDX-License-Identifier: Apache-2.0
 * cmd_mail_sink.c - tocsin mail-sink: a mail server for demonstrations and tests.
 * Depends on: base, exchange, cli. Needs no data directory and starts no role. */
#include "cli/cli.h"

#include "base/fd.h"
#include "demo/feeds.h"
#include "exchange/mail_sink.h"

#include <fcntl.h>
#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_mail_sink_options[] = {
	{ "dir", 0, OPT_TEXT, "DIR", 0, 0, "Folder for mail/ and dsn/; made when not there" },
	{ "port", 0, OPT_INT, "N", 0, 65535, "On 127.0.0.1; 0 takes a free one and says which" },
	{ "seed", 0, OPT_INT, "N", 0, INT64_MAX, "Other fates for the same addresses; normally 69" },
	{ "all-delivered", 0, OPT_FLAG, NULL, 0, 0, "Every mail is delivered, none bounces" },
	{ "play", 0, OPT_TEXT, "LIST", 0, 0,
		"Servers one meets, mail by mail: ok,later,refuse,later-data,delay,hang,drop,cut" },
	{ "delay", 0, OPT_INT, "MS", 0, 3600000, "How long delay takes. Standard: 1000" },
	{ 0 },
};
/* clang-format on */

static void say_ready(void *ctx, uint16_t port)
{
	(void)ctx;
	printf("smtp://127.0.0.1:%u\n", port);
	(void)fflush(stdout);
}

int cmd_mail_sink(struct cli *cli)
{
	const char *path;
	struct str dir = cli_text(cli, "dir");
	AUTO_FD int fd = -1;
	struct sink_options o = { .port = (uint16_t)cli_int(cli, "port", 0),
		.seed = (uint64_t)cli_int(cli, "seed", DEMO_SEED),
		.all_delivered = cli_flag(cli, "all-delivered"),
		.delay_ms = (int)cli_int(cli, "delay", 1000),
		.ready = say_ready };
	if (dir.p == NULL || str_z(&cli->arena, dir, &path) < 0)
		return fail(&cli->why, E_USAGE, "--dir is needed");
	int r = cli_value(cli, "play")->given
		? sink_plays_read(cli_text(cli, "play"), &o, &cli->why)
		: 0;
	if (r == 0)
		r = dir_open(AT_FDCWD, path, true, &cli->why, &fd);
	if (r < 0)
		return r;
	o.dir = fd;
	return sink_run(&o, &cli->why);
}
