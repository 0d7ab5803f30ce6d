/* SPDX-License-Identifier: Apache-2.0
 * visit.c - a request on its way through the table: see visit.h. Depends on: base, sys,
 * db, fmt, core. */
#include "web/visit.h"

#include "fmt/accept.h"
#include "fmt/cookie.h"
#include "sys/clock.h"
#include "web/door.h"
#include "web/upload.h"

#include <stdio.h>

/* ---- before the body ---- */

static bool is_loopback(struct str host)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
	for (size_t i = 0; i < N(names); i++) {
		struct str rest = host;
		uint32_t port;
		if (!scan_lit(&rest, names[i]))
			continue;
		if (rest.n == 0)
			return true;
		if (scan_char(&rest, ':') && scan_u32(&rest, 65535, &port) && rest.n == 0)
			return true;
	}
	return false;
}

/* Another name could be an attacker's that leads here. */
static bool host_is_ours(struct visit *v)
{
	struct web *w = v->web;
	struct str host = str_lower(v->req->arena, v->req->host);
	v->closed = is_loopback(host) || w->https;
	if (w->host.p && str_eq(host, w->host)) {
		v->secure = w->https;
		return true;
	}
	return !(w->o.conf->web_proxy && w->host.p) && is_loopback(host);
}

static bool origin_is_ours(struct visit *v)
{
	struct req *q = v->req;
	struct str rest = q->origin;
	if (q->fetch_site.p && !str_eq(q->fetch_site, S("same-origin")))
		return false;
	if (q->origin.p == NULL)
		return q->fetch_site.p != NULL;
	if (v->web->origin.p && str_eq_nocase(q->host, v->web->host))
		return str_eq(q->origin, v->web->origin);
	return scan_lit(&rest, "http://") && str_eq_nocase(rest, q->host);
}

static struct str client_of(const struct visit *v)
{
	const struct req *q = v->req;
	return v->web->o.conf->web_proxy && q->forwarded.p ? q->forwarded : q->client;
}

static bool form_type(const struct route *r, struct str type)
{
	struct str media;
	bool file = r->body_max > FORM_MAX && r->form[0].type != FIELD_BODY;
	(void)str_split(&type, ';', &media);
	if (upload_body_of(r, str_trim(media)))
		return true;
	if (r->body_max > FORM_MAX)
		return file && str_eq_nocase(str_trim(media), S("multipart/form-data"));
	return str_eq_nocase(str_trim(media), S("application/x-www-form-urlencoded"));
}

/* What one link may, wherever it is used. Only for links that are there. */
static bool link_too_often(struct visit *v)
{
	enum rate rate = v->route->rate == RATE_FILE ? RATE_TOKEN_FILE : RATE_TOKEN;
	return !limit_take(v->web->limit, rate, v->word, clock_ms());
}

/* 0, or the status of the refusal. */
static int check_head(struct visit *v)
{
	struct req *q = v->req;
	int64_t id = 0;
	if (q->broken || !host_is_ours(v))
		return 400;
	if (q->method == 0)
		return 405;
	int r = route_find(q->method, q->path, &v->route, &id, &v->word);
	if (r < 0)
		return r == E_UNSUPPORTED ? 405 : 404;
	v->object.id = id;
	if (q->length > v->route->body_max)
		return 413;
	if (q->method == METHOD_POST && !form_type(v->route, q->type.p ? q->type : S("")))
		return 415;
	if (v->route->csrf != CSRF_NONE && v->route->csrf != CSRF_PATH &&
		!origin_is_ours(v))
		return 403;
	if (!limit_take(v->web->limit, v->route->rate, client_of(v), clock_ms()))
		return 429;
	return 0;
}

/* What the browser says; a person's own choice comes later. */
static void first_language(struct visit *v)
{
	struct req *q = v->req;
	struct str code;
	v->lang = v->web->o.conf->team_language;
	if (!visit_by_link(v) && q->cookie.p &&
		cookie_find(q->cookie, S("lang"), &code) == 0 &&
		lang_parse(code, &v->lang) == 0)
		return;
	if (q->language.p)
		(void)!accept_language(q->language, &v->lang);
}

/* 0, or the status for who may not send so much. */
static int may_send(struct visit *v)
{
	int r = visit_by_link(v) ? door_link(v) : door_session(v);
	if (r < 0)
		return r == E_NOT_FOUND ? 404 : 500;
	if (!visit_by_link(v))
		return door_who(v);
	return link_too_often(v) ? 429 : 0;
}

