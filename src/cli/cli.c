/* SPDX-License-Identifier: Apache-2.0
 * cli.c - runs a command: directory, clock, service, errors. Depends on: base, sys. */
#include "cli/cli.h"

#include "base/auto.h"
#include "base/fd.h"
#include "sys/zone.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>

static int open_dir(struct cli *cli)
{
	struct str dir = cli_text(cli, "directory");
	if (dir.p == NULL || cli->command->dir == DIR_NONE)
		return 0;
	const char *path;
	int r = str_z(&cli->arena, dir, &path);
	return r < 0 ? r : dir_open(AT_FDCWD, path, false, &cli->why, &cli->datadir);
}

int cli_conf(struct cli *cli)
{
	if (cli->has_conf)
		return 0;
	int r = conf_load(cli->datadir, &cli->arena, &cli->why, &cli->conf);
	if (r == 0 && !zone_known(cli->conf.team_timezone))
		r = fail(&cli->why, E_USAGE, "%s: team.timezone: " ZONE_UNKNOWN,
			CONF_FILE, STR(cli->conf.team_timezone));
	const struct cli_value *now = cli_value(cli, "now");
	if (r == 0 && now->given)
		r = clock_fix(&cli->clock, cli->conf.demo, now->number, &cli->why);
	cli->has_conf = r == 0;
	return r;
}

int cli_service(struct cli *cli)
{
	if (cli->service.chan)
		return 0;
	int r = cli_conf(cli);
	if (r < 0)
		return r;
	struct service_options o = {
		.inside = cli_flag(cli, "one-process") ? cli->inside : NULL,
		.has_now = cli->clock.fixed,
		.now = cli->clock.at,
		.n_parsers = (uint32_t)cli->conf.role_parsers,
		.waiting = cli->waiting,
		.waiting_ctx = cli,
	};
	return service_connect(cli->datadir, &o, &cli->why, &cli->service);
}

static int print_help(struct cli *cli)
{
	struct buf b = buf_in(&cli->arena, KIB(64));
	int r = cli_help(&b, cli->command);
	struct str s = buf_str(&b);
	if (r == 0 && fwrite(s.p, 1, s.n, stdout) != s.n)
		r = 1;
	return r;
}

static int run(struct cli *cli)
{
	if (cli->command == NULL || cli_flag(cli, "help"))
		return print_help(cli);
	int r = open_dir(cli);
	if (r == 0)
		r = cli->command->run(cli);
	struct why reason = { 0 };
	int ended = service_close(&cli->service, &reason);
	/* "The service is gone" is what the command saw; why it went is what helps. */
	if (ended < 0 && r >= 0)
		r = ended;
	if (ended < 0 && (cli->why.err == 0 || cli->why.err == E_PEER))
		cli->why = reason;
	return r;
}

/* What a person can do about it. */
static void advise(int r)
{
	if (r == E_NO_SPACE)
		(void)fputs(
			"The disk is full. What was answered so far is kept: make room, "
			"then give the same command again.\n",
			stderr);
	if (r == E_SYNC)
		(void)fputs("The disk did not keep what it was given. What was answered "
			    "before is kept,\nwhat was being written may be lost. Look "
			    "at the disk (dmesg), run\n`tocsin db check`, then give the "
			    "same command again.\n",
			stderr);
}

int cli_main(int argc, char **argv, const struct service_inside *inside)
{
	struct cli cli = { .datadir = -1, .inside = inside };
	cli.arena = arena_new(GIB(1), "command");
	(void)signal(SIGPIPE, SIG_DFL);
	int r = cli_parse(&cli, argc, argv);
	bool bare = r == 0 && cli.command == NULL && !cli_flag(&cli, "help");
	if (r == 0)
		r = run(&cli);
	if (r >= 0 && (fflush(stdout) != 0 || ferror(stdout)))
		r = fail(&cli.why, E_SYS, "cannot write the answer");
	if (r < 0)
		(void)fprintf(
			stderr, "tocsin: %s\n", cli.why.err ? cli.why.text : err_text(r));
	advise(r);
	fd_close(&cli.datadir);
	arena_free(&cli.arena);
	if (r == E_USAGE || bare)
		return 2;
	return r < 0 ? 1 : r;
}
