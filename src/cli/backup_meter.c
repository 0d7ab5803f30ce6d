/* SPDX-License-Identifier: Apache-2.0
 * backup_meter.c - how far a backup is, and whether it shall stop: see backup.h.
 * Depends on: base, sys. */
#include "cli/backup.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#define EVERY_MS 200
#define SOON_MS	 1000 /* from then on it is said that it waits */

int meter_begin(struct cli *cli)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return fail(&cli->why, E_SYS, "cannot hold back signals");
	return 0;
}

static bool asked_to_stop(void)
{
	sigset_t set;
	if (sigpending(&set) < 0)
		return false;
	return sigismember(&set, SIGINT) == 1 || sigismember(&set, SIGTERM) == 1 ||
		sigismember(&set, SIGHUP) == 1;
}

struct meter meter_new(struct cli *cli, const char *word, int64_t total)
{
	return (struct meter){ .word = word,
		.total = total,
		.on = !cli_flag(cli, "json") && isatty(STDERR_FILENO) };
}

int meter_add(struct meter *m, size_t bytes, struct why *why)
{
	int64_t now = m->on ? clock_ms() : 0;
	m->done += (int64_t)bytes;
	if (m->on && now >= m->next_ms && m->total > 0) {
		(void)fprintf(stderr, "\r\033[K%s  %3d %%  %" PRId64 " of %" PRId64 " MB",
			m->word, (int)((double)m->done * 100 / (double)m->total),
			m->done >> 20, m->total >> 20);
		(void)fflush(stderr);
		m->shown = true;
		m->next_ms = now + EVERY_MS;
	}
	return asked_to_stop() ? fail(why, E_STOPPED, "stopped; nothing was kept of it")
			       : 0;
}

void meter_end(struct meter *m)
{
	if (m->shown)
		(void)fputs("\r\033[K", stderr);
	m->shown = false;
}

/* ---- waiting for the service ---- */

static int waits(void *cli, int64_t ms, struct why *why)
{
	struct cli *c = cli;
	int64_t limit = 1000 * cli_int(c, "wait", 0);
	if (asked_to_stop())
		return fail(why, E_STOPPED, "stopped; nothing was kept of it");
	if (limit > 0 && ms >= limit)
		return fail(why, E_BUSY, "the service had no time for %" PRId64 " s",
			limit / 1000);
	bool screen = isatty(STDERR_FILENO), first = c->told_ms == 0;
	if (cli_flag(c, "json") || ms < SOON_MS || ms - c->told_ms < EVERY_MS)
		return 0;
	c->told_ms = ms;
	if (screen)
		(void)fprintf(stderr,
			"\r\033[Kwaiting until the service has time  %" PRId64 " s",
			ms / 1000);
	else if (first) /* once is enough for a log */
		(void)fputs("tocsin: waiting until the service has time\n", stderr);
	(void)fflush(stderr);
	return 0;
}

int backup_service(struct cli *cli)
{
	cli->waiting = waits;
	int r = cli_service(cli);
	if (isatty(STDERR_FILENO) && cli->told_ms > 0)
		(void)fputs("\r\033[K", stderr);
	return r;
}
