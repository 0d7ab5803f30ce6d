/* SPDX-License-Identifier: Apache-2.0
 * tx.c - transactions that know where they began: see db.h. Depends on: base. */
#include "db/engine.h"

#include <assert.h>

int tx_begin_at(
	struct tx *t, struct db *db, enum tx_kind kind, const char *file, int line)
{
	if (db->in_tx)
		return fail(db->why, E_STATE,
			"a transaction at %s:%d inside the one of %s:%d", file, line,
			db->tx_file, db->tx_line);
	int r = kind == TX_WRITE ? lite_lost(db) : 0;
	if (r < 0)
		return r;
	r = lite_exec(db, kind == TX_WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
	if (r < 0)
		return r;
	db->in_tx = true;
	db->tx = kind;
	db->tx_file = file;
	db->tx_line = line;
	*t = (struct tx){ db, file, line };
	return 0;
}

int tx_end(struct tx *t, int r)
{
	struct db *db = t->db;
	assert(db && db->in_tx);
	db->in_tx = false;
	t->db = NULL;
	int committed = r >= 0 ? lite_exec(db, "COMMIT") : r;
	if (committed < 0) {
		/* After a full disk SQLite may have rolled back already: then this fails,
		 * rightly. */
		(void)sqlite3_exec(db->lite, "ROLLBACK", NULL, NULL, NULL);
		return committed;
	}
	return r;
}

int tx_undo(struct tx *t, int r)
{
	int undone = tx_end(t, E_STOPPED);
	return undone == E_STOPPED ? r : undone;
}
