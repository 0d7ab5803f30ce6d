/* SPDX-License-Identifier: Apache-2.0
 * page_files.c - what came in: files, what was refused; giving a file.
 * Depends on: base, fmt, core, web. */
#include "base/tr.h"
#include "base/utf8.h"
#include "core/file.h"
#include "db/sql_file.h"
#include "fmt/quarantine.h"
#include "tpl_feed.h"
#include "web/ask.h"
#include "web/feed_view.h"
#include "web/pages.h"
#include "web/upload.h"
#include "web/visit.h"

#include <inttypes.h>

#define FILES_PAGE   50
#define REFUSED_PAGE 50
#define COLUMNS_MOST 500
#define FAILED_MOST  100

struct feed_tabs *feed_tabs_of(struct visit *v)
{
	struct feed_tabs *t = arena_alloc(v->req->arena, sizeof(*t));
	t->may_upload = act_table[ACT_FILE_IMPORT].who & (unsigned)visit_actor(v);
	return t;
}

/* ---- columns that nobody knows ---- */

struct columns {
	struct arena *arena;
	struct column_line *v;
	size_t n;
};

static int on_column(void *ctx, const struct sql_unknown_column_list_row *q)
{
	struct columns *c = ctx;
	if (c->n == COLUMNS_MOST)
		return E_STOPPED;
	c->v[c->n++] = (struct column_line){ str_dup(c->arena, q->type_name),
		str_dup(c->arena, q->name), str_dup(c->arena, q->file_name) };
	return 0;
}

static int list_columns(struct visit *v, struct column_lines *ret)
{
	struct columns c = { .arena = v->req->arena };
	c.v = arena_array(c.arena, COLUMNS_MOST, sizeof(*c.v));
	int r = sql_unknown_column_list_each(v->x.db, on_column, &c);
	*ret = (struct column_lines){ c.v, c.n };
	return r == E_STOPPED ? 0 : r;
}

/* ---- files ---- */

static const char *file_state_label(int64_t state)
{
	static const char *const labels[] = { N_("being read"), N_("read"), N_("failed"),
		N_("put aside") };
	return state >= 0 && state < (int64_t)N(labels) ? labels[state] : labels[2];
}

struct files {
	struct visit *v;
	struct file_line *lines;
	size_t n;
};

static int on_file(void *ctx, const struct sql_file_list_row *q)
{
	struct files *f = ctx;
	struct arena *a = f->v->req->arena;
	f->lines[f->n++] = (struct file_line){ .id = q->id,
		.taken = q->taken_at,
		.rows = q->rows,
		.quarantined = q->quarantined,
		.fresh = q->new_findings,
		.again = q->seen_again,
		.relapsed = q->relapsed,
		.unattributed = q->unattributed,
		.name = str_dup(a, q->name),
		.type = str_dup(a, q->type_name),
		.state = file_state_label(q->state),
		.failed = q->state == FILE_FAILED,
		.refused = url_with_int(a, URL("quarantine"), "file", q->id) };
	return 0;
}

int files_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	const struct field_value *before = visit_query(v, "before");
	struct sql_file_list_in in = { .before = before->has ? before->n : INT64_MAX,
		.n = FILES_PAGE + 1 };
	struct files f = { .v = v };
	f.lines = arena_array(v->req->arena, FILES_PAGE + 1, sizeof(*f.lines));
	int r = sql_file_list_each(v->x.db, &in, on_file, &f);
	if (r < 0)
		return r;
	struct feed_tabs *tabs = feed_tabs_of(v);
	tabs->files = true;
	struct files_view view = { .frame = visit_frame(v, N_("Files")), .tabs = tabs };
	size_t n = f.n < FILES_PAGE ? f.n : FILES_PAGE;
	view.files = (struct file_lines){ f.lines, n };
	if (f.n > n)
		view.next = url_with_int(
			v->req->arena, URL("files"), "before", f.lines[n - 1].id);
	r = page_files(&o, &view);
	return visit_send(v, 200, &page, r);
}

/* ---- quarantine ---- */

struct refused {
	struct visit *v;
	int64_t only; /* this file; 0: all */
	struct refused_line *lines;
	size_t n;
};

static int on_refused(void *ctx, const struct sql_quarantine_list_row *q)
{
	struct refused *f = ctx;
	struct arena *a = f->v->req->arena;
	bool known = q->reason > QUARANTINE_NONE && q->reason < QUARANTINE_N;
	if (f->only && q->file != f->only)
		return E_STOPPED;
	const char *text = known ? quarantine_text((enum quarantine)q->reason) : NULL;
	f->lines[f->n++] = (struct refused_line){ .file = q->file,
		.row = q->row,
		.name = str_dup(a, q->file_name),
		.why = str_dup(a, q->why),
		.text = str_dup(a, str_to(q->text, 400)),
		.reason = text,
		.has_why = text == NULL || !str_eq(q->why, str_c(text)) };
	return f->n == REFUSED_PAGE + 1 ? E_STOPPED : 0;
}

