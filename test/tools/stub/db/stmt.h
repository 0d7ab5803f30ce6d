/* SPDX-License-Identifier: Apache-2.0
 * Stub of the statement interface that sqlc.py writes against. */
#pragma once
#include "base/str.h"

struct db;
struct stmt;
struct sql_def { const char *name; const char *sqlite; unsigned slot; };

MUST int stmt_get(struct db *db, const struct sql_def *d, struct stmt **ret);
void stmt_int(struct stmt *s, int i, int64_t v);
void stmt_real(struct stmt *s, int i, double v);
void stmt_text(struct stmt *s, int i, struct str v);
void stmt_blob(struct stmt *s, int i, struct str v);
void stmt_null(struct stmt *s, int i);
MUST int stmt_step(struct db *db, struct stmt *s);
bool stmt_is_null(struct stmt *s, int col);
int64_t stmt_col_int(struct stmt *s, int col);
double stmt_col_real(struct stmt *s, int col);
struct str stmt_col_text(struct stmt *s, int col);
struct str stmt_col_blob(struct stmt *s, int col);
void stmt_done(struct stmt *s);
