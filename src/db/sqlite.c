/* SPDX-License-Identifier: Apache-2.0
 * sqlite.c - connections and statements on SQLite: see db.h and stmt.h. Depends on:
 * base. */
#include "db/engine.h"

#include "base/fd.h"
#include "db/sql_all.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define TORN_LOOKS    100
#define TORN_PAUSE_NS 2000000

/* SQLite knows a full disk by ENOSPC of a write; other calls and a quota come as I/O
 * errors, and a file that cannot be made as one that cannot be opened. */
static bool is_full(struct db *db)
{
	int e = sqlite3_system_errno(db->lite);
	return e == ENOSPC || e == EDQUOT;
}

static int code_of(struct db *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return E_NO_SPACE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return E_BUSY;
	case SQLITE_IOERR:
		if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
			return E_SYNC;
		return is_full(db) ? E_NO_SPACE : E_DB;
	case SQLITE_CANTOPEN:
		return is_full(db) ? E_NO_SPACE : E_DB;
	default:
		return E_DB;
	}
}

int lite_fail(struct db *db, int code, const char *what)
{
	int r = code_of(db, code);
	if (r == E_SYNC) {
		db->lost = true;
		return fail(db->why, r, "the disk did not keep the database: %s",
			sqlite3_errmsg(db->lite));
	}
	return fail(db->why, r, "%s: %s", what, sqlite3_errmsg(db->lite));
}

int lite_lost(struct db *db)
{
	return db->lost
		? fail(db->why, E_SYNC, "the disk did not keep the database before")
		: 0;
}

int lite_exec(struct db *db, const char *sql)
{
	int code = sqlite3_exec(db->lite, sql, NULL, NULL, NULL);
	return code == SQLITE_OK
		? 0
		: lite_fail(db, sqlite3_extended_errcode(db->lite), "database");
}

