/* SPDX-License-Identifier: Apache-2.0
 * record.c - named values: see record.h. Depends on: base/wire. */
#include "base/record.h"

#include "base/json.h"

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
	if (v.name.p == NULL || v.name.n > REC_NAME_MAX)
		r->err = E_SYNTAX;
	if (r->err < 0)
		return r->err;
	*ret = v;
	return 1;
}

static void json_value(struct json *j, const char *key, const struct value *v)
{
	switch (v->type) {
	case VALUE_TEXT:
		json_text(j, key, v->text);
		break;
	case VALUE_INT:
		json_int(j, key, v->n);
		break;
	case VALUE_BOOL:
		json_bool(j, key, v->n != 0);
		break;
	case VALUE_REAL:
		json_real(j, key, v->real);
		break;
	case VALUE_NULL:
	default:
		json_null(j, key);
	}
}

int rec_json(struct str record, struct buf *out)
{
	struct reader rd = rd_new(record);
	struct json j = json_new(out);
	struct value v;
	char key[REC_NAME_MAX + 1];
	int more;
	json_open(&j, NULL, '{');
	while ((more = rec_next(&rd, &v)) == 1) {
		memcpy(key, v.name.p, v.name.n);
		key[v.name.n] = '\0';
		json_value(&j, key, &v);
	}
	json_close(&j, '{');
	return more < 0 ? more : j.err;
}

bool record_find(struct str record, const char *name, struct value *ret)
{
	struct reader rd = rd_new(record);
	struct value v;
	while (rec_next(&rd, &v) == 1) {
		if (str_eq(v.name, str_c(name))) {
			*ret = v;
			return true;
		}
	}
	return false;
}

struct str record_text(struct str record, const char *name)
{
	struct value v;
	return record_find(record, name, &v) && v.type == VALUE_TEXT ? v.text : S("");
}

int64_t record_int(struct str record, const char *name)
{
	struct value v;
	bool number = record_find(record, name, &v) &&
		(v.type == VALUE_INT || v.type == VALUE_BOOL);
	return number ? v.n : 0;
}
