/* SPDX-License-Identifier: Apache-2.0
 * test_migrate.c - a database that an older program made comes to the newest step: from
 * each step there was, with rows in it. Depends on: core, SQLite (it is made by the steps
 * themselves, as the old program did). */
#include "base/hash.h"
#include "core/fold.h"
#include "core/morning.h"
#include "core/setting.h"
#include "db/engine.h"
#include "db/schema.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW  INT64_C(1780300800)
#define TEXT KIB(4)

static void must(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s\n", what);
	exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
	must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
}

static sqlite3 *open_file(const char *folder, const char *name, int flags)
{
	char path[120];
	sqlite3 *db = NULL;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	must(sqlite3_open_v2(path, &db, flags, NULL) == SQLITE_OK, path);
	return db;
}

/* All rows of a query as text, columns by "|", rows by line. */
static void ask(sqlite3 *db, const char *sql, char ret[TEXT])
{
	sqlite3_stmt *q = NULL;
	size_t n = 0;
	ret[0] = '\0';
	must(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK, sqlite3_errmsg(db));
	while (sqlite3_step(q) == SQLITE_ROW)
		for (int c = 0; c < sqlite3_column_count(q) && n + 1 < TEXT; c++) {
			const char *text = (const char *)sqlite3_column_text(q, c);
			int more = snprintf(ret + n, TEXT - n, "%s%c", text ? text : "-",
				c + 1 < sqlite3_column_count(q) ? '|' : '\n');
			n += more > 0 ? (size_t)more : 0;
		}
	(void)sqlite3_finalize(q);
}

/* What was in each table that the first step made. */
static const char *const rows_of_1 =
	"INSERT INTO setting VALUES ('finding.key', x'000102030405060708090a0b0c0d0e0f');"
	"INSERT INTO organisation(id, name, kind, sector, language, origin)"
	" VALUES (1, 'University', 'holder', 'academia', 'en', 1);"
	"INSERT INTO contact(id, org, email, name, role, language, phone, pgp)"
	" VALUES (1, 1, 'soc@uni.example', '', 'security', '', '', '');"
	"INSERT INTO report_type VALUES (1, 'scan_rdp', 1, 7);"
	"INSERT INTO report VALUES (1, 20603), (1, 20604);"
	"INSERT INTO file VALUES (1, x'01', 'f.csv', '', 1, 20603, 9,"
	" 1780200000, 1, 2, 2, 2,"
	" 0, 2, 0, 0, 0, 20603, '');"
	"INSERT INTO kind VALUES (1, 'potentially-unwanted-accessible', 'open-rdp');"
	"INSERT INTO finding VALUES"
	" (1, x'a1', 1, NULL, 0, 'a.example', 1, 'mirai', 0, 0, '', 'tcp', '',"
	" 5, 1, NULL,"
	"  NULL, 64500, 0, 'XT', 1, '', 1780140000, 1780230000, 1, 2, 2, 20603,"
	" 20604, 20604,"
	"  1, 1, -1, 0, 0, 20603, 0, 0, NULL, 1780240000, 1, 1, 0),"
	" (2, x'a2', 1, NULL, 0, 'b.example', 1, '', 0, 0, '', 'tcp', '', 4, 1, NULL,"
	"  NULL, 64500, 0, 'XT', 1, '', 1780140000, 1780140000, 1, 1, 1, 20603,"
	" 20603, 20603,"
	"  1, 1, -1, 0, 2, 20604, 1, 0, 20604, NULL, NULL, 0, 0);"
	"INSERT INTO sighting VALUES (1, 20603, 1, 0, 1, 1, 1780140000, 1780140000),"
	" (1, 20604, 1, 0, 1, 1, 1780230000, 1780230000),"
	" (2, 20603, 1, 0, 2, 1, 1780140000, 1780140000);"
	"INSERT INTO claim VALUES (2, 20604);"
	"INSERT INTO notice_run VALUES (1, 1780240000, 1780240000, 1, 0, '');"
	"INSERT INTO notice VALUES (1, 1, 1, NULL, 1, 'soc@uni.example', 'en', 3, 2, '',"
	" 1780240000, x'c1', '<1@example>', 1, 1, 1, 0, 0, 'Subject', 'Body');"
	"INSERT INTO notice_finding VALUES (1, 1, 1, 1, NULL, NULL, 0, 0);";
