/* SPDX-License-Identifier: Apache-2.0
 * control.c - work's loop: see control.h. Depends on: base, sys, role/role. */
#include "role/control.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/wire.h"
#include "sys/service.h"

#include <poll.h>
#include <sys/socket.h>

#define GREET_MS 5000  /* a newcomer says who it is */
#define SEND_MS	 30000 /* a client that takes nothing for so long is dropped */
#define TURN_MS	 1000

struct control {
	const struct control_handler *handler;
	struct client clients[CONTROL_CLIENTS];
	bool told_handed;
};

static void drop(struct client *c)
{
	chan_free(&c->chan);
	*c = (struct client){ 0 };
}

static void refuse(struct client *c, int err, const struct why *why)
{
	(void)!frame_send_error(c->chan, err, why, NULL);
	drop(c);
}

static uint32_t count(const struct control *k)
{
	uint32_t n = 0;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		n += k->clients[i].chan != NULL && !k->clients[i].web;
	return n;
}

int control_take_web(struct role *me, int fd, uint32_t pid)
{
	struct client *place = NULL;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *c = &me->control->clients[i];
		if (c->web)
			drop(c);
		if (c->chan == NULL)
			place = c;
	}
	if (place == NULL) {
		fd_close(&fd); /* web ends with it, and the master starts another */
		return 0;
	}
	*place = (struct client){ .pid = (pid_t)pid,
		.welcome = true,
		.web = true,
		.came_ms = clock_ms(),
		.clock = me->clock };
	int r = chan_new(fd, "web", &place->chan);
	if (r == 0)
		chan_patience(place->chan, SEND_MS);
	return r;
}

void control_tell_web(struct role *me, uint16_t type, struct str body)
{
	for (size_t i = 0; me->control && i < CONTROL_CLIENTS; i++) {
		struct client *c = &me->control->clients[i];
		struct pollfd p = { .fd = c->chan ? chan_fd(c->chan) : -1,
			.events = POLLOUT };
		if (c->web && c->chan && poll(&p, 1, 0) > 0 && p.revents == POLLOUT)
			(void)!chan_send(c->chan, type, body, -1, NULL);
	}
}

static void log_refused(const struct role *me, pid_t pid)
{
	log_line(LOG_WARNING, me->name, "process %d may not use the control socket",
		(int)pid);
}

