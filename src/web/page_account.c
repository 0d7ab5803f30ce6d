/* SPDX-License-Identifier: Apache-2.0
 * page_account.c - one's own account; the audit trail. Depends on: base,
 * core, web. */
#include "base/tr.h"
#include "core/audit.h"
#include "core/person.h"
#include "tpl_people.h"
#include "web/choice.h"
#include "web/pages.h"
#include "web/people_view.h"
#include "web/visit.h"
#include "web/words.h"

#define SESSIONS_MOST 100
#define AUDIT_PAGE    50

/* ---- account ---- */

struct lines {
	struct visit *v;
	struct session_line *lines;
	size_t n;
};

static int add_session(void *ctx, const struct session_row *s)
{
	struct lines *l = ctx;
	struct arena *a = l->v->req->arena;
	if (l->n < SESSIONS_MOST)
		l->lines[l->n++] = (struct session_line){ .agent = str_dup(a, s->agent),
			.created = s->created_at,
			.used = s->used_at,
			.here = s->id == l->v->session.id,
			.end = url_below(
				a, url_id(a, "/account/sessions/", s->id), "/end") };
	return 0;
}

int account_get(struct visit *v)
{
	static const char *const done[] = { NULL, N_("The language is kept."),
		N_("The password was changed."), N_("That session has ended.") };
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct lines l = { .v = v };
	int64_t n = visit_query(v, "done")->n;
	l.lines = arena_array(v->req->arena, SESSIONS_MOST, sizeof(*l.lines));
	struct account_view view = { .frame = visit_frame(v, N_("Your account")),
		.done = n > 0 && (size_t)n < N(done) ? done[n] : NULL,
		.error = password_fault_text(visit_query(v, "fault")->n),
		.role = word_role(v->session.person.role),
		.languages = choices_languages(
			v->req->arena, str_c(lang_code(v->lang)), NULL) };
	int r = recovery_left(&v->x, v->session.person.id, &view.recovery);
	if (r == 0)
		r = session_each(&v->x, v->session.person.id, add_session, &l);
	if (r < 0)
		return r;
	view.sessions = (struct session_lines){ l.lines, l.n };
	r = page_account(&o, &view);
	return visit_send(v, 200, &page, r);
}

static int back(struct visit *v, const char *name, int64_t number)
{
	return visit_redirect(
		v, url_with_int(v->req->arena, URL("account"), name, number));
}

int account_language(struct visit *v)
{
	struct ask a;
	enum lang l;
	struct str code = visit_form(v, "language")->text;
	if (lang_parse(code, &l) < 0)
		return E_USAGE;
	ask_begin(v, &a, ACT_PERSON_LANGUAGE);
	rec_text(&a.w, "language", code);
	int r = ask_send(v, &a, NULL, NULL);
	if (r < 0)
		return r;
	r = back(v, "done", 1);
	visit_set_language(v, l);
	return r;
}

int account_password(struct visit *v)
{
	struct ask a;
	struct str password = visit_form(v, "password")->text;
	if (!str_eq(password, visit_form(v, "again")->text))
		return back(v, "fault", 1);
	ask_begin(v, &a, ACT_PERSON_PASSWORD);
	rec_text(&a.w, "old", visit_form(v, "old")->text);
	rec_text(&a.w, "password", password);
	int r = ask_send(v, &a, NULL, NULL);
	int64_t fault = r < 0 ? password_fault_number(v, r) : 0;
	if (fault)
		return back(v, "fault", fault);
	return r < 0 ? r : back(v, "done", 2);
}

int account_session_end(struct visit *v)
{
	struct ask a;
	ask_begin(v, &a, ACT_SESSION_END);
	rec_int(&a.w, "session", v->object.id);
	int r = ask_send(v, &a, NULL, NULL);
	return r < 0 ? r : back(v, "done", 3);
}

/* ---- audit ---- */

int audit_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct audit_rows rows;
	int r = audit_page(&v->x, visit_query(v, "before")->n, AUDIT_PAGE + 1, &rows);
	if (r < 0)
		return r;
	size_t n = rows.n < AUDIT_PAGE ? rows.n : AUDIT_PAGE;
	struct audit_line *lines = arena_array(v->req->arena, n + 1, sizeof(*lines));
	for (size_t i = 0; i < n; i++)
		lines[i] = (struct audit_line){ rows.v[i].seq, rows.v[i].at,
			rows.v[i].actor, rows.v[i].action, rows.v[i].object,
			rows.v[i].detail };
	struct audit_view view = { .frame = visit_frame(v, N_("Audit trail")),
		.lines = { lines, n },
		.older = rows.n > n };
	if (view.older)
		view.next = url_with_int(
			v->req->arena, URL("audit"), "before", lines[n - 1].seq);
	r = page_audit(&o, &view);
	return visit_send(v, 200, &page, r);
}
