/* SPDX-License-Identifier: Apache-2.0
 * test_chan.c - channels with honest, lying and dying peers. Depends on: sys/chan. */
#include "sys/frames.h"
#include "tap.h"

#include "base/auto.h"
#include "base/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

static struct chan *make(int *ret_raw)
{
	int ends[2];
	struct chan *c;
	if (chan_pair(NULL, ends) < 0 || chan_new(ends[0], "peer", &c) < 0)
		abort();
	*ret_raw = ends[1];
	return c;
}

static size_t head(char *to, uint32_t len, uint16_t type, uint16_t flags)
{
	memcpy(to, &len, 4);
	memcpy(to + 4, &type, 2);
	memcpy(to + 6, &flags, 2);
	return 8;
}

static void put(int fd, const char *p, size_t n)
{
	if (write(fd, p, n) != (ssize_t)n)
		abort();
}

/* Sends bytes with n copies of a descriptor. */
static void put_fds(int to, const char *p, size_t len, int fd, size_t n)
{
	union {
		struct cmsghdr align;
		char b[CMSG_SPACE(4 * sizeof(int))];
	} ctl = { 0 };
	struct iovec iov = { (void *)(uintptr_t)p, len };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &ctl,
		.msg_controllen = CMSG_SPACE(n * sizeof(int)) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (size_t i = 0; i < n; i++)
		memcpy(CMSG_DATA(h) + i * sizeof(int), &fd, sizeof(int));
	if (sendmsg(to, &m, 0) != (ssize_t)len)
		abort();
}

