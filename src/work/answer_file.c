/* SPDX-License-Identifier: Apache-2.0
 * answer_file.c - answers that a machine or a spreadsheet wrote. See work.h. Depends on:
 * base, sys, fmt, core. The file is read by parse; what can be taken is taken. */
#include "work/answer_act.h"

struct reading {
	struct call *c;
	struct answer_list list;
	int64_t problems;
};

static int take_problem(struct reading *g, struct str body)
{
	AUTO_ARENA a = arena_new(KIB(64), "problem");
	struct buf b = buf_in(&a, KIB(16));
	struct writer w = wr_new(&b);
	struct job_problem p;
	int r = job_problem_read(body, &p);
	if (r < 0)
		return r;
	g->problems++;
	rec_text(&w, "problem", p.why);
	rec_int(&w, "row", p.row);
	rec_text(&w, "column", p.column);
	rec_text(&w, "value", p.value);
	return call_record(g->c, &w);
}

static int take(void *ctx, uint16_t type, struct str body)
{
	struct reading *g = ctx;
	struct reader rd = rd_new(body);
	if (type == JOB_ANSWER_BATCH)
		return answer_items_read(g->c, &rd, &g->list);
	return type == JOB_ANSWER_PROBLEM ? take_problem(g, body) : E_SYNTAX;
}

int act_answer_file(struct call *c)
{
	struct reading g = { .c = c };
	struct answer_given give = { .link = c->link ? c->link->id : 0,
		.way = ANSWER_BY_FILE };
	const struct call_job job = { .type = JOB_ANSWERS,
		.start = { .name = act_get(&c->act, 1)->text, .country = S("") },
		.fd = c->fd,
		.take = take,
		.ctx = &g };
	struct job_end end;
	int r = answer_notice_of(c, act_get(&c->act, 0), &give.notice);
	if (r == 0)
		r = call_job(c, &job, &end);
	if (r < 0)
		return r;
	give.items = g.list.v;
	give.n = g.list.n;
	return answer_apply(c, &give, g.problems);
}
