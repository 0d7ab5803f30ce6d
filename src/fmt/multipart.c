/* SPDX-License-Identifier: Apache-2.0
 * multipart.c - multipart/form-data: see multipart.h. Depends on: base. */
#include "fmt/multipart.h"

#include "base/utf8.h"

enum state { ST_START, ST_AFTER, ST_HEAD, ST_DATA, ST_END };

struct multipart {
	struct arena *arena;
	const struct multipart_sink *sink;
	enum state state;
	struct str delimiter; /* CR LF -- boundary */
	char window[MULTIPART_WINDOW];
	size_t n;
	size_t skip; /* of the line end before a part's bytes */
	int parts;
	int err;
};

static bool boundary_like(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || memchr("'()+_,-./:=?", c, 12);
		if (!good)
			return false;
	}
	return s.n > 0 && s.n <= 70;
}

int multipart_new(struct arena *a, struct str type, const struct multipart_sink *sink,
	struct multipart **ret)
{
	if (!scan_lit(&type, "multipart/form-data;"))
		return E_SYNTAX;
	type = str_trim(type);
	if (!scan_lit(&type, "boundary="))
		return E_SYNTAX;
	if (type.n > 2 && type.p[0] == '"' && type.p[type.n - 1] == '"')
		type = str_from(str_to(type, type.n - 1), 1);
	if (!boundary_like(type))
		return E_SYNTAX;
	struct multipart *m = arena_alloc(a, sizeof(*m));
	char *d = arena_alloc(a, type.n + 4);
	memcpy(d, "\r\n--", 4);
	memcpy(d + 4, type.p, type.n);
	m->arena = a;
	m->sink = sink;
	m->delimiter = (struct str){ d, type.n + 4 };
	/* The first boundary has no line end before it. */
	memcpy(m->window, "\r\n", 2);
	m->n = 2;
	*ret = m;
	return 0;
}

static void drop(struct multipart *m, size_t n)
{
	m->n -= n;
	memmove(m->window, m->window + n, m->n);
}

/* name="value" off the front of *s; browsers write %22 for a quote inside. */
static bool quoted(struct str *s, const char *name, struct str *ret)
{
	struct str rest = *s;
	if (!scan_lit(&rest, name) || !scan_lit(&rest, "=\""))
		return false;
	size_t end = str_find(rest, '"');
	if (end == rest.n)
		return false;
	*ret = str_to(rest, end);
	*s = str_from(rest, end + 1);
	return utf8_clean(*ret);
}

static int disposition(struct str v, struct multipart_part *p)
{
	if (!scan_lit(&v, "form-data; ") || !quoted(&v, "name", &p->name))
		return E_SYNTAX;
	if (v.n == 0)
		return 0;
	p->is_file = scan_lit(&v, "; ") && quoted(&v, "filename", &p->file_name);
	return p->is_file && v.n == 0 ? 0 : E_SYNTAX;
}

/* The lines between a boundary and the bytes. */
static int read_head(struct str head, struct multipart_part *p)
{
	struct str line;
	bool said = false;
	while (str_split(&head, '\n', &line)) {
		line = str_trim(line);
		size_t colon = str_find(line, ':');
		struct str name = str_to(line, colon);
		if (line.n == 0)
			continue;
		if (colon == line.n)
			return E_SYNTAX;
		if (!str_eq_nocase(name, S("content-disposition")))
			continue; /* the type is what the bytes are, not what is said */
		int r = said ? E_SYNTAX
			     : disposition(str_trim(str_from(line, colon + 1)), p);
		if (r < 0)
			return r;
		said = true;
	}
	return said ? 0 : E_SYNTAX;
}

/* 1: something was done; 0: more bytes are needed. */
static int step_head(struct multipart *m)
{
	struct str w = { m->window, m->n };
	size_t end = str_search(w, S("\r\n\r\n"));
	struct multipart_part part = { 0 };
	if (end == w.n)
		return w.n > MULTIPART_HEAD_MAX ? E_TOO_BIG : 0;
	if (end > MULTIPART_HEAD_MAX || ++m->parts > MULTIPART_PARTS_MAX)
		return E_TOO_BIG;
	int r = read_head(str_to(w, end), &part);
	if (r == 0)
		r = m->sink->part(m->sink->ctx, &part);
	if (r < 0)
		return r;
	/* An empty part: its boundary follows at once, with this line end before it. */
	drop(m, end + 2);
	m->state = ST_DATA;
	m->skip = 2;
	return 1;
}

static int hand_on(struct multipart *m, struct str bytes)
{
	size_t skip = m->skip < bytes.n ? m->skip : bytes.n;
	m->skip -= skip;
	return m->sink->data(m->sink->ctx, str_from(bytes, skip));
}

/* In DATA the window begins with the line end that closes the head. */
static int step_data(struct multipart *m)
{
	struct str w = { m->window, m->n };
	size_t at = str_search(w, m->delimiter);
	bool found = at < w.n;
	size_t sure = found ? at : w.n >= m->delimiter.n ? w.n - m->delimiter.n + 1 : 0;
	if (m->state == ST_START && (sure > 0 || !found))
		return sure > 0 ? E_SYNTAX : 0; /* a preamble */
	int r = sure > 0 ? hand_on(m, str_to(w, sure)) : 0;
	if (r < 0)
		return r;
	drop(m, found ? at + m->delimiter.n : sure);
	if (found)
		m->state = ST_AFTER;
	return found || sure > 0;
}

static int step_after(struct multipart *m)
{
	struct str w = { m->window, m->n };
	if (w.n < 2)
		return 0;
	if (!str_starts(w, S("\r\n")) && !str_starts(w, S("--")))
		return E_SYNTAX;
	m->state = w.p[0] == '-' ? ST_END : ST_HEAD;
	drop(m, 2);
	return 1;
}

static int step(struct multipart *m)
{
	switch (m->state) {
	case ST_START:
	case ST_DATA:
		return step_data(m);
	case ST_AFTER:
		return step_after(m);
	case ST_HEAD:
		return step_head(m);
	case ST_END:
	default:
		/* One line end may follow. */
		if (m->n > 2 || (m->n > 0 && memcmp(m->window, "\r\n", m->n) != 0))
			return E_SYNTAX;
		return 0;
	}
}

int multipart_feed(struct multipart *m, struct str bytes)
{
	while (m->err == 0 && bytes.n > 0) {
		size_t room = sizeof(m->window) - m->n;
		size_t n = bytes.n < room ? bytes.n : room;
		memcpy(m->window + m->n, bytes.p, n);
		m->n += n;
		bytes = str_from(bytes, n);
		int r;
		while ((r = step(m)) > 0)
			continue;
		m->err = r;
		if (r == 0 && m->n == sizeof(m->window))
			m->err = E_TOO_BIG; /* cannot be: each step has its bound */
	}
	return m->err;
}

int multipart_end(struct multipart *m)
{
	if (m->err == 0 && m->state != ST_END)
		m->err = E_SYNTAX;
	return m->err;
}
