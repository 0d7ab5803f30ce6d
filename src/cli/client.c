/* SPDX-License-Identifier: Apache-2.0
 * client.c - acts, sent to work: see client.h. Depends on: base, sys, core. */
#include "cli/client.h"

#include "base/auto.h"
#include "cli/out.h"
#include "sys/frames.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define BODY_MAX KIB(16)
#define LOOK_MS	 200

struct call {
	struct cli *cli;
	const struct act_answer *answer;
	struct chan *chan;
	struct arena scratch;
	bool progress; /* a progress line may be shown */
	bool shown;    /* one is on the screen */
	bool begun;    /* something was answered */
	bool done;
};

static void wipe_progress(struct call *c)
{
	if (c->shown)
		(void)fputs("\r\033[K", stderr);
	c->shown = false;
}

static void show_progress(struct call *c, struct str record)
{
	int64_t done = record_int(record, "done"), total = record_int(record, "total");
	if (!c->progress)
		return;
	arena_reset(&c->scratch);
	struct str text = out_safe(&c->scratch, record_text(record, "text"));
	text = out_cut(&c->scratch, text, 44);
	if (total > 0 && done >= 0 && done <= total)
		(void)fprintf(stderr, "\r\033[K%.*s  %3d %%  %" PRId64 " of %" PRId64,
			STR(text), (int)((double)done * 100 / (double)total), done,
			total);
	else
		(void)fprintf(stderr, done ? "\r\033[K%.*s  %" PRId64 : "\r\033[K%.*s",
			STR(text), done);
	(void)fflush(stderr);
	c->shown = true;
}

static int on_frame(struct call *c, const struct frame *f)
{
	struct why *why = &c->cli->why;
	switch (f->type) {
	case FRAME_ACT_PROGRESS:
		show_progress(c, f->body);
		return 0;
	case FRAME_ACT_RECORD:
		wipe_progress(c);
		return c->answer->record ? c->answer->record(c->answer->ctx, f->body) : 0;
	case FRAME_ACT_DONE:
		c->done = true;
		return 0;
	case FRAME_ERROR:
		return frame_read_error(f, why);
	default:
		return fail(why, E_SYNTAX, "the service answered with frame %u", f->type);
	}
}

/* Hands out what has come. */
static int take_frames(struct call *c)
{
	struct frame f;
	int r;
	while (!c->done && (r = chan_next(c->chan, &f)) != 0) {
		if (r < 0)
			return fail(&c->cli->why, r, "the service sends nonsense");
		c->begun = true;
		r = on_frame(c, &f);
		fd_close(&f.fd);
		if (r < 0)
			return r;
	}
	return 0;
}

static int hear_out(struct call *c, int signals)
{
	struct why *why = &c->cli->why;
	int64_t began = clock_ms();
	int r = take_frames(c);
	while (r == 0 && !c->done) {
		bool waits = c->cli->waiting && !c->begun;
		struct pollfd p[2] = { { chan_fd(c->chan), POLLIN, 0 },
			{ signals, POLLIN, 0 } };
		int n = poll(p, 2, waits ? LOOK_MS : -1);
		if (n < 0 && errno != EINTR)
			return fail(why, E_SYS, "cannot wait for the service");
		if (n == 0 && waits)
			r = c->cli->waiting(c->cli, clock_ms() - began, why);
		if (p[1].revents)
			return fail(why, E_STOPPED,
				"stopped; what was done so far is kept, and the same "
				"command goes on from there");
		if (p[0].revents)
			r = chan_fill(c->chan, why);
		/* What came before the end of the stream still counts. */
		int taken = take_frames(c);
		if (taken < 0 || c->done)
			r = taken;
	}
	return r;
}

/* Ctrl-C and kill become readable, so that waiting ends and the service is left in order.
 * The service was started before: its processes have their own idea of signals. */
static int hear_with_signals(struct call *c)
{
	sigset_t set, before;
	struct why *why = &c->cli->why;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, &before) < 0)
		return fail(why, E_SYS, "cannot hold back signals");
	AUTO_FD int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	int r = signals < 0 ? fail(why, E_SYS, "cannot read signals")
			    : hear_out(c, signals);
	struct signalfd_siginfo taken;
	while (signals >= 0 && read(signals, &taken, sizeof(taken)) > 0)
		; /* or it would strike when they are let through again */
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int request_post(struct cli *cli, struct act_request *q)
{
	if (q->w.err < 0)
		return fail(&cli->why, q->w.err, "what was given is too long");
	int r = cli_service(cli);
	return r < 0 ? r
		     : chan_send(cli->service.chan, FRAME_ACT, buf_str(&q->body), q->fd,
			       &cli->why);
}

int request_hear(struct cli *cli, const struct act_answer *answer)
{
	struct call c = { .cli = cli, .answer = answer, .chan = cli->service.chan };
	c.progress = !answer->quiet && isatty(STDERR_FILENO);
	c.scratch = arena_new(MIB(4), "progress");
	int r = hear_with_signals(&c);
	wipe_progress(&c);
	arena_free(&c.scratch);
	return r;
}

int request_send(struct cli *cli, struct act_request *q, const struct act_answer *answer)
{
	int r = request_post(cli, q);
	return r < 0 ? r : request_hear(cli, answer);
}

void request_begin(struct cli *cli, struct act_request *q, enum act_id id)
{
	q->body = buf_in(&cli->arena, BODY_MAX);
	q->w = wr_new(&q->body);
	q->fd = -1;
	act_begin(&q->w, id);
}

int record_print_json(struct cli *cli, struct str record)
{
	AUTO_ARENA a = arena_new(MIB(32), "record");
	struct buf b = buf_in(&a, MIB(16));
	int r = rec_json(record, &b);
	if (r == 0)
		r = buf_addc(&b, '\n');
	if (r < 0)
		return fail(&cli->why, r, "the service's answer cannot be read");
	struct str s = buf_str(&b);
	if (fwrite(s.p, 1, s.n, stdout) != s.n || fflush(stdout) != 0)
		return fail(&cli->why, E_SYS, "cannot write the answer");
	return 0;
}

int request_notices(struct cli *cli, struct act_request *q)
{
	const struct cli_value *run = cli_value(cli, "run");
	struct buf b = buf_in(&cli->arena, 20000);
	int r = 0;
	if (run->given)
		rec_int(&q->w, "run", run->number);
	for (uint32_t i = 0; r == 0 && i < cli->n_args; i++) {
		r = i ? buf_addc(&b, ',') : 0;
		if (r == 0)
			r = buf_add(&b, cli->args[i]);
	}
	if (r < 0)
		return fail(&cli->why, r, "too many notices at once");
	if (cli->n_args)
		rec_text(&q->w, "notices", buf_str(&b));
	return 0;
}
