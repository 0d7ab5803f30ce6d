/* SPDX-License-Identifier: Apache-2.0
 * role.c - how a role begins, and work's side of the talk with the master: see role.h.
 * Depends on: base, sys. */
#include "role/role.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/wire.h"
#include "fmt/job.h"
#include "fmt/zip_out.h"
#include "role/control.h"
#include "sys/proc.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

static const struct {
	const char *name;
	int (*run)(struct role *me);
} roles[] = {
	{ "master", role_master },
	{ "work", role_work },
	{ "parse", role_parse },
	{ "key", role_key },
	{ "net", role_net },
	{ "web", role_web },
};

static int hear_start(struct role *me)
{
	struct frame f;
	int r = chan_recv(me->peer, &me->why, &f);
	if (r < 0)
		return r;
	fd_close(&f.fd);
	struct reader rd = rd_new(f.body);
	uint32_t n = rd_u32(&rd);
	me->master_pid = rd_u32(&rd);
	r = sandbox_state_read(&rd, &me->master_state);
	if (f.type != ROLE_START || r < 0 || rd_end(&rd) < 0 || n < 1 ||
		n > ROLE_PARSERS_MAX)
		return fail(&me->why, E_SYNTAX, "the master did not begin as it should");
	me->n_parsers = n;
	return 0;
}

int role_begin(struct role *me)
{
	int r = hear_start(me);
	if (r == 0)
		r = zip_ready(&me->why); /* for the tables of notices */
	if (r < 0)
		return r;
	if (me->one_process)
		me->state = sandbox_none();
	else
		r = sandbox_enter(
			sandbox_plan("work"), me->datadir, &me->why, &me->state);
	if (r == 0)
		r = conf_load(me->datadir, &me->arena, &me->why, &me->conf);
	return r;
}

int role_tell_ready(struct role *me)
{
	struct buf b = buf_in(&me->arena, 64);
	struct writer w = wr_new(&b);
	sandbox_state_write(&w, &me->state);
	if (w.err < 0)
		return w.err;
	return chan_send(me->peer, ROLE_READY, buf_str(&b), -1, &me->why);
}

int role_ready(struct role *me)
{
	return chan_send(me->peer, ROLE_READY, S(""), -1, &me->why);
}

static int take_parser(struct role *me, struct frame *f)
{
	struct reader rd = rd_new(f->body);
	uint32_t place = rd_u32(&rd);
	uint32_t pid = rd_u32(&rd);
	if (rd_end(&rd) < 0 || place >= me->n_parsers || f->fd < 0)
		return fail(&me->why, E_SYNTAX, "the master sent a broken message");
	/* A job may still hold the channel of the old one: only
	 * role_parser changes over. */
	struct parser *p = &me->parsers[place];
	chan_free(&p->next);
	int r = chan_new(take_fd(&f->fd), "parse", &p->next);
	if (r == 0)
		chan_patience(p->next, JOB_SILENT_MS);
	p->next_pid = pid;
	return r;
}

static int take_helper(struct role *me, struct frame *f)
{
	struct reader rd = rd_new(f->body);
	uint32_t id = rd_u32(&rd);
	uint32_t pid = rd_u32(&rd);
	if (rd_end(&rd) < 0 || id >= HELPERS || f->fd < 0)
		return fail(&me->why, E_SYNTAX, "the master sent a broken message");
	struct helper *h = &me->helpers[id];
	chan_free(&h->chan);
	*h = (struct helper){ .pid = pid };
	int r = chan_new(take_fd(&f->fd), role_helper_name((enum helper_id)id), &h->chan);
	if (r == 0)
		chan_patience(h->chan, ROLE_HELPER_MS);
	return r;
}

/* From now on what is due is done, by this clock. */
static int take_clock(struct role *me, struct frame *f)
{
	struct reader rd = rd_new(f->body);
	int64_t shift = rd_i64(&rd);
	if (rd_end(&rd) < 0 || (shift && !me->conf.demo))
		return fail(&me->why, E_SYNTAX, "the master sent a broken message");
	me->clock.shift = shift;
	me->serving = true;
	return 0;
}