static int open_fds(void)
{
	int n = 0;
	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_cut_everywhere(void)
{
	char bytes[64];
	size_t n = head(bytes, 5, 300, 0);
	memcpy(bytes + n, "hello", 5);
	n += 5;
	n += head(bytes + n, 0, 301, 0);
	bool good = true;
	for (size_t cut = 0; cut <= n; cut++) {
		int raw;
		AUTO_CHAN c = make(&raw);
		AUTO_FD int end = raw;
		struct frame f;
		put(end, bytes, cut);
		int got = 0;
		if (cut > 0 && chan_fill(c, NULL) < 0)
			good = false;
		while (chan_next(c, &f) == 1)
			got++;
		good = good && got == (cut >= 13) + (cut >= 21);
		put(end, bytes + cut, n - cut);
		if (cut < n && chan_fill(c, NULL) < 0)
			good = false;
		while (chan_next(c, &f) == 1)
			got++;
		good = good && got == 2 && f.type == 301 && f.body.n == 0 && f.fd == -1;
	}
	ok(good, "two frames come whole, wherever the stream is cut");
	int raw;
	AUTO_CHAN c = make(&raw);
	AUTO_FD int end = raw;
	struct frame f = { 0 };
	put(end, bytes, 13);
	ok(chan_recv(c, NULL, &f) == 0 && f.type == 300 && str_eq(f.body, S("hello")),
		"its body");
}

static void test_byte_by_byte(void)
{
	int raw, got = 0, r = 0;
	AUTO_CHAN c = make(&raw);
	AUTO_FD int end = raw;
	char bytes[16];
	size_t n = head(bytes, 3, 9, 0);
	memcpy(bytes + n, "abc", 3);
	struct frame f;
	for (size_t i = 0; i < n + 3; i++) {
		put(end, bytes + i, 1);
		r |= chan_fill(c, NULL);
		got += chan_next(c, &f) == 1;
	}
	ok(r == 0 && got == 1 && str_eq(f.body, S("abc")), "a frame byte by byte");
	ok(chan_fill(c, NULL) == 0 && chan_next(c, &f) == 0, "nothing there is no error");
}

static void test_lies(void)
{
	static const struct {
		uint32_t len;
		uint16_t flags;
		const char *what;
	} t[] = {
		{ LIMIT_FRAME + 1, 0, "a length over the limit" },
		{ UINT32_MAX, 0, "the largest length" },
		{ 0, 2, "an unknown flag" },
		{ 0, 0x8001, "an unknown flag beside a known one" },
		{ 0, 1, "a descriptor that is not there" },
	};
	for (size_t i = 0; i < N(t); i++) {
		int raw;
		AUTO_CHAN c = make(&raw);
		AUTO_FD int end = raw;
		char bytes[16];
		struct frame f;
		put(end, bytes, head(bytes, t[i].len, 1, t[i].flags));
		struct why why = { 0 };
		ok(chan_recv(c, &why, &f) == E_SYNTAX && why.err == E_SYNTAX,
			"refused: %s", t[i].what);
		put(end, bytes, head(bytes, 0, 1, 0));
		ok(chan_next(c, &f) == E_SYNTAX && chan_fill(c, NULL) == E_SYNTAX,
			"and it stays broken: %s", t[i].what);
	}
}

static void test_descriptors(void)
{
	int before = open_fds();
	{
		int ends[2];
		AUTO_CHAN a = NULL;
		AUTO_CHAN b = NULL;
		ok(chan_pair(NULL, ends) == 0 && chan_new(ends[0], "b", &a) == 0 &&
				chan_new(ends[1], "a", &b) == 0,
			"a pair");
		AUTO_FD int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
		int sent = chan_send(a, 1, S("no"), -1, NULL) |
			chan_send(a, 2, S("one"), null, NULL) |
			chan_send(a, 3, S("no"), -1, NULL) |
			chan_send(a, 4, S(""), null, NULL);
		struct frame f[4];
		int got = 0;
		for (int i = 0; i < 4; i++)
			got |= chan_recv(b, NULL, &f[i]);
		ok(sent == 0 && got == 0 && f[0].fd < 0 && f[1].fd >= 0 && f[2].fd < 0 &&
				f[3].fd >= 0,
			"descriptors arrive with their own frames");
		ok(fcntl(f[1].fd, F_GETFD) == FD_CLOEXEC, "closed on exec");
		fd_close(&f[1].fd);
		fd_close(&f[3].fd);
		int unread = chan_send(a, 5, S(""), null, NULL);
		ok(unread == 0 && chan_fill(b, NULL) == 0, "one that nobody takes");
	}
	ok(open_fds() == before, "no descriptor is left open");
	{
		int raw;
		AUTO_CHAN c = make(&raw);
		AUTO_FD int end = raw;
		char bytes[16];
		struct frame f;
		put_fds(end, bytes, head(bytes, 0, 1, 1), end, 2);
		ok(chan_recv(c, NULL, &f) == E_SYNTAX,
			"two descriptors with one frame are refused");
	}
	{
		int raw, r = 0;
		AUTO_CHAN c = make(&raw);
		AUTO_FD int end = raw;
		for (int i = 0; i < 20 && r == 0; i++) {
			put_fds(end, "\0", 1, end, 1);
			r = chan_fill(c, NULL);
		}
		ok(r == E_SYNTAX,
			"descriptors without frames are refused before they pile up");
	}
	ok(open_fds() == before, "and none of theirs is left open");
}

static void test_big(void)
{
	int ends[2];
	AUTO_CHAN c = NULL;
	if (chan_pair(NULL, ends) < 0 || chan_new(ends[0], "peer", &c) < 0)
		abort();
	AUTO_ARENA a = arena_new(MIB(4), "test");
	char *big = arena_alloc(&a, LIMIT_FRAME + 1);
	for (size_t i = 0; i < LIMIT_FRAME; i++)
		big[i] = (char)(i * 31 >> 3);
	pid_t child = fork();
	if (child == 0) {
		chan_free(&c);
		if (chan_new(ends[1], "parent", &c) < 0)
			_exit(1);
		int r = 0;
		for (uint16_t i = 0; i < 5 && r == 0; i++)
			r = chan_send(c, i, (struct str){ big, i == 3 ? 7 : LIMIT_FRAME },
				-1, NULL);
		_exit(r == 0 ? 0 : 1);
	}
	fd_close(&ends[1]);
	bool good = true;
	for (uint16_t i = 0; i < 5; i++) {
		struct frame f = { 0 };
		size_t n = i == 3 ? 7 : LIMIT_FRAME;
		good = good && chan_recv(c, NULL, &f) == 0 && f.type == i &&
			f.body.n == n && memcmp(f.body.p, big, n) == 0;
	}
	int status;
	(void)waitpid(child, &status, 0);
	ok(good && status == 0, "frames of the largest size, many reads each");
	struct frame f;
	ok(chan_recv(c, NULL, &f) == E_PEER, "then the end of the stream");
	ok(chan_send(c, 1, (struct str){ big, LIMIT_FRAME + 1 }, -1, NULL) == E_TOO_BIG,
		"a larger one is not sent");
}

static void test_death(void)
{
	int raw;
	AUTO_CHAN c = make(&raw);
	char bytes[16];
	struct frame f;
	put(raw, bytes, head(bytes, 100, 1, 0));
	fd_close(&raw);
	ok(chan_recv(c, NULL, &f) == E_PEER, "a peer that dies inside a frame is gone");
	ok(chan_send(c, 1, S("x"), -1, NULL) == E_PEER,
		"sending to it is no signal but E_PEER");
	AUTO_CHAN d = make(&raw);
	AUTO_FD int silent = raw;
	chan_patience(d, 30);
	ok(silent >= 0 && chan_recv(d, NULL, &f) == E_BUSY,
		"a silent peer ends patience");
	int r = 0;
	static char body[KIB(256)];
	for (int i = 0; i < 50 && r == 0; i++)
		r = chan_send(d, 1, (struct str){ body, sizeof(body) }, -1, NULL);
	ok(r == E_BUSY, "so does one that takes nothing");
}

static void test_errors(void)
{
	int ends[2];
	AUTO_CHAN a = NULL;
	AUTO_CHAN b = NULL;
	if (chan_pair(NULL, ends) < 0 || chan_new(ends[0], "b", &a) < 0 ||
		chan_new(ends[1], "a", &b) < 0)
		abort();
	struct why sent = { E_NO_SPACE, "the disk\x1b is full" }, got = { 0 };
	struct frame f = { 0 };
	ok(frame_send_error(a, E_NO_SPACE, &sent, NULL) == 0 &&
			chan_recv(b, NULL, &f) == 0 &&
			frame_read_error(&f, &got) == E_NO_SPACE,
		"an error travels");
	is(got.text, "the disk? is full", "with its sentence, without control bytes");
	static const char bad[][12] = { "", "\0\0\0\0\0\0\0\0", "\xff\0\0\0\0\0\0\0",
		"\1\0\0\0\2\0\0\0x" };
	static const size_t len[] = { 0, 8, 8, 9 };
	int refused = 0;
	for (size_t i = 0; i < N(len); i++) {
		struct frame wrong = { FRAME_ERROR, { bad[i], len[i] }, -1 };
		refused += frame_read_error(&wrong, NULL) == E_SYNTAX;
	}
	ok(refused == (int)N(len), "messages that are no errors are refused");
}

/* Another process of the user has more descriptors on their way than we may open, for
 * half a second. 0: ours went out all the same. */
static int in_a_crowd(void)
{
	struct chan *a, *b;
	struct frame f = { 0 };
	int many[2], few[2], r;
	if ((geteuid() == 0 && setuid(65534) < 0) || chan_pair(NULL, many) < 0 ||
		chan_pair(NULL, few) < 0 || chan_new(many[0], "many", &a) < 0)
		return 2;
	for (int i = 0; i < 64; i++)
		if (chan_send(a, 9, S("x"), few[0], NULL) < 0)
			return 3;
	if (fork() == 0) {
		chan_free(&a);
		(void)poll(NULL, 0, 500);
		_exit(0); /* and what was on its way is gone */
	}
	(void)close(many[1]);
	chan_free(&a);
	struct rlimit limit = { 32, 32 };
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || chan_new(few[0], "few", &a) < 0 ||
		chan_new(few[1], "few", &b) < 0)
		return 4;
	r = chan_send(a, 9, S("x"), 0, NULL);
	return r < 0 ? 5 : chan_recv(b, NULL, &f) == 0 && f.fd >= 0 ? 0 : 6;
}

static void test_crowd(void)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0)
		_exit(in_a_crowd());
	bool ended = waitpid(pid, &status, 0) == pid && WIFEXITED(status);
	ok(ended && WEXITSTATUS(status) == 0,
		"a descriptor is sent when the crowd of others is through: %d",
		WEXITSTATUS(status));
}

int main(void)
{
	test_crowd();
	test_cut_everywhere();
	test_byte_by_byte();
	test_lies();
	test_descriptors();
	test_big();
	test_death();
	test_errors();
	return tap_end();
}
