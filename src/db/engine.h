/* SPDX-License-Identifier: Apache-2.0
 * engine.h - what the files of src/db share and nobody else sees. Depends on: SQLite. */
#pragma once
#include "db/db.h"
#include "db/stmt.h"

#include <sqlite3.h>

#define DB_FILE		   "tocsin.db"
#define DB_NEW		   DB_FILE ".new" /* one being made */
#define DB_APPLICATION_ID  0x544f4353	  /* "TOCS" */
#define BUSY_MS		   10000
#define CHECKPOINT_WAIT_MS 20	/* for readers */
#define DB_WAL_PAGES_MAX   2048 /* of 8 KiB: 16 MiB of log, then a checkpoint */

struct db {
	sqlite3 *lite;
	struct arena arena; /* this struct and the statement table */
	sqlite3_stmt **stmts;
	struct why *why;
	struct why own_why;
	enum db_mode mode;
	int wal_pages; /* of the log */
	int wal_left;  /* those that a reader kept from being copied away */
	bool lost; /* a sync failed: what the disk holds is not known; writes are over */
	enum tx_kind tx;
	bool in_tx;
	const char *tx_file;
	int tx_line;
};

/* Keeps SQLite's sentence and answers the E_* for its code. */
int lite_fail(struct db *db, int code, const char *what);
/* E_SYNC when a sync failed before: a second try can seem to work and lie. */
MUST int lite_lost(struct db *db);
/* Runs one or more statements without rows. */
MUST int lite_exec(struct db *db, const char *sql);
MUST int lite_pragma_int(struct db *db, const char *sql, int64_t *ret);
/* The steps already there must be the ones we know: as many, with the same texts. */
MUST int migrate_known(struct db *db, int64_t have);
/* Its tables, indices and triggers are those that the steps make, word for word. */
MUST int lite_schema_known(struct db *db);
/* Brings an open connection to today's schema. */
MUST int migrate(struct db *db, int dir, int64_t now, bool fresh);
