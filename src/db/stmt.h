/* SPDX-License-Identifier: Apache-2.0
 * stmt.h - statements, for the code that tools/sqlc.py makes from .sql files. Depends on:
 * base. Hand-written code calls the sql_*() functions instead. */
#pragma once
#include "base/buf.h"
#include "base/opt.h"

struct db;
struct stmt;
struct sql_def {
	const char *name;
	const char *sqlite; /* the text for SQLite */
	unsigned slot;	    /* the same statement in all connections */
};
/* The statement, prepared once per connection, reset and with nothing bound. */
MUST int stmt_get(struct db *db, const struct sql_def *d, struct stmt **ret);
/* Parameters count from 1; the bytes must live until stmt_done. */
void stmt_int(struct stmt *s, int i, int64_t v);
void stmt_real(struct stmt *s, int i, double v);
void stmt_text(struct stmt *s, int i, struct str v);
void stmt_blob(struct stmt *s, int i, struct str v);
void stmt_null(struct stmt *s, int i);
/* 1: a row is there, 0: done, negative: failed. */
MUST int stmt_step(struct db *db, struct stmt *s);
/* Columns count from 0; views live until the next step. */
bool stmt_is_null(struct stmt *s, int col);
int64_t stmt_col_int(struct stmt *s, int col);
double stmt_col_real(struct stmt *s, int col);
struct str stmt_col_text(struct stmt *s, int col);
struct str stmt_col_blob(struct stmt *s, int col);
/* Always called, also after a failure. */
void stmt_done(struct stmt *s);
