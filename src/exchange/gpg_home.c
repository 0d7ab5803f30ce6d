/* SPDX-License-Identifier: Apache-2.0
 * gpg_home.c - gpg's options, its agent, the limits of what is started: see gpg.h.
 * Depends on: base. */
#include "exchange/gpg.h"

#include "base/fd.h"
#include "base/lib.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gpgme.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#define CALLS(X)                                                                         \
	X(gpgme_check_version_internal)                                                  \
	X(gpgme_ctx_set_engine_info)                                                     \
	X(gpgme_io_writen)                                                               \
	X(gpgme_new)                                                                     \
	X(gpgme_release)                                                                 \
	X(gpgme_set_armor)                                                               \
	X(gpgme_set_global_flag)                                                         \
	X(gpgme_set_offline)                                                             \
	X(gpgme_set_passphrase_cb)                                                       \
	X(gpgme_set_pinentry_mode)                                                       \
	X(gpgme_set_protocol)                                                            \
	X(gpgme_strerror_r)
LIB_FIND(CALLS);

#define AGENT_SOCKET "S.gpg-agent"

#define END_MS 1000

/* A demonstration plays weeks: a clock that is further off than this is told to gpg. */
#define CLOCK_DRIFT 3600

static const char options[] =
	"# Written by tocsin at each start of its key role; changes are lost.\n"
	"no-greeting\nno-autostart\ndisable-dirmngr\nno-auto-key-retrieve\n"
	"no-auto-key-locate\ntrust-model always\npinentry-mode loopback\n"
	"ignore-time-conflict\nno-random-seed-file\n"
	"no-emit-version\nno-comments\ndisplay-charset utf-8\n"
	"import-options import-clean,import-minimal\n"
	"personal-digest-preferences SHA512 SHA384 SHA256\ncert-digest-algo SHA512\n";

int gpg_fail(struct why *why, unsigned err, const char *what)
{
	char text[120] = "";
	(void)lib.gpgme_strerror_r(err, text, sizeof(text));
	errno = 0;
	gpgme_err_code_t code = gpgme_err_code(err);
	int e = code == GPG_ERR_EOF || code == GPG_ERR_NO_PUBKEY ||
			code == GPG_ERR_NO_SECKEY
		? E_NOT_FOUND
		: code == GPG_ERR_INV_ENGINE			      ? E_UNSUPPORTED
		: code == GPG_ERR_EFBIG				      ? E_TOO_BIG
		: code == GPG_ERR_NO_DATA || code == GPG_ERR_BAD_DATA ? E_SYNTAX
								      : E_STATE;
	return fail(why, e, "%s: %s", what, text);
}

int gpg_library(struct why *why)
{
	int r = lib_open(GPG_LIBRARY, calls, N(calls), why);
	if (r == 0)
		r = gpg_ready(why);
	if (r < 0)
		return r;
	(void)lib.gpgme_set_global_flag("disable-gpgconf", "1");
	(void)lib.gpgme_check_version(NULL);
	return 0;
}

/* A process that was killed leaves locks and a socket. The directory's lock says that
 * nobody else is here. */
static void clear_left(int dir)
{
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	if (d == NULL)
		return;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		struct str name = str_c(e->d_name);
		if (str_ends(name, S(".lock")) || str_starts(name, S(".#lk")) ||
			str_starts(name, S(AGENT_SOCKET)))
			(void)unlinkat(dir, e->d_name, 0);
	}
	(void)closedir(d);
}

int gpg_home(const struct gpg *g, struct why *why)
{
	struct sockaddr_un to;
	if (strlen(g->path) + sizeof("/" AGENT_SOCKET ".browser") > sizeof(to.sun_path))
		return fail(why, E_UNSUPPORTED,
			"the path of the data directory is too long for gpg's sockets: "
			"at most %zu bytes",
			sizeof(to.sun_path) - sizeof("/keys/" AGENT_SOCKET ".browser"));
	clear_left(g->dir);
	return file_replace(g->dir, "gpg.conf", str_c(options), why);
}

/* CPU time for what is started from here on: ours so far counts too, as a process's limit
 * is about its whole life, but a child begins at nothing. 0: no limit. */
static void limit_children(rlim_t seconds)
{
	struct rusage used;
	struct rlimit l;
	if (getrusage(RUSAGE_SELF, &used) < 0 || getrlimit(RLIMIT_CPU, &l) < 0)
		return;
	l.rlim_cur = seconds
		? seconds + (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec
		: l.rlim_max;
	(void)setrlimit(RLIMIT_CPU, &l);
}

/* Writing is two syncs, so only when it says something else than before. */
static int tell_time(struct gpg *g, int64_t now, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(64), "gpg.conf");
	struct buf b = buf_in(&a, KIB(4));
	int64_t off = now - (int64_t)time(NULL);
	int64_t told = off > CLOCK_DRIFT || off < -CLOCK_DRIFT ? now : 0;
	if (told == g->told_time)
		return 0;
	int r = buf_add(&b, str_c(options));
	if (r == 0 && told)
		r = buf_addf(&b, "faked-system-time %" PRId64 "\n", told);
	if (r == 0)
		r = file_replace(g->dir, "gpg.conf", buf_str(&b), why);
	g->told_time = r == 0 ? told : -1; /* else nobody knows what it says */
	return r;
}

