/* SPDX-License-Identifier: Apache-2.0
 * visit.h - one request on its way through the table of routes, and what a page may do
 * with it. Depends on: base, core, web/route.
 *
 * Before a page's function is called all of this has held: the host is ours, the row's
 * roles hold the person, the form is ours, each field is in the row and fits, the object
 * of the path was opened for him. A page reads through v->x, inside one reading
 * transaction (GET); it changes things by asking work. */
#pragma once
#include "core/answer.h"
#include "web/ask.h"
#include "web/frame_view.h"
#include "web/route.h"
#include "web/url.h"
#include "web/web.h"

struct field_each {
	int64_t id;
	struct str text;
};
struct field_value {
	bool has;
	struct str text;
	int64_t n;
	int64_t *many; /* FIELD_MANY: n_many of them */
	size_t n_many;
	struct field_each *each; /* FIELD_EACH: n_each of them */
	size_t n_each;
};
/* The text of NAME-ID; absent when it did not come. */
struct str field_each_of(const struct field_value *f, int64_t id);
struct upload;
struct visit {
	struct web *web;
	struct req *req;
	struct res *res;
	struct ctx x;
	const struct route *route;
	struct str word; /* what stood for {word} */
	struct object object;
	bool signed_in;
	struct session session;
	struct str token; /* of the session: never written anywhere */
	bool linked; /* a row of WHO_LINK, and the token is good: asks are in its name */
	struct answer_link link;
	enum lang lang;
	bool lang_asked; /* the query says so */
	struct url here; /* the page, for its other languages; absent: its path */
	bool secure;	 /* it came over TLS: the cookie may say so */
	bool closed;	 /* nobody reads on the way: TLS, or this machine */
	struct field_value query[FIELDS_MAX], form[FIELDS_MAX];
	struct frame_view frame;
	struct upload *upload;
	int refused;   /* a status found before the body came */
	int64_t later; /* the job that does what was asked for; 0: none */
};

/* The value of a field by its name; asserts that the row has it. */
const struct field_value *visit_query(const struct visit *v, const char *name);
const struct field_value *visit_form(const struct visit *v, const char *name);
static inline bool visit_by_link(const struct visit *v)
{
	return v->route && v->route->who & WHO_LINK;
}
static inline enum actor_kind visit_actor(const struct visit *v)
{
	return v->signed_in ? person_actor(v->session.person.role) : ACTOR_WEB;
}

/* The same list at another address: to with what was asked for, but for where it goes on
 * (cursor) and for what a form said that it did. */
struct url visit_list_url(const struct visit *v, struct url to, const char *cursor);

/* The frame of a page with this title, a text to translate. */
const struct frame_view *visit_frame(struct visit *v, const char *title);
/* A page being written: give &o to its compiled function, then send. */
struct textout visit_out(struct visit *v, struct buf *page);
/* err: what the page's function answered. */
MUST int visit_send(struct visit *v, int status, const struct buf *page, int err);
/* E_DENIED when what has this marking must not leave by this visit. */
MUST int visit_may_leave(struct visit *v, enum tlp tlp);
/* A file that the browser saves and does not show: the one way by which tables leave
 * through pages. Its name says the marking, and what must not leave does not. name: plain
 * ASCII, or it is "file". */
MUST int visit_download(struct visit *v, enum tlp tlp, struct str type, struct str name,
	struct str bytes);
/* A table of many organisations, marked as the team marks by default: for people of the
 * team only. */
enum file_type { FILE_CSV, FILE_JSONL };
MUST int visit_send_file(
	struct visit *v, enum file_type type, const char *name, struct str body);
/* Bytes that are no page, as they are. type: the program's own text. */
MUST int visit_send_raw(struct visit *v, int status, const char *type, struct str body);
/* 303 to a page of ours. */
MUST int visit_redirect(struct visit *v, struct url to);
/* The page for an error: E_NOT_FOUND is 404 ... */
MUST int visit_error(struct visit *v, int err);
/* A cookie for this session; an empty token takes it away. */
void visit_set_session(struct visit *v, struct str token);
void visit_set_language(struct visit *v, enum lang l);
/* What this browser keeps of having been let in (known_make); empty: nothing. */
struct str visit_known(const struct visit *v);
void visit_set_known(struct visit *v, struct str known);

/* For web.c. */
void visit_begin(struct web *w, struct req *q, struct res *s);
void visit_run(struct web *w, struct req *q, struct res *s);
/* For visit.c: the answer to what never reaches a page. */
void visit_refuse(struct visit *v, int status);
int visit_fields(struct visit *v);	 /* fields.c */
int visit_upload_begin(struct visit *v); /* upload.c */
void visit_upload_end(struct visit *v);
