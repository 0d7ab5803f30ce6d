/* SPDX-License-Identifier: Apache-2.0
 * frame.c - pages on their way out: what stands around them, headers, compression,
 * errors. See visit.h. Depends on: base, core. */
#include "base/tr.h"
#include "fmt/accept.h"
#include "tpl_error.h"
#include "web/door.h"
#include "web/error_view.h"
#include "web/pages.h"

#include <stdio.h>

#define PAGE_MAX    MIB(4)
#define TEXT_OF_(x) #x
#define TEXT_OF(x)  TEXT_OF_(x)

static struct url nav_url(const struct route *r)
{
	return (struct url){ str_c(r->pattern) };
}

static void make_nav(struct visit *v)
{
	size_t n = 0, most = 0;
	for (const struct route *r = web_routes; r->name; r++)
		most += r->nav != NULL;
	struct frame_link *links = arena_array(v->req->arena, most + 1, sizeof(*links));
	for (const struct route *r = web_routes; r->name && v->signed_in; r++)
		if (r->nav && r->who & visit_actor(v))
			links[n++] = (struct frame_link){
				.label = r->nav, .to = nav_url(r), .here = r == v->route
			};
	v->frame.nav = (struct frame_links){ links, n };
}

/* The same page. Only a path that a row matched is written back, with what was asked of
 * it; where a form went, there may be no page. */
static struct url page_here(const struct visit *v)
{
	const struct route *r;
	struct str word;
	int64_t id;
	if (v->here.path.p)
		return v->here;
	if (visit_by_link(v))
		return URL_HERE;
	if (v->route && route_find(METHOD_GET, v->req->path, &r, &id, &word) == 0)
		return v->route->method == METHOD_GET
			? visit_list_url(v, (struct url){ v->req->path }, NULL)
			: (struct url){ v->req->path };
	return URL("");
}

/* The same page in another language. */
static void make_languages(struct visit *v)
{
	struct frame_link *links = arena_array(v->req->arena, LANG_N, sizeof(*links));
	struct url here = page_here(v);
	for (int i = 0; i < LANG_N; i++) {
		const char *code = lang_code((enum lang)i);
		links[i] = (struct frame_link){ .word = lang_name((enum lang)i),
			.code = code,
			.to = url_with(v->req->arena, here, "lang", str_c(code)),
			.here = v->lang == (enum lang)i };
	}
	v->frame.languages = (struct frame_links){ links, LANG_N };
}

const struct frame_view *visit_frame(struct visit *v, const char *title)
{
	v->frame.title = title;
	v->frame.lang = lang_code(v->lang);
	v->frame.dir = lang_rtl(v->lang) ? "rtl" : "ltr";
	v->frame.style = url_word(v->req->arena, "/style/", str_c(v->web->style.name));
	v->frame.team = v->web->o.conf->team_name;
	v->frame.demo = v->web->o.conf->demo;
	v->frame.guest = visit_by_link(v);
	v->frame.person = v->signed_in ? v->session.person.name : S("");
	v->frame.form = door_token(v);
	make_nav(v);
	make_languages(v);
	return &v->frame;
}

struct textout visit_out(struct visit *v, struct buf *page)
{
	*page = buf_in(v->req->arena, PAGE_MAX);
	return (struct textout){ .out = page, .lang = v->lang };
}

/* For each page of ours, also an error. There is no script, so none may run. */
static void guard(struct visit *v)
{
	struct res *s = v->res;
	bool link = visit_by_link(v);
	res_header(s, "Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; "
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
		"require-trusted-types-for 'script'; trusted-types 'none'");
	res_header(s, "X-Content-Type-Options", "nosniff");
	res_header(s, "X-Frame-Options", "DENY");
	res_header(s, "Cross-Origin-Opener-Policy", "same-origin");
	res_header(s, "Cross-Origin-Resource-Policy", "same-origin");
	res_header(s, "Referrer-Policy", link ? "no-referrer" : "same-origin");
	if (link)
		res_header(s, "X-Robots-Tag", "noindex, nofollow");
}

int visit_send(struct visit *v, int status, const struct buf *page, int err)
{
	if (err < 0)
		return fail(&v->x.why, err, "the page is too large");
	return visit_send_raw(v, status, "text/html; charset=utf-8", buf_str(page));
}

