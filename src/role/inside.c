/* SPDX-License-Identifier: Apache-2.0
 * inside.c - all roles as threads of one process: see inside.h.
 * Depends on: base, sys, role/role. A thread stands for the master; what it starts are
 * threads too. A fault in one takes all: that is why this is for debugging only. */
#include "role/inside.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/wire.h"
#include "role/role.h"

#include <pthread.h>
#include <sys/socket.h>

struct thread {
	pthread_t id;
	struct role role;
	int (*run)(struct role *me);
	int result;
	bool running;
};

struct inside {
	struct arena arena;
	int datadir;
	uint32_t n_parsers;
	struct chan *work; /* the master's end */
	struct thread master, worker, parsers[ROLE_PARSERS_MAX], helpers[HELPERS];
};

static void *body(void *arg)
{
	struct thread *t = arg;
	t->result = t->run(&t->role);
	chan_free(&t->role.peer);
	fd_close(&t->role.listen_fd);
	fd_close(&t->role.lock_fd);
	for (uint32_t i = 0; i < ROLE_PARSERS_MAX; i++) {
		chan_free(&t->role.parsers[i].chan);
		chan_free(&t->role.parsers[i].next);
	}
	for (int i = 0; i < HELPERS; i++)
		chan_free(&t->role.helpers[i].chan);
	arena_free(&t->role.job);
	arena_free(&t->role.arena);
	return NULL;
}

/* Takes peer. */
static int begin(struct thread *t, const char *name, int (*run)(struct role *), int peer,
	struct role with, struct why *why)
{
	if (t->running)
		(void)pthread_join(t->id, NULL);
	*t = (struct thread){ .run = run, .role = with };
	t->role.name = name;
	t->role.one_process = true;
	t->role.arena = arena_new(MIB(16), name);
	t->role.job = arena_new(MIB(192), name);
	int r = chan_new(peer, name, &t->role.peer);
	if (r < 0)
		return r;
	if (pthread_create(&t->id, NULL, body, t) != 0)
		return fail(why, E_SYS, "cannot start a thread");
	t->running = true;
	return 0;
}

static int begin_parser(struct inside *in, uint32_t place, struct why *why)
{
	int ends[2];
	int r = chan_pair(why, ends);
	if (r < 0)
		return r;
	AUTO_FD int works = ends[0];
	struct role with = { .datadir = -1, .listen_fd = -1, .lock_fd = -1 };
	r = begin(&in->parsers[place], "parse", role_parse, ends[1], with, why);
	if (r < 0)
		return r;
	uint32_t what[2] = { place, (uint32_t)getpid() };
	return chan_send(in->work, ROLE_PARSER,
		(struct str){ (char *)what, sizeof(what) }, works, why);
}

static int begin_helper(struct inside *in, uint32_t id, struct why *why)
{
	static int (*const run[HELPERS])(
		struct role *) = { [HELPER_KEY] = role_key, [HELPER_NET] = role_net };
	int ends[2];
	int r = chan_pair(why, ends);
	if (r < 0)
		return r;
	AUTO_FD int works = ends[0];
	struct role with = { .datadir = in->datadir, .listen_fd = -1, .lock_fd = -1 };
	r = begin(&in->helpers[id], role_helper_name((enum helper_id)id), run[id],
		ends[1], with, why);
	if (r < 0)
		return r;
	uint32_t what[2] = { id, (uint32_t)getpid() };
	return chan_send(in->work, ROLE_HELPER,
		(struct str){ (char *)what, sizeof(what) }, works, why);
}

/* Stands for the master: relays nothing, starts parsers anew. */
static int stand_in(struct role *me)
{
	struct inside *in = (struct inside *)(void *)((char *)me -
		offsetof(struct inside, master.role));
	struct frame f;
	while (chan_recv(in->work, &me->why, &f) == 0) {
		fd_close(&f.fd);
		struct reader rd = rd_new(f.body);
		uint32_t place = rd_u32(&rd);
		if (f.type == FRAME_ERROR)
			log_line(LOG_ERROR, "work", "%.*s", STR(f.body));
		if (f.type == ROLE_REPLACE && place < in->n_parsers)
			(void)!begin_parser(in, place, &me->why);
		if (f.type == ROLE_HELPER_ASK && place < HELPERS)
			(void)!begin_helper(in, place, &me->why);
	}
	return 0;
}

static int stop(void *arg, struct why *why)
{
	struct inside *in = arg;
	(void)!chan_send(in->work, ROLE_FINISH, S(""), -1, NULL);
	struct thread *all[2 + HELPERS + ROLE_PARSERS_MAX] = { &in->worker, &in->master };
	for (int i = 0; i < HELPERS; i++)
		all[2 + i] = &in->helpers[i];
	for (uint32_t i = 0; i < in->n_parsers; i++)
		all[2 + HELPERS + i] = &in->parsers[i];
	for (size_t i = 0; i < N(all); i++)
		if (all[i] && all[i]->running)
			(void)pthread_join(all[i]->id, NULL);
	int r = in->worker.result;
	if (r < 0 && r != E_STOPPED)
		r = fail(why, r, "%s",
			in->worker.role.why.err ? in->worker.role.why.text
						: "work ended");
	chan_free(&in->work);
	struct arena a = in->arena;
	arena_free(&a);
	return r;
}

static int tell_start(struct inside *in, struct why *why)
{
	struct buf b = buf_in(&in->arena, 128);
	struct writer w = wr_new(&b);
	struct sandbox_state none = sandbox_none();
	wr_u32(&w, in->n_parsers);
	wr_u32(&w, (uint32_t)getpid());
	sandbox_state_write(&w, &none);
	return w.err < 0 ? w.err : chan_send(in->work, ROLE_START, buf_str(&b), -1, why);
}

static int start(int datadir, int listen_fd, int lock_fd, uint32_t n_parsers,
	struct why *why, void **ret)
{
	log_line(LOG_WARNING, "service",
		"ALL ROLES RUN IN ONE PROCESS WITHOUT A SANDBOX: for debugging only");
	struct arena a = arena_new(MIB(1), "one process");
	struct inside *in = arena_alloc(&a, sizeof(*in));
	in->arena = a;
	in->datadir = datadir;
	in->n_parsers = n_parsers < ROLE_PARSERS_MAX ? n_parsers : ROLE_PARSERS_MAX;
	int ends[2], mine[2];
	int r = chan_pair(why, ends);
	if (r == 0)
		r = chan_pair(why, mine);
	if (r < 0)
		return r;
	fd_close(&mine[1]);
	struct role with = {
		.datadir = datadir, .listen_fd = listen_fd, .lock_fd = lock_fd
	};
	r = chan_new(ends[0], "work", &in->work);
	if (r == 0)
		r = tell_start(in, why);
	if (r == 0)
		r = begin(&in->worker, "work", role_work, ends[1], with, why);
	for (uint32_t i = 0; i < in->n_parsers && r == 0; i++)
		r = begin_parser(in, i, why);
	with = (struct role){ .datadir = -1, .listen_fd = -1, .lock_fd = -1 };
	if (r == 0)
		r = begin(&in->master, "master", stand_in, mine[0], with, why);
	if (r == 0)
		*ret = in;
	return r;
}

const struct service_inside inside_roles = { .start = start, .stop = stop };
