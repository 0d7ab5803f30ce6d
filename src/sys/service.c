/* SPDX-License-Identifier: Apache-2.0
 * service.c - how a command reaches the roles: see service.h. Depends on: base, sys. */
#include "sys/service.h"

#include "base/auto.h"
#include "base/wire.h"
#include "sys/clock.h"
#include "sys/frames.h"
#include "sys/lock.h"
#include "sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define BACKLOG	 64
#define PAUSE_MS 20
#define LOOK_MS	 200
#define CLOSE_MS 60000

/* The path through /proc is short, however long the directory's own is. */
static int socket_address(int datadir, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	int n = snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s",
		datadir, SERVICE_SOCKET);
	return n > 0 && (size_t)n < sizeof(ret->sun_path) ? 0 : E_TOO_BIG;
}

int service_listen(int datadir, struct why *why, int *ret_fd)
{
	struct sockaddr_un at;
	struct stat dir;
	int r = socket_address(datadir, &at);
	if (r < 0)
		return r;
	/* Not blocking: a newcomer that poll announced may have been let in meanwhile. */
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(why, E_SYS, "cannot make a socket");
	/* What lies there is from a service that was killed: we hold the lock. */
	if (unlinkat(datadir, SERVICE_SOCKET, 0) < 0 && errno != ENOENT)
		return fail(why, E_SYS, "cannot remove the old '%s'", SERVICE_SOCKET);
	if (fchmod(fd, 0600) < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		return fail(why, E_SYS, "cannot make '%s'", SERVICE_SOCKET);
	/* Started by root for another owner: his commands must reach it too. */
	if (fstat(datadir, &dir) == 0 && geteuid() == 0 && dir.st_uid != 0)
		for (int i = 0; i < 2; i++)
			if (fchownat(datadir, i ? LOCK_FILE : SERVICE_SOCKET, dir.st_uid,
				    dir.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
				return fail(why, E_SYS,
					"cannot give the socket to the owner");
	if (listen(fd, BACKLOG) < 0)
		return fail(why, E_SYS, "cannot listen on '%s'", SERVICE_SOCKET);
	*ret_fd = take_fd(&fd);
	return 0;
}

bool service_may(int datadir, int fd, pid_t *ret_pid)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);
	struct stat dir;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0 ||
		fstat(datadir, &dir) < 0)
		return false;
	*ret_pid = peer.pid;
	return peer.uid == 0 || peer.uid == dir.st_uid;
}

bool service_shown(int datadir, int fd)
{
	struct stat dir, shown;
	int mode = fd < 0 ? -1 : fcntl(fd, F_GETFL);
	return mode >= 0 && !(mode & O_PATH) && (mode & O_ACCMODE) == O_RDONLY &&
		fstat(datadir, &dir) == 0 && fstat(fd, &shown) == 0 &&
		dir.st_dev == shown.st_dev && dir.st_ino == shown.st_ino;
}

static int64_t patience(const struct service_options *o)
{
	return o->wait_ms ? o->wait_ms : SERVICE_WAIT_MS;
}

