/* SPDX-License-Identifier: Apache-2.0
 * web.c - web: HTTP for people; reads the database, changes nothing but by asking work.
 * Depends on: base, sys, web, role. */
#include "web/web.h"
#include "base/auto.h"
#include "base/log.h"
#include "base/wire.h"
#include "role/role.h"
#include "web/http.h"

#include <poll.h>

#define STOP_MS 3000

static void log_web(const char *text)
{
	log_line(LOG_WARNING, "web", "%s", text);
}

/* The master's first word: the clock, and the socket to work. */
static int hear_start(struct role *me, struct chan **ret)
{
	struct frame f;
	int r = chan_recv(me->peer, &me->why, &f);
	if (r < 0)
		return r;
	AUTO_FD int fd = f.fd;
	struct reader rd = rd_new(f.body);
	me->clock.shift = rd_i64(&rd);
	if (f.type != ROLE_WEB || rd_end(&rd) < 0 || fd < 0 || me->listen_fd < 0)
		return fail(&me->why, E_SYNTAX, "the master did not begin as it should");
	return chan_new(take_fd(&fd), "work", ret);
}

static int tell_ready(struct role *me, struct chan *work)
{
	AUTO_ARENA a = arena_new(KIB(32), "ready");
	struct buf b = buf_in(&a, 128);
	struct writer w = wr_new(&b);
	sandbox_state_write(&w, &me->state);
	int r = w.err < 0 ? w.err
			  : chan_send(work, ROLE_READY, buf_str(&b), -1, &me->why);
	return r < 0 ? r : chan_send(me->peer, ROLE_READY, S(""), -1, &me->why);
}

/* The master has nothing more to say: its end is ours. */
static void await_end(struct role *me)
{
	struct frame f;
	while (chan_recv(me->peer, NULL, &f) == 0)
		fd_close(&f.fd);
}

int role_web(struct role *me)
{
	AUTO_CHAN work = NULL;
	struct web *web = NULL;
	struct http *http = NULL;
	int r = hear_start(me, &work);
	if (r == 0)
		r = http_ready(&me->why);
	if (r == 0)
		r = sandbox_enter(sandbox_plan("web"), me->datadir, &me->why, &me->state);
	if (r == 0)
		r = conf_load(me->datadir, &me->arena, &me->why, &me->conf);
	if (r < 0)
		return r;
	const struct web_options wo = { .conf = &me->conf,
		.datadir = me->datadir,
		.work = work,
		.clock = me->clock,
		.log = log_web };
	r = web_open(&wo, &me->why, &web);
	if (r < 0)
		return r;
	const struct http_options ho = { .listen_fd = me->listen_fd,
		.threads = (uint32_t)me->conf.web_threads,
		.behind_proxy = me->conf.web_proxy,
		.handler = web_handler(web),
		.log = log_web };
	/* Work must know us before the first visitor comes. */
	r = tell_ready(me, work);
	if (r == 0)
		r = http_start(&ho, &me->why, &http);
	if (r == 0)
		await_end(me);
	http_stop(&http, STOP_MS);
	web_close(&web);
	return r;
}
