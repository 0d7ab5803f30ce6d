/* SPDX-License-Identifier: Apache-2.0
 * parse_answers.c - answers in a file, plain or packed, to typed items. Depends on: base,
 * fmt, role/parse_job. */
#include "role/parse_job.h"

#include "fmt/answer_file.h"

struct answering {
	struct parse_job *job;
	struct buf text; /* of the one member that is read */
	uint32_t members, rows; /* rows: items and problems */
	uint32_t problems;
	bool skip; /* what is at hand is a folder, or the second file */
};

static int on_item(void *ctx, const struct answer_item *item, struct why *why)
{
	struct answering *g = ctx;
	(void)why;
	struct writer w = parse_item(g->job);
	answer_item_write(&w, item);
	g->rows++;
	return parse_item_added(g->job, JOB_ANSWER_BATCH, &w);
}

static int on_problem(void *ctx, const struct answer_problem *p, struct why *why)
{
	struct answering *g = ctx;
	struct writer w = parse_frame(g->job);
	struct job_problem out = { p->row, 0, p->column, p->value, str_c(p->why), S("") };
	(void)why;
	g->rows++;
	if (g->problems++ >= LIMIT_PROBLEMS)
		return 0;
	job_problem_write(&w, &out);
	return parse_send_frame(g->job, JOB_ANSWER_PROBLEM, &w);
}

static int on_begin(void *ctx, const struct unpack_member *m, struct why *why)
{
	struct answering *g = ctx;
	bool hidden = m->kind != UNPACK_FILE || str_starts(m->path, S("__MACOSX/"));
	g->skip = hidden;
	if (!hidden && g->members++ > 0)
		return fail(why, E_UNSUPPORTED, "more than one file in it");
	return 0;
}

static int on_bytes(void *ctx, struct str bytes, struct why *why)
{
	struct answering *g = ctx;
	if (g->skip)
		return 0;
	int r = buf_add(&g->text, bytes);
	return r < 0 ? fail(why, E_TOO_BIG, "larger than %zu bytes", LIMIT_ANSWER_FILE)
		     : 0;
}

static int on_end(void *ctx, int err, struct str reason, struct why *why)
{
	struct answering *g = ctx;
	return err < 0 && !g->skip ? fail(why, err, "%.*s", STR(reason)) : 0;
}

int parse_job_answers(struct parse_job *j, struct str body)
{
	AUTO_ARENA memory = arena_new(3 * LIMIT_ANSWER_FILE, "answers");
	struct answering g = { .job = j, .text = buf_in(&memory, LIMIT_ANSWER_FILE) };
	struct unpack_sink unpacked = { &g, on_begin, on_bytes, on_end, NULL };
	const struct answer_sink sink = { &g, on_item, on_problem };
	struct unpack_src src = parse_job_src(j);
	struct job_start start;
	struct why why = { 0 };
	int r = job_start_read(body, &start);
	if (r < 0)
		return r;
	r = unpack_run(
		&j->me->job, &src, &unpacked, start.name, &unpack_limits_feed, &why);
	if (r == 0)
		r = answer_file_read(buf_str(&g.text), &sink, &why);
	if (j->sent_err < 0)
		return j->sent_err;
	int flushed = parse_flush(j, JOB_ANSWER_BATCH);
	if (flushed < 0)
		return flushed;
	return parse_send_end(j, JOB_DONE, r, g.rows, str_c(why.text));
}
