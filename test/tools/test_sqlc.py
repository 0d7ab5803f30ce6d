#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# test_sqlc.py - sqlc.py makes C that runs, and refuses what is planted here.
import unittest

import kit

SCHEMA = """\
-- A schema to test with.
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE finding (
  id INTEGER PRIMARY KEY,
  team INTEGER NOT NULL REFERENCES team(id) DEFERRABLE INITIALLY DEFERRED,
  key BLOB NOT NULL UNIQUE, title TEXT NOT NULL, note TEXT, day INTEGER, score REAL) STRICT;
CREATE INDEX finding_team ON finding(team, id);
"""
GOOD = """\
-- SPDX-License-Identifier: Apache-2.0

-- Opens a finding.
--: finding_add(team int, key blob, title text, note text?, day int?,
--:     score real?) -> one(id int)
INSERT INTO finding (team, key, title, note, day, score)
VALUES (:team, :key, :title, :note, :day, :score) RETURNING id;

-- One finding; 'a "quote" and :nothing ?? here'.
--: finding_by_key(key blob) -> one(id int, title text, note text?, day int?, score real?, k blob)
SELECT id, title, note, day, score, key AS k FROM finding f -- a remark ; :no
 WHERE key = :key AND ':title ? $1 "x"' <> title;

-- All of a team.
--: finding_list(team int, n int) -> many(id int, title text)
SELECT id, title FROM finding WHERE team = :team ORDER BY id LIMIT :n;

--: finding_each(team int) -> each(id int, note text?)
SELECT id, note FROM finding WHERE team = :team ORDER BY id;

--: finding_rename(id int, title text) -> exec
UPDATE finding SET title = :title WHERE id = :id;

--: finding_count() -> one(n int)
--! scan ok: a figure for the overview, once a day
SELECT COUNT(note) AS n FROM finding;

--: team_add(name text) -> exec
INSERT INTO team (name) VALUES (:name) ON CONFLICT (name) DO NOTHING;

--: team_wipe() -> exec
--! scan ok: empties the table
DELETE FROM finding;

--: two_bodies(a int) -> one(v int)
--@sqlite
SELECT MAX(:a, 5) AS v;
--@pg
SELECT GREATEST(:a, 5)::bigint AS v;

--: walk(n int) -> many(i int)
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT c.i + 1 FROM c WHERE c.i < :n)
SELECT x.i FROM c AS x;
"""
MAIN = r"""
#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include "sql_good.h"
#include "sql_all.h"

static int print(void *ctx, const struct sql_finding_each_row *row)
{
	int *left = ctx;
	printf("%d:%.*s ", (int)row->id, row->note.p ? (int)row->note.n : 4,
		row->note.p ? row->note.p : "null");
	return --*left ? 0 : E_STOP;
}

int main(void)
{
	sqlite3 *h;
	if (sqlite3_open("x.db", &h))
		return 1;
	sqlite3_exec(h, "PRAGMA foreign_keys=ON", NULL, NULL, NULL);
	struct db *db = (struct db *)(void *)h;
	struct arena *a = NULL;
	assert(sql_n_all == 10 && sql_all[4]->slot == 4);
	struct sql_team_add_in t = { .name = str_c("A") };
	assert(sql_team_add(db, &t) == 0 && sql_team_add(db, &t) == 0);
	struct sql_finding_add_row added;
	for (int i = 0; i < 100; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", i);
		struct sql_finding_add_in in = { .team = 1, .key = str_c(key),
			.title = str_c("open"), .score = { i > 0, i / 2.0 } };
		if (i == 2)
			in.note = str_c("");
		if (i == 3)
			in.note = (struct str){ "a\0b", 3 }, in.day = (struct opt_int){ true, -7 };
		assert(sql_finding_add(db, &in, &added) == 0 && added.id == i + 1);
	}
	struct sql_finding_by_key_in by = { .key = str_c("k3") };
	struct sql_finding_by_key_row f;
	assert(sql_finding_by_key(db, a, &by, &f) == 0 && f.id == 4 && f.note.n == 3);
	assert(f.day.has && f.day.v == -7 && f.score.has && f.score.v > 1.4);
	assert(f.k.n == 2 && f.k.p[1] == '3');
	by.key = str_c("k0");
	assert(sql_finding_by_key(db, a, &by, &f) == 0 && !f.note.p && !f.day.has && !f.score.has);
	by.key = str_c("k2");
	assert(sql_finding_by_key(db, a, &by, &f) == 0 && f.note.p && f.note.n == 0);
	by.key = str_c("none");
	assert(sql_finding_by_key(db, a, &by, &f) == E_NOT_FOUND && f.id == 3);
	struct sql_finding_list_in l = { 1, 70 };
	struct sql_finding_list_rows rows;
	assert(sql_finding_list(db, a, &l, &rows) == 0 && rows.n == 70 && rows.v[69].id == 70);
	l.team = 9;
	assert(sql_finding_list(db, a, &l, &rows) == 0 && rows.n == 0);
	struct sql_finding_each_in e = { 1 };
	int left = 3;
	assert(sql_finding_each_each(db, &e, print, &left) == E_STOP);
	struct sql_finding_rename_in rn = { 1, str_c("closed") };
	assert(sql_finding_rename(db, &rn) == 0);
	struct sql_finding_count_row c;
	assert(sql_finding_count(db, &c) == 0 && c.n == 2);
	struct sql_two_bodies_in tb = { 3 };
	struct sql_two_bodies_row v;
	assert(sql_two_bodies(db, &tb, &v) == 0 && v.v == 5);
	struct sql_walk_in w = { 40 };
	struct sql_walk_rows steps;
	assert(sql_walk(db, a, &w, &steps) == 0 && steps.n == 40 && steps.v[39].i == 40);
	/* The deferred key is only checked when the statement ends: the row alone is no success. */
	struct sql_finding_add_in bad = { .team = 77, .key = str_c("z"), .title = str_c("z") };
	added.id = -1;
	assert(sql_finding_add(db, &bad, &added) == E_DB && added.id == -1);
	assert(sql_team_wipe(db) == 0);
	puts("ok");
	return 0;
}
"""


