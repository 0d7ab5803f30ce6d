/* SPDX-License-Identifier: Apache-2.0
 * parse_register.c - an operator's register file, plain or packed, to typed rows.
 * Depends on: base, fmt, role/parse_job. */
#include "role/parse_job.h"

#include "fmt/register.h"

#define CPU_STEP_ROWS 20000

struct registering {
	struct parse_job *job;
	struct str country;
	struct reg_sink sink;
	struct reg_reader *reader; /* of the member in hand; NULL for a folder or link */
	struct str member;	   /* its name */
	struct arena memory;	   /* for both */
	uint32_t tables;	   /* members that were read */
	struct why no_table;	   /* why the first that was not, was not */
	uint64_t bytes;		   /* of all members */
	uint32_t rows;
	uint32_t sent, stepped; /* typed rows; at the last count of CPU time */
};

static int on_row(void *ctx, const struct reg_row *row, struct why *why)
{
	struct registering *g = ctx;
	(void)why;
	struct writer w = parse_item(g->job);
	reg_row_write(&w, row);
	g->sent++;
	if (g->sent - g->stepped >= CPU_STEP_ROWS) {
		parse_chunk_done(g->job->me);
		g->stepped = g->sent;
	}
	return parse_item_added(g->job, JOB_REG_BATCH, &w);
}

static int send_problem(struct registering *g, const struct job_problem *p)
{
	struct writer w = parse_frame(g->job);
	job_problem_write(&w, p);
	return parse_send_frame(g->job, JOB_REG_PROBLEM, &w);
}

static int on_problem(void *ctx, const struct reg_problem *p, struct why *why)
{
	struct registering *g = ctx;
	struct job_problem out = { p->row, (uint8_t)p->weight, p->column, p->value,
		str_c(reg_fault_text(p->fault)), str_c(reg_fault_todo(p->fault)) };
	(void)why;
	return send_problem(g, &out);
}

static int on_begin(void *ctx, const struct unpack_member *m, struct why *why)
{
	struct registering *g = ctx;
	(void)why;
	reg_free(&g->reader);
	arena_reset(&g->memory);
	g->member = str_dup(&g->memory, m->name);
	if (m->kind == UNPACK_FILE)
		g->reader = reg_new(&g->memory, g->member, g->country, &g->sink);
	return 0;
}

static int on_bytes(void *ctx, struct str bytes, struct why *why)
{
	struct registering *g = ctx;
	g->bytes += bytes.n;
	if (g->bytes > LIMIT_REGISTER_FILE)
		return fail(why, E_TOO_BIG,
			"larger than a register file may be (%zu bytes)",
			LIMIT_REGISTER_FILE);
	return reg_bytes(g->reader, bytes, why);
}

/* A member that is no table, such as a link, is told of; the others count. */
static int on_end(void *ctx, int err, struct str reason, struct why *why)
{
	struct registering *g = ctx;
	struct job_problem p = { 0, REG_LOST, S(""), g->member, reason, S("") };
	if (err == E_UNSUPPORTED && g->reader == NULL)
		return 0;
	if (err == E_UNSUPPORTED) {
		(void)fail(&g->no_table, err, "%.*s", STR(reason));
		return send_problem(g, &p);
	}
	if (err < 0)
		return fail(why, err, "%.*s: %.*s", STR(g->member), STR(reason));
	int r = reg_end(g->reader, why);
	g->rows += reg_rows(g->reader);
	g->tables += r == 0;
	return r;
}

static int read_all(struct registering *g, struct str name, struct why *why)
{
	struct unpack_src src = parse_job_src(g->job);
	struct unpack_sink sink = { g, on_begin, on_bytes, on_end, NULL };
	return unpack_run(&g->job->me->job, &src, &sink, name, &unpack_limits_feed, why);
}

int parse_job_register(struct parse_job *j, struct str body)
{
	struct job_start start;
	struct why why = { 0 };
	int r = job_start_read(body, &start);
	if (r < 0)
		return r;
	if (parse_is_loc(j))
		return parse_register_loc(j, &start);
	struct registering g = { .job = j, .country = start.country };
	g.sink = (struct reg_sink){ &g, on_row, on_problem };
	g.memory = arena_new(MIB(16), "register file");
	r = read_all(&g, start.name, &why);
	if (r == 0 && g.tables == 0)
		r = fail(&why, E_UNSUPPORTED, "%s",
			g.no_table.err ? g.no_table.text : "there is no table in it");
	reg_free(&g.reader);
	arena_free(&g.memory);
	if (j->sent_err < 0)
		return j->sent_err;
	int flushed = parse_flush(j, JOB_REG_BATCH);
	if (flushed < 0)
		return flushed;
	return parse_send_end(j, JOB_DONE, r, g.rows, str_c(why.text));
}
