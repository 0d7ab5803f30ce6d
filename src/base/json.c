/* SPDX-License-Identifier: Apache-2.0
 * json.c - writing JSON: see json.h. Depends on: base/buf, base/utf8. */
#include "base/json.h"

#include "base/date.h"

#include "base/utf8.h"

#include <inttypes.h>

static void put(struct json *j, struct str s)
{
	if (j->err == 0)
		j->err = buf_add(j->out, s);
}

static void quoted(struct json *j, struct str s)
{
	put(j, S("\""));
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= ' ' && c != '"' && c != '\\' && c != 0x7f)
			continue;
		put(j, str_to(str_from(s, from), i - from));
		if (j->err == 0 && (c == '"' || c == '\\'))
			j->err = buf_addf(j->out, "\\%c", c);
		else if (j->err == 0)
			j->err = buf_addf(j->out, "\\u%04x", c);
		from = i + 1;
	}
	put(j, str_from(s, from));
	put(j, S("\""));
}

static void begin(struct json *j, const char *key)
{
	if (j->comma)
		put(j, S(","));
	j->comma = true;
	if (key) {
		quoted(j, str_c(key));
		put(j, S(":"));
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	put(j, (struct str){ &bracket, 1 });
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	put(j, bracket == '{' ? S("}") : S("]"));
	j->comma = true;
}

void json_text(struct json *j, const char *key, struct str s)
{
	begin(j, key);
	if (s.p == NULL)
		put(j, S("null"));
	else
		quoted(j, utf8_valid(s) ? s : utf8_escape(j->out->arena, s));
}

void json_int(struct json *j, const char *key, int64_t v)
{
	begin(j, key);
	if (j->err == 0)
		j->err = buf_addf(j->out, "%" PRId64, v);
}

void json_real(struct json *j, const char *key, double v)
{
	begin(j, key);
	if (j->err == 0)
		j->err = buf_addf(j->out, "%.3f", v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	begin(j, key);
	put(j, v ? S("true") : S("false"));
}

void json_null(struct json *j, const char *key)
{
	begin(j, key);
	put(j, S("null"));
}

void json_some(struct json *j, const char *key, struct str s)
{
	json_text(j, key, s.n ? s : (struct str){ NULL, 0 });
}

void json_time(struct json *j, const char *key, int64_t time)
{
	char text[DATE_TEXT_MAX];
	json_text(j, key, str_c(time_text(time, text)));
}

void json_opt_time(struct json *j, const char *key, struct opt_int time)
{
	if (time.has)
		json_time(j, key, time.v);
	else
		json_null(j, key);
}

void json_opt_int(struct json *j, const char *key, struct opt_int v)
{
	if (v.has)
		json_int(j, key, v.v);
	else
		json_null(j, key);
}

void json_day(struct json *j, const char *key, int32_t day)
{
	char text[DATE_TEXT_MAX];
	json_text(j, key, str_c(day_text(day, text)));
}

void json_number(struct json *j, const char *key, int64_t v)
{
	if (v)
		json_int(j, key, v);
	else
		json_null(j, key);
}
