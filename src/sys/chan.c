/* SPDX-License-Identifier: Apache-2.0
 * chan.c - framed messages: see chan.h. Depends on: base. */
#include "sys/chan.h"

#include "base/auto.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#define HEAD	   8
#define FLAG_FD	   1u
#define FIRST_ROOM KIB(8)
/* Descriptors that came and were not yet asked for; a read brings one at most. */
#define FDS_WAITING 16
/* The system counts descriptors on their way over all processes of a user, and compares
 * that with what one of them may open: others may be in the way for a moment. */
#define CROWD_WAIT_MS 20
#define CROWD_WAITS   500

struct chan {
	struct arena self; /* holds this struct */
	struct arena box;  /* holds in; replaced when in grows */
	int fd;
	const char *tag;
	char *in;
	size_t cap, at, have; /* in[at, have) is not yet handed out */
	int fds[FDS_WAITING];
	size_t n_fds;
	bool broken;
};

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(FDS_WAITING * sizeof(int))];
};

int chan_new(int fd, const char *tag, struct chan **ret)
{
	if (fd < 0)
		return E_STATE;
	struct arena self = arena_new(KIB(32), "chan");
	struct chan *c = arena_alloc(&self, sizeof(*c));
	c->self = self;
	c->box = arena_new(LIMIT_FRAME + KIB(32), "chan buffer");
	c->fd = fd;
	c->tag = tag;
	*ret = c;
	return 0;
}

void chan_free(struct chan **pc)
{
	struct chan *c = *pc;
	*pc = NULL;
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_fds; i++)
		fd_close(&c->fds[i]);
	fd_close(&c->fd);
	arena_free(&c->box);
	struct arena self = c->self;
	arena_free(&self);
}

int chan_fd(const struct chan *c)
{
	return c->fd;
}

int chan_pair(struct why *why, int ret[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret) < 0)
		return fail(why, E_SYS, "cannot make a socket pair");
	return 0;
}

static int send_failed(const struct chan *c, struct why *why)
{
	if (errno == EAGAIN)
		return fail(why, E_BUSY, "%s takes no more messages", c->tag);
	if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
		return fail(why, E_PEER, "%s is gone", c->tag);
	return fail(why, E_SYS, "cannot send to %s", c->tag);
}

int chan_send(struct chan *c, uint16_t type, struct str body, int fd, struct why *why)
{
	if (body.n > LIMIT_FRAME)
		return fail(
			why, E_TOO_BIG, "a message of %zu bytes for %s", body.n, c->tag);
	uint32_t len = (uint32_t)body.n;
	uint16_t flags = fd >= 0 ? FLAG_FD : 0;
	char head[HEAD];
	memcpy(head, &len, 4);
	memcpy(head + 4, &type, 2);
	memcpy(head + 6, &flags, 2);
	union control ctl = { 0 };
	struct iovec iov[2] = { { head, HEAD }, { (void *)(uintptr_t)body.p, body.n } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = body.n ? 2 : 1 };
	if (fd >= 0) {
		m.msg_control = &ctl;
		m.msg_controllen = CMSG_SPACE(sizeof(int));
		struct cmsghdr *h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(h), &fd, sizeof(int));
	}
	int waits = 0;
	while (m.msg_iovlen > 0) {
		ssize_t n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ETOOMANYREFS && waits++ < CROWD_WAITS) {
			(void)poll(NULL, 0, CROWD_WAIT_MS);
			continue;
		}
		if (n < 0)
			return send_failed(c, why);
		m.msg_control = NULL; /* the descriptor went with the first bytes */
		m.msg_controllen = 0;
		size_t left = (size_t)n;
		while (m.msg_iovlen > 0 && left >= m.msg_iov->iov_len) {
			left -= m.msg_iov->iov_len;
			m.msg_iov++;
			m.msg_iovlen--;
		}
		if (left > 0) {
			m.msg_iov->iov_base = (char *)m.msg_iov->iov_base + left;
			m.msg_iov->iov_len -= left;
		}
	}
	return 0;
}

static uint32_t length_at(const struct chan *c)
{
	uint32_t len;
	memcpy(&len, c->in + c->at, sizeof(len));
	return len;
}

