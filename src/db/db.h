/* SPDX-License-Identifier: Apache-2.0
 * db.h - the database: one connection, transactions, durability. Depends on: base,
 * SQLite. The only folder that includes sqlite3.h; nobody else passes SQL text.
 *
 * One process (the role work) opens DB_WRITE and does every commit and every checkpoint;
 * all others open DB_READ. That makes the checkpoint race of SQLite 3.40.1 impossible.
 * WAL with synchronous=FULL: a transaction that tx_end acknowledged survives a power cut.
 * The file is created under synchronous=EXTRA, so that its own creation does too.
 *
 * E_NO_SPACE: the disk is full, the transaction is undone, go on when there is room.
 * E_SYNC: the disk did not keep what it was given; the role must stop, never retry: the
 * connection writes nothing more. E_NEWER: made by a newer program. E_DB: anything else,
 * with SQLite's sentence in why. */
#pragma once
#include "base/buf.h"

struct db;
enum db_mode {
	DB_CREATE, /* make a new file; E_EXISTS when there is one */
	DB_WRITE,
	DB_READ,
	DB_ADOPT, /* a copy that comes back: its schema is proven to be ours, then
		     as DB_WRITE, with the log */
};

/* Opens "tocsin.db" in the folder dir. DB_CREATE and DB_WRITE migrate to today's schema,
 * after a backup "tocsin.db.before-N" when there was an older one; DB_READ refuses an
 * older schema. DB_ADOPT is for a copy that db_backup made and that was away: E_DB unless
 * its tables, indices and triggers are ours, word for word. */
MUST int db_open(
	int dir, enum db_mode mode, int64_t now, struct why *why, struct db **ret);
void db_close(struct db **db);
#define AUTO_DB __attribute__((cleanup(db_close))) struct db *

/* Prepares every statement of the program: a wrong schema is refused before the first
 * use. */
MUST int db_prepare_all(struct db *db);
/* Where failures of this connection leave their sentence: a call's why, or NULL. */
void db_set_why(struct db *db, struct why *why);
/* Memory for pages. Standard: 8 MB for who writes, 4 MB for who reads. */
MUST int db_set_cache(struct db *db, int64_t bytes);
/* Copies the log into the file when it has grown past 16 MiB, or whatever its size when
 * now is true. Only for DB_WRITE, outside transactions. */
MUST int db_checkpoint(struct db *db, bool now);
/* A consistent copy while others read and write: VACUUM INTO path (below dir), then
 * fsync. */
MUST int db_backup(struct db *db, int dir, const char *path, struct why *why);
/* Each table with the number of its rows, by name; a negative answer ends it. */
MUST int db_count_tables(
	struct db *db, int (*each)(void *ctx, struct str table, int64_t n), void *ctx);
/* Checks the pages and foreign keys; a line per fault through report. The number of
 * faults. */
MUST int db_check(struct db *db, void (*report)(void *ctx, struct str line), void *ctx);
/* The schema's version of this program, and the library's version text. */
int db_schema_version(void);
const char *db_library_version(void);

/* A transaction knows where it began. TX_WRITE takes the write lock at once; TX_READ is
 * one moment in time for several statements. Inside a TX_READ a write statement fails. */
enum tx_kind { TX_READ, TX_WRITE };
struct tx {
	struct db *db;
	const char *file;
	int line;
};
#define tx_begin(t, database, kind)                                                      \
	tx_begin_at((t), (database), (kind), __FILE__, __LINE__)
MUST int tx_begin_at(
	struct tx *t, struct db *db, enum tx_kind kind, const char *file, int line);
/* Commits when r is 0 or more, else rolls back; returns r or the commit's error. */
MUST int tx_end(struct tx *t, int r);
/* Rolls back what was only tried; returns r. */
MUST int tx_undo(struct tx *t, int r);
