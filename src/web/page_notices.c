/* SPDX-License-Identifier: Apache-2.0
 * page_notices.c - the room notices: runs and what they drafted. Depends on: base, core,
 * web. */
#include "base/tr.h"
#include "core/org.h"
#include "tpl_notices.h"
#include "web/notices.h"
#include "web/pages.h"
#include "web/words.h"

#define NOTICES_PAGE 50
#define RUNS_LATEST  5
#define RUNS_PAGE    50

bool notice_is_open(int64_t state)
{
	return state < NOTICE_HANDED;
}

struct notice_line_view notice_line_of(struct visit *v, const struct notice_row *row)
{
	struct arena *a = v->req->arena;
	struct notice_line_view l = { .id = row->id,
		.at = row->at,
		.check = row->kind == NOTICE_CHECK,
		.findings = row->findings,
		.critical = row->critical,
		.to = url_id(a, "/notices/", row->id),
		.org = url_id(a, "/organisations/", row->org),
		.org_name = str_dup(a, row->org_name),
		.recipient = str_dup(a, row->recipient),
		.state = word_notice_state(row->state),
		.why = notice_held_text(row->state_why),
		.open = notice_is_open(row->state),
		.hot = row->state == NOTICE_UNCERTAIN || row->state == NOTICE_BOUNCED ||
			row->state == NOTICE_REFUSED };
	l.word = l.why ? S("") : str_dup(a, row->state_why);
	return l;
}

/* ---- runs ---- */

struct runs {
	struct visit *v;
	struct run_line *lines;
	size_t n, most;
	bool more;
};

static struct run_line run_line(struct visit *v, const struct notice_run_row *row)
{
	return (struct run_line){ .to = url_with_int(
					  v->req->arena, URL("notices"), "run", row->id),
		.id = row->id,
		.at = row->at,
		.notices = row->notices,
		.usual = row->usual,
		.finished = row->finished,
		.held = notice_held_text(row->held_why) };
}

static int on_run(void *ctx, const struct notice_run_row *row)
{
	struct runs *l = ctx;
	if (l->n == l->most) {
		l->more = true;
		return 0;
	}
	l->lines[l->n++] = run_line(l->v, row);
	return 0;
}

static int read_runs(struct visit *v, int64_t before, size_t most, struct runs *ret)
{
	*ret = (struct runs){ .v = v, .most = most };
	ret->lines = arena_array(v->req->arena, most + 1, sizeof(*ret->lines));
	return notice_runs_each(&v->x, before, (int64_t)most + 1, on_run, ret);
}

int run_line_of(struct visit *v, int64_t run, struct run_line *ret)
{
	struct runs l;
	int r = read_runs(v, run == INT64_MAX ? run : run + 1, 1, &l);
	if (r == 0 && (l.n == 0 || l.lines[0].id != run))
		return E_NOT_FOUND;
	if (r == 0)
		*ret = l.lines[0];
	return r;
}

int runs_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct runs l;
	int r = read_runs(v, visit_query(v, "before")->n, RUNS_PAGE, &l);
	if (r < 0)
		return r;
	struct runs_view view = { .frame = visit_frame(v, N_("Runs")),
		.runs = { l.lines, l.n },
		.more = l.more };
	if (l.more)
		view.next = url_with_int(v->req->arena, URL("notices/runs"), "before",
			l.lines[l.n - 1].id);
	r = page_runs(&o, &view);
	return visit_send(v, 200, &page, r);
}

/* ---- notices ---- */

static struct choices choices_states(struct visit *v)
{
	const struct field_value *f = visit_query(v, "state");
	struct choice *c = arena_array(v->req->arena, NOTICE_STATES + 1, sizeof(*c));
	c[0] = (struct choice){ .value = S(""), .label = N_("all states") };
	for (int i = 0; i < NOTICE_STATES; i++)
		c[i + 1] = (struct choice){ .value = str_dup(v->req->arena,
						    (struct str){ &"0123456789"[i], 1 }),
			.label = word_notice_state(i),
			.chosen = f->has && f->n == i };
	return (struct choices){ c, NOTICE_STATES + 1 };
}

struct list {
	struct visit *v;
	struct notice_line_view *lines;
	size_t n;
	bool more;
	struct run_line run; /* of the last line */
};

static int on_notice(void *ctx, const struct notice_row *row)
{
	struct list *l = ctx;
	if (l->n == NOTICES_PAGE) {
		l->more = true;
		return 0;
	}
	l->lines[l->n] = notice_line_of(l->v, row);
	l->lines[l->n++].notices = row->run; /* filled in below */
	return 0;
}

