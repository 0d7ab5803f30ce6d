/* SPDX-License-Identifier: Apache-2.0
 * work.c - work: the only role that writes the database. Depends on: base, sys, work,
 * role. */
#include "role/control.h"
#include "work/schedule.h"
#include "work/work.h"

#include "base/log.h"

#include <stdio.h>
#include <sys/socket.h>

static int parser(void *ctx, struct chan **ret, struct why *why)
{
	struct role *me = ctx;
	int r = role_parser(me, 0, ret);
	return r < 0 ? fail(why, r, "no parser can be started: %s", me->why.text) : 0;
}

static void drop_parser(void *ctx)
{
	role_drop_parser(ctx, 0);
}

static int helper(void *ctx, enum helper_id id, struct chan **ret, struct why *why)
{
	struct role *me = ctx;
	int r = role_helper(me, id, ret);
	if (r < 0 && r != E_STOPPED && r != E_PEER) {
		int said = fail(why, r, "%s", me->why.text);
		me->why = (struct why){ 0 }; /* the service goes on without it */
		return said;
	}
	return r;
}

static void drop_helper(void *ctx, enum helper_id id)
{
	role_drop_helper(ctx, id);
}

static void doing(void *ctx, struct str record)
{
	control_tell_web(ctx, FRAME_DOING, record);
}

struct ears {
	struct role *me;
	struct client *client;
};

static int keep_up(void *ctx)
{
	struct ears *e = ctx;
	return control_keep_up(e->me, e->client);
}

static int others(void *ctx, int fd, int ms)
{
	struct ears *e = ctx;
	return control_others(e->me, e->client, fd, ms);
}

/* Ends a group of acts and sends their answers. */
static int settle(struct role *me, struct client *c)
{
	struct why why = { 0 };
	int r = work_settle(me->work, c->chan, &why);
	return r == E_SYNC ? fail(&me->why, r, "%s", why.text) : r;
}

/* What the client is told need not stand in the log too: a command that started us has
 * the same stderr. But for what the one who looks after the machine must know of. */
static void log_act(
	struct role *me, struct client *c, int r, const struct why *why, bool told)
{
	if (r == E_PEER || r == E_STOPPED)
		log_line(LOG_NOTICE, me->name, "an act of process %d was cut off",
			(int)c->pid);
	else if (r < 0 && (!told || r == E_SYNC || r == E_DB))
		log_line(LOG_WARNING, me->name, "an act of process %d failed: %s",
			(int)c->pid, why->err ? why->text : err_text(r));
}

/* What the act came to: its end, or its error; behind the answers that wait. */
static int answer(struct role *me, struct client *c, int r, const struct why *why)
{
	struct group *g = &me->work->group;
	int settled = r < 0 ? settle(me, c) : 0;
	int sent = r < 0 ? frame_send_error(c->chan, r, why, NULL)
			 : group_answer(g, c->chan, FRAME_ACT_DONE, S(""), NULL);
	log_act(me, c, r, why, sent == 0);
	if (settled < 0 && settled != E_PEER)
		return settled;
	if (r == E_SYNC) /* the disk lies: end, and let a person look */
		return fail(&me->why, r, "%s", why->text);
	return sent < 0 || r == E_PEER ? E_PEER : 0;
}

/* The audit trail names the system's user. */
static unsigned peer_uid(const struct client *c)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t n = sizeof(peer);
	(void)getsockopt(chan_fd(c->chan), SOL_SOCKET, SO_PEERCRED, &peer, &n);
	return peer.uid;
}

static bool wants_more(struct role *me)
{
	return group_wants_more(&me->work->group);
}

/* A command acts as the owner. The web role acts for whom its credential stands. */
struct act_for {
	struct str kind, credential, act;
};

static int read_act(const struct client *c, const struct frame *f, struct act_for *ret)
{
	*ret = (struct act_for){ .act = f->body };
	if (f->type != (c->web ? FRAME_ACT_FOR : FRAME_ACT))
		return E_SYNTAX;
	if (!c->web)
		return 0;
	struct reader rd = rd_new(f->body);
	ret->kind = rd_str(&rd);
	ret->credential = rd_str(&rd);
	ret->act = rd_str(&rd);
	return rd_end(&rd);
}

static int on_frame(struct role *me, struct client *c, struct frame *f)
{
	char actor[32];
	struct ears ears = { me, c };
	struct act_for from;
	if (read_act(c, f, &from) < 0)
		return E_SYNTAX;
	int settled = work_may_group(from.act) ? 0 : settle(me, c);
	if (settled < 0)
		return settled;
	AUTO_ARENA job = arena_new(MIB(256), "act");
	struct call call = { .w = me->work,
		.x = { .db = me->work->db, .arena = &job, .now = clock_now(&c->clock) },
		.keep = arena_new(MIB(64), "act's own"),
		.fd = f->fd,
		.fixed_clock = c->clock.fixed,
		.to = c->chan,
		.keep_up = keep_up,
		.others = others,
		.keep_up_ctx = &ears };
	(void)snprintf(actor, sizeof(actor), "cli:%u", peer_uid(c));
	call.x.actor = str_c(actor);
	call.who = ACTOR_OWNER;
	int r = c->web ? work_credential(&call, from.kind, from.credential) : 0;
	if (r == 0)
		r = work_apply(&call, from.act, call.who);
	r = answer(me, c, r, &call.x.why);
	arena_free(&call.keep);
	return r;
}

/* Only a disk that lies ends work; anything else is for the log, and comes again. */
static int tick(struct role *me)
{
	struct why why = { 0 };
	me->work->scheduled = me->serving;
	me->work->played = me->clock.fixed || me->clock.shift != 0;
	int r = schedule_tick(me->work, clock_now(&me->clock), &why);
	if (r == E_SYNC)
		return fail(&me->why, r, "%s", why.text);
	if (r < 0)
		log_line(LOG_WARNING, me->name, "the schedule: %s",
			why.err ? why.text : err_text(r));
	return 0;
}

static int on_idle(struct role *me)
{
	return me->serving ? tick(me) : 0;
}

static int keep_up_alone(void *ctx)
{
	return control_keep_up(ctx, NULL);
}

static int watch(struct role *me)
{
	return outgoing_fd(me->work);
}

/* A mail that was on its way when its command left is heard out, too. */
static int on_watch(struct role *me)
{
	return tick(me);
}

int role_work(struct role *me)
{
	static const struct control_handler handler = { .on_frame = on_frame,
		.on_quiet = settle,
		.more = wants_more,
		.on_idle = on_idle,
		.watch = watch,
		.on_watch = on_watch };
	const struct work_host host = { .role = me,
		.parser = parser,
		.drop_parser = drop_parser,
		.doing = doing,
		.helper = helper,
		.drop_helper = drop_helper,
		.keep_up = keep_up_alone };
	struct clock real = { 0 };
	int r = role_begin(me); /* the sandbox: only the data directory from here on */
	if (r < 0)
		return r;
	struct work work = { .host = &host, .conf = &me->conf, .datadir = me->datadir };
	me->work = &work;
	r = work_open(&work, clock_now(&real), &me->why);
	if (r == 0)
		r = role_ready(me);
	if (r == 0)
		r = control_run(me, &handler);
	int closed = work_close(&work, r != E_SYNC, &me->why);
	return r < 0 ? r : closed;
}
