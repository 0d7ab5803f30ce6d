/* SPDX-License-Identifier: Apache-2.0
 * task.c - tasks: see task.h. Depends on: base, db. */
#include "core/task.h"

#include "core/audit.h"
#include "db/sql_task.h"

#include <inttypes.h>
#include <stdio.h>

int task_add(struct ctx *x, const struct task_new *t)
{
	struct sql_task_insert_in in = { .kind = str_c(t->kind),
		.subject = t->subject,
		.org = t->org,
		.notice = t->notice,
		.finding = t->finding,
		.contact = t->contact,
		.detail = t->detail.p ? t->detail : S(""),
		.at = x->now };
	return sql_task_insert(x->db, &in);
}

static int close_task(struct ctx *x, int64_t id, struct str kind, struct str why)
{
	struct sql_task_close_in in = {
		.id = id, .at = x->now, .by = x->actor, .why = why.p ? why : S("")
	};
	char object[32];
	(void)snprintf(object, sizeof(object), "task %" PRId64, id);
	int r = sql_task_close(x->db, &in);
	return r < 0 ? r : audit_add(x, S("task.done"), str_c(object), kind);
}

int task_done(struct ctx *x, int64_t id, struct str why)
{
	struct sql_task_get_in in = { .id = id };
	struct sql_task_get_row row;
	int r = sql_task_get(x->db, x->arena, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "there is no task %" PRId64, id);
	if (r < 0)
		return r;
	if (row.done_at.has)
		return fail(&x->why, E_STATE, "task %" PRId64 " is done already", id);
	return close_task(x, id, row.kind, why);
}

int task_settle(struct ctx *x, const char *kind, struct str subject, struct str why)
{
	struct sql_task_find_open_in in = { .kind = str_c(kind), .subject = subject };
	struct sql_task_find_open_row row;
	int r = sql_task_find_open(x->db, &in, &row);
	if (r == E_NOT_FOUND)
		return 0;
	return r < 0 ? r : close_task(x, row.id, in.kind, why);
}

struct walk {
	task_row_fn *fn;
	void *ctx;
};

static int on_row(void *ctx, const struct sql_task_list_row *q)
{
	const struct walk *w = ctx;
	struct task_row row = { .id = q->id,
		.at = q->at,
		.kind = q->kind,
		.subject = q->subject,
		.detail = q->detail,
		.org = q->org,
		.notice = q->notice,
		.finding = q->finding,
		.contact = q->contact,
		.org_name = q->org_name.p ? q->org_name : S(""),
		.done_at = q->done_at,
		.done_by = q->done_by,
		.done_why = q->done_why };
	return w->fn(w->ctx, &row);
}

static int on_open(void *ctx, const struct sql_task_open_list_row *q)
{
	struct sql_task_list_row row = { q->id, q->at, q->kind, q->subject, q->detail,
		q->org, q->org_name, q->notice, q->finding, q->contact, q->done_at,
		q->done_by, q->done_why };
	return on_row(ctx, &row);
}

int task_open_each(struct ctx *x, int64_t after, int64_t n, task_row_fn *fn, void *ctx)
{
	struct walk w = { fn, ctx };
	struct sql_task_open_list_in in = { .after = after, .n = n };
	return sql_task_open_list_each(x->db, &in, on_open, &w);
}

int task_each(struct ctx *x, int64_t before, int64_t n, task_row_fn *fn, void *ctx)
{
	struct walk w = { fn, ctx };
	struct sql_task_list_in in = { .before = before ? before : INT64_MAX, .n = n };
	return sql_task_list_each(x->db, &in, on_row, &w);
}
