/* SPDX-License-Identifier: Apache-2.0
 * record.c - named values: see record.h. Depends on: base/wire. */
#include "base/record.h"

#include "base/utf8.h"

static void head(struct writer *w, enum value_type type, const char *name)
{
	wr_u8(w, (uint8_t)type);
	wr_str(w, str_c(name));
}

void rec_text(struct writer *w, const char *name, struct str v)
{
	head(w, v.p ? VALUE_TEXT : VALUE_NULL, name);
	if (v.p)
		wr_str(w, v);
}

void rec_int(struct writer *w, const char *name, int64_t v)
{
	head(w, VALUE_INT, name);
	wr_i64(w, v);
}

void rec_opt(struct writer *w, const char *name, struct opt_int v)
{
	if (v.has)
		rec_int(w, name, v.v);
	else
		head(w, VALUE_NULL, name);
}

void rec_bool(struct writer *w, const char *name, bool v)
{
	head(w, VALUE_BOOL, name);
	wr_i64(w, v);
}

void rec_real(struct writer *w, const char *name, double v)
{
	head(w, VALUE_REAL, name);
	wr_raw(w, &v, sizeof(v));
}

int rec_next(struct reader *r, struct value *ret)
{
	if (r->err < 0)
		return r->err;
	if (r->p == r->end)
		return 0;
	struct value v = { 0 };
	v.type = (enum value_type)rd_u8(r);
	v.name = rd_str(r);
	if (v.type == VALUE_TEXT)
		v.text = rd_str(r);
	else if (v.type == VALUE_INT || v.type == VALUE_BOOL)
		v.n = rd_i64(r);
	else if (v.type == VALUE_REAL)
		rd_raw(r, &v.real, sizeof(v.real));
	else if (v.type != VALUE_NULL)
		r->err = E_SYNTAX;
	if (v.name.p == NULL)
		r->err = E_SYNTAX;
	if (r->err < 0)
		return r->err;
	*ret = v;
	return 1;
}

/* One character of a string: as it is, or escaped where RFC 8259, section 7, asks for it.
 */
static int json_char(struct buf *out, struct str *s)
{
	uint32_t c;
	int n = utf8_next(*s, &c);
	int r;
	if (n == 0)
		r = buf_add(out, S("\\ufffd"));
	else if (c == '"' || c == '\\')
		r = buf_addf(out, "\\%c", (int)c);
	else if (c == '\n')
		r = buf_add(out, S("\\n"));
	else if (c < 0x20 || c == 0x7f)
		r = buf_addf(out, "\\u%04x", c);
	else
		r = buf_add(out, str_to(*s, (size_t)n));
	*s = str_from(*s, n ? (size_t)n : 1);
	return r;
}

int json_string(struct buf *out, struct str s)
{
	int r = buf_addc(out, '"');
	while (r == 0 && s.n > 0) {
		size_t plain = 0;
		while (plain < s.n && (unsigned char)s.p[plain] >= 0x20 &&
			s.p[plain] != '"' && s.p[plain] != '\\' &&
			(unsigned char)s.p[plain] < 0x7f)
			plain++;
		r = buf_add(out, str_to(s, plain));
		s = str_from(s, plain);
		if (r == 0 && s.n > 0)
			r = json_char(out, &s);
	}
	return r < 0 ? r : buf_addc(out, '"');
}

static int json_value(struct buf *out, const struct value *v)
{
	switch (v->type) {
	case VALUE_TEXT:
		return json_string(out, v->text);
	case VALUE_INT:
		return buf_addf(out, "%lld", (long long)v->n);
	case VALUE_BOOL:
		return buf_add(out, v->n ? S("true") : S("false"));
	case VALUE_REAL:
		return buf_addf(out, "%.3f", v->real);
	case VALUE_NULL:
	default:
		return buf_add(out, S("null"));
	}
}

int rec_json(struct str record, struct buf *out)
{
	struct reader rd = rd_new(record);
	struct value v;
	int r = buf_addc(out, '{'), more;
	bool first = true;
	while (r == 0 && (more = rec_next(&rd, &v)) != 0) {
		if (more < 0)
			return more;
		if (!first)
			r = buf_addc(out, ',');
		first = false;
		if (r == 0)
			r = json_string(out, v.name);
		if (r == 0)
			r = buf_addc(out, ':');
		if (r == 0)
			r = json_value(out, &v);
	}
	return r < 0 ? r : buf_addc(out, '}');
}
