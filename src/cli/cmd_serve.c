/* SPDX-License-Identifier: Apache-2.0
 * cmd_serve.c - tocsin serve: everything, until it is told to stop.
 * Depends on: base, sys, cli. */
#include "base/auto.h"
#include "base/log.h"
#include "base/net.h"
#include "cli/cli.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define BACKLOG 512
#define OWN_MS	30000 /* what a command that runs gets to end */

/* clang-format off */
const struct cli_option cmd_serve_options[] = {
	{ "listen", 'l', OPT_TEXT, "ADDRESS:PORT", 0, 0, "On this loopback address (" CLI_LISTEN ")" },
	{ "socket", 0, OPT_TEXT, "PATH", 0, 0, "On a Unix socket, for a proxy on this machine" },
	{ 0 },
};
/* clang-format on */

static bool is_loopback(const struct ip *ip)
{
	static const struct ip six = { { [15] = 1 } };
	return (ip_is4(ip) && ip->b[12] == 127) || ip_cmp(ip, &six) == 0;
}

static int open_tcp(struct cli *cli, struct str at, int *ret)
{
	struct ip ip;
	uint16_t port = 0;
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} sa = { 0 };
	int on = 1;
	if (ip_read_loose(at, &ip, &port) < 0 || port == 0)
		return fail(&cli->why, E_USAGE,
			"'%.*s' is no address with a port, as in " CLI_LISTEN, STR(at));
	if (!is_loopback(&ip))
		return fail(&cli->why, E_USAGE,
			"only loopback addresses: a proxy with TLS stands between this "
			"program and the world; see `tocsin proxy-config`");
	bool v4 = ip_is4(&ip);
	sa.any.sa_family = v4 ? AF_INET : AF_INET6;
	if (v4) {
		sa.four.sin_port = htons(port);
		memcpy(&sa.four.sin_addr, ip.b + 12, 4);
	} else {
		sa.six.sin6_port = htons(port);
		memcpy(&sa.six.sin6_addr, ip.b, 16);
	}
	AUTO_FD int fd = socket(
		sa.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(&cli->why, E_SYS, "cannot make a socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	socklen_t n = v4 ? sizeof(sa.four) : sizeof(sa.six);
	if (bind(fd, &sa.any, n) < 0 || listen(fd, BACKLOG) < 0)
		return fail(&cli->why, E_SYS, "cannot listen on %.*s", STR(at));
	*ret = take_fd(&fd);
	return 0;
}

/* Everybody may connect who can reach it: the folder it lies in decides. */
static int open_unix(struct cli *cli, const char *path, int *ret)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct stat st;
	if (strlen(path) >= sizeof(sa.sun_path))
		return fail(&cli->why, E_USAGE, "a socket's path has at most %zu bytes",
			sizeof(sa.sun_path) - 1);
	memcpy(sa.sun_path, path, strlen(path) + 1);
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(&cli->why, E_SYS, "cannot make a socket");
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(
			path); /* of a service that was killed: we hold the directory */
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || chmod(path, 0666) < 0 ||
		listen(fd, BACKLOG) < 0)
		return fail(&cli->why, E_SYS, "cannot listen on '%s'", path);
	*ret = take_fd(&fd);
	return 0;
}

/* The roles must be ours: they end with us. A command that began them meanwhile is waited
 * for. */
static int own_service(struct cli *cli)
{
	int64_t until = clock_ms() + OWN_MS;
	for (;;) {
		int r = cli_service(cli);
		if (r < 0 || cli->service.own)
			return r;
		(void)service_close(&cli->service, NULL);
		if (clock_ms() > until)
			return fail(&cli->why, E_BUSY,
				"another service runs on this directory");
		clock_sleep_ms(200);
	}
}

/* Until a signal, or until the service ends by itself. */
static int await_end(struct cli *cli, int signals)
{
	struct service *s = &cli->service;
	/* Work counts those who are connected: we are there by the lifeline alone. */
	chan_free(&s->chan);
	for (;;) {
		struct pollfd p[2] = { { signals, POLLIN, 0 },
			{ chan_fd(s->lifeline), POLLIN, 0 } };
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return fail(&cli->why, E_SYS, "cannot wait");
		if (p[0].revents) {
			log_line(LOG_NOTICE, "serve", "stopping");
			return 0;
		}
		if (p[1].revents) /* service_close hears the reason */
			return fail(&cli->why, E_PEER, "the service ended");
	}
}

static int open_listen(struct cli *cli, int *ret)
{
	struct str at = cli_text(cli, "listen"), path = cli_text(cli, "socket");
	const char *z;
	if (at.p && path.p)
		return fail(&cli->why, E_USAGE, "either --listen or --socket");
	if (path.p == NULL)
		return open_tcp(cli, at.p ? at : S(CLI_LISTEN), ret);
	int r = str_z(&cli->arena, path, &z);
	return r < 0 ? r : open_unix(cli, z, ret);
}

int cmd_serve(struct cli *cli)
{
	AUTO_FD int fd = -1;
	struct clock clock = { 0 };
	sigset_t set;
	const struct cli_value *now = cli_value(cli, "now");
	if (cli_flag(cli, "one-process"))
		return fail(&cli->why, E_USAGE, "serve needs its processes");
	int r = cli_conf(cli);
	if (r == 0 && now->given)
		r = clock_start(&clock, cli->conf.demo, now->number, &cli->why);
	cli->clock = clock;
	if (r == 0)
		r = own_service(cli);
	if (r == 0)
		r = open_listen(cli, &fd);
	if (r < 0)
		return r;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	AUTO_FD int signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		return fail(&cli->why, E_SYS, "cannot read signals");
	r = service_serve(&cli->service, fd, clock.shift, &cli->why);
	if (r < 0)
		return r;
	struct str path = cli_text(cli, "socket"), at = cli_text(cli, "listen");
	if (path.p)
		printf("Serving on the socket %.*s.\n", STR(path));
	else
		printf("Serving on http://%.*s/\n", STR(at.p ? at : S(CLI_LISTEN)));
	(void)fflush(stdout);
	fd_close(&fd);
	return await_end(cli, signals);
}
