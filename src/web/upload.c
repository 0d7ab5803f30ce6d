/* SPDX-License-Identifier: Apache-2.0
 * upload.c - a form with a file: see upload.h. Depends on: base, fmt. */
#include "web/upload.h"

#include "base/fd.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <fcntl.h>

static int end_text(struct visit *v)
{
	struct upload *u = v->upload;
	if (!u->in_text)
		return 0;
	u->in_text = false;
	struct str s = buf_str(&u->text);
	if (!utf8_valid(s))
		return E_SYNTAX;
	u->form.v[u->form.n - 1].value = s.p ? s : S("");
	return 0;
}

static int open_spool(struct visit *v)
{
	struct upload *u = v->upload;
	u->fd = openat(v->web->o.datadir, "spool",
		O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	return u->fd < 0 ? fail(&v->x.why, E_SYS, "cannot spool an upload") : 0;
}

/* The row says which field is the file. */
static bool is_the_file(const struct visit *v, struct str name)
{
	for (const struct field *f = v->route->form; f->name; f++)
		if (f->type == FIELD_FILE && str_eq(name, str_c(f->name)))
			return true;
	return false;
}

static int on_part(void *ctx, const struct multipart_part *p)
{
	struct visit *v = ctx;
	struct upload *u = v->upload;
	int r = end_text(v);
	if (r < 0)
		return r;
	if (p->is_file &&
		(u->fd >= 0 || p->file_name.n > LIMIT_NAME || !is_the_file(v, p->name)))
		return E_SYNTAX; /* one file a form */
	u->in_file = p->is_file;
	u->in_text = !p->is_file;
	if (!p->is_file) {
		u->form.v[u->form.n++] =
			(struct form_field){ str_dup(v->req->arena, p->name), S("") };
		u->text = buf_in(v->req->arena, UPLOAD_TEXT_MAX);
		return 0;
	}
	u->name = str_dup(v->req->arena, p->file_name);
	return open_spool(v);
}

static int on_data(void *ctx, struct str bytes)
{
	struct visit *v = ctx;
	struct upload *u = v->upload;
	if (u->in_text)
		return buf_add(&u->text, bytes);
	u->bytes += (int64_t)bytes.n;
	return fd_write_all(u->fd, bytes, &v->x.why);
}

static int take(struct req *q, struct str bytes)
{
	struct visit *v = q->taker;
	return v->upload->whole ? on_data(v, bytes)
				: multipart_feed(v->upload->parts, bytes);
}

const struct field *upload_body_of(const struct route *r, struct str media)
{
	for (const struct field *f = r->form; f->name; f++)
		if (f->type == FIELD_BODY && str_eq_nocase(media, str_c(f->name)))
			return f;
	return NULL;
}

int visit_upload_begin(struct visit *v)
{
	struct arena *a = v->req->arena;
	struct upload *u = arena_alloc(a, sizeof(*u));
	struct multipart_sink *sink = arena_alloc(a, sizeof(*sink));
	*sink = (struct multipart_sink){ v, on_part, on_data };
	u->fd = -1;
	u->form.v = arena_array(a, MULTIPART_PARTS_MAX + 1, sizeof(*u->form.v));
	v->upload = u;
	struct str type = v->req->type, media;
	(void)str_split(&type, ';', &media);
	u->whole = upload_body_of(v->route, str_trim(media));
	if (u->whole) {
		u->name = S("");
		if (open_spool(v) < 0)
			return 500;
	} else if (multipart_new(a, v->req->type, sink, &u->parts) < 0) {
		return 400;
	}
	v->req->take = take;
	v->req->taker = v;
	return 0;
}

int upload_finish(struct visit *v, struct form *ret)
{
	struct upload *u = v->upload;
	int r = v->req->take_err;
	if (r == 0 && !u->whole)
		r = multipart_end(u->parts);
	if (r == 0)
		r = end_text(v);
	if (r == 0 && u->fd >= 0 && lseek(u->fd, 0, SEEK_SET) < 0)
		r = fail(&v->x.why, E_SYS, "cannot rewind an upload");
	if (r == 0)
		*ret = u->form;
	return r;
}

void visit_upload_end(struct visit *v)
{
	if (v->upload)
		fd_close(&v->upload->fd);
}