static const char *const look_of_1 =
	"SELECT o.name, c.email, f.name, f.severity, f.state, f.family, n.subject, s.day"
	" FROM notice n JOIN organisation o ON o.id = n.org JOIN contact c ON"
	" c.id = n.contact"
	" JOIN notice_finding nf ON nf.notice = n.id JOIN finding f ON f.id = nf.finding"
	" JOIN sighting s ON s.finding = f.id JOIN file i ON i.id = s.file ORDER"
	" BY s.day";
/* And more, where the tables are there. */
static const char *const rows_of_10 =
	"INSERT INTO holiday(calendar, day, name) VALUES ('', 20606, 'Day');"
	"INSERT INTO answer(notice, finding, at, kind, whose, comment, way,"
	" actor, contact)"
	" VALUES (1, 1, 1780250000, 0, '', 'done', 1, 'link:1', 1);"
	"INSERT INTO task(kind, subject, notice, detail, at, done_by, done_why)"
	" VALUES ('undelivered', 'notice 1', 1, '', 1780250000, '', '');"
	"UPDATE finding SET spell_from = 20603 WHERE id = 1;"
	"INSERT INTO finding_spell(finding, from_day, last_day, to_day, claim_day, how)"
	" VALUES (2, 20603, 20603, 20604, 20604, 1);"
	"DELETE FROM setting WHERE name = 'effect.rebuild';";