static int on_failed(void *ctx, const struct sql_failed_files_row *q)
{
	struct files *f = ctx;
	struct arena *a = f->v->req->arena;
	if (f->n == FAILED_MOST)
		return E_STOPPED;
	f->lines[f->n++] = (struct file_line){ .id = q->id,
		.name = str_dup(a, q->name),
		.why = str_dup(a, q->why),
		.aside = url_below(a, url_id(a, "/files/", q->id), "/aside") };
	return 0;
}

/* "12:345": behind that row of that file. */
static int read_after(struct str text, struct sql_quarantine_list_in *in)
{
	struct str file;
	if (text.n == 0)
		return 0;
	if (!str_split(&text, ':', &file) || text.p == NULL ||
		!str_int(file, 0, INT64_MAX, &in->file) ||
		!str_int(text, 0, INT64_MAX, &in->row))
		return E_USAGE;
	return 0;
}

static struct url next_refused(struct visit *v, const struct refused *f)
{
	const struct refused_line *last = &f->lines[REFUSED_PAGE - 1];
	struct buf b = buf_in(v->req->arena, 64);
	struct url u = visit_list_url(v, URL("quarantine"), "after");
	if (buf_addf(&b, "%" PRId64 ":%" PRId64, last->file, last->row) < 0)
		return u;
	return url_with(v->req->arena, u, "after", buf_str(&b));
}

static int list_refused(struct visit *v, struct quarantine_view *view)
{
	const struct field_value *file = visit_query(v, "file");
	struct refused f = { .v = v, .only = file->has ? file->n : 0 };
	struct sql_quarantine_list_in in = {
		.file = f.only, .row = -1, .n = REFUSED_PAGE + 1
	};
	f.lines = arena_array(v->req->arena, REFUSED_PAGE + 1, sizeof(*f.lines));
	int r = read_after(visit_query(v, "after")->text, &in);
	if (r == 0)
		r = sql_quarantine_list_each(v->x.db, &in, on_refused, &f);
	if (r < 0 && r != E_STOPPED)
		return r;
	size_t n = f.n < REFUSED_PAGE ? f.n : REFUSED_PAGE;
	view->rows = (struct refused_lines){ f.lines, n };
	view->of_file = f.only != 0;
	if (f.n > n)
		view->next = next_refused(v, &f);
	return 0;
}

int quarantine_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct quarantine_view view = { 0 };
	struct files failed = { .v = v };
	int r = list_refused(v, &view);
	if (r < 0)
		return r;
	if (!visit_query(v, "after")->has && !view.of_file) {
		failed.lines = arena_array(
			v->req->arena, FAILED_MOST, sizeof(*failed.lines));
		r = sql_failed_files_each(v->x.db, on_failed, &failed);
		if (r == 0 || r == E_STOPPED)
			r = list_columns(v, &view.columns);
		if (r < 0)
			return r;
		view.failed = (struct file_lines){ failed.lines, failed.n };
	}
	struct feed_tabs *tabs = feed_tabs_of(v);
	tabs->quarantine = true;
	view.tabs = tabs;
	view.may_aside = visit_actor(v) & auth_who(OBJECT_FILE, OBJECT_CHANGE);
	view.frame = visit_frame(v, N_("Quarantine"));
	r = page_quarantine(&o, &view);
	return visit_send(v, 200, &page, r);
}

int file_aside_post(struct visit *v)
{
	struct ask a;
	ask_begin(v, &a, ACT_FILE_ASIDE);
	rec_int(&a.w, "file", v->object.id);
	int r = ask_send(v, &a, NULL, NULL);
	return r < 0 ? r : visit_redirect(v, URL("quarantine"));
}

/* ---- giving a file ---- */

static int show_upload(struct visit *v, int status, const char *error)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct feed_tabs *tabs = feed_tabs_of(v);
	tabs->upload = true;
	struct upload_view view = { .frame = visit_frame(v, N_("Give a file")),
		.tabs = tabs,
		.error = error,
		.most = UPLOAD_MAX >> 20 };
	int r = page_upload(&o, &view);
	return visit_send(v, status, &page, r);
}

int upload_get(struct visit *v)
{
	return show_upload(v, 200, NULL);
}

/* Browsers send the name alone; a path is cut to it. */
static struct str base_name(struct str s)
{
	size_t slash = str_rfind(s, '/');
	s = slash < s.n ? str_from(s, slash + 1) : s;
	slash = str_rfind(s, '\\');
	return slash < s.n ? str_from(s, slash + 1) : s;
}

/* What came of it is shown under /jobs, also when it is there at once: so a browser that
 * loads the page again does not send the file again. */
int upload_post(struct visit *v)
{
	struct ask a;
	const struct field_value *file = visit_form(v, "file");
	const struct field_value *feed = visit_form(v, "feed");
	struct str name = base_name(file->text);
	if (file->n == 0 || name.n == 0)
		return show_upload(v, 400, N_("No file was chosen, or it is empty."));
	ask_begin(v, &a, ACT_FILE_IMPORT);
	rec_text(&a.w, "name", utf8_cut(utf8_escape(v->req->arena, name), 255));
	if (feed->has)
		rec_text(&a.w, "feed", feed->text);
	a.fd = v->upload->fd;
	a.keep = true;
	int r = ask_send(v, &a, NULL, NULL);
	if (v->later == 0)
		return r;
	return visit_redirect(v, url_id(v->req->arena, "/jobs/", v->later));
}
