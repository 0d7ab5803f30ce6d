/* SPDX-License-Identifier: Apache-2.0
 * page_sign.c - the door: signing in and out, enrolling. Depends on: base, core, web. */
#include "base/secret.h"
#include "base/tr.h"
#include "tpl_sign.h"
#include "web/pages.h"
#include "web/sign_view.h"
#include "web/visit.h"
#include "web/words.h"

static int show_sign_in(struct visit *v, int status, const char *error, struct str name)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct sign_in_view view = {
		.frame = visit_frame(v, N_("Sign in")), .error = error, .name = name
	};
	int r = page_sign_in(&o, &view);
	return visit_send(v, status, &page, r);
}

int sign_in_get(struct visit *v)
{
	if (v->signed_in)
		return visit_redirect(v, URL(""));
	return show_sign_in(v, 200, NULL, S(""));
}

/* The token that an answer brings. */
struct got {
	struct arena *arena;
	struct str token, known;
	struct sign_code codes[RECOVERY_CODES];
	size_t n;
};

static int on_token(void *ctx, struct str record)
{
	struct got *g = ctx;
	struct reader rd = rd_new(record);
	struct value value;
	while (rec_next(&rd, &value) == 1) {
		if (str_eq(value.name, S("token")))
			g->token = str_dup(g->arena, value.text);
		if (str_eq(value.name, S("known")))
			g->known = str_dup(g->arena, value.text);
		if (str_eq(value.name, S("recovery")) && g->n < RECOVERY_CODES &&
			str_z(g->arena, value.text, &g->codes[g->n].text) == 0)
			g->n++;
	}
	return token_like(g->token) ? 0 : E_SYNTAX;
}

static int sign_in(struct visit *v, struct str name, struct str known, struct got *got)
{
	struct ask a;
	ask_begin(v, &a, ACT_SESSION_BEGIN);
	a.known = known.n > 0;
	rec_text(&a.w, "name", name);
	rec_text(&a.w, "password", visit_form(v, "password")->text);
	rec_text(&a.w, "code", str_trim(visit_form(v, "code")->text));
	rec_text(&a.w, "agent", str_to(v->req->agent.p ? v->req->agent : S(""), 200));
	rec_text(&a.w, "known", known);
	return ask_send(v, &a, on_token, got);
}

int sign_in_post(struct visit *v)
{
	struct got got = { .arena = v->req->arena };
	struct str name = visit_form(v, "name")->text, known = visit_known(v);
	/* Whoever was signed in here signs out by signing in. */
	v->signed_in = false;
	struct str who = str_lower(v->req->arena, str_trim(name));
	if (!known_seems(&v->x, who, known))
		known = S("");
	int r = sign_in(v, who, known, &got);
	if (r == E_NOT_FOUND && known.n > 0) { /* made with another secret.key */
		v->x.why = (struct why){ 0 };
		r = sign_in(v, who, S(""), &got);
	}
	if (r == E_DENIED || r == E_USAGE)
		return show_sign_in(v, 403,
			N_("Name, password or code is wrong. A code works once: wait for "
			   "the next one."),
			name);
	if (r == E_BUSY)
		return show_sign_in(v, 429,
			N_("Too many tries. Wait a little, then try again."), name);
	if (r < 0)
		return r;
	visit_set_session(v, got.token);
	visit_set_known(v, got.known);
	return visit_redirect(v, URL(""));
}

int sign_out_post(struct visit *v)
{
	struct ask a;
	ask_begin(v, &a, ACT_SESSION_END);
	int r = ask_send(v, &a, NULL, NULL);
	if (r < 0 && r != E_DENIED && r != E_NOT_FOUND)
		return r;
	visit_set_session(v, S(""));
	return visit_redirect(v, URL("sign-in"));
}

/* ---- enrolling ---- */

static const char *role_words(struct str word)
{
	enum person_role role;
	return person_role_read(word, &role) < 0 ? "" : word_role(role);
}

struct looked {
	struct visit *v;
	struct enrol_view *view;
};

static int on_look(void *ctx, struct str record)
{
	struct looked *l = ctx;
	struct arena *a = l->v->req->arena;
	l->view->name = str_dup(a, record_text(record, "name"));
	l->view->secret = str_dup(a, record_text(record, "secret"));
	l->view->code = str_dup(a, record_text(record, "code"));
	l->view->role = role_words(record_text(record, "role"));
	l->view->expires = record_int(record, "expires");
	return 0;
}