int lite_pragma_int(struct db *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(db->lite, sql, -1, &s, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	int64_t v = code == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
	(void)sqlite3_finalize(s);
	if (code != SQLITE_ROW)
		return lite_fail(db, code, sql);
	*ret = v;
	return 0;
}

static int on_commit(void *ctx, sqlite3 *lite, const char *name, int pages)
{
	struct db *db = ctx;
	(void)lite;
	(void)name;
	db->wal_pages = pages;
	if (pages < db->wal_left) /* it began anew by itself */
		db->wal_left = 0;
	return SQLITE_OK;
}

/* DEFENSIVE and the rest: no statement of ours needs what they forbid. */
static int harden(struct db *db)
{
	static const struct {
		int option, on;
	} config[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};
	for (size_t i = 0; i < N(config); i++) {
		int code = sqlite3_db_config(
			db->lite, config[i].option, config[i].on, NULL);
		if (code != SQLITE_OK)
			return lite_fail(db, code, "database option");
	}
	(void)sqlite3_extended_result_codes(db->lite, 1);
	return 0;
}

/* The creation order matters: see the head of db.h and docs/adr/0003. */
static const char create_pragmas[] =
	"PRAGMA page_size=8192; PRAGMA synchronous=EXTRA;"
	"PRAGMA journal_mode=WAL; PRAGMA application_id=1414480723;";
static const char adopt_pragmas[] = "PRAGMA synchronous=EXTRA; PRAGMA journal_mode=WAL;";
static const char write_pragmas[] =
	"PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
	"PRAGMA secure_delete=ON;" /* tokens of links that are deleted are gone */
	"PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;";
static const char read_pragmas[] = "PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0;"
				   "PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY;";

static int check_identity(struct db *db)
{
	int64_t id, version;
	int r = lite_pragma_int(db, "PRAGMA application_id", &id);
	if (r == 0)
		r = lite_pragma_int(db, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (id != DB_APPLICATION_ID)
		return fail(db->why, E_DB, DB_FILE " is not a database of this program");
	if (version > db_schema_version())
		return fail(db->why, E_NEWER,
			DB_FILE " has schema %d, newer than %d: use the newer program",
			(int)version, db_schema_version());
	if (db->mode == DB_READ && version < db_schema_version())
		return fail(db->why, E_STATE,
			DB_FILE " has the older schema %d: run a command that writes",
			(int)version);
	return db->mode == DB_READ ? migrate_known(db, version) : 0;
}

static int set_up(struct db *db, int dir, int64_t now)
{
	int r = harden(db);
	if (r == 0)
		r = lite_exec(db, "PRAGMA busy_timeout=10000");
	if (r == 0 && db->mode == DB_CREATE)
		r = lite_exec(db, create_pragmas);
	if (r == 0 && db->mode == DB_ADOPT)
		r = lite_schema_known(db);
	if (r == 0 && db->mode == DB_ADOPT)
		r = lite_exec(db, adopt_pragmas);
	if (r == 0)
		r = lite_exec(db, db->mode == DB_READ ? read_pragmas : write_pragmas);
	if (r == 0)
		r = check_identity(db);
	if (r == 0 && db->mode != DB_READ) {
		(void)sqlite3_wal_hook(db->lite, on_commit, db);
		r = migrate(db, dir, now, db->mode == DB_CREATE);
	}
	return r;
}

/* Can a file be made here? SQLite forgets why it could not. */
static bool has_room(int dir)
{
	int fd = openat(dir, DB_NEW "-try", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno != ENOSPC && errno != EDQUOT;
	fd_close(&fd);
	(void)unlinkat(dir, DB_NEW "-try", 0);
	return true;
}

static int open_file(int dir, const char *name, enum db_mode mode, int64_t now,
	struct why *why, struct db **ret)
{
	char path[64];
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
	int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (mode == DB_CREATE)
		flags |= SQLITE_OPEN_CREATE;
	struct arena a = arena_new(MIB(1), "db");
	struct db *db = arena_alloc(&a, sizeof(*db));
	db->stmts = arena_array(&a, sql_n_all + 1, sizeof(*db->stmts));
	db->arena = a;
	db->mode = mode;
	db->why = why;
	int code = sqlite3_open_v2(path, &db->lite, flags | SQLITE_OPEN_NOMUTEX, NULL);
	int r = code == SQLITE_OK ? set_up(db, dir, now)
				  : lite_fail(db, code, "cannot open " DB_FILE);
	if (r < 0) {
		db_close(&db);
		return r == E_DB && mode != DB_READ && !has_room(dir) ? E_NO_SPACE : r;
	}
	db->why = &db->own_why;
	*ret = db;
	return 0;
}

static int remove_new(int dir, struct why *why)
{
	static const char *const names[] = { DB_NEW, DB_NEW "-wal", DB_NEW "-shm",
		DB_NEW "-journal" };
	for (size_t i = 0; i < N(names); i++)
		if (unlinkat(dir, names[i], 0) < 0 && errno != ENOENT)
			return fail(why, E_SYS, "cannot remove '%s'", names[i]);
	return 0;
}

/* A new database gets its name when it is whole: there is one or there is none, whatever
 * happens meanwhile. */
static int create(int dir, int64_t now, struct why *why)
{
	AUTO_DB db = NULL;
	int r = remove_new(dir, why);
	if (r == 0)
		r = open_file(dir, DB_NEW, DB_CREATE, now, why, &db);
	if (r < 0)
		return r;
	db_set_why(db, why);
	r = db_checkpoint(db, true); /* all is in the file now, and synced */
	if (r < 0)
		return r;
	db_close(&db);
	if (unlinkat(dir, DB_NEW "-wal", 0) < 0 || unlinkat(dir, DB_NEW "-shm", 0) < 0)
		return fail(why, E_SYS, "cannot remove the log of '%s'", DB_NEW);
	if (renameat(dir, DB_NEW, dir, DB_FILE) < 0)
		return fail(why, E_SYS, "cannot put '%s' in place", DB_FILE);
	return fd_sync(dir, "the data directory", why);
}

int db_open(int dir, enum db_mode mode, int64_t now, struct why *why, struct db **ret)
{
	bool there = faccessat(dir, DB_FILE, F_OK, 0) == 0;
	/* Nobody asks SQLite how much memory it took; counting costs a lock each time.
	 * Refused, and no matter, when the library is in use already. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (mode == DB_CREATE && there)
		return fail(why, E_EXISTS, DB_FILE " exists already");
	if (mode != DB_CREATE && !there)
		return fail(why, E_NOT_FOUND,
			"no " DB_FILE " here: make one with `tocsin init`");
	int r = mode == DB_CREATE ? create(dir, now, why) : 0;
	return r < 0 ? r
		     : open_file(dir, DB_FILE, mode == DB_CREATE ? DB_WRITE : mode, now,
			       why, ret);
}

void db_close(struct db **p)
{
	struct db *db = *p;
	*p = NULL;
	if (db == NULL)
		return;
	for (unsigned i = 0; i < sql_n_all; i++)
		(void)sqlite3_finalize(db->stmts[i]);
	(void)sqlite3_close(db->lite);
	struct arena a = db->arena;
	arena_free(&a);
}

void db_set_why(struct db *db, struct why *why)
{
	db->own_why.err = 0;
	db->why = why ? why : &db->own_why;
}

int db_set_cache(struct db *db, int64_t bytes)
{
	char sql[64];
	(void)snprintf(sql, sizeof(sql), "PRAGMA cache_size=-%" PRId64, bytes / 1024);
	return lite_exec(db, sql);
}

int db_prepare_all(struct db *db)
{
	for (unsigned i = 0; i < sql_n_all; i++) {
		struct stmt *s;
		int r = stmt_get(db, sql_all[i], &s);
		if (r < 0)
			return r;
	}
	return 0;
}

int db_checkpoint(struct db *db, bool now)
{
	assert(!db->in_tx && db->mode != DB_READ);
	if (db->lost)
		return lite_lost(db);
	if (!now && db->wal_pages < DB_WAL_PAGES_MAX + db->wal_left)
		return 0;
	int mode = now ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
	/* Who reads may be waiting for us: it is not waited for, and asked again when the
	 * log has grown by as much once more. */
	(void)sqlite3_busy_timeout(db->lite, now ? BUSY_MS : CHECKPOINT_WAIT_MS);
	int code = sqlite3_wal_checkpoint_v2(db->lite, NULL, mode, NULL, NULL);
	(void)sqlite3_busy_timeout(db->lite, BUSY_MS);
	db->wal_left = (code & 0xff) == SQLITE_BUSY ? db->wal_pages : 0;
	/* A reader in the way only means that the log is copied later. */
	if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) {
		db->wal_pages = 0;
		return 0;
	}
	return lite_fail(db, code, "checkpoint");
}

int db_check(struct db *db, void (*report)(void *ctx, struct str line), void *ctx)
{
	static const char *const checks[] = { "PRAGMA integrity_check",
		"PRAGMA foreign_key_check" };
	int faults = 0;
	for (size_t i = 0; i < N(checks); i++) {
		sqlite3_stmt *s = NULL;
		int code = sqlite3_prepare_v2(db->lite, checks[i], -1, &s, NULL);
		while (code == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) {
			struct str line = str_c((const char *)sqlite3_column_text(s, 0));
			if (i == 0 && str_eq(line, S("ok")))
				continue;
			report(ctx, line);
			faults++;
		}
		(void)sqlite3_finalize(s);
		if (code != SQLITE_OK)
			return lite_fail(db, code, checks[i]);
	}
	return faults;
}

const char *db_library_version(void)
{
	return sqlite3_libversion();
}

/* A struct stmt is SQLite's own statement; the struct is never defined. */
static sqlite3_stmt *of(struct stmt *s)
{
	return (sqlite3_stmt *)(void *)s;
}

int stmt_get(struct db *db, const struct sql_def *d, struct stmt **ret)
{
	sqlite3_stmt **slot = &db->stmts[d->slot];
	if (*slot == NULL) {
		int code = sqlite3_prepare_v3(
			db->lite, d->sqlite, -1, SQLITE_PREPARE_PERSISTENT, slot, NULL);
		if (code != SQLITE_OK)
			return lite_fail(db, code, d->name);
	}
	if (db->in_tx && db->tx == TX_READ && !sqlite3_stmt_readonly(*slot))
		return fail(db->why, E_STATE,
			"%s writes inside the reading begun at %s:%d", d->name,
			db->tx_file, db->tx_line);
	*ret = (struct stmt *)(void *)*slot;
	return 0;
}

void stmt_int(struct stmt *s, int i, int64_t v)
{
	(void)sqlite3_bind_int64(of(s), i, v);
}

void stmt_real(struct stmt *s, int i, double v)
{
	(void)sqlite3_bind_double(of(s), i, v);
}

void stmt_text(struct stmt *s, int i, struct str v)
{
	if (v.p == NULL)
		(void)sqlite3_bind_null(of(s), i);
	else
		(void)sqlite3_bind_text64(of(s), i, v.p, v.n, SQLITE_STATIC, SQLITE_UTF8);
}

void stmt_blob(struct stmt *s, int i, struct str v)
{
	if (v.p == NULL)
		(void)sqlite3_bind_null(of(s), i);
	else
		(void)sqlite3_bind_blob64(of(s), i, v.p, v.n, SQLITE_STATIC);
}

void stmt_null(struct stmt *s, int i)
{
	(void)sqlite3_bind_null(of(s), i);
}

static const char *name_of(const struct db *db, const struct stmt *s)
{
	for (unsigned i = 0; i < sql_n_all; i++)
		if (db->stmts[i] == (const void *)s)
			return sql_all[i]->name;
	return "a statement";
}

/* Who may only read the log's index cannot mend it. It looks torn while a writer, in
 * another process, is at it; SQLite gives up at the second look (walIndexReadHdr). That
 * is where a read begins, so no row has come yet. */
static int step(struct db *db, sqlite3_stmt *s)
{
	int code = sqlite3_step(s);
	for (int i = 0;
		code == SQLITE_READONLY_RECOVERY && db->mode == DB_READ && i < TORN_LOOKS;
		i++) {
		const struct timespec pause = { .tv_nsec = TORN_PAUSE_NS };
		(void)sqlite3_reset(s);
		(void)nanosleep(&pause, NULL);
		code = sqlite3_step(s);
	}
	return code;
}

int stmt_step(struct db *db, struct stmt *s)
{
	int code = step(db, of(s));
	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : lite_fail(db, code, name_of(db, s));
}

bool stmt_is_null(struct stmt *s, int col)
{
	return sqlite3_column_type(of(s), col) == SQLITE_NULL;
}

int64_t stmt_col_int(struct stmt *s, int col)
{
	return sqlite3_column_int64(of(s), col);
}

double stmt_col_real(struct stmt *s, int col)
{
	return sqlite3_column_double(of(s), col);
}

struct str stmt_col_text(struct stmt *s, int col)
{
	const char *p = (const char *)sqlite3_column_text(of(s), col);
	return (struct str){ p, p ? (size_t)sqlite3_column_bytes(of(s), col) : 0 };
}

struct str stmt_col_blob(struct stmt *s, int col)
{
	const char *p = sqlite3_column_blob(of(s), col);
	size_t n = (size_t)sqlite3_column_bytes(of(s), col);
	return (struct str){ p ? p : n == 0 && !stmt_is_null(s, col) ? "" : NULL, n };
}

void stmt_done(struct stmt *s)
{
	(void)sqlite3_reset(of(s));
	(void)sqlite3_clear_bindings(of(s));
}
