/* SPDX-License-Identifier: Apache-2.0
 * master.c - master: starts, restarts and ends the others. Depends on: base, sys,
 * role/role. It reads no outside byte and never opens the database. It ends with its
 * lifeline, the channel to the command that started it; the kernel closes that whatever
 * ends the command. */
#include "role/role.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/wire.h"
#include "sys/lock.h"
#include "sys/proc.h"
#include "sys/service.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#define STOP_MS	     15000 /* what work gets to reach its next safe point */
#define WEB_STOP_MS  5000  /* what web gets to finish its answers */
#define QUICK_MS     1000  /* a parser that ended sooner did not even start */
#define BACK_OFF_MS  100   /* doubled for each quick end in a row */
#define BACK_OFF_MAX 6

struct child {
	pid_t pid; /* 0: not running */
	int64_t started_ms, due_ms;
	int quick;  /* ends soon after the start, in a row */
	bool asked; /* work gave up on it: its end is no news */
};

/* How the helpers are started; by enum helper_id. */
static const struct {
	const char *role;
	bool datadir; /* it gets the data directory */
	bool group;   /* it starts others, which end with it */
} helper_plans[HELPERS] = {
	[HELPER_KEY] = { "key", true, true },
	[HELPER_NET] = { "net", false, false },
};

struct master {
	struct role *me;
	int signals;
	struct chan *work;
	struct child worker;
	uint32_t n_parsers;
	struct child parsers[ROLE_PARSERS_MAX];
	struct child helpers[HELPERS];
	int http_fd;   /* -1: no web role is wanted */
	int64_t shift; /* of the service's clock */
	struct child web;
	struct chan *web_chan;
	bool web_served; /* it was ready once: the command knows */
	bool ready, lifeline_gone, done;
	int64_t kill_ms; /* when to end work by force; 0: no */
};

static int hear_options(struct role *me, uint32_t *ret)
{
	struct frame f;
	int r = chan_recv(me->peer, &me->why, &f);
	if (r < 0)
		return r;
	fd_close(&f.fd);
	struct reader rd = rd_new(f.body);
	uint32_t n = rd_u32(&rd);
	if (f.type != ROLE_START || rd_end(&rd) < 0 || n < 1 || n > ROLE_PARSERS_MAX)
		return fail(
			&me->why, E_SYNTAX, "between 1 and %d parsers", ROLE_PARSERS_MAX);
	*ret = n;
	return 0;
}

static int watch_signals(struct master *m)
{
	sigset_t s;
	(void)sigemptyset(&s);
	static const int watched[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP };
	for (size_t i = 0; i < N(watched); i++)
		(void)sigaddset(&s, watched[i]);
	if (sigprocmask(SIG_BLOCK, &s, NULL) < 0)
		return fail(&m->me->why, E_SYS, "cannot hold signals back");
	m->signals = signalfd(-1, &s, SFD_CLOEXEC | SFD_NONBLOCK);
	return m->signals < 0 ? fail(&m->me->why, E_SYS, "cannot watch signals") : 0;
}

static int start_work(struct master *m)
{
	struct role *me = m->me;
	int ends[2];
	int r = chan_pair(&me->why, ends);
	if (r < 0)
		return r;
	AUTO_FD int theirs = ends[1];
	r = chan_new(ends[0], "work", &m->work);
	if (r < 0)
		return r;
	struct proc_start p = { .role = "work", .follow = true };
	p.fds[PROC_PEER] = theirs;
	p.fds[PROC_DIR] = me->datadir;
	p.fds[PROC_LISTEN] = me->listen_fd;
	p.fds[PROC_LOCK] = me->lock_fd;
	r = proc_start(&p, &me->why, &m->worker.pid);
	if (r < 0)
		return r;
	fd_close(&me->listen_fd); /* newcomers are work's alone */
	struct buf b = buf_in(&me->arena, 128);
	struct writer w = wr_new(&b);
	wr_u32(&w, m->n_parsers);
	wr_u32(&w, (uint32_t)getpid());
	sandbox_state_write(&w, &me->state);
	if (w.err < 0)
		return w.err;
	return chan_send(m->work, ROLE_START, buf_str(&b), -1, &me->why);
}

