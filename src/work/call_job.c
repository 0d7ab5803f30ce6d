/* SPDX-License-Identifier: Apache-2.0
 * call_job.c - a foreign file given to a parser, and its answer heard: see work.h.
 * Depends on: base, sys, fmt/job. */
#include "work/work.h"

#include "base/fd.h"

#define KEEP_UP 256 /* messages */

void call_job_broken(struct call *c)
{
	c->w->host->drop_parser(c->w->host->role);
}

static int no_sense(struct call *c, int r)
{
	call_job_broken(c);
	return r == E_SYNTAX || r == E_TOO_BIG
		? fail(&c->x.why, r, "the parser's answer makes no sense")
		: r;
}

static int begin(struct call *c, const struct call_job *j, struct chan **ret)
{
	AUTO_ARENA a = arena_new(KIB(128), "job");
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
		call_job_broken(c);
	else
		*ret = parser;
	return r;
}

static int next(struct call *c, struct chan *parser, struct frame *ret)
{
	int r = chan_recv(parser, &c->x.why, ret);
	if (r == 0 && ret->fd >= 0) { /* parse has no descriptors to give */
		fd_close(&ret->fd);
		r = fail(&c->x.why, E_SYNTAX, "the parser sent a descriptor");
	}
	if (r < 0) {
		c->x.why.err = 0;
		call_job_broken(c);
		return fail(&c->x.why, E_SYNTAX,
			"the parser gave up on it: it may be made to break readers");
	}
	return 0;
}

/* What is left of the job's time; below 0: nothing. */
static int64_t left_ms(const struct call_job *j, int64_t began_ms)
{
	int64_t left = began_ms + j->most_ms - clock_ms();
	return j->most_ms == 0 ? 0 : left > 0 ? left : -1;
}

static int in_time(
	struct call *c, const struct call_job *j, struct chan *parser, int64_t began_ms)
{
	int64_t left = left_ms(j, began_ms);
	if (left > 0)
		chan_patience(parser, (int)left);
	if (left >= 0)
		return 0;
	call_job_broken(c);
	return fail(&c->x.why, E_TOO_BIG, "reading it takes too long");
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
	int64_t began_ms = clock_ms();
	int r = begin(c, j, &parser);
	for (int i = 1; r == 0; i++) {
		struct frame f;
		r = in_time(c, j, parser, began_ms);
		if (r == 0)
			r = next(c, parser, &f);
		if (r < 0)
			return r;
		if (f.type == JOB_DONE) {
			if (j->most_ms)
				chan_patience(parser, JOB_SILENT_MS);
			return end_of(c, f.body, ret_end);
		}
		r = j->take(j->ctx, f.type, f.body);
		if (r == 0 && i % KEEP_UP == 0)
			r = c->keep_up(c->keep_up_ctx);
		if (r < 0)
			return no_sense(c, r);
	}
	return r;
}