class Sqlc(kit.ToolTest):
    def compile(self, sql, schema=SCHEMA, why=None, name="good.sql"):
        self.put("schema/0001_begin.sql", schema)
        self.put(name, sql)
        args = ("sqlc.py", "--schema", "schema", "--out", "out", name)
        return self.refuse(why, *args) if why else self.accept(*args)

    def test_runs(self):
        self.compile(GOOD)
        self.put("main.c", MAIN)
        kit.subprocess.run(["/usr/bin/python3", "-c", "import sqlite3,sys;"
                            "sqlite3.connect('x.db').executescript(sys.argv[1])", SCHEMA],
                           cwd=self.dir, check=True)
        self.cc("-Iout", "-I" + kit.STUB, "main.c", "out/sql_good.c", "out/sql_all.c",
                kit.STUB + "/db/stmt.c", "-lsqlite3", "-o", "t")
        self.assertEqual(self.run_program("./t"), "1:null 2:null 3: ok\n")

    def test_result_must_be_used(self):
        self.compile(GOOD)
        self.put("m.c", '#include "sql_good.h"\nvoid f(struct db *d);\n'
                        "void f(struct db *d) { sql_team_wipe(d); }\n")
        self.cc("-Iout", "-I" + kit.STUB, "-c", "m.c", why="unused-result")

    def test_unchanged_output_is_left_alone(self):
        self.compile(GOOD)
        path = self.dir + "/out/sql_good.h"
        kit.os.utime(path, (1, 1))
        self.compile(GOOD)
        self.assertEqual(kit.os.stat(path).st_mtime, 1)
        self.compile(GOOD.replace("All of a team", "All of one team"))
        self.assertNotEqual(kit.os.stat(path).st_mtime, 1)

    def test_statement_comment(self):
        self.compile(GOOD)
        h = self.get("out/sql_good.h")
        self.assertIn("/* All of a team.\n * Rows live in the arena. */\nMUST int sql_finding_list(", h)
        self.assertNotIn("SPDX-License-Identifier: Apache-2.0\n * Opens", h)

    def test_slots_run_over_files(self):
        self.put("b.sql", "--: b_one() -> one(v int)\nSELECT 1 AS v;\n")
        self.put("schema/0001_begin.sql", SCHEMA)
        self.put("a.sql", "--: a_one() -> one(v int)\nSELECT 1 AS v;\n")
        self.accept("sqlc.py", "--schema", "schema", "--out", "out", "b.sql", "a.sql")
        self.assertIn(".slot = 1,", self.get("out/sql_a.c"))
        self.assertIn("&sql_def_b_one,\n\t&sql_def_a_one,", self.get("out/sql_all.c"))

    def test_refusals(self):
        """(statement, what the tool must say)"""
        one = "--: f(id int) -> one(title text)\n"
        for sql, why in [
            (one + "SELECT titel FROM finding\n WHERE id = :id;", "bad.sql:2: f: no such column"),
            (one + "SELECT title\n FROM findings WHERE id = :id;", "bad.sql:3: f: no such table"),
            (one + "SELECT title FROM finding WHERE WHERE id = :id;", "syntax error"),
            (one + "SELECT note FROM finding WHERE id = :id;", "declared columns (title)"),
            (one + "SELECT title, id FROM finding WHERE id = :id;", "declared columns"),
            (one + "SELECT upper(title) FROM finding WHERE id = :id;", "name them with AS"),
            ("--: f() -> many(note text, title text)\nSELECT title, note FROM finding;",
             "declared columns (note, title)"),
            ("--: f(id int) -> one(title int)\nSELECT title FROM finding WHERE id = :id;",
             "the schema says TEXT"),
            (one + "SELECT title FROM finding WHERE id = :idd;", ":idd is used but not declared"),
            (one + "SELECT title FROM finding WHERE id = 1;", "'id' is declared but not used"),
            (one + "SELECT title FROM finding WHERE id = ?1;", "written :name"),
            (one + "SELECT title FROM finding WHERE id = $1;", "written :name"),
            (one + "SELECT title FROM finding WHERE id = @id;", "written :name"),
            (one + 'SELECT title FROM finding WHERE id = :id AND note <> "oops";', "quoted name"),
            (one + "SELECT `title` FROM finding WHERE id = :id;", "quoted name"),
            ("--: f(note text) -> one(title text)\nSELECT title FROM finding WHERE note = :note;",
             "bad.sql:1: f: reads a whole table (SCAN finding)"),
            ("--: f(note text) -> one(title text)\n"
             "SELECT title FROM finding AS q WHERE note = :note;", "(SCAN q)"),
            ("--: f() -> many(a int)\nWITH c AS (SELECT day FROM finding) SELECT day AS a FROM c;",
             "reads a whole table"),
            ("--: f() -> many(a int)\n"
             "SELECT f.id AS a FROM team t LEFT JOIN finding f ON f.day = t.id WHERE t.id < 9;",
             "AUTOMATIC"),
            ("--: f(id int) -> exec\nDELETE FROM p WHERE id = :id;", "SCAN k"),
            (one + "--! scan ok:\nSELECT title FROM finding WHERE id = :id;", "needs a reason"),
            (one + "--! scan ok: small\nSELECT title FROM finding WHERE id = :id;",
             "bad.sql:2: 'scan ok' is not needed"),
            ("--! scan ok: x\n" + one + "SELECT title FROM finding WHERE id = :id;",
             "bad.sql:1: 'scan ok' is not needed"),
            ("--! scan ok: x\n--! scan ok: y\n" + one + "SELECT 1 AS title;", "twice"),
            (one + "SELECT title FROM finding WHERE id = :id;\n--! scan ok: x\n",
             "bad.sql:3: a mark without a header"),
            (one + "--! scam ok: x\nSELECT title FROM finding WHERE id = :id;", "only mark"),
            ("--: f() -> many(id int)\nUPDATE finding SET note = 'x' WHERE id = 1;",
             "a write needs RETURNING"),
            ("--: f() -> each(id int)\nDELETE FROM finding WHERE id = 1;",
             "a write needs RETURNING"),
            ("--: f() -> exec\nSELECT 1 AS x;", "returns rows"),
            ("--: f() -> exec\nDELETE FROM finding WHERE id = 1 RETURNING id;", "returns rows"),
            ("--: f() -> exec\nDELETE FROM finding WHERE id = 1; DELETE FROM team;",
             "more than one statement"),
            ("--: f() -> exec\nDELETE FROM finding WHERE id = 1;\n\nSELECT 1;",
             "bad.sql:4: more than one statement"),
            ("--: f() -> exec\nDELETE FROM finding WHERE id = 1", "no ; at the end"),
            ("--: f() -> exec\n", "no SQL under this header"),
            ("--: f() -> exec\nDELETE FROM finding WHERE title = 'x;\n", "does not end"),
            ("SELECT 1;\n", "before the first header"),
            ("--: f() -> exec\nDELETE FROM finding WHERE id = 1;\n"
             "--: f() -> exec\nDELETE FROM finding WHERE id = 2;", "second statement named 'f'"),
            ("--: f() -> exec\nDROP TABLE team;", "may not begin with DROP"),
            ("--: f() -> exec\nBEGIN;", "may not begin with BEGIN"),
            ("--: f() -> exec\nPRAGMA foreign_keys = OFF;", "may not begin with PRAGMA"),
            ("--: f() -> exec\nATTACH 'x' AS y;", "may not begin with ATTACH"),
            ("--: f(-> exec\nDELETE FROM team;", "header is not"),
            ("--: F() -> exec\nDELETE FROM team WHERE id = 1;", "lower-case C name"),
            ("--: f() -> few(id int)\nSELECT 1 AS id;", "unknown shape"),
            ("--: f() -> one\nSELECT 1 AS id;", "needs its columns"),
            ("--: f() -> one()\nSELECT 1 AS id;", "needs its columns"),
            ("--: f(a number) -> one(id int)\nSELECT :a AS id;", "unknown type"),
            ("--: f(case int) -> one(id int)\nSELECT :case AS id;", "cannot be the name"),
            ("--: f(a int, a int) -> one(id int)\nSELECT :a AS id;", "'a' twice"),
            ("--: f() -> one(a int)\n--@mysql\nSELECT 1 AS a;", "unknown engine"),
            ("--: f() -> one(a int)\n--@pg\nSELECT 1 AS a;", "--@pg without --@sqlite"),
            ("--: f() -> one(a int)\nSELECT 1 AS a;\n--@pg\nSELECT 1 AS a;", "second body"),
            ("--: f(b int) -> one(a int)\n--@sqlite\nSELECT :b AS a;\n--@pg\nSELECT 1 AS a;",
             "declared but not used"),
        ]:
            schema = SCHEMA + ("CREATE TABLE p (id INTEGER PRIMARY KEY) STRICT;\nCREATE TABLE k "
                               "(p INTEGER REFERENCES p(id)) STRICT;\n")
            with self.subTest(sql=sql):
                self.compile(sql, schema, why=why, name="bad.sql")
                self.assertFalse(kit.os.path.exists(self.dir + "/out/sql_all.c"))

    def test_sqlite_only(self):
        for sql, why in [
            ("INSERT OR REPLACE INTO team (id, name) VALUES (1, 'a')", "ON CONFLICT"),
            ("INSERT OR IGNORE INTO team (id, name) VALUES (1, 'a')", "ON CONFLICT"),
            ("REPLACE INTO team (id, name) VALUES (1, 'a')", "ON CONFLICT"),
            ("UPDATE team SET name = IFNULL(name, 'x') WHERE id = 1", "COALESCE"),
            ("UPDATE team SET name = 'x' WHERE rowid = 1", "key column"),
            ("DELETE FROM team WHERE id = 1 AND name GLOB 'a*'", "LIKE"),
            ("UPDATE team SET name = datetime('now') WHERE id = 1", "integers"),
            ("UPDATE team SET name = strftime('%s') WHERE id = 1", "integers"),
            ("UPDATE team SET name = julianday('now') WHERE id = 1", "integers"),
            ("DELETE FROM team WHERE id == 1", "'=='"),
            ("DELETE FROM team INDEXED BY sqlite_autoindex_team_1 WHERE name = 'x'", "INDEXED"),
            ("UPDATE team SET name = printf('%d', 1) WHERE id = 1", "in C"),
            ("DELETE FROM team WHERE id = (SELECT total(id) FROM finding WHERE id = 1)", "SUM"),
            ("UPDATE team SET name = (SELECT group_concat(title) FROM finding WHERE id = 1) "
             "WHERE id = 1", "in C"),
            ("UPDATE finding SET day = max(day, 4) WHERE id = 1", "CASE WHEN"),
            ("DELETE FROM finding WHERE id = 1 AND day IS 4", "IS [NOT] DISTINCT FROM"),
            ("DELETE FROM finding WHERE id = 1 AND day IS NOT 4", "IS [NOT] DISTINCT FROM"),
        ]:
            with self.subTest(sql=sql):
                self.compile(f"--: f() -> exec\n{sql};", why=why, name="bad.sql")
                self.compile(f"--: f() -> exec\n--@sqlite\n{sql};\n--@pg\nDELETE FROM x;")

    def test_portable(self):
        for sql in [
            "SELECT 'a' || 'b' AS v",
            "SELECT title AS v FROM finding WHERE id = 1 AND day IS NULL",
            "SELECT title AS v FROM finding WHERE id = 1 AND day IS NOT NULL",
            "SELECT title AS v FROM finding WHERE id = 1 AND day IS NOT DISTINCT FROM 4",
            "SELECT replace(title, 'a', 'b') AS v FROM finding WHERE id = 1",
            "SELECT max(title) AS v FROM finding WHERE team = 1",
            "SELECT value AS v FROM json_each('[1]')",
            "SELECT v FROM (SELECT name AS v FROM team WHERE id < 9 GROUP BY name) AS q",
            "SELECT title AS v FROM finding WHERE team = 1 AND note LIKE '%GLOB ifnull(?)%'",
        ]:
            with self.subTest(sql=sql):
                self.compile(f"--: f() -> one(v text)\n{sql};")

    def test_mark_above_the_header(self):
        self.compile("-- All.\n--! scan ok: few\n--: f() -> many(id int)\nSELECT id FROM team "
                     "ORDER BY id;\n-- Second.\n--! scan ok: few\n--: g() -> exec\n"
                     "DELETE FROM finding;\n")
        self.assertIn("/* Second. */\nMUST int sql_g", self.get("out/sql_good.h"))

    def test_insert_into_a_parent_scans_nothing(self):
        q = "--: f(id int, name text) -> one(id int)\n"
        self.compile(q + "INSERT INTO team (id, name) VALUES (:id, :name) RETURNING id;",
                     SCHEMA.replace("CREATE INDEX finding_team ON finding(team, id);", ""))
        self.compile(q + "INSERT INTO team (id, name) SELECT :id, title FROM finding "
                     "WHERE note = :name RETURNING id;", why="SCAN finding")

    def test_reading_in_order_up_to_a_limit(self):
        q = "--: f() -> one(id int)\nSELECT id FROM finding ORDER BY "
        self.compile(q + "id DESC LIMIT 1;")
        self.compile(q + "title LIMIT 1;", why="SCAN finding")
        self.compile(q.replace("ORDER", "WHERE note = 'x' ORDER") + "id LIMIT 1;",
                     why="SCAN finding")

    def test_schema_faults(self):
        q = "--: f() -> one(v int)\nSELECT 1 AS v;\n"
        self.compile(q, SCHEMA + "\nCREATE TABLE team (id INTEGER);\n", why="0001_begin.sql:9:")
        self.compile(q, SCHEMA + "CREATE TABLE x (id INTEGER)\n", why="without ;")
        self.compile(q, 'CREATE TABLE x (a TEXT CHECK (a <> "b")) STRICT;', why="no such column")
        self.put("schema/0003_late.sql", "")
        self.compile(q, why="expected 0002")


if __name__ == "__main__":
    unittest.main()
