/* SPDX-License-Identifier: Apache-2.0
 * copy.c - a copy of the database that comes back: see db.h. Depends on: base, SQLite.
 * It may have been in strange hands: nothing of it runs before its schema is known to be
 * ours. */
#include "db/engine.h"

#include "db/schema.h"

static const char sql_schema[] =
	"SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master"
	" WHERE NOT (type IN ('table', 'index') AND name IN ('sqlite_sequence',"
	" 'sqlite_stat1', 'sqlite_stat4')) ORDER BY type, name";

static bool same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
	for (int i = 0; i < 4; i++) {
		struct str x = str_c((const char *)sqlite3_column_text(a, i));
		struct str y = str_c((const char *)sqlite3_column_text(b, i));
		if (x.p == NULL || y.p == NULL || !str_eq(x, y))
			return false;
	}
	return true;
}

/* The same tables, indices and triggers by the same words, none more. */
static bool same_schema(sqlite3 *ours, sqlite3 *theirs)
{
	sqlite3_stmt *a = NULL, *b = NULL;
	bool same = sqlite3_prepare_v2(ours, sql_schema, -1, &a, NULL) == SQLITE_OK &&
		sqlite3_prepare_v2(theirs, sql_schema, -1, &b, NULL) == SQLITE_OK;
	while (same) {
		int x = sqlite3_step(a), y = sqlite3_step(b);
		same = x == y &&
			(x == SQLITE_DONE || (x == SQLITE_ROW && same_row(a, b)));
		if (x != SQLITE_ROW)
			break;
	}
	(void)sqlite3_finalize(a);
	(void)sqlite3_finalize(b);
	return same;
}

int lite_schema_known(struct db *db)
{
	int64_t have;
	sqlite3 *fresh = NULL;
	int r = lite_pragma_int(db, "PRAGMA user_version", &have);
	if (r < 0)
		return r;
	if (have < 1 || have > db_schema_version())
		return fail(db->why, E_DB, "schema %lld is none of this program",
			(long long)have);
	int code = sqlite3_open_v2(
		":memory:", &fresh, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	for (int64_t v = 0; code == SQLITE_OK && v < have; v++)
		code = sqlite3_exec(fresh, schema_steps[v].sql, NULL, NULL, NULL);
	bool same = code == SQLITE_OK && same_schema(fresh, db->lite);
	(void)sqlite3_close(fresh);
	return same ? 0
		    : fail(db->why, E_DB,
			      "the tables of this database are not those of the program");
}

int db_count_tables(
	struct db *db, int (*each)(void *ctx, struct str table, int64_t n), void *ctx)
{
	static const char names[] = "SELECT name FROM sqlite_master WHERE type = 'table'"
				    " AND name NOT LIKE 'sqlite%' ORDER BY name";
	sqlite3_stmt *s = NULL;
	int r = 0;
	int code = sqlite3_prepare_v2(db->lite, names, -1, &s, NULL);
	while (code == SQLITE_OK && r == 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(s, 0);
		char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", name);
		int64_t n;
		code = SQLITE_OK;
		r = sql ? lite_pragma_int(db, sql, &n)
			: fail(db->why, E_DB, "no memory to count");
		if (r == 0)
			r = each(ctx, str_c(name), n);
		sqlite3_free(sql);
	}
	(void)sqlite3_finalize(s);
	if (r == 0 && code != SQLITE_DONE)
		return lite_fail(db, code, "counting");
	return r;
}