/* Why a run is held says how large it is. */
static int with_runs(struct list *l)
{
	struct run_line run = { 0 };
	int r = 0;
	for (size_t i = 0; i < l->n && r == 0; i++) {
		struct notice_line_view *line = &l->lines[i];
		if (line->why && run.id != line->notices)
			r = run_line_of(l->v, line->notices, &run);
		line->notices = run.notices;
		line->usual = run.usual;
	}
	return r;
}

/* The run or the organisation that the list is of, or the latest runs. */
static int scope(struct visit *v, struct notices_view *view)
{
	const struct field_value *run = visit_query(v, "run"),
				 *org = visit_query(v, "organisation");
	struct org_ref ref;
	struct runs l = { 0 };
	int r = 0;
	if (org->has) {
		r = org_by_id(&v->x, org->n, &ref);
		if (r < 0)
			return r;
		view->org = org->n;
		view->org_name = ref.name;
	}
	if (run->has) {
		struct run_line *line = arena_alloc(v->req->arena, sizeof(*line));
		r = run_line_of(v, run->n, line);
		if (r < 0)
			return r;
		view->run = run->n;
		view->run_open = view->may_decide && line->finished && line->notices > 0;
		view->runs = (struct run_lines){ line, 1 };
	} else if (!org->has && visit_query(v, "before")->n == 0) {
		r = read_runs(v, 0, RUNS_LATEST, &l);
		view->runs = (struct run_lines){ l.lines, l.n };
	}
	return r;
}

static const char *const done_texts[] = {
	NULL,
	[DONE_APPROVED] = N_("Approved: {n}."),
	[DONE_HELD] = N_("Held: {n}."),
	[DONE_CANCELLED] = N_("Cancelled: {n}."),
	[DONE_DRAFTED] = N_("Drafted: {n}. Look at them, then approve them."),
	[DONE_SENT] = N_("On their way, unless they are taken back: {n}."),
	[DONE_UNDONE] = N_("Taken back: {n}."),
	[DONE_WRITTEN] = N_("Written into the folder dry-run, and not sent: {n}."),
	[DONE_SWITCHED] = N_("The switch is set."),
};

int notices_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct list l = { .v = v };
	int64_t done = visit_query(v, "done")->n;
	const struct field_value *state = visit_query(v, "state");
	struct notice_filter f = { .state = state->has ? SOME(state->n) : NONE,
		.run = visit_query(v, "run")->n,
		.org = visit_query(v, "organisation")->n,
		.before = visit_query(v, "before")->n,
		.n = NOTICES_PAGE + 1 };
	struct notices_view view = { .may_decide = visit_actor(v) & ACTOR_HANDLES,
		.done = done > 0 && (size_t)done < N(done_texts) ? done_texts[done]
								 : NULL,
		.done_n = visit_query(v, "n")->n,
		.states = choices_states(v),
		.org_name = S("") };
	int r = scope(v, &view);
	if (r == 0)
		r = sending_view_of(v, &view.sending);
	l.lines = arena_array(v->req->arena, NOTICES_PAGE + 1, sizeof(*l.lines));
	if (r == 0)
		r = notice_list_each(&v->x, &f, on_notice, &l);
	if (r == 0)
		r = with_runs(&l);
	if (r < 0)
		return r;
	view.frame = visit_frame(v, N_("Notices"));
	view.lines = (struct notice_lines_view){ l.lines, l.n };
	view.more = l.more;
	if (l.more)
		view.next = url_with_int(v->req->arena,
			visit_list_url(v, URL("notices"), "before"), "before",
			l.lines[l.n - 1].id);
	r = page_notices(&o, &view);
	return visit_send(v, 200, &page, r);
}

int notices_done(struct visit *v, enum notices_done what, int64_t n, int64_t run)
{
	struct arena *a = v->req->arena;
	struct url u = url_with_int(a, URL("notices"), "done", what);
	u = url_with_int(a, u, "n", n);
	if (run > 0)
		u = url_with_int(a, u, "run", run);
	return visit_redirect(v, u);
}

/* ---- drafting ---- */

struct drafted {
	int64_t run, notices;
};

static int on_drafted(void *ctx, struct str record)
{
	struct drafted *d = ctx;
	struct value v;
	if (!record_find(record, "notices", &v))
		return 0;
	d->run = record_int(record, "run");
	d->notices = record_int(record, "notices");
	return 0;
}

int notices_drafted(struct visit *v, struct ask *a)
{
	struct drafted d = { 0 };
	int r = ask_send(v, a, on_drafted, &d);
	return r < 0 ? r : notices_done(v, DONE_DRAFTED, d.notices, d.run);
}

int notices_draft(struct visit *v)
{
	struct ask a;
	ask_begin(v, &a, ACT_NOTICE_DRAFT);
	return notices_drafted(v, &a);
}
