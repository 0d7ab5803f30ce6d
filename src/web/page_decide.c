/* SPDX-License-Identifier: Apache-2.0
 * page_decide.c - deciding on notices: what it is about, per organisation, before it is
 * done. Depends on: base, core, web. */
#include "base/tr.h"
#include "core/outbox.h"
#include "tpl_notices.h"
#include "web/notices.h"
#include "web/pages.h"

#include <inttypes.h>

#define LISTED_MOST 300
#define IDS_MOST    1000

/* Of one act: the words of its page, what it can begin from, what is said after it. */
struct decision {
	int act;
	const char *title, *button;
	unsigned from; /* bits of notice states */
	enum notices_done done;
	bool danger;
};
#define FROM(s) (1u << (s))
static const struct decision decisions[] = {
	{ ACT_NOTICE_APPROVE, N_("Approve notices"), N_("Approve them"),
		FROM(NOTICE_DRAFT) | FROM(NOTICE_HELD), DONE_APPROVED, false },
	{ ACT_NOTICE_HOLD, N_("Hold notices"), N_("Hold them"),
		FROM(NOTICE_DRAFT) | FROM(NOTICE_APPROVED), DONE_HELD, false },
	{ ACT_NOTICE_CANCEL, N_("Cancel notices"), N_("Cancel them"),
		FROM(NOTICE_DRAFT) | FROM(NOTICE_HELD) | FROM(NOTICE_APPROVED),
		DONE_CANCELLED, true },
	{ ACT_NOTICE_SEND, N_("Send notices"), N_("Send them"), FROM(NOTICE_APPROVED),
		DONE_SENT, false },
	{ ACT_NOTICE_UNDO, N_("Take notices back"), N_("Take them back"),
		FROM(NOTICE_WAITING), DONE_UNDONE, false },
};
/* A person wants it sent once more. */
static const struct decision once_more = { ACT_NOTICE_SEND, N_("Send a notice once more"),
	N_("Send it once more"),
	FROM(NOTICE_UNCERTAIN) | FROM(NOTICE_BOUNCED) | FROM(NOTICE_REFUSED), DONE_SENT,
	true };

static const struct decision *decision_of(const struct visit *v)
{
	size_t i = 0;
	if (v->route->act == ACT_NOTICE_SEND && visit_form(v, "again")->has)
		return &once_more;
	while (i + 1 < N(decisions) && decisions[i].act != v->route->act)
		i++;
	return &decisions[i];
}

/* ---- which ---- */

struct pick {
	int64_t ids[IDS_MOST];
	size_t n;
	int64_t run;
};

/* Ticked ones, or the list that this page wrote itself, or a run. */
static int read_pick(struct visit *v, struct pick *ret)
{
	const struct field_value *many = visit_form(v, "notice");
	struct str rest = visit_form(v, "list")->text, one;
	ret->run = visit_form(v, "run")->n;
	for (size_t i = 0; i < many->n_many && ret->n < IDS_MOST; i++)
		ret->ids[ret->n++] = many->many[i];
	while (rest.n && str_split(&rest, ',', &one)) {
		if (ret->n == IDS_MOST)
			return E_TOO_BIG;
		if (!str_int(one, 1, INT64_MAX, &ret->ids[ret->n++]))
			return E_SYNTAX;
	}
	return ret->n > 0 && ret->run > 0 ? E_SYNTAX : 0;
}

static int list_of(struct visit *v, const int64_t *ids, size_t n, struct str *ret)
{
	struct buf b = buf_in(v->req->arena, 20000);
	int r = 0;
	for (size_t i = 0; i < n && r == 0; i++)
		r = buf_addf(&b, "%s%" PRId64, i ? "," : "", ids[i]);
	*ret = buf_str(&b);
	return r;
}

/* ---- the page before ---- */

struct look {
	struct visit *v;
	const struct decision *d;
	struct decide_view view;
	struct notice_line_view *lines;
	int64_t orgs[LISTED_MOST]; /* of the lines, until previous ones are read */
	int64_t ids[IDS_MOST];
	int64_t run, last_org;
	size_t n, n_ids;
};

static int on_notice(void *ctx, const struct notice_row *row)
{
	struct look *l = ctx;
	struct decide_view *view = &l->view;
	if (!(l->d->from & FROM(row->state))) {
		view->left++;
		return 0;
	}
	/* Of a run there may be more, and it goes by its number. */
	if (l->n_ids < IDS_MOST)
		l->ids[l->n_ids++] = row->id;
	view->notices++;
	view->findings += row->findings;
	view->critical += row->critical;
	view->held += row->state == NOTICE_HELD;
	view->organisations += row->org != l->last_org;
	l->last_org = row->org;
	if (l->run == 0)
		l->run = row->run;
	if (l->n == LISTED_MOST) {
		view->not_listed++;
		return 0;
	}
	l->orgs[l->n] = row->org;
	l->lines[l->n++] = notice_line_of(l->v, row);
	return 0;
}

static int gather(struct look *l, const struct pick *p)
{
	struct ctx *x = &l->v->x;
	struct notice_filter f = { .run = p->run, .n = 1000000 };
	int r = p->n == 0 && p->run > 0 ? notice_list_each(x, &f, on_notice, l) : 0;
	for (size_t i = 0; i < p->n && r == 0; i++) {
		struct notice_row row;
		r = notice_row_get(x, p->ids[i], &row);
		if (r == 0)
			r = on_notice(l, &row);
	}
	return r;
}