static int start_parser(struct master *m, uint32_t place)
{
	struct role *me = m->me;
	struct child *c = &m->parsers[place];
	int ends[2];
	int r = chan_pair(&me->why, ends);
	if (r < 0)
		return r;
	AUTO_FD int ours = ends[0];
	AUTO_FD int theirs = ends[1];
	struct proc_start p = { .role = "parse", .follow = true };
	p.fds[PROC_PEER] = theirs;
	r = proc_start(&p, &me->why, &c->pid);
	if (r < 0)
		return r;
	c->started_ms = clock_ms();
	c->asked = false;
	c->due_ms = 0;
	uint32_t what[2] = { place, (uint32_t)c->pid };
	/* Work may be gone; the reason is told by its SIGCHLD. */
	return chan_send(m->work, ROLE_PARSER, (struct str){ (char *)what, sizeof(what) },
		ours, NULL);
}

/* With all that it started, where it leads a group. */
static void kill_helper(struct master *m, uint32_t id)
{
	pid_t pid = m->helpers[id].pid;
	if (pid == 0)
		return;
	m->helpers[id].asked = true;
	(void)kill(helper_plans[id].group ? -pid : pid, SIGKILL);
}

/* Work asks for a helper. One that still runs is one that work gave up on, or that work
 * cannot see the end of yet. */
static int start_helper(struct master *m, uint32_t id)
{
	struct role *me = m->me;
	struct child *c = &m->helpers[id];
	int ends[2];
	if (c->pid) {
		kill_helper(m, id);
		proc_end(c->pid, 1000);
		c->pid = 0;
	}
	int r = chan_pair(&me->why, ends);
	if (r < 0)
		return r;
	AUTO_FD int ours = ends[0];
	AUTO_FD int theirs = ends[1];
	struct proc_start p = { .role = helper_plans[id].role,
		.group = helper_plans[id].group,
		.follow = true };
	p.fds[PROC_PEER] = theirs;
	p.fds[PROC_DIR] = helper_plans[id].datadir ? me->datadir : -1;
	r = proc_start(&p, &me->why, &c->pid);
	if (r < 0)
		return r;
	c->asked = false;
	uint32_t what[2] = { id, (uint32_t)c->pid };
	return chan_send(m->work, ROLE_HELPER, (struct str){ (char *)what, sizeof(what) },
		ours, NULL);
}

static int on_helper_frame(struct master *m, const struct frame *f)
{
	struct reader rd = rd_new(f->body);
	uint32_t id = rd_u32(&rd);
	uint32_t pid = f->type == ROLE_HELPER_END ? rd_u32(&rd) : 0;
	if (rd_end(&rd) < 0 || id >= HELPERS)
		return fail(&m->me->why, E_SYNTAX, "work sent a broken message");
	if (f->type == ROLE_HELPER_ASK) {
		int r = start_helper(m, id);
		return r == E_PEER ? 0 : r; /* work may be gone; SIGCHLD tells */
	}
	if (pid > 0 && m->helpers[id].pid == (pid_t)pid)
		kill_helper(m, id); /* SIGCHLD follows */
	return 0;
}

/* What it started must not outlive it, whatever ended it. */
static void on_helper_end(struct master *m, uint32_t id, int status)
{
	struct child *c = &m->helpers[id];
	if (WIFSIGNALED(status) && !c->asked && !m->me->stop && !m->done)
		log_line(LOG_WARNING, "master", "%s %d ended by signal %d",
			helper_plans[id].role, (int)c->pid, WTERMSIG(status));
	if (helper_plans[id].group)
		(void)kill(-c->pid, SIGKILL);
	c->pid = 0;
}

/* The body of a message that is one number. */
static struct str number_body(const int64_t *n)
{
	return (struct str){ (const char *)n, sizeof(*n) };
}

