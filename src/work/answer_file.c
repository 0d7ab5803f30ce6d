/* SPDX-License-Identifier: Apache-2.0
 * answer_file.c - answers that a machine or a spreadsheet wrote. See work.h. Depends on:
 * base, sys, fmt, core. The file is read by parse; what can be taken is taken. */
#include "work/answer_act.h"

#include "fmt/job.h"

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
	return w.err < 0 ? w.err : call_record(g->c, &b);
}

static int read_file(struct reading *g, struct chan *parser)
{
	for (;;) {
		struct frame f;
		struct job_end end;
		struct reader rd;
		int r = call_job_next(g->c, parser, &f);
		if (r < 0)
			return r;
		rd = rd_new(f.body);
		if (f.type == JOB_ANSWER_BATCH)
			r = answer_items_read(g->c, &rd, &g->list);
		else if (f.type == JOB_ANSWER_PROBLEM)
			r = take_problem(g, f.body);
		else if (f.type != JOB_DONE)
			r = fail(&g->c->x.why, E_SYNTAX,
				"the parser's answer makes no sense");
		if (f.type == JOB_DONE) {
			r = job_end_read(f.body, &end);
			if (r == 0 && end.err < 0)
				r = fail(&g->c->x.why, end.err, "%.*s", STR(end.why));
			return r;
		}
		if (r < 0) {
			call_job_broken(g->c);
			return r;
		}
	}
}

int act_answer_file(struct call *c)
{
	struct reading g = { .c = c };
	struct answer_given give = { .link = c->link ? c->link->id : 0,
		.way = ANSWER_BY_FILE };
	struct job_start s = { .name = act_get(&c->act, 1)->text, .country = S("") };
	struct buf b = buf_in(&c->keep, KIB(4));
	struct writer w = wr_new(&b);
	struct chan *parser;
	int r = answer_notice_of(c, act_get(&c->act, 0), &give.notice);
	if (r < 0)
		return r;
	job_start_write(&w, &s);
	r = w.err < 0 ? w.err : call_parser(c, &parser);
	if (r == 0)
		r = chan_send(parser, JOB_ANSWERS, buf_str(&b), c->fd, &c->x.why);
	if (r == 0)
		r = read_file(&g, parser);
	if (r < 0)
		return r;
	give.items = g.list.v;
	give.n = g.list.n;
	return answer_apply(c, &give, g.problems);
}