static void let_in(struct role *me)
{
	int fd = accept4(me->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return; /* it left again */
	struct client new = { .came_ms = clock_ms() };
	if (chan_new(fd, "a command", &new.chan) < 0)
		return;
	chan_patience(new.chan, SEND_MS);
	struct why why = { 0 };
	if (!service_may(me->datadir, fd, &new.pid) || role_is_helpers(me, new.pid)) {
		log_refused(me, new.pid);
		(void)fail(&why, E_DENIED, "only the directory's owner may");
		refuse(&new, E_DENIED, &why);
		return;
	}
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (me->control->clients[i].chan == NULL) {
			me->control->clients[i] = new;
			return;
		}
	(void)fail(&why, E_BUSY, "%d commands are at work already", CONTROL_CLIENTS);
	refuse(&new, E_BUSY, &why);
}

static int welcome(struct role *me, struct client *c, const struct frame *f)
{
	struct reader rd = rd_new(f->body);
	uint32_t protocol = rd_u32(&rd);
	uint8_t has_now = rd_u8(&rd);
	int64_t now = rd_i64(&rd);
	if (f->type != FRAME_CLIENT || rd_end(&rd) < 0 || has_now > 1)
		return E_SYNTAX;
	struct why why = { 0 };
	int r = 0;
	c->clock = me->clock;
	/* What key started may run under the owner's name, but cannot open his
	 * directory. */
	if (protocol == FRAME_PROTOCOL &&
		(!service_shown(me->datadir, f->fd) || role_is_helpers(me, c->pid))) {
		log_refused(me, c->pid);
		r = fail(&why, E_DENIED, "only the directory's owner may");
	}
	if (r == 0 && has_now)
		r = clock_fix(&c->clock, me->conf.demo, now, &why);
	if (r < 0) {
		(void)!frame_send_error(c->chan, r, &why, NULL);
		return E_PEER;
	}
	AUTO_ARENA a = arena_new(KIB(32), "welcome");
	struct buf b = buf_in(&a, 256);
	struct writer w = wr_new(&b);
	wr_u32(&w, FRAME_PROTOCOL);
	wr_str(&w, S(TOCSIN_VERSION));
	if (w.err < 0)
		return w.err;
	/* With another protocol it reads the version in this and says so to its
	 * person. */
	r = chan_send(c->chan, FRAME_WELCOME, buf_str(&b), -1, NULL);
	c->welcome = r == 0 && protocol == FRAME_PROTOCOL;
	return c->welcome ? 0 : E_PEER;
}

static int tell_state(struct client *c, const char *role, uint32_t pid,
	const struct sandbox_state *state)
{
	AUTO_ARENA a = arena_new(KIB(32), "state");
	struct buf b = buf_in(&a, 256);
	struct writer w = wr_new(&b);
	wr_str(&w, str_c(role));
	wr_u32(&w, pid);
	sandbox_state_write(&w, state);
	if (w.err < 0)
		return w.err;
	return chan_send(c->chan, FRAME_STATE, buf_str(&b), -1, NULL) < 0 ? E_PEER : 0;
}

static int tell_states(struct role *me, struct client *c)
{
	int r = tell_state(c, "master", me->master_pid, &me->master_state);
	if (r == 0)
		r = tell_state(c, "work", (uint32_t)getpid(), &me->state);
	for (uint32_t i = 0; i < me->n_parsers && r == 0; i++) {
		struct chan *ready;
		r = role_parser(me, i, &ready);
		if (r == 0)
			r = tell_state(
				c, "parse", me->parsers[i].pid, &me->parsers[i].state);
	}
	for (int i = 0; i < HELPERS && r == 0; i++) {
		struct chan *ready;
		r = role_helper(me, (enum helper_id)i, &ready);
		if (r == E_STATE) { /* the service goes on; who needs it is told why */
			log_line(LOG_WARNING, me->name, "%s", me->why.text);
			me->why = (struct why){ 0 };
			r = 0;
		} else if (r == 0)
			r = tell_state(c, role_helper_name((enum helper_id)i),
				me->helpers[i].pid, &me->helpers[i].state);
	}
	for (size_t i = 0; i < CONTROL_CLIENTS && r == 0; i++) {
		const struct client *web = &me->control->clients[i];
		if (web->web && web->has_state)
			r = tell_state(c, "web", (uint32_t)web->pid, &web->state);
	}
	if (r == 0 && chan_send(c->chan, FRAME_END, S(""), -1, NULL) < 0)
		r = E_PEER;
	return r;
}

/* The web role's first word. */
static int web_begins(struct client *c, const struct frame *f)
{
	struct reader rd = rd_new(f->body);
	int r = sandbox_state_read(&rd, &c->state);
	c->has_state = r == 0 && rd_end(&rd) == 0;
	return c->has_state ? 0 : E_SYNTAX;
}

static int on_frame(struct role *me, struct client *c, struct frame *f)
{
	int r;
	if (c->web)
		r = f->type == ROLE_READY ? web_begins(c, f)
					  : me->control->handler->on_frame(me, c, f);
	else if (!c->welcome)
		r = welcome(me, c, f);
	else if (f->type == FRAME_PING)
		r = chan_send(c->chan, FRAME_PONG, f->body, -1, NULL) < 0 ? E_PEER : 0;
	else if (f->type == FRAME_STATE_ASK)
		r = tell_states(me, c);
	else
		r = me->control->handler->on_frame(me, c, f);
	fd_close(&f->fd);
	return r;
}

static bool has_input(const struct client *c)
{
	struct pollfd p = { .fd = chan_fd(c->chan), .events = POLLIN };
	return poll(&p, 1, 0) > 0;
}

/* Reads from one client and answers what it asked. newcomers: only until it is
 * greeted. */
static int serve(struct role *me, struct client *c, bool newcomers)
{
	const struct control_handler *h = me->control->handler;
	int r = chan_fill(c->chan, NULL);
	while (r == 0 && !(newcomers && c->welcome)) {
		struct frame f;
		r = chan_next(c->chan, &f);
		if (r == 1)
			r = on_frame(me, c, &f);
		else if (r == 0 && h->more && h->more(me) && has_input(c))
			r = chan_fill(c->chan, NULL);
		else
			break;
	}
	if (h->on_quiet && !newcomers) {
		int quiet = h->on_quiet(me, c);
		bool ends_work = quiet < 0 && quiet != E_PEER;
		r = r == 0 || ends_work ? quiet : r;
	}
	if (r == E_SYNTAX)
		log_line(LOG_WARNING, me->name,
			"process %d broke the protocol and is dropped", (int)c->pid);
	if (r == E_PEER || r == E_SYNTAX) {
		drop(c);
		r = 0;
	}
	return r;
}

/* Those who connected and do not say why. */
static void drop_silent(struct control *k)
{
	int64_t now = clock_ms();
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *c = &k->clients[i];
		if (c->chan && !c->welcome && now - c->came_ms > GREET_MS)
			drop(c);
	}
}