/* Until there is something to read. */
static int await(struct chan *c, const struct service_options *o, int64_t began_ms,
	struct why *why)
{
	struct pollfd p = { .fd = chan_fd(c), .events = POLLIN };
	while (o->waiting && poll(&p, 1, LOOK_MS) == 0) {
		int r = o->waiting(o->waiting_ctx, clock_ms() - began_ms, why);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Says who we are, shows that we can read the directory, and waits for the welcome. */
static int greet(struct chan *c, int datadir, const struct service_options *o,
	int64_t began_ms, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(32), "greeting");
	struct buf b = buf_in(&a, 64);
	struct writer w = wr_new(&b);
	wr_u32(&w, FRAME_PROTOCOL);
	wr_u8(&w, o->has_now);
	wr_i64(&w, o->now);
	int r = w.err < 0 ? w.err : chan_send(c, FRAME_CLIENT, buf_str(&b), datadir, why);
	struct frame f;
	if (r == 0)
		r = await(c, o, began_ms, why);
	if (r == 0)
		r = chan_recv(c, why, &f);
	if (r < 0)
		return r;
	fd_close(&f.fd);
	if (f.type == FRAME_ERROR)
		return frame_read_error(&f, why);
	struct reader rd = rd_new(f.body);
	uint32_t protocol = rd_u32(&rd);
	struct str version = rd_str(&rd);
	if (f.type != FRAME_WELCOME || rd_end(&rd) < 0)
		return fail(why, E_SYNTAX,
			"what answers on the control socket is no service");
	if (protocol != FRAME_PROTOCOL)
		return fail(why, E_NEWER,
			"the service that runs is version %.*s, this is %s",
			STR(str_to(version, 40)), TOCSIN_VERSION);
	return 0;
}

/* E_NOT_FOUND: nobody listens. E_PEER: it left meanwhile. */
static int dial(int datadir, const struct service_options *o, int64_t began_ms,
	struct why *why, struct chan **ret)
{
	struct sockaddr_un at;
	int r = socket_address(datadir, &at);
	if (r < 0)
		return r;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	AUTO_CHAN c = NULL;
	if (fd < 0 || chan_new(fd, "the service", &c) < 0)
		return fail(why, E_SYS, "cannot make a socket");
	int64_t left = began_ms + patience(o) - clock_ms();
	chan_patience(c, o->waiting ? LOOK_MS : left > 1 ? (int)left : 1);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			return E_NOT_FOUND;
		if (errno == EAGAIN)
			return fail(why, E_BUSY, "the service takes no more commands");
		return fail(why, errno == EACCES ? E_DENIED : E_SYS,
			"cannot reach the service%s",
			errno == EACCES ? ": only the directory's owner may" : "");
	}
	pid_t pid;
	if (!service_may(datadir, fd, &pid))
		return fail(why, E_DENIED,
			"a stranger (process %d) holds the control socket", (int)pid);
	r = greet(c, datadir, o, began_ms, why);
	if (r < 0)
		return r;
	chan_patience(c, 0);
	*ret = c;
	c = NULL;
	return 0;
}

static int start_master(
	int datadir, const struct service_options *o, struct why *why, struct service *s)
{
	int ends[2];
	int r = chan_pair(why, ends);
	if (r < 0)
		return r;
	AUTO_FD int theirs = ends[1];
	AUTO_CHAN c = NULL;
	r = chan_new(ends[0], "the service's master", &c);
	if (r < 0)
		return r;
	struct proc_start p = { .role = "master", .detach = true };
	p.fds[PROC_PEER] = theirs;
	p.fds[PROC_DIR] = datadir;
	pid_t pid;
	r = proc_start(&p, why, &pid);
	if (r < 0)
		return r;
	fd_close(&theirs);
	uint32_t n = o->n_parsers ? o->n_parsers : 1;
	struct frame f = { 0 };
	r = chan_send(c, ROLE_START, (struct str){ (char *)&n, sizeof(n) }, -1, why);
	if (r == 0)
		r = chan_recv(c, why, &f);
	if (r == 0)
		fd_close(&f.fd);
	if (r == 0 && f.type == FRAME_ERROR)
		r = frame_read_error(&f, why);
	else if (r == 0 && f.type != ROLE_READY)
		r = fail(why, E_SYNTAX, "the service did not begin as it should");
	if (r < 0) {
		chan_free(&c);
		proc_end(pid, CLOSE_MS);
		return r;
	}
	s->lifeline = c;
	s->master = pid;
	s->own = true;
	c = NULL;
	return 0;
}

static int start_inside(
	int datadir, const struct service_options *o, struct why *why, struct service *s)
{
	AUTO_FD int lock = -1;
	AUTO_FD int sock = -1;
	int r = lock_take(datadir, why, &lock);
	if (r == 0)
		r = service_listen(datadir, why, &sock);
	if (r == 0)
		r = o->inside->start(datadir, take_fd(&sock), take_fd(&lock),
			o->n_parsers ? o->n_parsers : 1, why, &s->threads);
	if (r < 0)
		return r;
	s->inside = o->inside;
	s->datadir = datadir;
	s->own = true;
	return 0;
}