/* Room for at least one more byte of the frame at the front. It grows with what came, not
 * with what the header claims, so a liar costs no more than he sends. */
static void make_room(struct chan *c)
{
	size_t unread = c->have - c->at;
	if (unread == 0)
		c->at = c->have = 0;
	if (c->cap > c->have)
		return;
	if (c->at > 0) {
		memmove(c->in, c->in + c->at, unread);
		c->at = 0;
		c->have = unread;
		return;
	}
	size_t cap = c->cap ? c->cap * 4 : FIRST_ROOM;
	if (cap > LIMIT_FRAME + HEAD)
		cap = LIMIT_FRAME + HEAD;
	assert(cap >
		c->have); /* a whole frame is taken by chan_next before filling again */
	struct arena box = arena_new(c->box.ceiling, c->box.tag);
	char *in = arena_alloc(&box, cap);
	if (unread)
		memcpy(in, c->in, unread);
	arena_free(&c->box);
	c->box = box;
	c->in = in;
	c->cap = cap;
}

/* Keeps the descriptors of one read; false when there is more than the protocol
 * allows. */
static bool keep_fds(struct chan *c, struct msghdr *m)
{
	bool good = (m->msg_flags & MSG_CTRUNC) == 0;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
			if (n == 1 && c->n_fds < FDS_WAITING) {
				c->fds[c->n_fds++] = fd;
			} else {
				fd_close(&fd);
				good = false;
			}
		}
	}
	return good;
}

static int read_some(struct chan *c, int flags, struct why *why)
{
	if (c->broken)
		return fail(why, E_SYNTAX, "%s broke the protocol", c->tag);
	make_room(c);
	union control ctl;
	struct iovec iov = { c->in + c->have, c->cap - c->have };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &ctl,
		.msg_controllen = sizeof(ctl) };
	ssize_t n;
	do
		n = recvmsg(c->fd, &m, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return E_BUSY;
	if (n < 0 && errno != ECONNRESET)
		return fail(why, E_SYS, "cannot read from %s", c->tag);
	if (n <= 0)
		return fail(why, E_PEER, "%s closed the connection", c->tag);
	c->have += (size_t)n;
	if (!keep_fds(c, &m)) {
		c->broken = true;
		return fail(
			why, E_SYNTAX, "%s sent descriptors nobody asked for", c->tag);
	}
	return 0;
}

int chan_next(struct chan *c, struct frame *ret)
{
	if (c->broken)
		return E_SYNTAX;
	size_t unread = c->have - c->at;
	if (unread < HEAD)
		return 0;
	uint32_t len = length_at(c);
	uint16_t type, flags;
	memcpy(&type, c->in + c->at + 4, 2);
	memcpy(&flags, c->in + c->at + 6, 2);
	bool with_fd = (flags & FLAG_FD) != 0;
	if (len > LIMIT_FRAME || (flags & ~FLAG_FD) != 0 || (with_fd && c->n_fds == 0)) {
		c->broken = true;
		return E_SYNTAX;
	}
	if (unread - HEAD < len)
		return 0;
	int fd = -1;
	if (with_fd) {
		fd = c->fds[0];
		c->n_fds--;
		memmove(c->fds, c->fds + 1, c->n_fds * sizeof(int));
	}
	*ret = (struct frame){ type, { c->in + c->at + HEAD, len }, fd };
	c->at += HEAD + len;
	return 1;
}

int chan_fill(struct chan *c, struct why *why)
{
	int r = read_some(c, MSG_DONTWAIT, why);
	return r == E_BUSY ? 0 : r;
}

int chan_recv(struct chan *c, struct why *why, struct frame *ret)
{
	for (;;) {
		int r = chan_next(c, ret);
		if (r == 1)
			return 0;
		if (r == 0)
			r = read_some(c, 0, why);
		if (r == E_BUSY)
			return fail(why, E_BUSY, "%s does not answer", c->tag);
		if (r < 0)
			return fail(why, r, "%s broke the protocol", c->tag);
	}
}

void chan_patience(struct chan *c, int ms)
{
	struct timeval t = { ms / 1000, (ms % 1000) * 1000 };
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}
