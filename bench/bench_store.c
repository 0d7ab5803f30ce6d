/* SPDX-License-Identifier: Apache-2.0
 * bench_store.c - the bare loop that import is compared with: the rows that an import
 * left behind, inserted again and nothing else. bench_store FROM TO ROWS SAME
 *
 * FROM is a data directory, TO an empty folder. Findings and sightings go into a database
 * made and opened as the program does it: the same schema, indexes, FULL sync,
 * checkpoints,
 * in the order in which import wrote them, ROWS events to a transaction; with SAME 1 a
 * transaction also ends with its file, as those of import do. Rows are read ahead of each
 * transaction, outside the clocks. Depends on: db, SQLite. */
#include "rows.h"

#include "base/hash.h"
#include "db/engine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define COLUMNS_MAX 64

/* A value read ahead. */
struct cell {
	int type;
	int64_t number;
	struct str bytes;
};
struct row {
	bool finding; /* else a sighting */
	struct cell *cells;
};
struct batch {
	struct arena arena;
	struct row *rows;
	size_t n;
	int64_t events;
};
struct bench {
	sqlite3 *from;
	sqlite3_stmt *read[2], *insert[2]; /* sighting, finding */
	struct db *db;
	int64_t next_finding;
	double wall, cpu;
	int64_t rows[2], events, commits;
};