/* Starts the web role: one socket to us, one to work. */
static int start_web(struct master *m)
{
	struct role *me = m->me;
	int ours[2], works[2];
	int r = chan_pair(&me->why, ours);
	if (r < 0)
		return r;
	AUTO_FD int theirs = ours[1];
	r = chan_new(ours[0], "web", &m->web_chan);
	if (r == 0)
		r = chan_pair(&me->why, works);
	if (r < 0)
		return r;
	AUTO_FD int for_work = works[0];
	AUTO_FD int for_web = works[1];
	struct proc_start p = { .role = "web", .follow = true };
	p.fds[PROC_PEER] = theirs;
	p.fds[PROC_DIR] = me->datadir;
	p.fds[PROC_LISTEN] = m->http_fd;
	r = proc_start(&p, &me->why, &m->web.pid);
	if (r < 0)
		return r;
	m->web.started_ms = clock_ms();
	m->web.due_ms = 0;
	uint32_t pid = (uint32_t)m->web.pid;
	/* One that died at once shows by its SIGCHLD. */
	(void)!chan_send(m->web_chan, ROLE_WEB, number_body(&m->shift), for_web, NULL);
	(void)!chan_send(m->work, ROLE_WEB, (struct str){ (char *)&pid, sizeof(pid) },
		for_work, NULL);
	return 0;
}

/* The command wants the service to serve. */
static int on_serve(struct master *m, struct frame *f)
{
	struct reader rd = rd_new(f->body);
	m->shift = rd_i64(&rd);
	if (rd_end(&rd) < 0 || f->fd < 0 || m->http_fd >= 0)
		return fail(&m->me->why, E_SYNTAX, "the command sent a broken message");
	m->http_fd = take_fd(&f->fd);
	int r = chan_send(m->work, ROLE_SERVE, number_body(&m->shift), -1, NULL);
	return r < 0 ? r : start_web(m);
}

static void hear_web(struct master *m)
{
	struct frame f;
	int r = chan_fill(m->web_chan, NULL);
	while (r == 0 && chan_next(m->web_chan, &f) == 1) {
		fd_close(&f.fd);
		if (f.type == FRAME_ERROR) {
			struct why why = { 0 };
			(void)!frame_read_error(&f, &why);
			log_line(LOG_ERROR, "web", "%s", why.text);
			if (!m->web_served)
				(void)!frame_send_error(m->me->peer, why.err, &why, NULL);
		} else if (f.type == ROLE_READY && !m->web_served) {
			m->web_served = true;
			(void)!chan_send(m->me->peer, ROLE_READY, S(""), -1, NULL);
		}
	}
	if (r < 0)
		chan_free(&m->web_chan); /* its end shows as SIGCHLD */
}

/* A parser ended. What killed it may be in the next file too, so a row of quick ends
 * slows down; one end after honest work does not. */
static void on_parser_end(struct master *m, struct child *c, int status)
{
	int64_t now = clock_ms();
	if (m->me->stop || m->done)
		return;
	if (WIFSIGNALED(status) && !c->asked)
		log_line(LOG_WARNING, "master",
			"%s %d ended by signal %d; another one starts",
			c == &m->web ? "web" : "parse", (int)c->pid, WTERMSIG(status));
	c->quick = now - c->started_ms < QUICK_MS ? c->quick + 1 : 0;
	int steps = c->quick < BACK_OFF_MAX ? c->quick : BACK_OFF_MAX;
	c->due_ms = c->quick > 1 ? now + ((int64_t)BACK_OFF_MS << steps) : now;
}

static int on_work_frame(struct master *m, struct frame *f)
{
	fd_close(&f->fd);
	struct reader rd = rd_new(f->body);
	struct role *me = m->me;
	if (f->type == ROLE_READY && !m->ready) {
		m->ready = true;
		(void)!chan_send(me->peer, ROLE_READY, S(""), -1, NULL);
		return 0;
	}
	if (f->type == ROLE_HANDED) {
		/* The command may be gone already: then nobody needs to know. */
		(void)!chan_send(me->peer, ROLE_HANDED, S(""), -1, NULL);
		return 0;
	}
	if (f->type == ROLE_REPLACE) {
		uint32_t place = rd_u32(&rd);
		uint32_t pid = rd_u32(&rd);
		if (rd_end(&rd) < 0 || place >= m->n_parsers)
			return fail(&me->why, E_SYNTAX, "work sent a broken message");
		if (pid > 0 && m->parsers[place].pid == (pid_t)pid) {
			m->parsers[place].asked = true;
			(void)kill((pid_t)pid, SIGKILL); /* SIGCHLD follows */
		}
		return 0;
	}
	if (f->type == ROLE_HELPER_ASK || f->type == ROLE_HELPER_END)
		return on_helper_frame(m, f);
	if (f->type == FRAME_ERROR)
		return frame_read_error(f, &me->why);
	return fail(&me->why, E_SYNTAX, "work sent message type %u", f->type);
}

