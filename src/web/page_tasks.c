/* SPDX-License-Identifier: Apache-2.0
 * page_tasks.c - the rooms tasks and answers. Depends on: base, core, web. */
#include "base/tr.h"
#include "core/answer.h"
#include "core/org.h"
#include "core/task.h"
#include "tpl_loop.h"
#include "web/loop_view.h"
#include "web/pages.h"
#include "web/visit.h"
#include "web/words.h"

#define TASKS_PAGE   25
#define ANSWERS_PAGE 50

/* ---- tasks ---- */

struct tasks {
	struct visit *v;
	struct task_line lines[TASKS_PAGE];
	size_t n;
	bool more;
};

static struct url about(struct visit *v, const struct task_row *t)
{
	struct arena *a = v->req->arena;
	if (t->finding.has)
		return url_id(a, "/findings/", t->finding.v);
	if (t->notice.has)
		return url_id(a, "/notices/", t->notice.v);
	if (t->org.has)
		return url_id(a, "/organisations/", t->org.v);
	return URL("tasks");
}

static int on_task(void *ctx, const struct task_row *t)
{
	struct tasks *l = ctx;
	struct arena *a = l->v->req->arena;
	struct task_words words = word_task(t->kind);
	if (l->n == TASKS_PAGE) {
		l->more = true;
		return 0;
	}
	l->lines[l->n++] = (struct task_line){ .id = t->id,
		.at = t->at,
		.what = words.what,
		.next = words.next,
		.detail = str_dup(a, t->detail),
		.subject = str_dup(a, t->subject),
		.org_name = str_dup(a, t->org_name.p ? t->org_name : S("")),
		.has_org = t->org.has,
		.asks = str_eq(t->kind, S(TASK_UNCERTAIN)),
		.org = url_id(a, "/organisations/", t->org.v),
		.has_to = t->finding.has || t->notice.has,
		.to = about(l->v, t),
		.done = url_below(a, url_id(a, "/tasks/", t->id), "/done") };
	return 0;
}

int tasks_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct tasks *l = arena_alloc(v->req->arena, sizeof(*l));
	*l = (struct tasks){ .v = v };
	int r = task_open_each(
		&v->x, visit_query(v, "after")->n, TASKS_PAGE + 1, on_task, l);
	if (r < 0)
		return r;
	struct tasks_view view = { .frame = visit_frame(v, N_("Tasks")),
		.done = visit_query(v, "done")->has,
		.may_close = visit_actor(v) & auth_who(OBJECT_TASK, OBJECT_CHANGE),
		.more = l->more,
		.lines = { l->lines, l->n } };
	if (l->more)
		view.next = url_with_int(
			v->req->arena, URL("tasks"), "after", l->lines[l->n - 1].id);
	r = page_tasks(&o, &view);
	return visit_send(v, 200, &page, r);
}

int task_done_post(struct visit *v)
{
	struct str why = visit_form(v, "why")->text;
	const struct field_value *went = visit_form(v, "went");
	struct ask a;
	ask_begin(v, &a, ACT_TASK_DONE);
	rec_int(&a.w, "task", v->object.id);
	rec_text(&a.w, "why", why.p ? why : S(""));
	if (went->has)
		rec_bool(&a.w, "went_out", went->n > 0);
	int r = ask_send(v, &a, NULL, NULL);
	return r < 0
		? r
		: visit_redirect(v, url_with_int(v->req->arena, URL("tasks"), "done", 1));
}

/* ---- answers ---- */

struct answers {
	struct visit *v;
	struct answer_line lines[ANSWERS_PAGE];
	int64_t last;
	size_t n;
	bool more;
};

static int on_answer(void *ctx, const struct answer_row *row)
{
	struct answers *l = ctx;
	struct arena *a = l->v->req->arena;
	if (l->n == ANSWERS_PAGE) {
		l->more = true;
		return 0;
	}
	l->last = row->id;
	l->lines[l->n++] = (struct answer_line){ .at = row->at,
		.number = row->notice,
		.finding = row->finding.v,
		.has_finding = row->finding.has,
		.until = row->until.v,
		.has_until = row->until.has,
		.kind = word_answer(row->kind),
		.way = word_answer_way(row->way),
		.org_name = str_dup(a, row->org_name),
		.whose = str_dup(a, row->whose),
		.comment = str_dup(a, row->comment),
		.org = url_id(a, "/organisations/", row->org),
		.notice = url_id(a, "/notices/", row->notice),
		.to = url_id(a, "/findings/", row->finding.v) };
	return 0;
}

static struct choices choices_kinds(struct visit *v)
{
	const struct field_value *f = visit_query(v, "kind");
	struct choice *c = arena_array(v->req->arena, ANSWER_KINDS, sizeof(*c));
	c[0] = (struct choice){ .value = S(""), .label = N_("all answers") };
	for (int i = ANSWER_NONE + 1; i < ANSWER_KINDS; i++)
		c[i] = (struct choice){ .value = { &"0123456789"[i], 1 },
			.label = word_answer((enum answer_kind)i),
			.chosen = f->n == i };
	return (struct choices){ c, ANSWER_KINDS };
}

int answers_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct answers *l = arena_alloc(v->req->arena, sizeof(*l));
	const struct field_value *kind = visit_query(v, "kind");
	struct answer_filter f = { .org = visit_query(v, "organisation")->n,
		.notice = visit_query(v, "notice")->n,
		.kind = kind->has ? SOME(kind->n) : NONE,
		.before = visit_query(v, "before")->n,
		.n = ANSWERS_PAGE + 1 };
	struct answers_view view = { .kinds = choices_kinds(v),
		.org = f.org,
		.notice = f.notice,
		.org_name = S("") };
	struct org_ref ref;
	*l = (struct answers){ .v = v };
	int r = f.org ? org_by_id(&v->x, f.org, &ref) : 0;
	if (r == 0)
		r = answers_each(&v->x, &f, on_answer, l);
	if (r < 0)
		return r;
	if (f.org)
		view.org_name = ref.name;
	view.frame = visit_frame(v, N_("Answers"));
	view.lines = (struct answer_lines){ l->lines, l->n };
	view.more = l->more;
	if (l->more)
		view.next = url_with_int(v->req->arena,
			visit_list_url(v, URL("answers"), "before"), "before", l->last);
	r = page_answers(&o, &view);
	return visit_send(v, 200, &page, r);
}
