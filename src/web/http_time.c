/* SPDX-License-Identifier: Apache-2.0
 * http_time.c - absolute deadlines: see http_time.h. Depends on: base, sys/clock. */
#include "web/http_time.h"

#include "base/arena.h"
#include "sys/clock.h"
#include "web/http.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#define LOOK_MS 250

struct http_conn {
	int fd;
	enum http_phase phase;
	int64_t since;
	uint64_t bytes;
	struct http_conn *next_free;
};

struct http_times {
	struct arena arena;
	pthread_mutex_t lock;
	pthread_t thread;
	bool stop;
	struct http_conn *conns, *free;
	size_t most, used; /* used: places that were ever taken */
};

bool http_late(enum http_phase phase, int64_t ms, uint64_t bytes)
{
	int64_t moved_ms = (int64_t)(bytes * 1000 / HTTP_SLOWEST);
	switch (phase) {
	case PHASE_HEAD:
		return ms > HTTP_HEAD_MS;
	case PHASE_IDLE:
		return ms > HTTP_IDLE_MS;
	case PHASE_BODY:
	case PHASE_WRITE:
		return ms > HTTP_GRACE_MS + moved_ms;
	case PHASE_FREE:
	case PHASE_RUN:
	default:
		return false;
	}
}

/* How many bytes ever came over a TCP connection; 0 for a Unix socket, which is the
 * proxy's. */
static uint64_t received(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) < 0)
		return 0;
	return info.tcpi_bytes_received;
}

static void look_at(struct http_conn *c, int64_t now)
{
	/* The next head has begun: from here on it has as long as the first one had. */
	if (c->phase == PHASE_IDLE && received(c->fd) > c->bytes) {
		c->phase = PHASE_HEAD;
		c->since = now;
	}
	if (http_late(c->phase, now - c->since, c->bytes))
		(void)shutdown(c->fd, SHUT_RDWR); /* the library sees it and closes */
}

static void *watch(void *arg)
{
	struct http_times *t = arg;
	for (bool stop = false; !stop;) {
		clock_sleep_ms(LOOK_MS);
		(void)pthread_mutex_lock(&t->lock);
		int64_t now = clock_ms();
		for (size_t i = 0; i < t->used; i++)
			if (t->conns[i].phase != PHASE_FREE)
				look_at(&t->conns[i], now);
		stop = t->stop;
		(void)pthread_mutex_unlock(&t->lock);
	}
	return NULL;
}

int http_times_start(size_t most, struct why *why, struct http_times **ret)
{
	struct arena a = arena_new(MIB(8), "connections");
	struct http_times *t = arena_alloc(&a, sizeof(*t));
	t->conns = arena_array(&a, most, sizeof(*t->conns));
	t->most = most;
	t->arena = a;
	if (pthread_mutex_init(&t->lock, NULL) != 0 ||
		pthread_create(&t->thread, NULL, watch, t) != 0) {
		arena_free(&a);
		return fail(why, E_SYS, "cannot start a thread");
	}
	*ret = t;
	return 0;
}

void http_times_stop(struct http_times **p)
{
	struct http_times *t = *p;
	*p = NULL;
	if (t == NULL)
		return;
	(void)pthread_mutex_lock(&t->lock);
	t->stop = true;
	(void)pthread_mutex_unlock(&t->lock);
	(void)pthread_join(t->thread, NULL);
	(void)pthread_mutex_destroy(&t->lock);
	struct arena a = t->arena;
	arena_free(&a);
}

struct http_conn *http_conn_new(struct http_times *t, int fd)
{
	(void)pthread_mutex_lock(&t->lock);
	struct http_conn *c = t->free;
	if (c)
		t->free = c->next_free;
	else if (t->used < t->most)
		c = &t->conns[t->used++];
	if (c)
		*c = (struct http_conn){
			.fd = fd, .phase = PHASE_HEAD, .since = clock_ms()
		};
	(void)pthread_mutex_unlock(&t->lock);
	return c;
}

void http_conn_end(struct http_times *t, struct http_conn *c)
{
	(void)pthread_mutex_lock(&t->lock);
	*c = (struct http_conn){ .fd = -1, .next_free = t->free };
	t->free = c;
	(void)pthread_mutex_unlock(&t->lock);
}

void http_conn_phase(
	struct http_times *t, struct http_conn *c, enum http_phase phase, uint64_t bytes)
{
	(void)pthread_mutex_lock(&t->lock);
	c->phase = phase;
	c->since = clock_ms();
	c->bytes = phase == PHASE_IDLE ? received(c->fd) : bytes;
	(void)pthread_mutex_unlock(&t->lock);
}

void http_conn_came(struct http_times *t, struct http_conn *c, uint64_t bytes)
{
	(void)pthread_mutex_lock(&t->lock);
	c->bytes = bytes;
	(void)pthread_mutex_unlock(&t->lock);
}

size_t http_times_busy(struct http_times *t)
{
	size_t n = 0;
	(void)pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < t->used; i++)
		n += t->conns[i].phase >= PHASE_BODY;
	(void)pthread_mutex_unlock(&t->lock);
	return n;
}
