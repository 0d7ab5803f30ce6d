/* SPDX-License-Identifier: Apache-2.0
 * answer_file.c - answers that a machine or a spreadsheet wrote. See work.h. Depends on:
 * base, sys, fmt, core. The file is read by parse; what can be taken is taken. */
#include "work/answer_act.h"

/* What a stranger's file may take of work's time; the largest takes a parser one second
 * on a small machine. */
#define LINK_MS 5000

struct reading {
	struct call *c;
	struct answer_list list;
	uint32_t problems; /* that came */
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
	if (g->problems++ == LIMIT_PROBLEMS)
		return E_SYNTAX; /* no parser tells more */
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
	size_t before = g->list.n;
	if (type == JOB_ANSWER_PROBLEM)
		return take_problem(g, body);
	if (type != JOB_ANSWER_BATCH)
		return E_SYNTAX;
	int r = answer_items_read(g->c, &rd, &g->list);
	return r == 0 && g->list.n == before ? E_SYNTAX : r;
}

/* How many lines could not be read: all but those that came. */
static int unread(struct reading *g, const struct job_end *end, int64_t *ret)
{
	if (end->rows > LIMIT_ANSWERS || end->rows < g->list.n + g->problems)
		return call_job_no_sense(g->c);
	*ret = (int64_t)(end->rows - g->list.n);
	return 0;
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
		.ctx = &g,
		.most_ms = c->link ? LINK_MS : 0 };
	struct job_end end;
	int64_t refused;
	int r = answer_notice_of(c, act_get(&c->act, 0), &give.notice);
	if (r == 0)
		r = call_job(c, &job, &end);
	if (r == 0)
		r = unread(&g, &end, &refused);
	if (r < 0)
		return r;
	give.items = g.list.v;
	give.n = g.list.n;
	return answer_apply(c, &give, refused);
}
