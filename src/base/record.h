/* SPDX-License-Identifier: Apache-2.0
 * record.h - named values on their way from work to a command. Depends on: base/wire.
 *
 * A command prints them for people or as one JSON object a line; the names are the
 * API. */
#pragma once
#include "base/opt.h"
#include "base/wire.h"

#define REC_NAME_MAX 40
enum value_type { VALUE_NULL = 1, VALUE_TEXT, VALUE_INT, VALUE_BOOL, VALUE_REAL };
struct value {
	struct str name;
#define REC_NAME_MAX 40
	enum value_type type;
	struct str text;
	int64_t n; /* INT, BOOL */
	double real;
};

void rec_text(struct writer *w, const char *name, struct str v); /* absent: null */
void rec_int(struct writer *w, const char *name, int64_t v);
void rec_opt(struct writer *w, const char *name, struct opt_int v);
void rec_bool(struct writer *w, const char *name, bool v);
void rec_real(struct writer *w, const char *name, double v);

/* 1: a value, 0: none left, E_SYNTAX: not a record. */
MUST int rec_next(struct reader *r, struct value *ret);
/* The record as one JSON object, RFC 8259. */
MUST int rec_json(struct str record, struct buf *out);
/* The value of one name in a record: found or not. */
bool record_find(struct str record, const char *name, struct value *ret);
/* 0 when there is no such number, "" when there is no such text. */
int64_t record_int(struct str record, const char *name);
struct str record_text(struct str record, const char *name);