void visit_begin(struct web *w, struct req *q, struct res *s)
{
	struct visit *v = arena_alloc(q->arena, sizeof(*v));
	v->web = w;
	v->req = q;
	v->res = s;
	q->state = v;
	v->x = (struct ctx){ .arena = q->arena, .now = web_now(w), .actor = S("web") };
	v->refused = check_head(v);
	first_language(v);
	/* Fifty megabytes are not taken from somebody who may not send them. */
	if (v->refused == 0 && v->route->body_max > FORM_MAX) {
		struct worker *k = web_worker(w);
		v->x.db = k->db;
		db_set_why(k->db, &v->x.why);
		v->refused = may_send(v);
		if (v->refused == 0)
			v->refused = visit_upload_begin(v);
		web_worker_back(w, k);
		v->x.db = NULL;
	}
	if (v->refused)
		visit_refuse(v, v->refused);
}

/* ---- with the body ---- */

static int open_object(struct visit *v)
{
	const struct route *r = v->route;
	if (r->kind == OBJECT_NONE)
		return 0;
	return auth_open(
		&v->x, &v->session.person, r->kind, v->object.id, r->action, &v->object);
}

static void log_failure(struct visit *v, int r)
{
	char line[320];
	bool ours = r != E_NOT_FOUND && r != E_DENIED && r != E_USAGE && r != E_BUSY &&
		r != E_EXISTS && r != E_STATE && r != E_SYNTAX && r != E_TOO_BIG;
	if (!ours)
		return;
	(void)snprintf(line, sizeof(line), "%s failed: %s", v->route->name,
		v->x.why.err ? v->x.why.text : err_text(r));
	v->web->o.log(line);
}

/* The page itself: reading sees one moment in time; changing sees each act's result. */
static int page(struct visit *v)
{
	struct tx t;
	if (v->req->method == METHOD_POST)
		return v->route->run(v);
	int r = tx_begin(&t, v->x.db, TX_READ);
	return r < 0 ? r : tx_end(&t, v->route->run(v));
}

/* No session, no form token: the token of the path is all that counts. */
static int by_link(struct visit *v)
{
	int status = visit_fields(v);
	int r = door_link(v);
	if (r < 0)
		return r;
	if (v->upload == NULL && link_too_often(v)) /* else it was counted at its head */
		status = 429;
	if (status == 0)
		return page(v);
	visit_refuse(v, status);
	return 0;
}

static int through_the_door(struct visit *v)
{
	if (visit_by_link(v))
		return by_link(v);
	int r = door_session(v);
	if (r < 0)
		return r;
	int status = door_who(v);
	if (status == 0)
		status = visit_fields(v);
	if (status == 0 && v->route->csrf == CSRF_FORM && !door_form(v))
		status = 403;
	if (status == 303)
		return visit_redirect(v, URL("sign-in"));
	if (status) {
		visit_refuse(v, status);
		return 0;
	}
	r = open_object(v);
	return r < 0 ? r : page(v);
}

void visit_run(struct web *w, struct req *q, struct res *s)
{
	struct visit *v = q->state;
	struct worker *k = web_worker(w);
	v->res = s;
	v->x.db = k->db;
	db_set_why(k->db, &v->x.why);
	int r = through_the_door(v);
	if (r == E_BUSY && v->later)
		r = visit_redirect(v, url_id(v->req->arena, "/jobs/", v->later));
	if (r < 0) {
		log_failure(v, r);
		r = visit_error(v, r);
	}
	if (r < 0) /* not even that page: the words are ours and need nothing */
		*s = (struct res){ .status = 500, .body = S("500\n") };
	door_touch(v);
	v->x.db = NULL;
	web_worker_back(w, k);
}

const struct field_value *visit_query(const struct visit *v, const char *name)
{
	return field_named(v->route->query, v->query, name);
}

const struct field_value *visit_form(const struct visit *v, const char *name)
{
	return field_named(v->route->form, v->form, name);
}

static bool says_what_was_done(const char *name)
{
	return strcmp(name, "done") == 0 || strcmp(name, "n") == 0 ||
		strcmp(name, "fault") == 0;
}

struct url visit_list_url(const struct visit *v, struct url to, const char *cursor)
{
	struct arena *a = v->req->arena;
	for (const struct field *f = v->route->query; f->name; f++) {
		const struct field_value *value = visit_query(v, f->name);
		if (!value->has || says_what_was_done(f->name) ||
			(cursor && strcmp(f->name, cursor) == 0))
			continue;
		if (f->type == FIELD_INT)
			to = url_with_int(a, to, f->name, value->n);
		else
			to = url_with(a, to, f->name,
				f->type == FIELD_TICK ? S("1") : value->text);
	}
	return to;
}
