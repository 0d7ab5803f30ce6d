/* SPDX-License-Identifier: Apache-2.0
 * migrate.c - numbered, forward-only steps of the schema: see db.h. Depends on: base, the
 * files of schema/ as embedded by the build. Each step is one transaction; its text's
 * SHA-256 is recorded, and a database whose history differs from ours is refused. */
#include "db/engine.h"

#include "base/fd.h"
#include "base/hash.h"
#include "db/schema.h"

#include <fcntl.h>
#include <stdio.h>

int db_schema_version(void)
{
	return (int)schema_n_steps;
}

static int record(struct db *db, const struct schema_step *s, int64_t now)
{
	static const char sql[] =
		"INSERT INTO migration(version, name, sha256, applied_at)"
		" VALUES(?1, ?2, ?3, ?4)";
	char hex[SHA256_HEX + 1];
	struct sha256 h = sha256_of(str_c(s->sql));
	sqlite3_stmt *q = NULL;
	int code = sqlite3_prepare_v2(db->lite, sql, -1, &q, NULL);
	if (code == SQLITE_OK) {
		(void)sqlite3_bind_int(q, 1, s->version);
		(void)sqlite3_bind_text(q, 2, s->name, -1, SQLITE_STATIC);
		(void)sqlite3_bind_text(q, 3, sha256_text(&h, hex), -1, SQLITE_STATIC);
		(void)sqlite3_bind_int64(q, 4, now);
		code = sqlite3_step(q);
	}
	(void)sqlite3_finalize(q);
	return code == SQLITE_DONE ? 0 : lite_fail(db, code, "migration record");
}

static int apply(struct db *db, const struct schema_step *s, int64_t now)
{
	char version[64];
	struct tx t;
	int r = tx_begin(&t, db, TX_WRITE);
	if (r < 0)
		return r;
	r = lite_exec(db, s->sql);
	if (r == 0)
		r = record(db, s, now);
	(void)snprintf(version, sizeof(version), "PRAGMA user_version=%d", s->version);
	if (r == 0)
		r = lite_exec(db, version);
	return tx_end(&t, r);
}

int migrate_known(struct db *db, int64_t have)
{
	static const char sql[] = "SELECT sha256 FROM migration WHERE version = ?1";
	for (int64_t v = 1; v <= have; v++) {
		char hex[SHA256_HEX + 1];
		struct sha256 h = sha256_of(str_c(schema_steps[v - 1].sql));
		sqlite3_stmt *q = NULL;
		int code = sqlite3_prepare_v2(db->lite, sql, -1, &q, NULL);
		if (code == SQLITE_OK) {
			(void)sqlite3_bind_int64(q, 1, v);
			code = sqlite3_step(q);
		}
		bool same = code == SQLITE_ROW &&
			str_eq(str_c((const char *)sqlite3_column_text(q, 0)),
				str_c(sha256_text(&h, hex)));
		(void)sqlite3_finalize(q);
		if (!same)
			return fail(db->why, E_DB,
				"step %d of the schema is not the one this program knows",
				(int)v);
	}
	return 0;
}

int migrate(struct db *db, int dir, int64_t now, bool fresh)
{
	int64_t have;
	char backup[64];
	int r = lite_pragma_int(db, "PRAGMA user_version", &have);
	if (r == 0)
		r = migrate_known(db, have);
	if (r < 0 || have == db_schema_version())
		return r;
	(void)snprintf(backup, sizeof(backup), DB_FILE ".before-%d", db_schema_version());
	if (!fresh)
		r = db_backup(db, dir, backup, db->why);
	for (int64_t v = have; r == 0 && v < db_schema_version(); v++)
		r = apply(db, &schema_steps[v], now);
	return r;
}

int db_backup(struct db *db, int dir, const char *path, struct why *why)
{
	char full[300];
	sqlite3_stmt *q = NULL;
	if (faccessat(dir, path, F_OK, 0) == 0 && unlinkat(dir, path, 0) < 0)
		return fail(why, E_SYS, "cannot replace '%s'", path);
	int n = snprintf(full, sizeof(full), "/proc/self/fd/%d/%s", dir, path);
	if (n < 0 || (size_t)n >= sizeof(full))
		return fail(why, E_TOO_BIG, "the name '%s' is too long", path);
	int code = sqlite3_prepare_v2(db->lite, "VACUUM INTO ?1", -1, &q, NULL);
	if (code == SQLITE_OK) {
		(void)sqlite3_bind_text(q, 1, full, -1, SQLITE_STATIC);
		code = sqlite3_step(q);
	}
	(void)sqlite3_finalize(q);
	if (code != SQLITE_DONE)
		return lite_fail(db, code, "backup");
	AUTO_FD int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, E_SYS, "cannot open the backup '%s'", path);
	int r = fd_sync(fd, path, why);
	return r == 0 ? fd_sync(dir, "the data directory", why) : r;
}
