/* SPDX-License-Identifier: Apache-2.0
 * call_job.c - a foreign file given to a parser, and its answer heard: see work.h.
 * Depends on: base, sys, fmt/job. */
#include "work/work.h"

#include "base/fd.h"

#include <poll.h>

#define KEEP_UP	   256 /* messages */
#define SILENCE_MS JOB_SILENT_MS
#define LARGE_MS   3600000 /* the largest feed, on a slow machine */
#define SMALL_MS   300000

static void drop(struct call *c)
{
	c->w->host->drop_parser(c->w->host->role);
}

static int no_sense(struct call *c, int r)
{
	drop(c);
	return r == E_SYNTAX || r == E_TOO_BIG
		? fail(&c->x.why, r, "the parser's answer makes no sense")
		: r;
}

int call_job_no_sense(struct call *c)
{
	return no_sense(c, E_SYNTAX);
}

static int64_t most_ms(const struct call_job *j)
{
	bool large = j->type == JOB_UNPACK || j->type == JOB_EVENTS ||
		j->type == JOB_REGISTER;
	return j->most_ms ? j->most_ms : large ? LARGE_MS : SMALL_MS;
}

static int begin(struct call *c, const struct call_job *j, struct chan **ret)
{
	AUTO_ARENA a = arena_new(KIB(256), "job"); /* growing leaves the old room */
	struct buf b = buf_in(&a, KIB(64));
	struct writer w = wr_new(&b);
	struct chan *parser;
	if (j->rows)
		job_rows_write(&w, j->rows);
	else
		job_start_write(&w, &j->start);
	int r = w.err < 0 ? w.err
			  : c->w->host->parser(c->w->host->role, &parser, &c->x.why);
	if (r < 0)
		return r;
	r = chan_send(parser, (uint16_t)j->type, buf_str(&b), j->fd, &c->x.why);
	if (r < 0)
		drop(c);
	else
		*ret = parser;
	return r;
}

/* One whole frame before the job's time is over, whatever comes meanwhile. */
static int hear(struct call *c, struct chan *parser, int64_t until, struct frame *ret)
{
	int r;
	while ((r = chan_next(parser, ret)) == 0) {
		int64_t left = until - clock_ms();
		struct pollfd p = { .fd = chan_fd(parser), .events = POLLIN };
		int ms = left < SILENCE_MS ? (int)left : SILENCE_MS;
		if (left <= 0 || poll(&p, 1, ms) == 0)
			return E_BUSY;
		r = chan_fill(parser, &c->x.why);
		if (r < 0)
			return r;
	}
	/* A stream of good frames is never waited for. */
	return r < 0 ? r : clock_ms() < until ? 0 : E_BUSY;
}

static int next(struct call *c, struct chan *parser, int64_t until, struct frame *ret)
{
	*ret = (struct frame){ .fd = -1 };
	int r = hear(c, parser, until, ret);
	if (r == 0 && ret->fd >= 0) { /* parse has no descriptors to give */
		fd_close(&ret->fd);
		r = fail(&c->x.why, E_SYNTAX, "the parser sent a descriptor");
	}
	if (r < 0) {
		fd_close(&ret->fd);
		c->x.why.err = 0;
		drop(c);
		if (r == E_BUSY)
			return fail(
				&c->x.why, E_SYNTAX, "the parser took too long on it");
		return fail(&c->x.why, E_SYNTAX,
			"the parser gave up on it: it may be made to break readers");
	}
	return 0;
}

static int end_of(struct call *c, struct str body, struct job_end *ret)
{
	int r = job_end_read(body, ret);
	if (r < 0)
		return no_sense(c, r);
	return ret->err < 0 ? fail(&c->x.why, ret->err, "%.*s", STR(ret->why)) : 0;
}

int call_job(struct call *c, const struct call_job *j, struct job_end *ret_end)
{
	struct chan *parser;
	int64_t until = clock_ms() + most_ms(j);
	int r = begin(c, j, &parser);
	for (int i = 1; r == 0; i++) {
		struct frame f;
		r = next(c, parser, until, &f);
		if (r < 0)
			return r;
		if (f.type == JOB_DONE)
			return end_of(c, f.body, ret_end);
		r = j->take(j->ctx, f.type, f.body);
		if (r == 0 && i % KEEP_UP == 0)
			r = c->keep_up(c->keep_up_ctx);
		if (r < 0)
			return no_sense(c, r);
	}
	return r;
}