/* Answers the error that work told, or 0. */
static int hear_work(struct master *m)
{
	struct frame f;
	int r = chan_fill(m->work, NULL);
	int last = 0;
	while (r == 0 && (last = chan_next(m->work, &f)) == 1)
		r = on_work_frame(m, &f);
	if (last < 0)
		return fail(&m->me->why, last, "work broke the protocol");
	return r == E_PEER ? 0 : r; /* its end shows as SIGCHLD */
}

static int on_work_end(struct master *m, int status)
{
	m->worker.pid = 0;
	m->done = true;
	int r = 0;
	for (int i = 0; i < 64 && r == 0; i++) /* what it said last */
		r = hear_work(m);
	if (r < 0)
		return r;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return fail(&m->me->why, E_PEER, "role work was ended by signal %d",
			WTERMSIG(status));
	return fail(&m->me->why, E_PEER, "role work ended with status %d",
		WEXITSTATUS(status));
}

static void on_web_end(struct master *m, int status)
{
	if (m->web_chan)
		hear_web(m); /* what it said last */
	chan_free(&m->web_chan);
	m->web.pid = 0;
	if (m->http_fd >= 0)
		on_parser_end(m, &m->web, status);
}

static int reap(struct master *m)
{
	int status, r = 0;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == m->worker.pid)
			r = on_work_end(m, status);
		for (uint32_t i = 0; i < HELPERS; i++)
			if (pid == m->helpers[i].pid)
				on_helper_end(m, i, status);
		if (pid == m->web.pid)
			on_web_end(m, status);
		for (uint32_t i = 0; i < m->n_parsers; i++)
			if (pid == m->parsers[i].pid) {
				on_parser_end(m, &m->parsers[i], status);
				m->parsers[i].pid = 0;
			}
	}
	return r;
}

/* No newcomers: web ends when it sees us gone, and answers first what it has begun. */
static void end_web(struct master *m)
{
	fd_close(&m->http_fd);
	chan_free(&m->web_chan);
}

static void ask_to_stop(struct master *m)
{
	if (m->me->stop)
		return;
	end_web(m);
	m->me->stop = true;
	m->kill_ms = clock_ms() + STOP_MS;
	(void)!chan_send(m->work, ROLE_STOP, S(""), -1, NULL);
}

static int on_signals(struct master *m)
{
	struct signalfd_siginfo s;
	int r = 0;
	while (r == 0 && read(m->signals, &s, sizeof(s)) == (ssize_t)sizeof(s)) {
		if (s.ssi_signo == SIGCHLD)
			r = reap(m);
		else
			ask_to_stop(m);
	}
	return r;
}

/* The command says little; that it goes is what we wait for. */
static int on_lifeline(struct master *m)
{
	struct frame f;
	int r = chan_fill(m->me->peer, NULL), served = 0;
	while (r == 0 && served == 0 && chan_next(m->me->peer, &f) == 1) {
		if (f.type == ROLE_SERVE)
			served = on_serve(m, &f);
		fd_close(&f.fd);
	}
	if (r == 0)
		return served;
	m->lifeline_gone = true;
	end_web(m);
	(void)!chan_send(m->work, ROLE_FINISH, S(""), -1, NULL);
	return 0;
}

