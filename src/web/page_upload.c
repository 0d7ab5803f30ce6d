/* SPDX-License-Identifier: Apache-2.0
 * page_upload.c - a feed file, by hand: its bytes go to work unseen. Depends on: base,
 * core, web. */
#include "base/tr.h"
#include "base/utf8.h"
#include "tpl_upload.h"
#include "web/pages.h"
#include "web/upload.h"
#include "web/upload_view.h"

#define LINES_MOST 1000

struct lines {
	struct visit *v;
	struct upload_line *lines;
	size_t n;
};

static int on_file(void *ctx, struct str record)
{
	struct lines *l = ctx;
	struct arena *a = l->v->req->arena;
	if (l->n < LINES_MOST)
		l->lines[l->n++] = (struct upload_line){
			.file = str_dup(a, record_text(record, "file")),
			.type = str_dup(a, record_text(record, "type")),
			.error = str_dup(a, record_text(record, "error")),
			.rows = record_int(record, "rows"),
			.fresh = record_int(record, "new_findings"),
			.known = record_int(record, "known_findings"),
			.refused = record_int(record, "refused"),
			.duplicate = record_int(record, "duplicate_file") != 0
		};
	return 0;
}

static int show(struct visit *v, int status, const char *error, const struct lines *l)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct upload_view view = { .frame = visit_frame(v, N_("Take in a feed file")),
		.error = error };
	if (l)
		view.lines = (struct upload_lines){ l->lines, l->n };
	int r = page_upload(&o, &view);
	return visit_send(v, status, &page, r);
}

int upload_get(struct visit *v)
{
	return show(v, 200, NULL, NULL);
}

/* Browsers send the name alone; a path is cut to it. */
static struct str base_name(struct str s)
{
	size_t slash = str_rfind(s, '/');
	s = slash < s.n ? str_from(s, slash + 1) : s;
	slash = str_rfind(s, '\\');
	return slash < s.n ? str_from(s, slash + 1) : s;
}

int upload_post(struct visit *v)
{
	struct ask a;
	struct lines l = { .v = v };
	struct str name = base_name(visit_form(v, "file")->text);
	if (name.n == 0)
		return E_USAGE;
	l.lines = arena_array(v->req->arena, LINES_MOST, sizeof(*l.lines));
	ask_begin(v, &a, ACT_FILE_IMPORT);
	rec_text(&a.w, "name", utf8_cut(utf8_escape(v->req->arena, name), 255));
	a.fd = v->upload->fd;
	int r = ask_send(v, &a, on_file, &l);
	if (r == E_SYNTAX || r == E_TOO_BIG || r == E_UNSUPPORTED)
		return show(v, 400,
			N_("This file cannot be read: it is damaged, or no feed."), &l);
	return r < 0 ? r : show(v, 200, NULL, &l);
}
