/* SPDX-License-Identifier: Apache-2.0
 * json.h - writing JSON. Depends on: base/buf. Reading it is fmt's.
 *
 * key is NULL inside a list. Errors are sticky: check j.err once, at the end. Text that
 * is not UTF-8 is escaped first (utf8_escape), so the output is always valid. */
#pragma once
#include "base/buf.h"
#include "base/opt.h"

struct json {
	struct buf *out;
	bool comma;
	int err;
};
static inline struct json json_new(struct buf *out)
{
	return (struct json){ .out = out };
}
/* bracket is '{' or '['; close with the same. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
/* An absent text is null. */
void json_text(struct json *j, const char *key, struct str s);
void json_int(struct json *j, const char *key, int64_t v);
/* With three digits after the point. */
void json_real(struct json *j, const char *key, double v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
/* NULL and "" become null. */
void json_some(struct json *j, const char *key, struct str s);
/* An instant as 2026-06-01T10:20:30Z, a day as 2026-06-01. */
void json_time(struct json *j, const char *key, int64_t time);
void json_day(struct json *j, const char *key, int32_t day);
/* Without a value: null. */
void json_opt_time(struct json *j, const char *key, struct opt_int time);
void json_opt_int(struct json *j, const char *key, struct opt_int v);
/* 0 becomes null. */
void json_number(struct json *j, const char *key, int64_t v);