/* The same for web. next: the earliest of all, 0 for none. */
static int web_due(struct master *m, int64_t now, int64_t *next)
{
	if (m->http_fd < 0 || m->web.pid != 0)
		return 0;
	if (m->web.due_ms <= now)
		return start_web(m);
	if (*next == 0 || m->web.due_ms < *next)
		*next = m->web.due_ms;
	return 0;
}

/* Starts the parsers that are due; *ret_ms: when to look again, -1 for not. */
static int start_due(struct master *m, int *ret_ms)
{
	int64_t now = clock_ms();
	int64_t next = m->kill_ms;
	for (uint32_t i = 0; i < m->n_parsers; i++) {
		struct child *c = &m->parsers[i];
		if (c->pid != 0 || m->me->stop)
			continue;
		if (c->due_ms <= now) {
			int r = start_parser(m, i);
			if (r < 0 && r != E_PEER)
				return r;
		} else if (next == 0 || c->due_ms < next) {
			next = c->due_ms;
		}
	}
	int started = web_due(m, now, &next);
	if (started < 0)
		return started;
	if (m->kill_ms && now >= m->kill_ms && m->worker.pid) {
		log_line(LOG_WARNING, "master", "work does not stop; ending it");
		(void)kill(m->worker.pid, SIGKILL);
		m->kill_ms = next = 0;
	}
	*ret_ms = next == 0 ? -1 : next > now ? (int)(next - now) + 1 : 1;
	return 0;
}

static int watch(struct master *m)
{
	int r = 0;
	while (r == 0 && !m->done) {
		int ms;
		r = start_due(m, &ms);
		if (r < 0)
			break;
		struct pollfd p[4] = {
			{ .fd = m->lifeline_gone ? -1 : chan_fd(m->me->peer),
				.events = POLLIN },
			{ .fd = chan_fd(m->work), .events = POLLIN },
			{ .fd = m->signals, .events = POLLIN },
			{ .fd = m->web_chan ? chan_fd(m->web_chan) : -1,
				.events = POLLIN },
		};
		if (poll(p, N(p), ms) <= 0)
			continue;
		if (p[2].revents)
			r = on_signals(m);
		if (r == 0 && p[1].revents & POLLIN && !m->done)
			r = hear_work(m);
		else if (r == 0 && p[1].revents && !p[2].revents && !m->done)
			clock_sleep_ms(
				1); /* work closed its end; its SIGCHLD is on its way */
		if (r == 0 && p[3].revents && m->web_chan)
			hear_web(m);
		if (r == 0 && p[0].revents)
			r = on_lifeline(m);
	}
	return r;
}

/* They end by themselves when work's end of their socket is gone. */
static void end_helpers(struct master *m)
{
	for (uint32_t i = 0; i < HELPERS; i++) {
		pid_t pid = m->helpers[i].pid;
		if (pid == 0)
			continue;
		proc_end(pid, 2000);
		if (helper_plans[i].group)
			(void)kill(-pid, SIGKILL);
	}
}

int role_master(struct role *me)
{
	struct master m = { .me = me, .signals = -1, .http_fd = -1 };
	int r = hear_options(me, &m.n_parsers);
	if (r == 0)
		r = lock_take(me->datadir, &me->why, &me->lock_fd);
	if (r == 0)
		r = service_listen(me->datadir, &me->why, &me->listen_fd);
	if (r == 0)
		r = sandbox_enter(
			sandbox_plan("master"), me->datadir, &me->why, &me->state);
	if (r == 0)
		r = watch_signals(&m);
	/* What a helper started and left comes to us to be buried. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (r == 0)
		r = start_work(&m);
	if (r == 0)
		r = watch(&m);
	end_web(&m);
	if (m.web.pid)
		proc_end(m.web.pid, WEB_STOP_MS);
	if (m.worker.pid)
		proc_end(m.worker.pid, 100);
	chan_free(&m.work); /* parse ends with it: its other end was work's */
	for (uint32_t i = 0; i < m.n_parsers; i++)
		if (m.parsers[i].pid)
			proc_end(m.parsers[i].pid, 1000);
	end_helpers(&m);
	(void)unlinkat(me->datadir, SERVICE_SOCKET, 0);
	fd_close(&m.signals);
	return r;
}