/* Those that have said something. */
static int serve_those(struct role *me, const struct pollfd *p, bool newcomers)
{
	int r = 0;
	for (size_t i = 0; i < CONTROL_CLIENTS && r == 0; i++) {
		/* An act that kept up may have let others in and out meanwhile. */
		struct client *c = &me->control->clients[i];
		bool same = c->chan && chan_fd(c->chan) == p[i].fd;
		if (p[i].revents && same && !me->stop)
			r = serve(me, c, newcomers);
	}
	return r;
}

/* Whom a turn is for. */
enum hearing {
	HEAR_ALL,
	HEAR_OTHERS,   /* but not the schedule: an act that waits is in its place */
	HEAR_NEWCOMERS /* only until they are greeted */
};

/* Waits up to ms and does what there is to do. own: what the act waits for that hears
 * others. *ret_events: how many had something. */
static int turn(struct role *me, int ms, enum hearing whom, int own, int *ret_events)
{
	bool newcomers = whom == HEAR_NEWCOMERS;
	struct control *k = me->control;
	struct pollfd p[3 + CONTROL_CLIENTS];
	const struct control_handler *h = k->handler;
	p[0] = (struct pollfd){ .fd = chan_fd(me->peer), .events = POLLIN };
	p[1] = (struct pollfd){ .fd = me->listen_fd, .events = POLLIN };
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *c = &k->clients[i];
		bool watch = c->chan && !c->busy && !(newcomers && c->welcome);
		p[2 + i] = (struct pollfd){ .fd = watch ? chan_fd(c->chan) : -1,
			.events = POLLIN };
	}
	if (whom == HEAR_ALL && h->watch)
		own = h->watch(me);
	p[2 + CONTROL_CLIENTS] = (struct pollfd){ .fd = own, .events = POLLIN };
	int n = poll(p, N(p), ms);
	*ret_events = n > 0 ? n : 0;
	int r = 0;
	if (n > 0 && p[0].revents)
		r = role_hear_master(me);
	if (n > 0 && r == 0)
		r = serve_those(me, p + 2, newcomers);
	if (n > 0 && p[1].revents && r == 0)
		let_in(me);
	if (n > 0 && p[2 + CONTROL_CLIENTS].revents && r == 0 && whom == HEAR_ALL)
		r = h->on_watch(me);
	drop_silent(k);
	return r;
}

int control_run(struct role *me, const struct control_handler *h)
{
	me->control = arena_alloc(&me->arena, sizeof(*me->control));
	me->control->handler = h;
	int r = 0, events = 1;
	int64_t idle_ms = clock_ms();
	while (r == 0 && !me->stop) {
		/* Before judging who is left, hear all that has already happened. */
		bool settle = me->finish && !me->control->told_handed;
		r = turn(me, settle ? 0 : TURN_MS, HEAR_ALL, -1, &events);
		int64_t now = clock_ms();
		bool due = events == 0 || now - idle_ms >= TURN_MS;
		if (r == 0 && due && !settle && h->on_idle) {
			r = h->on_idle(me);
			idle_ms = now;
		}
		if (r < 0 || !me->finish || events > 0)
			continue;
		if (count(me->control) == 0)
			break;
		if (!me->control->told_handed)
			r = chan_send(me->peer, ROLE_HANDED, S(""), -1, NULL) < 0 ? E_PEER
										  : 0;
		me->control->told_handed = true;
	}
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		drop(&me->control->clients[i]);
	/* A master that is gone ends work, but that is no failure of ours. */
	return r == E_PEER || r == E_STOPPED ? 0 : r;
}

/* After such a turn: may the act go on? */
static int go_on(struct role *me, struct client *c, int r)
{
	if (r < 0)
		return r == E_PEER ? E_STOPPED : r;
	if (me->stop)
		return E_STOPPED;
	if (c == NULL)
		return 0;
	struct pollfd p = { .fd = chan_fd(c->chan), .events = POLLRDHUP };
	if (poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)))
		return E_PEER;
	return 0;
}

int control_keep_up(struct role *me, struct client *c)
{
	int events;
	return go_on(me, c, turn(me, 0, HEAR_NEWCOMERS, -1, &events));
}

int control_others(struct role *me, struct client *c, int fd, int ms)
{
	int events;
	c->busy = true;
	int r = turn(me, ms, HEAR_OTHERS, fd, &events);
	c->busy = false;
	return go_on(me, c, r);
}