/* One try. E_BUSY and E_PEER are worth another one. */
static int try_once(int datadir, const struct service_options *o, int64_t began_ms,
	struct why *why, struct service *s)
{
	/* --one-process is for a debugger: joining somebody else's processes would be no
	 * use. */
	int r = o->inside ? E_NOT_FOUND : dial(datadir, o, began_ms, why, &s->chan);
	if (r != E_NOT_FOUND)
		return r;
	/* One is just beginning or ending. To start a master that finds that out would
	 * cost the machine more than to look. */
	if (lock_held(datadir))
		return fail(why, E_BUSY, "another service holds the data directory");
	AUTO_FD int starting = -1;
	r = lock_start(datadir, why, &starting);
	if (r < 0)
		return r;
	r = o->inside ? start_inside(datadir, o, why, s)
		      : start_master(datadir, o, why, s);
	if (r < 0)
		return r;
	r = dial(datadir, o, began_ms, why, &s->chan);
	if (r < 0) {
		struct why reason = { 0 };
		int ended = service_close(s, &reason);
		if (ended < 0) {
			*why = reason;
			return ended == E_BUSY || ended == E_PEER ? E_STATE : ended;
		}
	}
	return r;
}

int service_connect(int datadir, const struct service_options *o, struct why *why,
	struct service *ret)
{
	int64_t began_ms = clock_ms();
	for (;;) {
		struct service s = { 0 };
		struct why now = { 0 };
		int r = try_once(datadir, o, began_ms, &now, &s);
		if (r == 0) {
			*ret = s;
			return 0;
		}
		bool again = r == E_BUSY || r == E_PEER || r == E_NOT_FOUND;
		int64_t waited = clock_ms() - began_ms;
		int ends = again && o->waiting ? o->waiting(o->waiting_ctx, waited, why)
					       : 0;
		if (ends < 0)
			return ends;
		if (!again || (!o->waiting && waited + PAUSE_MS >= patience(o)))
			return fail(why, r == E_PEER ? E_BUSY : r, "%s",
				now.err ? now.text : "the service does not answer");
		clock_sleep_ms(PAUSE_MS);
	}
}

int service_serve(struct service *s, int listen_fd, int64_t shift, struct why *why)
{
	struct frame f;
	int r = chan_send(s->lifeline, ROLE_SERVE,
		(struct str){ (char *)&shift, sizeof(shift) }, listen_fd, why);
	if (r == 0)
		r = chan_recv(s->lifeline, why, &f);
	if (r < 0)
		return r;
	fd_close(&f.fd);
	if (f.type == FRAME_ERROR)
		return frame_read_error(&f, why);
	return f.type == ROLE_READY
		? 0
		: fail(why, E_SYNTAX, "the web role did not begin as it should");
}

/* Hears the master out. 1: others still use the service. */
static int last_words(struct chan *c, struct why *why)
{
	int result = 0;
	for (;;) {
		struct frame f;
		int r = chan_recv(c, NULL, &f);
		if (r < 0)
			return result;
		fd_close(&f.fd);
		if (f.type == ROLE_HANDED)
			return 1;
		if (f.type == FRAME_ERROR)
			result = frame_read_error(&f, why);
	}
}

int service_close(struct service *s, struct why *why)
{
	int r = 0;
	chan_free(&s->chan);
	if (s->inside) {
		r = s->inside->stop(s->threads, why);
		(void)unlinkat(s->datadir, SERVICE_SOCKET, 0);
	}
	if (s->lifeline) {
		chan_patience(s->lifeline, CLOSE_MS);
		(void)shutdown(chan_fd(s->lifeline), SHUT_WR);
		r = last_words(s->lifeline, why);
		if (r != 1)
			proc_end(s->master, CLOSE_MS);
	}
	chan_free(&s->lifeline);
	*s = (struct service){ 0 };
	return r < 0 ? r : 0;
}