/* What each was told last, and how large the last run was. */
static int compare(struct look *l)
{
	struct ctx *x = &l->v->x;
	struct run_line run = { 0 };
	int r = l->run ? run_line_of(l->v, l->run, &run) : 0;
	for (size_t i = 0; i < l->n && r == 0; i++) {
		struct opt_int before;
		struct notice_line_view *line = &l->lines[i];
		r = notice_previous(x, l->orgs[i], line->id, &before);
		line->has_before = before.has;
		line->before = before.v;
		line->notices = run.notices;
		line->usual = run.usual;
	}
	l->view.usual = run.usual;
	for (int64_t id = l->run - 1; id > 0 && r == 0 && !l->view.has_last; id--) {
		r = notice_run_size(x, id, &l->view.last_notices, &l->view.last_findings);
		l->view.has_last = l->view.last_notices > 0;
		if (l->run - id > 30)
			break;
	}
	return r;
}

static int note_sending(struct visit *v, const struct decision *d, const char **ret)
{
	bool on;
	int r = sending_get(&v->x, &on);
	if (r < 0)
		return r;
	*ret = !on
		? N_("Sending is off: the mails are written into the folder dry-run of "
		     "the data directory, and nothing leaves the house.")
		: d == &once_more
		? N_("Nobody may get it twice without need: look at its way first.")
		: N_("These become real mails to real people, once the time to take them "
		     "back is over.");
	return 0;
}

static int ask_first(struct visit *v, const struct decision *d, const struct pick *p)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct arena *a = v->req->arena;
	struct look *l = arena_alloc(a, sizeof(*l));
	*l = (struct look){ .v = v, .d = d };
	l->lines = arena_array(a, LISTED_MOST + 1, sizeof(*l->lines));
	int r = gather(l, p);
	if (r == 0)
		r = compare(l);
	if (r == 0 && d->act == ACT_NOTICE_SEND)
		r = note_sending(v, d, &l->view.note);
	struct decide_view *view = &l->view;
	if (r == 0 && p->run == 0)
		r = list_of(v, l->ids, l->n_ids, &view->list);
	if (r < 0)
		return r;
	view->frame = visit_frame(v, d->title);
	view->title = d->title;
	view->button = d->button;
	view->action = (struct url){ v->req->path };
	view->back = p->run ? url_with_int(a, URL("notices"), "run", p->run)
		: p->n == 1 ? url_id(a, "/notices/", p->ids[0])
			    : URL("notices");
	view->approve = d->act == ACT_NOTICE_APPROVE;
	view->cancel = d->act == ACT_NOTICE_CANCEL;
	view->danger = d->danger;
	view->send = d->act == ACT_NOTICE_SEND;
	view->undo = d->act == ACT_NOTICE_UNDO;
	view->again = d == &once_more;
	view->why = !view->approve && !view->send;
	view->nothing = view->notices == 0;
	view->run = p->run;
	view->lines = (struct notice_lines_view){ l->lines, l->n };
	r = page_decide(&o, view);
	return visit_send(v, 200, &page, r);
}

/* ---- the deed ---- */

struct changed {
	int64_t n;
	bool dry_run;
};

static int on_changed(void *ctx, struct str record)
{
	struct changed *c = ctx;
	struct value v;
	if (record_find(record, "changed", &v))
		c->n = v.n;
	if (record_find(record, "dry_run", &v)) { /* the summary of a sending */
		c->dry_run = v.n > 0;
		c->n = record_int(record, "notices");
	}
	return 0;
}

static void more_fields(struct visit *v, const struct decision *d, struct ask *a)
{
	struct str why = visit_form(v, "why")->text;
	bool held = visit_form(v, "held")->has, again = visit_form(v, "again")->has;
	if (d->act == ACT_NOTICE_APPROVE)
		rec_bool(&a->w, "held", held);
	else if (d->act != ACT_NOTICE_SEND)
		rec_text(&a->w, "why", why.p ? why : S(""));
	if (d->act == ACT_NOTICE_CANCEL || d->act == ACT_NOTICE_SEND)
		rec_bool(&a->w, "again", again);
	if (d->act == ACT_NOTICE_UNDO)
		rec_bool(&a->w, "hold", held);
}

static int decide(struct visit *v, const struct decision *d, const struct pick *p)
{
	struct str list = S("");
	struct ask a;
	struct changed c = { 0 };
	int r = list_of(v, p->ids, p->n, &list);
	if (r < 0)
		return r;
	ask_begin(v, &a, (enum act_id)d->act);
	if (p->run)
		rec_int(&a.w, "run", p->run);
	else
		rec_text(&a.w, "notices", list);
	more_fields(v, d, &a);
	r = ask_send(v, &a, on_changed, &c);
	return r < 0 ? r
		     : notices_done(v, c.dry_run ? DONE_WRITTEN : d->done, c.n, p->run);
}

int notices_decide(struct visit *v)
{
	const struct decision *d = decision_of(v);
	struct pick *p = arena_alloc(v->req->arena, sizeof(*p));
	*p = (struct pick){ 0 };
	int r = read_pick(v, p);
	if (r < 0)
		return r;
	return visit_form(v, "sure")->has && (p->n || p->run) ? decide(v, d, p)
							      : ask_first(v, d, p);
}
