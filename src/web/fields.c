/* SPDX-License-Identifier: Apache-2.0
 * fields.c - the fields of a query or form, by the row's list: what is not in it, stands
 * twice or does not fit refuses the request. Depends on: base, fmt, core. */
#include "fmt/form.h"
#include "web/door.h"
#include "web/upload.h"

#include <assert.h>

const struct field_value *field_named(
	const struct field *fields, const struct field_value *values, const char *name)
{
	size_t i = 0;
	while (fields[i].name && strcmp(fields[i].name, name) != 0)
		i++;
	assert(fields[i].name); /* no such field in the table of routes */
	return &values[i];
}

static int take_number(const struct field *f, struct str s, int64_t *ret)
{
	return str_int(s, f->min, f->max, ret) ? 0 : E_SYNTAX;
}

static int take_many(
	struct visit *v, const struct field *f, struct str s, struct field_value *ret)
{
	if (ret->many == NULL)
		ret->many = arena_array(v->req->arena, FORM_FIELDS_MAX, sizeof(int64_t));
	int r = ret->n_many < FORM_FIELDS_MAX ? take_number(f, s, &ret->many[ret->n_many])
					      : E_TOO_BIG;
	ret->n_many += r == 0;
	ret->has = true;
	return r;
}

static int take_text(const struct field *f, struct str s, struct field_value *ret)
{
	if (f->type == FIELD_TEXT && (str_find(s, '\n') < s.n || str_find(s, '\t') < s.n))
		return E_SYNTAX;
	if ((int64_t)s.n > f->max || (s.n > 0 && (int64_t)s.n < f->min))
		return E_SYNTAX;
	ret->text = s;
	ret->has = s.n > 0;
	return 0;
}

/* NAME-ID, with one spelling of each number. */
static bool each_id(const struct field *f, struct str name, int64_t *ret)
{
	struct str rest = name;
	return f->type == FIELD_EACH && scan_lit(&rest, f->name) &&
		scan_char(&rest, '-') && rest.n > 0 && rest.p[0] != '0' &&
		str_int(rest, 1, INT64_MAX, ret);
}

struct str field_each_of(const struct field_value *f, int64_t id)
{
	for (size_t i = 0; i < f->n_each; i++)
		if (f->each[i].id == id)
			return f->each[i].text;
	return (struct str){ NULL, 0 };
}

static int take_each(struct visit *v, const struct field *f, int64_t id, struct str s,
	struct field_value *ret)
{
	if (ret->each == NULL)
		ret->each = arena_array(v->req->arena, EACH_MAX, sizeof(*ret->each));
	if (ret->n_each == EACH_MAX)
		return E_TOO_BIG;
	if (field_each_of(ret, id).p || (int64_t)s.n > f->max)
		return E_SYNTAX;
	ret->each[ret->n_each++] = (struct field_each){ id, s.p ? s : S("") };
	ret->has = true;
	return 0;
}

static int take_value(
	struct visit *v, const struct field *f, struct str s, struct field_value *ret)
{
	if (f->type == FIELD_MANY)
		return take_many(v, f, s, ret);
	if (ret->text.p)
		return E_SYNTAX; /* twice */
	ret->text = s;
	switch (f->type) {
	case FIELD_INT:
		ret->has = s.n > 0; /* a number that was left empty */
		return s.n > 0 ? take_number(f, s, &ret->n) : 0;
	case FIELD_TICK:
		ret->has = true;
		ret->n = 1;
		return str_eq(s, S("1")) ? 0 : E_SYNTAX;
	case FIELD_TEXT:
	case FIELD_AREA:
		return take_text(f, s, ret);
	case FIELD_MANY:
	case FIELD_FILE:
	case FIELD_EACH:
	case FIELD_BODY:
	default:
		return E_SYNTAX;
	}
}

static int take_field(struct visit *v, const struct field *fields,
	const struct form_field *given, struct field_value *values)
{
	int64_t id;
	for (size_t i = 0; fields[i].name; i++) {
		if (each_id(&fields[i], given->name, &id))
			return take_each(v, &fields[i], id, given->value, &values[i]);
		if (str_eq(given->name, str_c(fields[i].name)))
			return take_value(v, &fields[i], given->value, &values[i]);
	}
	return E_SYNTAX;
}

static int all_there(const struct field *fields, const struct field_value *values)
{
	for (size_t i = 0; fields[i].name; i++)
		if (fields[i].required && !values[i].has)
			return E_SYNTAX;
	return 0;
}

/* Any page may be asked for in another language. */
static int take_language(struct visit *v, struct str code, bool *seen)
{
	enum lang l;
	bool link = visit_by_link(v);
	if (*seen || (v->req->method == METHOD_POST && !link) || lang_parse(code, &l) < 0)
		return E_SYNTAX;
	*seen = v->lang_asked = true;
	if (link)
		v->lang = l; /* no cookie: the link is often passed on */
	else
		visit_set_language(v, l);
	return 0;
}

static int read_query(struct visit *v)
{
	struct form f = { 0 };
	bool language = false;
	struct str query = v->req->query;
	int r = query.p ? form_read(query, v->req->arena, &f) : 0;
	for (size_t i = 0; i < f.n && r == 0; i++)
		r = str_eq(f.v[i].name, S("lang"))
			? take_language(v, f.v[i].value, &language)
			: take_field(v, v->route->query, &f.v[i], v->query);
	return r == 0 ? all_there(v->route->query, v->query) : r;
}

/* The file of an upload is a field like the others. */
static void note_file(struct visit *v)
{
	for (size_t i = 0; v->route->form[i].name; i++)
		if ((v->route->form[i].type == FIELD_FILE) == !v->upload->whole &&
			(v->route->form[i].type == FIELD_FILE ||
				v->route->form[i].type == FIELD_BODY) &&
			v->upload->fd >= 0)
			v->form[i] = (struct field_value){ .has = true,
				.text = v->upload->name,
				.n = v->upload->bytes };
}

static int read_form(struct visit *v)
{
	struct form f = { 0 };
	bool seen = false;
	int r = v->upload ? upload_finish(v, &f)
			  : form_read(v->req->body, v->req->arena, &f);
	if (r == 0 && v->upload)
		note_file(v);
	for (size_t i = 0; i < f.n && r == 0; i++) {
		bool token = v->route->csrf == CSRF_FORM &&
			str_eq(f.v[i].name, S("form"));
		if (token && seen)
			return E_SYNTAX;
		if (token)
			v->frame.form = f.v[i].value;
		else
			r = take_field(v, v->route->form, &f.v[i], v->form);
		seen |= token;
	}
	return r == 0 ? all_there(v->route->form, v->form) : r;
}

int visit_fields(struct visit *v)
{
	int r = read_query(v);
	if (r == 0 && v->req->method == METHOD_POST)
		r = read_form(v);
	return r == 0 ? 0 : r == E_TOO_BIG ? 413 : 400;
}