static gpgme_error_t passphrase(
	void *ctx, const char *hint, const char *info, int was_bad, int fd)
{
	const struct gpg *g = ctx;
	(void)hint;
	(void)info;
	struct str p = was_bad || g->passphrase.p == NULL ? S("") : g->passphrase;
	if (was_bad || lib.gpgme_io_writen(fd, p.p, p.n) < 0 ||
		lib.gpgme_io_writen(fd, "\n", 1) < 0)
		return gpgme_error(GPG_ERR_BAD_PASSPHRASE);
	return 0;
}

int gpg_begin(struct gpg *g, int64_t now, struct why *why)
{
	if (access(GPG_PROGRAM, X_OK) < 0 || access(GPG_AGENT, X_OK) < 0)
		return fail(why, E_UNSUPPORTED,
			"gpg is not installed: install Debian's gnupg");
	int r = tell_time(g, now, why);
	if (r < 0)
		return r;
	gpgme_error_t e = lib.gpgme_new(&g->ctx);
	if (e == 0)
		e = lib.gpgme_set_protocol(g->ctx, GPGME_PROTOCOL_OpenPGP);
	if (e == 0)
		e = lib.gpgme_ctx_set_engine_info(
			g->ctx, GPGME_PROTOCOL_OpenPGP, GPG_PROGRAM, g->path);
	if (e == 0)
		e = lib.gpgme_set_pinentry_mode(g->ctx, GPGME_PINENTRY_MODE_LOOPBACK);
	if (e)
		return gpg_fail(why, e, "gpg cannot be used");
	lib.gpgme_set_passphrase_cb(g->ctx, passphrase, g);
	lib.gpgme_set_armor(g->ctx, 1);
	lib.gpgme_set_offline(g->ctx, 1);
	limit_children(GPG_CPU_S);
	return 0;
}

void gpg_end(struct gpg *g)
{
	if (g->ctx)
		lib.gpgme_release(g->ctx);
	g->ctx = NULL;
	/* gpg's processes come to us when who started them is gone (subreaper). */
	for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;)
		if (pid == g->agent)
			g->agent = 0;
}

/* ---- the agent ---- */

/* The agent in the foreground, with a socket that listens already, as under systemd: no
 * process of it leaves us, and nobody has to wait until it listens. Not with --batch:
 * gpg-agent 2.2 then takes each passphrase for given, and ends by an assertion. */
static _Noreturn void become_agent(const struct gpg *g, pid_t parent, int listening)
{
	char self[16];
	/* It dies with this role, whatever ends that. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		(void)dup2(null, fd);
	(void)snprintf(self, sizeof(self), "%d", (int)getpid());
	if (dup2(listening, 3) != 3 || fcntl(3, F_SETFD, 0) < 0 ||
		close_range(4, ~0u, 0) < 0 || setenv("LISTEN_PID", self, 1) < 0 ||
		setenv("LISTEN_FDS", "1", 1) < 0 ||
		setenv("LISTEN_FDNAMES", "std", 1) < 0)
		_exit(127);
	char *const argv[] = { (char *)(uintptr_t) "gpg-agent",
		(char *)(uintptr_t) "--homedir", (char *)(uintptr_t)g->path,
		(char *)(uintptr_t) "--quiet",
		(char *)(uintptr_t) "--allow-loopback-pinentry",
		(char *)(uintptr_t) "--disable-scdaemon",
		(char *)(uintptr_t) "--disable-check-own-socket",
		(char *)(uintptr_t) "--no-allow-external-cache",
		(char *)(uintptr_t) "--default-cache-ttl", (char *)(uintptr_t) "0",
		(char *)(uintptr_t) "--max-cache-ttl", (char *)(uintptr_t) "0",
		(char *)(uintptr_t) "--supervised", NULL };
	(void)execv(GPG_AGENT, argv);
	_exit(127);
}

static int listen_for_agent(const struct gpg *g, struct why *why, int *ret)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/" AGENT_SOCKET, g->path);
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
		listen(fd, 16) < 0)
		return fail(why, E_SYS, "cannot make the socket of gpg-agent");
	*ret = take_fd(&fd);
	return 0;
}

int gpg_agent_start(struct gpg *g, struct why *why)
{
	AUTO_FD int listening = -1;
	if (g->agent && waitpid(g->agent, NULL, WNOHANG) == 0)
		return 0;
	g->agent = 0;
	clear_left(g->dir);
	int r = listen_for_agent(g, why, &listening);
	if (r < 0)
		return r;
	limit_children(0); /* it lives long */
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid < 0)
		return fail(why, E_SYS, "cannot start gpg-agent");
	if (pid == 0)
		become_agent(g, parent, listening);
	g->agent = pid;
	limit_children(GPG_CPU_S);
	return 0;
}

void gpg_agent_end(struct gpg *g)
{
	if (g->agent) {
		(void)kill(g->agent, SIGKILL); /* what it holds is on the disk */
		while (waitpid(g->agent, NULL, 0) < 0 && errno == EINTR)
			continue;
		clear_left(g->dir);
	}
	g->agent = 0;
	/* A gpg that has just answered is about to end. Nobody may be there to bury it
	 * after us. */
	for (int ms = 0; ms < END_MS && waitpid(-1, NULL, WNOHANG) >= 0; ms++)
		(void)poll(NULL, 0, 1);
}