/* Key URI format of the apps; the issuer is the team. */
static int make_otpauth(struct visit *v, struct enrol_view *view)
{
	struct buf b = buf_in(v->req->arena, KIB(2));
	struct url team = url_word(v->req->arena, "/", v->web->o.conf->team_name);
	struct str issuer = str_from(team.path, 1);
	int r = buf_addf(&b, "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s",
		STR(issuer), STR(view->name), STR(view->secret), STR(issuer));
	view->otpauth = buf_str(&b);
	return r;
}

/* What may be wrong with a form that sets a password. A redirect carries the number. */
static const char *const faults[] = {
	NULL,
	N_("The two passwords differ."),
	N_("The code is wrong. Is the clock of the telephone right?"),
	N_("Too many tries. Wait a little, then try again."),
	N_("That is not your password."),
	N_("A password has at least 12 characters."),
	N_("A password has at most 200 bytes."),
	N_("This password repeats a few characters: it is guessed at once."),
	N_("This password is too common: it is guessed at once."),
	N_("This password is made of your name: it is guessed at once."),
};

const char *password_fault_text(int64_t number)
{
	return number > 0 && (size_t)number < N(faults) ? faults[number] : NULL;
}

int64_t password_fault_number(const struct visit *v, int err)
{
	if (err == E_BUSY)
		return 3;
	if (err == E_DENIED)
		return v->route->act == ACT_PERSON_PASSWORD ? 4 : 2;
	for (size_t i = 5; i < N(faults) && err == E_USAGE; i++)
		if (strcmp(v->x.why.text, faults[i]) == 0)
			return (int64_t)i;
	return 0;
}

int enrol_get(struct visit *v)
{
	struct ask a;
	struct buf page;
	struct enrol_view view = { .here = url_word(v->req->arena, "/enrol/", v->word),
		.error = password_fault_text(visit_query(v, "fault")->n) };
	struct looked l = { v, &view };
	v->signed_in = false; /* the link is for whoever holds it */
	ask_begin(v, &a, ACT_ENROL_LOOK);
	rec_text(&a.w, "token", v->word);
	int r = enrol_there(&v->x, v->word); /* guesses do not wait for work */
	if (r == 0)
		r = ask_send(v, &a, on_look, &l);
	if (r == 0)
		r = make_otpauth(v, &view);
	if (r < 0)
		return r;
	struct textout o = visit_out(v, &page);
	view.frame = visit_frame(v, N_("Welcome"));
	r = page_enrol(&o, &view);
	return visit_send(v, 200, &page, r);
}

static int show_enrolled(struct visit *v, struct got *got)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	visit_set_session(v, got->token);
	visit_set_known(v, got->known);
	v->token = got->token;
	int r = session_find(&v->x, v->token, &v->session);
	if (r < 0)
		return r;
	v->signed_in = true;
	struct enrolled_view view = { .frame = visit_frame(v, N_("Recovery codes")),
		.name = v->session.person.name,
		.codes = { got->codes, got->n } };
	r = page_enrolled(&o, &view);
	return visit_send(v, 200, &page, r);
}

int enrol_post(struct visit *v)
{
	struct ask a;
	struct got got = { .arena = v->req->arena };
	struct url back = url_word(v->req->arena, "/enrol/", v->word);
	struct str password = visit_form(v, "password")->text;
	v->signed_in = false;
	if (!str_eq(password, visit_form(v, "again")->text))
		return visit_redirect(v, url_with_int(v->req->arena, back, "fault", 1));
	ask_begin(v, &a, ACT_ENROL_FINISH);
	rec_text(&a.w, "token", v->word);
	rec_text(&a.w, "password", password);
	rec_text(&a.w, "code", str_trim(visit_form(v, "code")->text));
	rec_text(&a.w, "agent", str_to(v->req->agent.p ? v->req->agent : S(""), 200));
	int r = enrol_there(&v->x, v->word); /* guesses take nobody's turn */
	a.known = r == 0;
	if (r == 0)
		r = ask_send(v, &a, on_token, &got);
	int64_t fault = r < 0 ? password_fault_number(v, r) : 0;
	if (fault)
		return visit_redirect(
			v, url_with_int(v->req->arena, back, "fault", fault));
	return r < 0 ? r : show_enrolled(v, &got);
}
