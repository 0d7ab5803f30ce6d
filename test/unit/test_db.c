/* SPDX-License-Identifier: Apache-2.0
 * test_db.c - what a connection is told and what it refuses. Depends on: db. */
#include "db/engine.h"
#include "db/sql_outbox.h"
#include "notice_kit.h"
#include "sys/clock.h"

static void test_cache(struct kit *k)
{
	int64_t n;
	ok(db_set_cache(k->x.db, (int64_t)MIB(1)) == 0 &&
			lite_pragma_int(k->x.db, "PRAGMA cache_size", &n) == 0 &&
			n == -1024,
		"so much memory for pages");
}

/* How a database answers that opens in a mode: the error, and its sentence. */
static void refused(struct kit *k, enum db_mode mode, int err, const char *says)
{
	struct why why = { 0 };
	AUTO_DB db = NULL;
	int r = db_open(k->dir, mode, 0, &why, &db);
	ok(r == err && strstr(why.text, says) != NULL, "mode %u: %d, %s", mode, r,
		why.text);
}

static void test_identity(struct kit *k)
{
	static const enum db_mode modes[] = { DB_WRITE, DB_READ };
	for (size_t i = 0; i < N(modes); i++) {
		kit_sql(k, "UPDATE migration SET sha256 = 'x' || sha256");
		refused(k, modes[i], E_DB, "step 1 of the schema");
		kit_sql(k, "UPDATE migration SET sha256 = substr(sha256, 2)");
		kit_sql(k, "PRAGMA user_version = 99");
		refused(k, modes[i], E_NEWER, "newer than");
		kit_sql(k, "PRAGMA user_version = %d", db_schema_version());
		kit_sql(k, "PRAGMA application_id = 1");
		refused(k, modes[i], E_DB, "not a database of this program");
		kit_sql(k, "PRAGMA application_id = %d", DB_APPLICATION_ID);
		struct why why = { 0 };
		AUTO_DB db = NULL;
		ok(db_open(k->dir, modes[i], 0, &why, &db) == 0, "whole again");
	}
	refused(k, DB_CREATE, E_EXISTS, "exists already");
}

static void store(struct kit *k, size_t bytes)
{
	char sql[80];
	(void)snprintf(
		sql, sizeof(sql), "INSERT INTO many VALUES (zeroblob(%zu))", bytes);
	ok(sqlite3_exec(k->x.db->lite, sql, NULL, NULL, NULL) == SQLITE_OK, "stored");
}

/* A page that reads may itself be waiting for who writes. */
static void test_reader_in_the_way(struct kit *k)
{
	struct why why = { 0 };
	AUTO_DB reader = NULL;
	struct tx t;
	int64_t n;
	kit_sql(k, "CREATE TABLE many(x)");
	bool good = db_open(k->dir, DB_READ, 0, &why, &reader) == 0 &&
		tx_begin(&t, reader, TX_READ) == 0 &&
		lite_pragma_int(reader, "PRAGMA schema_version", &n) == 0;
	ok(good, "somebody reads");
	for (int i = 0; i < 4; i++)
		store(k, MIB(9));
	int64_t before = clock_ms();
	int r = 0;
	for (int i = 0; i < 5 && r == 0; i++) {
		store(k, 1);
		r = db_checkpoint(k->x.db, false);
	}
	ok(r == 0 && clock_ms() - before < BUSY_MS / 2, "nobody waits until he is done");
	ok(k->x.db->wal_left > 0, "what he keeps is left for later");
	r = good ? tx_end(&t, 0) : 0;
	store(k, MIB(36));
	ok(r == 0 && db_checkpoint(k->x.db, false) == 0 && k->x.db->wal_left == 0,
		"and copied when he is gone");
}

/* The statement is named, not copied out: SQLite's reason must have room. */
static void test_failed(struct kit *k)
{
	struct sql_outbox_put_in in = {
		.notice = 1, .sender = S("a"), .recipient = S("b")
	};
	k->x.why = (struct why){ 0 };
	db_set_why(k->x.db, &k->x.why);
	int r = sql_outbox_put(k->x.db, &in);
	ok(r == E_DB &&
			strcmp(k->x.why.text,
				"outbox_put: NOT NULL constraint failed: "
				"outbox.message_id") == 0,
		"a failed statement: %d %s", r, k->x.why.text);
	k->x.why = (struct why){ 0 };
}

int main(void)
{
	struct kit k;
	kit_new(&k);
	test_failed(&k);
	test_cache(&k);
	test_identity(&k);
	test_reader_in_the_way(&k);
	kit_free(&k);
	return tap_end();
}
