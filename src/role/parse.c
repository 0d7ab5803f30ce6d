/* SPDX-License-Identifier: Apache-2.0
 * parse.c - what parse does with a frame from work. Depends on: base, sys, fmt.
 *
 * A job that fails says so in its JOB_DONE and this parser takes the next one. Only when
 * work cannot be answered, or breaks the protocol, does the parser end. */
#include "role/parse_job.h"

#include <errno.h>
#include <unistd.h>

#define UNPACK_CPU_STEP MIB(64) /* of output, between two counts of CPU time */

void parse_job_begin(struct parse_job *j, struct role *me, int fd)
{
	*j = (struct parse_job){ .me = me, .fd = fd };
	j->frame = buf_in(&me->job, LIMIT_FRAME);
	j->batch = buf_in(&me->job, LIMIT_FRAME);
}

static int64_t source_read(void *ctx, char *to, size_t n, struct why *why)
{
	struct parse_job *j = ctx;
	for (;;) {
		ssize_t got = pread(j->fd, to, n, j->pos);
		if (got < 0 && errno == ESPIPE)
			got = read(j->fd, to, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(why, E_SYS, "cannot read the file");
		j->pos += got;
		return got;
	}
}

static int source_seek(void *ctx, int64_t to, struct why *why)
{
	struct parse_job *j = ctx;
	(void)why;
	j->pos = to;
	return 0;
}

/* How long a file is; -1 for a pipe. By lseek, because fstat is a call on a path to the
 * sandbox: glibc makes it newfstatat. Where the descriptor stood does not matter here,
 * but it is shared, so it is put back. */
static int64_t source_size(int fd)
{
	off_t was = lseek(fd, 0, SEEK_CUR);
	off_t end = was < 0 ? -1 : lseek(fd, 0, SEEK_END);
	return end >= 0 && lseek(fd, was, SEEK_SET) == was ? end : -1;
}

struct unpack_src parse_job_src(struct parse_job *j)
{
	return (struct unpack_src){ j, source_size(j->fd), source_read, source_seek };
}

int parse_send(struct parse_job *j, enum job_type type, struct str body)
{
	if (j->sent_err == 0)
		j->sent_err = chan_send(
			j->me->peer, (uint16_t)type, body, -1, &j->me->why);
	j->sent += body.n;
	return j->sent_err;
}

struct writer parse_frame(struct parse_job *j)
{
	buf_clear(&j->frame);
	return wr_new(&j->frame);
}

int parse_send_frame(struct parse_job *j, enum job_type type, const struct writer *w)
{
	return w->err < 0 ? w->err : parse_send(j, type, buf_str(&j->frame));
}

int parse_send_end(
	struct parse_job *j, enum job_type type, int err, uint32_t rows, struct str why)
{
	struct writer w = parse_frame(j);
	struct job_end end = { err, rows, why };
	job_end_write(&w, &end);
	return parse_send_frame(j, type, &w);
}

struct writer parse_item(struct parse_job *j)
{
	struct writer w = wr_new(&j->batch);
	if (j->items == 0) {
		buf_clear(&j->batch);
		wr_u32(&w, 0); /* how many: known when it is sent */
	}
	return w;
}

int parse_item_added(struct parse_job *j, enum job_type type, const struct writer *w)
{
	if (w->err < 0)
		return w->err;
	j->items++;
	return j->batch.n >= PARSE_BATCH ? parse_flush(j, type) : 0;
}

int parse_flush(struct parse_job *j, enum job_type type)
{
	if (j->items == 0)
		return 0;
	memcpy(j->batch.p, &j->items, sizeof(j->items));
	j->items = 0;
	return parse_send(j, type, buf_str(&j->batch));
}

/* ---- unpacking ---- */

struct unpacking {
	struct parse_job *job;
	bool hidden; /* this member is not worth a word: a folder, a side file of macOS */
	uint64_t step;
};

static int on_begin(void *ctx, const struct unpack_member *m, struct why *why)
{
	struct unpacking *u = ctx;
	(void)why;
	u->hidden = m->kind == UNPACK_FOLDER || str_starts(m->path, S("__MACOSX/"));
	return u->hidden ? 0 : parse_send(u->job, JOB_MEMBER, m->name);
}

static int on_bytes(void *ctx, struct str bytes, struct why *why)
{
	struct unpacking *u = ctx;
	(void)why;
	u->step += bytes.n;
	if (u->step >= UNPACK_CPU_STEP) {
		u->step = 0;
		parse_chunk_done(u->job->me);
	}
	return parse_send(u->job, JOB_BYTES, bytes);
}

static int on_end(void *ctx, int err, struct str reason, struct why *why)
{
	struct unpacking *u = ctx;
	(void)why;
	return u->hidden ? 0 : parse_send_end(u->job, JOB_MEMBER_END, err, 0, reason);
}

int parse_job_unpack(struct parse_job *j, struct str body)
{
	struct job_start start;
	struct why why = { 0 };
	struct unpacking u = { .job = j };
	struct unpack_src src = parse_job_src(j);
	struct unpack_sink sink = { &u, on_begin, on_bytes, on_end, NULL };
	int r = job_start_read(body, &start);
	if (r < 0)
		return r;
	r = unpack_run(&j->me->job, &src, &sink, start.name, &unpack_limits_feed, &why);
	if (j->sent_err < 0)
		return j->sent_err;
	return parse_send_end(j, JOB_DONE, r, 0, str_c(why.text));
}

int parse_on_frame(struct role *me, const struct frame *f)
{
	struct parse_job j;
	int r = E_SYNTAX;
	if (f->type == FRAME_PING)
		return chan_send(me->peer, FRAME_PONG, f->body, -1, &me->why);
	parse_job_begin(&j, me, f->fd);
	if (f->fd >= 0 && f->type == JOB_UNPACK)
		r = parse_job_unpack(&j, f->body);
	else if (f->fd >= 0 && f->type == JOB_EVENTS)
		r = parse_job_events(&j, f->body);
	else if (f->fd >= 0 && f->type == JOB_ROWS)
		r = parse_job_rows(&j, f->body);
	else if (f->fd >= 0 && f->type == JOB_REGISTER)
		r = parse_job_register(&j, f->body);
	else if (f->fd >= 0 && f->type == JOB_MAIL)
		r = parse_job_mail(&j, f->body);
	else if (f->fd >= 0 && f->type == JOB_ANSWERS)
		r = parse_job_answers(&j, f->body);
	if (r < 0)
		return fail(&me->why, r, "work's message of type %u cannot be answered",
			f->type);
	return 0;
}