/* As the program of that step did. */
static void make_old(const char *folder, int step)
{
	char sql[400], hex[SHA256_HEX + 1];
	sqlite3 *db = open_file(
		folder, DB_FILE, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	(void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d", DB_APPLICATION_ID);
	run(db, sql);
	run(db, "PRAGMA journal_mode = WAL");
	for (int i = 0; i < step; i++) {
		struct sha256 sum = sha256_of(str_c(schema_steps[i].sql));
		run(db, "BEGIN");
		run(db, schema_steps[i].sql);
		(void)snprintf(sql, sizeof(sql),
			"INSERT INTO migration VALUES (%d, '%s', '%s', 1780000000);"
			"PRAGMA user_version = %d; COMMIT",
			i + 1, schema_steps[i].name, sha256_text(&sum, hex), i + 1);
		run(db, sql);
		if (i == 0)
			run(db, rows_of_1);
	}
	if (step >= 10)
		run(db, rows_of_10);
	(void)sqlite3_close(db);
}

/* The database of a folder says... */
static bool says(const char *folder, const char *name, const char *sql, const char *what)
{
	char got[TEXT];
	sqlite3 *db = open_file(folder, name, SQLITE_OPEN_READONLY);
	ask(db, sql, got);
	(void)sqlite3_close(db);
	if (strcmp(got, what) != 0)
		printf("# %s: %s\n", sql, got);
	return strcmp(got, what) == 0;
}

/* The program's own statements, those of each morning among them. */
static void look(struct db *db, struct why *why, int step)
{
	AUTO_ARENA a = arena_new(MIB(64), "look");
	struct ctx x = { .db = db, .arena = &a, .actor = S("test"), .now = NOW };
	struct morning m;
	struct fold *f = NULL;
	struct str stale;
	db_set_why(db, &x.why);
	int r = morning_read(&x, true, &m);
	if (r == 0)
		r = fold_open(&x, &f);
	ok(r == 0 && m.contacts == 1 && m.approved == 1, "step %d: it is used: %d %s",
		step, r, x.why.text);
	ok(step < 10 || m.critical == 0, "step %d: none of yesterday", step);
	bool again = setting_get(&x, S("effect.rebuild"), &stale) == 0;
	ok(again == (step < 10), "step %d: older findings get their spells by a rebuild",
		step);
	fold_free(&f);
	db_set_why(db, why);
}

static void clear(const char *folder)
{
	char backup[40];
	(void)snprintf(backup, sizeof(backup), DB_FILE ".before-%u", schema_n_steps);
	const char *const names[] = { DB_FILE, DB_FILE "-wal", DB_FILE "-shm", backup };
	for (size_t i = 0; i < N(names); i++) {
		char path[120];
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static void from_step(int step)
{
	static const char *const rows =
		"University|soc@uni.example|a.example|5|0|mirai|Subject|20603\n"
		"University|soc@uni.example|a.example|5|0|mirai|Subject|20604\n";
	char folder[] = "/tmp/tocsin-migrate-XXXXXX", version[16], steps[16], backup[40];
	struct why why = { 0 };
	must(mkdtemp(folder) != NULL, "mkdtemp");
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_old(folder, step);
	ok(says(folder, DB_FILE, look_of_1, rows), "step %d: made", step);
	{
		AUTO_DB db = NULL;
		int r = db_open(dir, DB_WRITE, NOW, &why, &db);
		ok(r == 0, "step %d: it opens: %s", step, why.text);
		ok(r == 0 && lite_schema_known(db) == 0,
			"step %d: its tables and indexes are those of a new one: %s",
			step, why.text);
		if (r == 0)
			look(db, &why, step);
	}
	(void)snprintf(steps, sizeof(steps), "%u\n", schema_n_steps);
	(void)snprintf(version, sizeof(version), "%d\n", step);
	(void)snprintf(backup, sizeof(backup), DB_FILE ".before-%u", schema_n_steps);
	ok(says(folder, DB_FILE, "PRAGMA user_version", steps) &&
			says(folder, DB_FILE, "SELECT count(*) FROM migration", steps),
		"step %d: the newest", step);
	ok(says(folder, DB_FILE, look_of_1, rows), "step %d: all rows are there", step);
	ok(says(folder, DB_FILE, "PRAGMA integrity_check", "ok\n") &&
			says(folder, DB_FILE, "PRAGMA foreign_key_check", ""),
		"step %d: whole", step);
	ok(says(folder, backup, "PRAGMA user_version", version) &&
			says(folder, backup, look_of_1, rows) &&
			says(folder, backup, "PRAGMA integrity_check", "ok\n"),
		"step %d: the copy from before is as it was", step);
	(void)close(dir);
	clear(folder);
}

/* Mails on their way, as step 12 had them: one waits; one waits once more, after it came
 * back; one, after nobody knew; one is handed over. */
static void mails_of_12(void)
{
	static const char *const rows =
		"INSERT INTO notice SELECT id + n, run, org, via, contact, recipient, "
		"language, tlp, state + (n < 4) + 2 * (n = 4), state_why, at, "
		"CAST(n AS BLOB), n || '@example', findings, critical, new, relapsed, "
		"reminded, subject, body, kind FROM notice, (SELECT 1 AS n UNION "
		"SELECT 2 UNION SELECT 3 UNION SELECT 4) WHERE id = 1;"
		"INSERT INTO outbox SELECT id, message_id, '', recipient, 0, 10, 20, "
		"CASE WHEN state = 3 THEN 30 END, id > 2, 0, id = 4, '', CASE WHEN "
		"id > 2 THEN 15 END, CASE WHEN id IN (3, 5) THEN 16 END, NULL, '' "
		"FROM notice WHERE id > 1;"
		"INSERT INTO outbox_mail SELECT notice, x'00' FROM outbox;";
	char folder[] = "/tmp/tocsin-migrate-XXXXXX";
	struct why why = { 0 };
	must(mkdtemp(folder) != NULL, "mkdtemp");
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_old(folder, 12);
	sqlite3 *old = open_file(folder, DB_FILE, SQLITE_OPEN_READWRITE);
	run(old, rows);
	(void)sqlite3_close(old);
	{
		AUTO_DB db = NULL;
		ok(db_open(dir, DB_WRITE, NOW, &why, &db) == 0, "mails: it opens: %s",
			why.text);
	}
	ok(says(folder, DB_FILE,
		   "SELECT o.notice, planned_at, first_try_at, before_state, before_at, "
		   "m.sealed FROM outbox o LEFT JOIN outbox_mail m ON m.notice = "
		   "o.notice ORDER BY o.notice",
		   "2|20|-|-|-|0\n3|20|20|7|15|0\n4|20|20|5|-|0\n5|20|20|-|-|-\n"),
		"what waits goes on; what was sent once more knows what it was before; a "
		"mail that is handed over is not kept");
	(void)close(dir);
	clear(folder);
}

int main(void)
{
	for (int step = 1; step < (int)schema_n_steps; step++)
		from_step(step);
	mails_of_12();
	return tap_end();
}
