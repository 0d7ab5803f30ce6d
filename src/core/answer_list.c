/* SPDX-License-Identifier: Apache-2.0
 * answer_list.c - reading answers: see answer.h. Depends on: base, db. */
#include "core/answer.h"

#include "db/sql_answer.h"

struct walk {
	answer_row_fn *fn;
	void *ctx;
};

static int on_row(void *ctx, const struct sql_answer_list_row *q)
{
	const struct walk *w = ctx;
	if (q->kind <= ANSWER_NONE || q->kind >= ANSWER_KINDS || q->way < 0 ||
		q->way >= ANSWER_WAYS)
		return E_DB;
	struct answer_row row = { .id = q->id,
		.at = q->at,
		.notice = q->notice,
		.org = q->org,
		.finding = q->finding,
		.link = q->link,
		.until = q->until,
		.kind = (enum answer_kind)q->kind,
		.way = (enum answer_way)q->way,
		.org_name = q->org_name,
		.whose = q->whose,
		.comment = q->comment,
		.actor = q->actor };
	return w->fn(w->ctx, &row);
}

/* The rows of the three lists have the same members. */
#define AS_LIST_ROW(q)                                                                   \
	{                                                                                \
		(q)->id, (q)->at, (q)->notice, (q)->org, (q)->org_name, (q)->finding,    \
			(q)->link, (q)->until, (q)->kind, (q)->way, (q)->whose,          \
			(q)->comment, (q)->actor                                         \
	}

static int on_row_notice(void *ctx, const struct sql_answer_list_notice_row *q)
{
	struct sql_answer_list_row row = AS_LIST_ROW(q);
	return on_row(ctx, &row);
}

static int on_row_org(void *ctx, const struct sql_answer_list_org_row *q)
{
	struct sql_answer_list_row row = AS_LIST_ROW(q);
	return on_row(ctx, &row);
}

int answers_each(
	struct ctx *x, const struct answer_filter *f, answer_row_fn *fn, void *ctx)
{
	struct walk w = { fn, ctx };
	int64_t before = f->before > 0 ? f->before : INT64_MAX;
	if (f->notice > 0) {
		struct sql_answer_list_notice_in in = { f->notice, before, f->n,
			f->kind };
		return sql_answer_list_notice_each(x->db, &in, on_row_notice, &w);
	}
	if (f->org > 0) {
		struct sql_answer_list_org_in in = { f->org, before, f->n, f->kind };
		return sql_answer_list_org_each(x->db, &in, on_row_org, &w);
	}
	struct sql_answer_list_in in = { before, f->n, f->kind };
	return sql_answer_list_each(x->db, &in, on_row, &w);
}

int answer_state_of(struct ctx *x, int64_t finding, struct answer_state *ret)
{
	struct sql_answer_now_of_in in = { .finding = finding };
	struct sql_answer_now_of_row row;
	int r = sql_answer_now_of(x->db, x->arena, &in, &row);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	*ret = (struct answer_state){ .whose = S(""), .comment = S("") };
	if (r == 0)
		*ret = (struct answer_state){ (enum answer_kind)row.kind, row.at,
			row.until, row.whose, row.comment };
	return 0;
}

int answer_look(struct ctx *x, int64_t notice, int64_t org, int64_t finding,
	struct answer_look *ret)
{
	struct sql_answer_finding_in in = { .notice = notice, .finding = finding };
	struct sql_answer_finding_row f;
	int r = sql_answer_finding(x->db, x->arena, &in, &f);
	if (r < 0)
		return r;
	if (f.state < 0 || f.state >= STATE_N || f.kind.v < 0 || f.kind.v >= ANSWER_KINDS)
		return E_DB;
	*ret = (struct answer_look){ .theirs = f.org.has && f.org.v == org,
		.state = (enum finding_state)f.state,
		.said = { .kind = (enum answer_kind)f.kind.v,
			.at = f.at.v,
			.until = f.until,
			.whose = f.whose.p ? f.whose : S(""),
			.comment = f.comment.p ? f.comment : S("") } };
	return 0;
}