static int take_web(struct role *me, struct frame *f)
{
	struct reader rd = rd_new(f->body);
	uint32_t pid = rd_u32(&rd);
	if (rd_end(&rd) < 0 || f->fd < 0 || me->control == NULL)
		return fail(&me->why, E_SYNTAX, "the master sent a broken message");
	return control_take_web(me, take_fd(&f->fd), pid);
}

int role_on_master(struct role *me, struct frame *f)
{
	int r = 0;
	if (f->type == ROLE_PARSER)
		r = take_parser(me, f);
	else if (f->type == ROLE_HELPER)
		r = take_helper(me, f);
	else if (f->type == ROLE_SERVE)
		r = take_clock(me, f);
	else if (f->type == ROLE_WEB)
		r = take_web(me, f);
	else if (f->type == ROLE_FINISH)
		me->finish = true;
	else if (f->type == ROLE_STOP)
		me->stop = true;
	else
		r = fail(&me->why, E_SYNTAX, "the master sent message type %u", f->type);
	fd_close(&f->fd);
	return r;
}

int role_hear_master(struct role *me)
{
	struct frame f;
	int r = chan_fill(me->peer, &me->why);
	while (r == 0 && (r = chan_next(me->peer, &f)) == 1)
		r = role_on_master(me, &f);
	return r;
}

/* The first frame of a parser or helper tells its sandbox. */
static int hear_ready(struct chan *c, struct why *why, struct sandbox_state *ret)
{
	struct why own = { 0 };
	struct frame f;
	int r = chan_recv(c, &own, &f);
	if (r < 0)
		return r;
	fd_close(&f.fd);
	struct reader rd = rd_new(f.body);
	struct sandbox_state state;
	if (f.type == FRAME_ERROR)
		return frame_read_error(&f, why);
	if (f.type != ROLE_READY || sandbox_state_read(&rd, &state) < 0 ||
		rd_end(&rd) < 0)
		return E_SYNTAX;
	*ret = state;
	return 0;
}

static int parser_ready(struct role *me, struct parser *p)
{
	int r = p->ready ? 0 : hear_ready(p->chan, &me->why, &p->state);
	p->ready = p->ready || r == 0;
	return r;
}

static void change_over(struct parser *p)
{
	chan_free(&p->chan);
	*p = (struct parser){ .chan = p->next, .pid = p->next_pid };
}

