/* SPDX-License-Identifier: Apache-2.0
 * page_people.c - the room people: who is in the team, links, roles. Depends on: base,
 * core, web. */
#include "base/tr.h"
#include "core/person.h"
#include "tpl_people.h"
#include "web/pages.h"
#include "web/people_view.h"
#include "web/visit.h"
#include "web/words.h"

#define PEOPLE_MOST 1000

/* The roles that the visitor may give. */
static struct choices choices(struct visit *v, enum person_role chosen)
{
	struct choice *c = arena_array(v->req->arena, PERSON_ROLES, sizeof(*c));
	size_t n = 0;
	for (int i = PERSON_READER; i <= PERSON_ROLES; i++) {
		enum person_role r = (enum person_role)i;
		if (r == PERSON_HEAD && visit_actor(v) != ACTOR_HEAD)
			continue;
		c[n++] = (struct choice){ .value = str_c(person_role_word(r)),
			.label = word_role(r),
			.chosen = r == chosen };
	}
	return (struct choices){ c, n };
}

static const char *state_of(const struct person *p)
{
	if (p->revoked_at.has)
		return N_("shut out");
	return p->enrolled ? N_("enrolled") : N_("has a link, or needs one");
}

struct lines {
	struct visit *v;
	struct person_line *lines;
	size_t n;
};

static int add_line(void *ctx, const struct person *p)
{
	struct lines *l = ctx;
	struct arena *a = l->v->req->arena;
	if (l->n < PEOPLE_MOST)
		l->lines[l->n++] = (struct person_line){ .to = url_id(
								 a, "/people/", p->id),
			.name = str_dup(a, p->name),
			.role = word_role(p->role),
			.state = state_of(p),
			.sessions = p->sessions,
			.created = p->created_at };
	return 0;
}

static int show_people(struct visit *v, int status, const char *done, const char *error)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct lines l = { .v = v };
	l.lines = arena_array(v->req->arena, PEOPLE_MOST, sizeof(*l.lines));
	int r = person_each(&v->x, add_line, &l);
	if (r < 0)
		return r;
	struct people_view view = { .frame = visit_frame(v, N_("People")),
		.done = done,
		.error = error,
		.people = { l.lines, l.n },
		.roles = choices(v, PERSON_ANALYST) };
	r = page_people(&o, &view);
	return visit_send(v, status, &page, r);
}

int people_get(struct visit *v)
{
	static const char *const done[] = { NULL, N_("The role was changed."),
		N_("This person is shut out.") };
	int64_t n = visit_query(v, "done")->n;
	return show_people(v, 200, n > 0 && (size_t)n < N(done) ? done[n] : NULL, NULL);
}

int person_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct arena *a = v->req->arena;
	struct person p;
	int r = person_by_id(&v->x, v->object.id, &p);
	if (r < 0)
		return r;
	struct person_view view = { .frame = visit_frame(v, N_("Person")),
		.name = p.name,
		.role = word_role(p.role),
		.state = state_of(&p),
		.created = p.created_at,
		.may_change = p.role != PERSON_HEAD || visit_actor(v) == ACTOR_HEAD,
		.own = p.id == v->session.person.id,
		.roles = choices(v, p.role) };
	struct url here = url_id(a, "/people/", p.id);
	view.reset = url_below(a, here, "/reset");
	view.revoke = url_below(a, here, "/revoke");
	view.set_role = url_below(a, here, "/role");
	r = page_person(&o, &view);
	return visit_send(v, 200, &page, r);
}

/* ---- changing ---- */

struct made {
	struct arena *arena;
	struct str token;
};

static int on_made(void *ctx, struct str record)
{
	struct made *m = ctx;
	m->token = str_dup(m->arena, record_text(record, "token"));
	return 0;
}

/* Where the person opens it: web.url, or this machine as it was asked for. */
static int show_link(struct visit *v, struct str name, struct str token)
{
	struct buf page, link = buf_in(v->req->arena, KIB(1));
	struct textout o = visit_out(v, &page);
	int r = v->web->origin.p ? buf_add(&link, v->web->origin)
				 : buf_addf(&link, "http://%.*s", STR(v->req->host));
	if (r == 0)
		r = buf_addf(&link, "/enrol/%.*s", STR(token));
	if (r < 0)
		return r;
	struct link_view view = { .frame = visit_frame(v, N_("A link")),
		.name = name,
		.link = buf_str(&link),
		.hours = ENROL_LIFE / 3600 };
	r = page_link(&o, &view);
	return visit_send(v, 200, &page, r);
}

int people_post(struct visit *v)
{
	struct ask a;
	struct made made = { .arena = v->req->arena };
	struct str name = str_lower(v->req->arena, str_trim(visit_form(v, "name")->text));
	ask_begin(v, &a, ACT_PERSON_ADD);
	rec_text(&a.w, "name", name);
	rec_text(&a.w, "role", visit_form(v, "role")->text);
	int r = ask_send(v, &a, on_made, &made);
	if (r == E_EXISTS)
		return show_people(
			v, 409, NULL, N_("There is somebody of that name already."));
	if (r == E_USAGE || r == E_DENIED)
		return show_people(v, 400, NULL,
			N_("That name or role cannot be given. A name has small letters, "
			   "digits, and . _ - after the first."));
	return r < 0 ? r : show_link(v, name, made.token);
}

/* The acts go by name: the id is only the page's. */
static int change(
	struct visit *v, struct made *made, struct str role, struct str *ret_name)
{
	struct ask a;
	struct person p;
	int r = person_by_id(&v->x, v->object.id, &p);
	if (r < 0)
		return r;
	ask_begin(v, &a, (enum act_id)v->route->act);
	rec_text(&a.w, "name", p.name);
	if (role.p)
		rec_text(&a.w, "role", role);
	*ret_name = p.name;
	return ask_send(v, &a, made ? on_made : NULL, made);
}

static int refused(struct visit *v, int r)
{
	if (r == E_STATE)
		return show_people(v, 409, NULL,
			N_("This is the only head left: make another one first."));
	if (r == E_DENIED)
		return show_people(v, 403, NULL,
			v->object.id == v->session.person.id &&
					v->route->act == ACT_PERSON_ROLE
				? N_("Nobody changes their own role.")
				: N_("Only a head may change a head."));
	return r;
}

int person_reset(struct visit *v)
{
	struct made made = { .arena = v->req->arena };
	struct str name;
	int r = change(v, &made, (struct str){ NULL, 0 }, &name);
	if (r < 0)
		return refused(v, r);
	/* Whoever resets himself is out with all the others. */
	return show_link(v, name, made.token);
}

int person_revoke(struct visit *v)
{
	struct str name;
	int r = change(v, NULL, (struct str){ NULL, 0 }, &name);
	return r < 0 ? refused(v, r)
		     : visit_redirect(
			       v, url_with_int(v->req->arena, URL("people"), "done", 2));
}

int person_role(struct visit *v)
{
	struct made made = { .arena = v->req->arena };
	struct str name;
	int r = change(v, &made, visit_form(v, "role")->text, &name);
	if (r == 0 && made.token.n) /* a link that was there is over */
		return show_link(v, name, made.token);
	return r < 0 ? refused(v, r)
		     : visit_redirect(
			       v, url_with_int(v->req->arena, URL("people"), "done", 1));
}