static void check(int code, sqlite3 *db)
{
	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return;
	fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static struct row read_row(struct batch *b, sqlite3_stmt *s, bool finding)
{
	int n = sqlite3_column_count(s);
	struct row r = { finding, arena_array(&b->arena, (size_t)n, sizeof(*r.cells)) };
	for (int i = 0; i < n; i++) {
		struct cell *c = &r.cells[i];
		c->type = sqlite3_column_type(s, i);
		c->number = sqlite3_column_int64(s, i);
		struct str bytes = { sqlite3_column_blob(s, i),
			(size_t)sqlite3_column_bytes(s, i) };
		if (c->type == SQLITE_TEXT || c->type == SQLITE_BLOB)
			c->bytes = str_dup(&b->arena, bytes.p ? bytes : S(""));
	}
	return r;
}

static void insert_row(struct bench *k, const struct row *r)
{
	sqlite3_stmt *s = k->insert[r->finding];
	int n = sqlite3_bind_parameter_count(s);
	for (int i = 0; i < n; i++) {
		const struct cell *c = &r->cells[i];
		if (c->type == SQLITE_INTEGER)
			(void)sqlite3_bind_int64(s, i + 1, c->number);
		else if (c->type == SQLITE_TEXT)
			(void)sqlite3_bind_text64(s, i + 1, c->bytes.p, c->bytes.n,
				SQLITE_STATIC, SQLITE_UTF8);
		else if (c->type == SQLITE_BLOB)
			(void)sqlite3_bind_blob64(
				s, i + 1, c->bytes.p, c->bytes.n, SQLITE_STATIC);
		else
			(void)sqlite3_bind_null(s, i + 1);
	}
	check(sqlite3_step(s), k->db->lite);
	(void)sqlite3_reset(s);
	k->rows[r->finding]++;
}

static void flush(struct bench *k, struct batch *b)
{
	struct tx t;
	double wall = wall_seconds(), cpu = cpu_seconds();
	must(tx_begin(&t, k->db, TX_WRITE), "begin");
	for (size_t i = 0; i < b->n; i++)
		insert_row(k, &b->rows[i]);
	must(tx_end(&t, 0), "commit");
	must(db_checkpoint(k->db, false), "checkpoint");
	k->wall += wall_seconds() - wall;
	k->cpu += cpu_seconds() - cpu;
	k->events += b->events;
	k->commits += b->n > 0;
	b->n = 0;
	b->events = 0;
}

/* A finding goes in before its first sighting; they were numbered in that order. */
static void read_batch(struct bench *k, struct batch *b)
{
	int64_t finding = sqlite3_column_int64(k->read[0], 0);
	if (finding == k->next_finding) {
		k->next_finding++;
		check(sqlite3_step(k->read[1]), k->from);
		must(sqlite3_column_int64(k->read[1], 0) == finding ? 0 : E_STATE,
			"order of findings");
		b->rows[b->n++] = read_row(b, k->read[1], true);
	}
	b->rows[b->n++] = read_row(b, k->read[0], false);
	b->events += sqlite3_column_int64(k->read[0], 5);
}

static void run(struct bench *k, int64_t rows, bool same)
{
	struct batch b = { .arena = arena_new(GIB(2), "batch") };
	size_t room = (size_t)rows * 2 + 2;
	int64_t file = 0;
	b.rows = arena_array(&b.arena, room, sizeof(*b.rows));
	while (sqlite3_step(k->read[0]) == SQLITE_ROW) {
		int64_t of = sqlite3_column_int64(k->read[0], 2);
		if (b.events >= rows || (same && of != file)) {
			flush(k, &b);
			arena_reset(&b.arena);
			b.rows = arena_array(&b.arena, room, sizeof(*b.rows));
		}
		file = of;
		read_batch(k, &b);
	}
	flush(k, &b);
	arena_free(&b.arena);
}

/* Import ends with this too. */
static void close_log(struct bench *k)
{
	double wall = wall_seconds(), cpu = cpu_seconds();
	must(db_checkpoint(k->db, true), "checkpoint");
	k->wall += wall_seconds() - wall;
	k->cpu += cpu_seconds() - cpu;
}

/* INSERT INTO table VALUES (?, ?, ...), as many as it has columns. */
static sqlite3_stmt *prepare_insert(
	struct bench *k, const char *table, sqlite3_stmt *like)
{
	AUTO_ARENA a = arena_new(KIB(64), "sql");
	struct buf b = buf_in(&a, KIB(4));
	sqlite3_stmt *s;
	must(buf_addf(&b, "INSERT INTO %s VALUES (?", table), "sql");
	for (int i = 1; i < sqlite3_column_count(like); i++)
		must(buf_add(&b, S(", ?")), "sql");
	must(buf_addc(&b, ')'), "sql");
	check(sqlite3_prepare_v2(k->db->lite, b.p, -1, &s, NULL), k->db->lite);
	return s;
}

static void copy_parents(struct bench *k, const char *path)
{
	static const char *const tables[] = { "organisation", "kind", "report_type",
		"file" };
	AUTO_ARENA a = arena_new(MIB(1), "sql");
	for (size_t i = 0; i < N(tables) + 2; i++) {
		struct buf b = buf_in(&a, KIB(8));
		if (i == 0)
			must(buf_addf(&b, "ATTACH '%s' AS src", path), "sql");
		else if (i <= N(tables))
			must(buf_addf(&b, "INSERT INTO main.%s SELECT * FROM src.%s",
				     tables[i - 1], tables[i - 1]),
				"sql");
		else
			must(buf_add(&b, S("DETACH src")), "sql");
		must(lite_exec(k->db, b.p), b.p);
	}
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	struct bench k = { .next_finding = 1 };
	struct why why = { 0 };
	AUTO_ARENA a = arena_new(KIB(64), "path");
	struct buf path = buf_in(&a, KIB(4));
	must(buf_addf(&path, "%s/" DB_FILE, argv[1]), "path");
	check(sqlite3_open_v2(path.p, &k.from, SQLITE_OPEN_READONLY, NULL), k.from);
	int to = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(to, argv[2]);
	must(db_open(to, DB_CREATE, 0, &why, &k.db), argv[2]);
	copy_parents(&k, path.p);
	check(sqlite3_prepare_v2(k.from,
		      "SELECT * FROM sighting ORDER BY file, finding, day, port", -1,
		      &k.read[0], NULL),
		k.from);
	check(sqlite3_prepare_v2(
		      k.from, "SELECT * FROM finding ORDER BY id", -1, &k.read[1], NULL),
		k.from);
	k.insert[0] = prepare_insert(&k, "sighting", k.read[0]);
	k.insert[1] = prepare_insert(&k, "finding", k.read[1]);
	must(db_checkpoint(k.db, true), "checkpoint");
	int64_t rows;
	must(str_int(str_c(argv[3]), 1, 1000000, &rows), argv[3]);
	run(&k, rows, argv[4][0] == '1');
	close_log(&k);
	printf("%.4f %.4f %lld %lld %lld %lld\n", k.wall, k.cpu, (long long)k.events,
		(long long)k.rows[1], (long long)k.rows[0], (long long)k.commits);
	for (int i = 0; i < 2; i++) {
		(void)sqlite3_finalize(k.read[i]);
		(void)sqlite3_finalize(k.insert[i]);
	}
	(void)sqlite3_close(k.from);
	db_close(&k.db);
	return 0;
}