int visit_send_raw(struct visit *v, int status, const char *type, struct str body)
{
	struct res *s = v->res;
	s->status = status;
	s->body = body;
	guard(v);
	res_header(s, "Content-Type", type);
	res_header(s, "Cache-Control", "no-store");
	if (v->req->encoding.p && accept_gzip(v->req->encoding)) {
		struct str packed = web_pack(v->req->arena, s->body);
		if (packed.p) {
			s->body = packed;
			res_header(s, "Content-Encoding", "gzip");
		}
	}
	return 0;
}

/* Words that a header may hold as they are. */
static bool header_plain(struct str s, const char *more)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], small = (char)(c | 32);
		bool good = (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
			(c != 0 && strchr(more, c));
		if (!good)
			return false;
	}
	return s.n > 0 && s.n <= 150;
}

int visit_may_leave(struct visit *v, enum tlp tlp)
{
	enum tlp_way way = v->signed_in ? TLP_TO_TEAM : TLP_BY_LINK;
	if (!v->signed_in && !v->linked)
		return fail(&v->x.why, E_DENIED, "a file for nobody");
	if (!tlp_may_leave(tlp, way, v->closed))
		return fail(
			&v->x.why, E_DENIED, "%s must not go in clear", tlp_text(tlp));
	return 0;
}

/* "findings.csv.zip" becomes "findings-TLP-AMBER-STRICT.csv.zip". */
static int marked_name(struct str name, enum tlp tlp, struct buf *out)
{
	struct str head = name;
	for (size_t i = 0; i < name.n && head.n == name.n; i++)
		if (name.p[i] == '.')
			head.n = i;
	int r = buf_addf(out, "%.*s-", STR(head));
	for (const char *p = tlp_text(tlp); *p && r == 0; p++)
		r = buf_addc(out, *p == ':' || *p == '+' ? '-' : *p);
	return r < 0 ? r : buf_add(out, str_from(name, head.n));
}

int visit_download(
	struct visit *v, enum tlp tlp, struct str type, struct str name, struct str bytes)
{
	struct buf b = buf_in(v->req->arena, 512);
	const char *kind, *how;
	int r = visit_may_leave(v, tlp);
	if (r < 0)
		return r;
	if (!header_plain(type, "/-+.;= "))
		type = S("application/octet-stream");
	if (!header_plain(name, "._-"))
		name = S("file");
	r = buf_add(&b, S("attachment; filename=\""));
	if (r == 0)
		r = marked_name(name, tlp, &b);
	if (r == 0)
		r = buf_addc(&b, '"');
	if (r == 0)
		r = str_z(v->req->arena, buf_str(&b), &how);
	if (r == 0)
		r = str_z(v->req->arena, type, &kind);
	if (r < 0)
		return r;
	r = visit_send_raw(v, 200, kind, bytes);
	res_header(v->res, "Content-Disposition", how);
	return r;
}

int visit_send_file(
	struct visit *v, enum file_type type, const char *name, struct str body)
{
	static const char *const types[] = { "text/csv; charset=utf-8",
		"application/jsonl; charset=utf-8" };
	static const char *const ends[] = { "csv", "jsonl" };
	char named[120];
	if (!v->signed_in)
		return fail(&v->x.why, E_DENIED, "a file for nobody");
	(void)snprintf(named, sizeof(named), "%s.%s", name, ends[type]);
	return visit_download(
		v, v->web->o.conf->team_tlp, str_c(types[type]), str_c(named), body);
}

int visit_redirect(struct visit *v, struct url to)
{
	const char *path;
	int r = str_z(v->req->arena, to.path, &path);
	if (r < 0)
		return r;
	v->res->status = 303;
	v->res->body = S("");
	guard(v);
	res_header(v->res, "Location", path);
	res_header(v->res, "Cache-Control", "no-store");
	return 0;
}

/* ---- errors ---- */

