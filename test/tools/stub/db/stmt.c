/* SPDX-License-Identifier: Apache-2.0
 * stmt.c - the stub statement interface over SQLite, so that generated C is run, not only
 * compiled. A struct db is a sqlite3, a struct stmt a sqlite3_stmt. Nothing is freed. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/stmt.h"

static sqlite3_stmt *st(struct stmt *s)
{
	return (sqlite3_stmt *)(void *)s;
}

static sqlite3 *of(struct db *db)
{
	return (sqlite3 *)(void *)db;
}

void *arena_alloc(struct arena *a, size_t n)
{
	(void)a;
	return malloc(n);
}

struct str str_dup(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

int stmt_get(struct db *db, const struct sql_def *d, struct stmt **ret)
{
	sqlite3_stmt *s;
	if (sqlite3_prepare_v2(of(db), d->sqlite, -1, &s, NULL)) {
		fprintf(stderr, "%s: %s\n", d->name, sqlite3_errmsg(of(db)));
		return E_DB;
	}
	*ret = (struct stmt *)(void *)s;
	return 0;
}

void stmt_int(struct stmt *s, int i, int64_t v)
{
	sqlite3_bind_int64(st(s), i, v);
}

void stmt_real(struct stmt *s, int i, double v)
{
	sqlite3_bind_double(st(s), i, v);
}

void stmt_text(struct stmt *s, int i, struct str v)
{
	sqlite3_bind_text(st(s), i, v.p, (int)v.n, SQLITE_STATIC);
}

void stmt_blob(struct stmt *s, int i, struct str v)
{
	sqlite3_bind_blob(st(s), i, v.p, (int)v.n, SQLITE_STATIC);
}

void stmt_null(struct stmt *s, int i)
{
	sqlite3_bind_null(st(s), i);
}

int stmt_step(struct db *db, struct stmt *s)
{
	(void)db;
	int rc = sqlite3_step(st(s));
	return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : E_DB;
}

bool stmt_is_null(struct stmt *s, int col)
{
	return sqlite3_column_type(st(s), col) == SQLITE_NULL;
}

int64_t stmt_col_int(struct stmt *s, int col)
{
	return sqlite3_column_int64(st(s), col);
}

double stmt_col_real(struct stmt *s, int col)
{
	return sqlite3_column_double(st(s), col);
}

struct str stmt_col_text(struct stmt *s, int col)
{
	const void *p = sqlite3_column_text(st(s), col);
	return (struct str){ p ? p : "", (size_t)sqlite3_column_bytes(st(s), col) };
}

struct str stmt_col_blob(struct stmt *s, int col)
{
	const void *p = sqlite3_column_blob(st(s), col);
	return (struct str){ p ? p : "", (size_t)sqlite3_column_bytes(st(s), col) };
}

void stmt_done(struct stmt *s)
{
	sqlite3_finalize(st(s));
}