/* A parser that ended while it had nothing to do. */
static bool gone(const struct chan *c)
{
	struct pollfd f = { .fd = chan_fd(c), .events = POLLRDHUP };
	return poll(&f, 1, 0) > 0 && (f.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* Waits until there is a parser at this place. */
static int await_parser(struct role *me, struct parser *p)
{
	while (p->next == NULL) {
		struct frame f;
		int r = chan_recv(me->peer, &me->why, &f);
		if (r == 0)
			r = role_on_master(me, &f);
		if (r < 0)
			return r;
		if (me->stop)
			return fail(&me->why, E_STOPPED, "the service is ending");
	}
	change_over(p);
	return 0;
}

int role_parser(struct role *me, uint32_t i, struct chan **ret)
{
	if (i >= me->n_parsers)
		return fail(&me->why, E_STATE, "there is no parser %u", i);
	struct parser *p = &me->parsers[i];
	for (int tries = 0; tries < 5; tries++) {
		int r = 0;
		if (p->chan && gone(p->chan))
			role_drop_parser(me, i);
		if (p->chan == NULL)
			r = await_parser(me, p);
		if (r < 0)
			return r;
		if (parser_ready(me, p) == 0) {
			*ret = p->chan;
			return 0;
		}
		role_drop_parser(me, i);
	}
	return fail(&me->why, E_STATE, "the parse role does not start");
}

void role_drop_parser(struct role *me, uint32_t i)
{
	struct parser *p = &me->parsers[i];
	uint32_t what[2] = { i, p->pid };
	if (p->chan == NULL)
		return; /* the next one is on its way already */
	chan_free(&p->chan);
	p->ready = false;
	/* A master that is gone shows in the next read from it. */
	(void)!chan_send(me->peer, ROLE_REPLACE,
		(struct str){ (char *)what, sizeof(what) }, -1, NULL);
}

const char *role_helper_name(enum helper_id id)
{
	static const char *const names[HELPERS] = {
		[HELPER_KEY] = "key", [HELPER_NET] = "net"
	};
	return names[id];
}

/* Asks the master for it and waits. */
static int await_helper(struct role *me, enum helper_id id)
{
	struct helper *h = &me->helpers[id];
	uint32_t what = id;
	int r = chan_send(me->peer, ROLE_HELPER_ASK,
		(struct str){ (char *)&what, sizeof(what) }, -1, &me->why);
	while (r == 0 && h->chan == NULL) {
		struct frame f;
		r = chan_recv(me->peer, &me->why, &f);
		if (r == 0)
			r = role_on_master(me, &f);
		if (r == 0 && me->stop)
			r = fail(&me->why, E_STOPPED, "the service is ending");
	}
	return r;
}

int role_helper(struct role *me, enum helper_id id, struct chan **ret)
{
	struct helper *h = &me->helpers[id];
	struct why own = { 0 };
	for (int tries = 0; tries < 3; tries++) {
		int r = 0;
		if (h->chan && gone(h->chan))
			role_drop_helper(me, id);
		if (h->chan == NULL)
			r = await_helper(me, id);
		if (r < 0)
			return r;
		own.err = 0;
		if (!h->ready)
			r = hear_ready(h->chan, &own, &h->state);
		if (r == 0) {
			h->ready = true;
			*ret = h->chan;
			return 0;
		}
		role_drop_helper(me, id);
	}
	return fail(&me->why, E_STATE, "the %s role does not start%s%s",
		role_helper_name(id), own.err ? ": " : "", own.err ? own.text : "");
}

void role_drop_helper(struct role *me, enum helper_id id)
{
	struct helper *h = &me->helpers[id];
	uint32_t what[2] = { id, h->pid };
	if (h->chan == NULL)
		return;
	chan_free(&h->chan);
	*h = (struct helper){ 0 };
	(void)!chan_send(me->peer, ROLE_HELPER_END,
		(struct str){ (char *)what, sizeof(what) }, -1, NULL);
}

bool role_is_helpers(const struct role *me, pid_t pid)
{
	pid_t group = getpgid(pid);
	if (me->one_process)
		return false;
	for (int i = 0; i < HELPERS; i++) /* a helper leads its group, nobody leaves it */
		if (me->helpers[i].pid && group == (pid_t)me->helpers[i].pid)
			return true;
	return group < 0; /* it is dead: whose it was cannot be known */
}

static int fd_or_none(int fd)
{
	return fcntl(fd, F_GETFD) >= 0 ? fd : -1;
}

int role_main(const char *name)
{
	int (*run)(struct role *) = NULL;
	for (size_t i = 0; i < N(roles); i++)
		if (strcmp(roles[i].name, name) == 0)
			run = roles[i].run;
	struct stat peer;
	if (run == NULL || fstat(PROC_PEER, &peer) < 0 || !S_ISSOCK(peer.st_mode)) {
		log_line(LOG_ERROR, "role",
			"roles are started by the service, not by hand");
		return 2;
	}
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	struct role me = { .name = name,
		.datadir = fd_or_none(PROC_DIR),
		.listen_fd = fd_or_none(PROC_LISTEN),
		.lock_fd = fd_or_none(PROC_LOCK) };
	me.arena = arena_new(MIB(16), name);
	me.job = arena_new(MIB(192), name);
	for (int fd = PROC_PEER; fd < PROC_PLACES; fd++)
		if (fd_or_none(fd) >= 0)
			(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	int r = chan_new(PROC_PEER, "the other side", &me.peer);
	if (r == 0)
		r = run(&me);
	/* The error goes to who started us, and up to the command, which tells the
	 * person. */
	if (r < 0 && r != E_STOPPED && frame_send_error(me.peer, r, &me.why, NULL) < 0)
		log_line(LOG_ERROR, name, "%s", me.why.err ? me.why.text : err_text(r));
	return r < 0 ? 1 : 0;
}