static const struct {
	int status;
	const char *title, *text;
} errors[] = {
	{ 400, N_("That did not fit"),
		N_("What the browser sent is not what this page takes. Go back and "
		   "try again.") },
	{ 403, N_("Not accepted"),
		N_("The form was not ours, or it is too old. Load the page again and "
		   "send it from there.") },
	{ 404, N_("Not found"), N_("There is no such page, or not for you.") },
	{ 405, N_("Not found"), N_("There is no such page, or not for you.") },
	{ 409, N_("Not possible now"),
		N_("It is not possible in the state the thing is in. Look at it "
		   "again.") },
	{ 413, N_("Too large"), N_("What was sent is larger than this page takes.") },
	{ 415, N_("That did not fit"),
		N_("What the browser sent is not what this page takes. Go back and "
		   "try again.") },
	{ 429, N_("Too often"),
		N_("Too many tries from your network. Wait a quarter of an "
		   "hour.") },
	{ 500, N_("Something failed"),
		N_("It is written in the log. What was acknowledged before is kept.") },
	{ 503, N_("Busy"), N_("The program is busy. Try again in a minute.") },
};

static int error_page(struct visit *v, int status)
{
	size_t at = 0;
	while (at + 1 < N(errors) && errors[at].status != status)
		at++;
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct error_view view = { .frame = visit_frame(v, errors[at].title),
		.text = errors[at].text,
		.status = status };
	if (status == 404 && visit_by_link(v))
		return link_dead(v);
	if (status == 405)
		res_header(v->res, "Allow", "GET, HEAD, POST");
	if (status == 429)
		res_header(v->res, "Retry-After", TEXT_OF(LIMIT_WAIT_S));
	int r = page_error(&o, &view);
	return visit_send(v, status, &page, r);
}

static int status_of(int err)
{
	switch (err) {
	case E_NOT_FOUND:
	case E_DENIED: /* nobody learns what he may not */
		return 404;
	case E_SYNTAX:
	case E_USAGE:
		return 400;
	case E_TOO_BIG:
		return 413;
	case E_EXISTS:
	case E_STATE:
		return 409;
	case E_BUSY:
		return 503;
	default:
		return 500;
	}
}

int visit_error(struct visit *v, int err)
{
	v->res->n = 0; /* headers of the page that failed */
	return error_page(v, status_of(err));
}

void visit_refuse(struct visit *v, int status)
{
	v->res->n = 0;
	if (error_page(v, status) < 0)
		*v->res = (struct res){ .status = status, .body = S("") };
}

/* ---- the stylesheet ---- */

int style_get(struct visit *v)
{
	const struct style *s = &v->web->style;
	struct res *r = v->res;
	if (!str_eq(v->word, str_c(s->name)))
		return E_NOT_FOUND;
	guard(v);
	char *etag = arena_alloc(v->req->arena, sizeof(s->name) + 3);
	(void)snprintf(etag, sizeof(s->name) + 3, "\"%s\"", s->name);
	res_header(r, "ETag", etag);
	res_header(r, "Cache-Control", "public, max-age=31536000, immutable");
	res_header(r, "Vary", "Accept-Encoding");
	res_header(r, "Content-Type", "text/css; charset=utf-8");
	bool same = v->req->match.p && str_eq(v->req->match, str_c(etag));
	bool packed = s->packed.p && v->req->encoding.p && accept_gzip(v->req->encoding);
	r->status = same ? 304 : 200;
	r->body = same ? S("") : packed ? s->packed : s->plain;
	if (packed && !same)
		res_header(r, "Content-Encoding", "gzip");
	return 0;
}

/* The bell of the page's head; browsers ask for an icon on their own else, in vain. */
int icon_get(struct visit *v)
{
	static const char svg[] =
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\">"
		"<rect width=\"24\" height=\"24\" rx=\"4\" fill=\"#17324d\"/>"
		"<path fill=\"#e3b04b\" d=\"M12 3a1.500 1.500 0 0 0-1.500 "
		"1.500v.7C7.600 5.900 6 8.400 6 11.500V15l-2 2.500v1h16v-1L18 "
		"15v-3.500c0-3.100-1.600-5.600-4.500-6.300v-.7A1.500 1.500 0 0 0 12 "
		"3zM9.500 19.500a2.500 2.500 0 0 0 5 0z\"/></svg>";
	guard(v);
	res_header(v->res, "Cache-Control", "public, max-age=86400");
	res_header(v->res, "Content-Type", "image/svg+xml");
	v->res->status = 200;
	v->res->body = str_c(svg);
	return 0;
}
