/* SPDX-License-Identifier: Apache-2.0
 * test_backup.c - a backup's tar and its list: what is written is read, and nothing else;
 * the copy of the database is known again, and a changed one is not. Depends on: fmt,
 * core, db. */
#include "backup_echo.h"
#include "core/audit.h"
#include "core/backup.h"
#include "db/engine.h"
#include "core_kit.h"

#include <sys/stat.h>

#define TIME 1780000000

static void put(struct buf *b, const char *name, struct str bytes)
{
	static const char zeros[TAR_BLOCK];
	char h[TAR_BLOCK];
	bool held = tar_header(str_c(name), (int64_t)bytes.n, TIME, h) == 0 &&
		buf_add(b, (struct str){ h, sizeof(h) }) == 0 && buf_add(b, bytes) == 0 &&
		buf_add(b, (struct str){ zeros, tar_padding((int64_t)bytes.n) }) == 0;
	if (!held)
		ok(false, "cannot put %s", name);
}

static struct str small_tar(struct arena *a)
{
	static const char zeros[2 * TAR_BLOCK];
	struct buf b = buf_in(a, KIB(64));
	put(&b, "tocsin.conf", S("x = 1\n"));
	put(&b, "originals/ab/empty.zst", S(""));
	put(&b, "full", (struct str){ zeros, TAR_BLOCK });
	(void)!buf_add(&b, (struct str){ zeros, sizeof(zeros) });
	return buf_str(&b);
}

static void test_names(void)
{
	static const struct {
		const char *name;
		bool good;
	} t[] = { { "a", true }, { "tocsin.db.zst", true },
		{ "originals/ab/c.zst", true }, { "", false }, { "/a", false },
		{ "a/", false }, { "a//b", false }, { "..", false }, { "a/..", false },
		{ "a/../b", false }, { ".a", false }, { "a/.b", false }, { "a b", false },
		{ "a\\b", false }, { "a\xc3\xa9", false } };
	for (size_t i = 0; i < N(t); i++)
		ok(tar_name_ok(str_c(t[i].name)) == t[i].good, "name '%s': %s", t[i].name,
			t[i].good ? "taken" : "refused");
	char h[TAR_BLOCK];
	ok(tar_header(S("a"), -1, TIME, h) < 0 && tar_header(S("a"), 1, -1, h) < 0 &&
			tar_header(S("a"), TAR_SIZE_MAX + 1, TIME, h) < 0,
		"numbers that cannot be are refused");
}

static int count_size(void *ctx, struct str name, int64_t size, struct why *why)
{
	(void)name;
	(void)why;
	*(int64_t *)ctx = size;
	return 0;
}

static void test_large(void)
{
	static const int64_t sizes[] = { 1, ((int64_t)1 << 33) - 1, (int64_t)1 << 33,
		TAR_SIZE_MAX };
	for (size_t i = 0; i < N(sizes); i++) {
		char h[TAR_BLOCK];
		int64_t got = 0;
		const struct tar_sink sink = { &got, count_size, NULL, NULL };
		struct tar_reader t = tar_new(&sink);
		ok(tar_header(S("a"), sizes[i], TIME, h) == 0 &&
				tar_bytes(&t, (struct str){ h, sizeof(h) }, NULL) == 0 &&
				got == sizes[i],
			"a file of %lld bytes", (long long)sizes[i]);
	}
}

static void test_tar(struct arena *a)
{
	struct str in = small_tar(a);
	static const size_t pieces[] = { 1, 100, 512, 100000 };
	for (size_t i = 0; i < N(pieces); i++) {
		struct buf out = buf_in(a, KIB(64));
		ok(tar_echo(in, pieces[i], TIME, a, &out) == 0 &&
				str_eq(buf_str(&out), in),
			"read and written again, in pieces of %zu", pieces[i]);
	}
	char *bad = arena_alloc(a, in.n);
	bool found = true, cut = true;
	for (size_t i = 0; i < 8 * in.n; i++) {
		AUTO_ARENA own = arena_new(MIB(1), "flip");
		struct buf out = buf_in(&own, KIB(64));
		memcpy(bad, in.p, in.n);
		bad[i / 8] = (char)(bad[i / 8] ^ (1 << i % 8));
		struct str s = { bad, in.n };
		/* A bit of a file's content is for its digest to find, and it shows. */
		if (tar_echo(s, in.n, TIME, &own, &out) == 0 &&
			(!str_eq(buf_str(&out), s) && i / 8 % TAR_BLOCK < 136))
			found = false;
	}
	ok(found, "no bit of a header turns over unseen");
	for (size_t n = 0; n < in.n; n++) {
		AUTO_ARENA own = arena_new(MIB(1), "cut");
		struct buf out = buf_in(&own, KIB(64));
		if (tar_echo(str_to(in, n), in.n, TIME, &own, &out) == 0)
			cut = false;
	}
	ok(cut, "refused wherever it is cut");
	struct buf more = buf_in(a, KIB(64)), out = buf_in(a, KIB(64));
	ok(buf_add(&more, in) == 0 && buf_addc(&more, '\0') == 0 &&
			tar_echo(buf_str(&more), 512, TIME, a, &out) < 0,
		"refused with a byte more");
}

static struct str small_list(struct arena *a)
{
	struct buf b = buf_in(a, KIB(8));
	struct manifest_head h = { .program = "0.1.0",
		.made = TIME,
		.schema = 6,
		.db_bytes = 8192,
		.audit_rows = 3,
		.last_day = SOME(DAY0) };
	struct manifest_file f = { .bytes = 5, .name = S("tocsin.conf") };
	struct manifest_file g = { .bytes = 9, .beside = true, .name = S("originals/x") };
	bool held = manifest_head_write(&h, &b) == 0 &&
		manifest_count_write(S("finding"), 12, &b) == 0 &&
		manifest_count_write(S("notice"), 0, &b) == 0 &&
		manifest_file_write(&f, &b) == 0 && manifest_file_write(&g, &b) == 0;
	struct sha256 sha = sha256_of(buf_str(&b));
	ok(held && manifest_end_write(&sha, &b) == 0, "a list is written");
	return buf_str(&b);
}

static bool refused(struct arena *a, struct str s)
{
	struct buf out = buf_in(a, KIB(8));
	return manifest_echo(s, 11, a, &out) < 0;
}

/* One line changed, with a true end. */
static void other_line(struct arena *a, struct str list, const char *from, const char *to)
{
	struct buf b = buf_in(a, KIB(8));
	size_t at = str_search(list, str_c(from)), end = str_search(list, S("\nend "));
	struct str rest = str_from(str_to(list, end + 1), at + strlen(from));
	bool made = at < list.n && buf_add(&b, str_to(list, at)) == 0 &&
		buf_add(&b, str_c(to)) == 0 && buf_add(&b, rest) == 0;
	struct sha256 sha = sha256_of(buf_str(&b));
	ok(made && manifest_end_write(&sha, &b) == 0 && refused(a, buf_str(&b)),
		"refused: '%s' for '%s'", to, from);
}

static void test_list(struct arena *a)
{
	struct str in = small_list(a);
	struct buf out = buf_in(a, KIB(8));
	ok(manifest_echo(in, 3, a, &out) == 0 && str_eq(buf_str(&out), in),
		"a list is read and written again");
	bool cut = true, flip = true;
	for (size_t n = 0; n < in.n; n++)
		cut = refused(a, str_to(in, n)) && cut;
	ok(cut, "refused wherever it is cut");
	for (size_t i = 0; i < in.n; i++) {
		char *bad = arena_alloc(a, in.n);
		memcpy(bad, in.p, in.n);
		bad[i] = (char)(bad[i] ^ 1);
		flip = refused(a, (struct str){ bad, in.n }) && flip;
	}
	ok(flip, "refused wherever a bit is turned over");
	static const char *const t[][2] = { { "schema 6", "schema 06" },
		{ "schema 6", "schema 0" }, { "schema 6\n", "" },
		{ "backup 1", "backup 2" }, { "count finding 12", "count Finding 12" },
		{ "count finding 12", "count finding -1" },
		{ "5 tocsin.conf", "5 ../tocsin.conf" }, { "5 tocsin.conf", "5 /etc/x" },
		{ "5 tocsin.conf", "99999999999999999999 tocsin.conf" },
		{ "beside ", "file " }, { "program 0.1.0", "program 0.1.0 " },
		{ "last-day 2026-06-01", "last-day 2026-13-01" },
		{ "last-day 2026-06-01", "last-day 20260601" },
		{ "\nfile ", "\nsecret 1\nfile " }, { "T", " " } };
	for (size_t i = 0; i < N(t); i++)
		if (strcmp(t[i][0], "beside ") != 0) /* that one is a list as well */
			other_line(a, in, t[i][0], t[i][1]);
}

/* ---- the copy of the database ---- */

static int adopt(struct kit *k, int dir, struct why *why)
{
	AUTO_DB db = NULL;
	return db_open(dir, DB_ADOPT, k->x.now, why, &db);
}

static void hurt(struct kit *k, int dir, const char *sql)
{
	char path[100];
	struct why why = { 0 };
	sqlite3 *lite = NULL;
	(void)unlinkat(dir, "tocsin.db", 0);
	ok(db_backup(k->x.db, k->dir, "copy/tocsin.db", &why) == 0, "copied: %s",
		why.text);
	(void)snprintf(path, sizeof(path), "%s/copy/tocsin.db", k->path);
	bool done = sqlite3_open(path, &lite) == SQLITE_OK &&
		sqlite3_exec(lite, sql, NULL, NULL, NULL) == SQLITE_OK;
	(void)sqlite3_close(lite);
	ok(done && adopt(k, dir, &why) == E_DB, "refused: %s: %s", sql, why.text);
}

static int on_table(void *ctx, struct str table, int64_t n)
{
	if (str_eq(table, S("audit")))
		*(int64_t *)ctx = n;
	return 0;
}

static void test_copy(struct kit *k)
{
	struct why why = { 0 };
	int64_t rows = -1;
	AUTO_DB db = NULL;
	(void)mkdirat(k->dir, "copy", 0700);
	int dir = openat(k->dir, "copy", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(db_backup(k->x.db, k->dir, "copy/tocsin.db", &why) == 0 &&
			adopt(k, dir, &why) == 0,
		"a copy comes back: %s", why.text);
	ok(db_open(dir, DB_READ, 0, &why, &db) == 0 &&
			db_count_tables(db, on_table, &rows) == 0 && rows >= 0,
		"and is read: %s", why.text);
	db_close(&db);
	hurt(k, dir, "CREATE TRIGGER x AFTER INSERT ON audit BEGIN SELECT 1; END");
	hurt(k, dir, "CREATE TABLE x (a)");
	hurt(k, dir, "CREATE VIEW x AS SELECT 1");
	hurt(k, dir, "DROP TRIGGER audit_no_delete");
	hurt(k, dir, "DROP INDEX prefix_by_org");
	hurt(k, dir, "PRAGMA application_id = 1");
	hurt(k, dir, "PRAGMA user_version = 0");
	close(dir);
	(void)unlinkat(k->dir, "copy/tocsin.db", 0);
	(void)unlinkat(k->dir, "copy/tocsin.db-wal", 0);
	(void)unlinkat(k->dir, "copy/tocsin.db-shm", 0);
	(void)unlinkat(k->dir, "copy", AT_REMOVEDIR);
}

static void test_marks(struct kit *k)
{
	struct backup_mark m = { 17, S("a.tar"), sha256_of(S("list")) }, got;
	struct audit_head head;
	struct tx t;
	ok(backup_last(&k->x, BACKUP_MADE, &got) == E_NOT_FOUND, "none was made");
	kit_tx(k, &t);
	ok(backup_note(&k->x, BACKUP_MADE, &m) == 0 &&
			backup_note(&k->x, "lost", &m) == E_USAGE,
		"made is noted, another word is not");
	m.at = 18;
	ok(backup_note(&k->x, BACKUP_MADE, &m) == 0, "and once more");
	kit_end(k, &t);
	ok(backup_last(&k->x, BACKUP_MADE, &got) == 0 && got.at == 18 &&
			str_eq(got.name, m.name) &&
			memcmp(&got.manifest, &m.manifest, sizeof(m.manifest)) == 0,
		"the last one is known");
	ok(backup_last(&k->x, BACKUP_PROVEN, &got) == E_NOT_FOUND, "none was proven");
	ok(audit_verify(&k->x, &head) == 0 &&
			backup_is_ours(&k->x, head.rows, &head.hash) == 0,
		"the trail's own end is ours");
	ok(backup_is_ours(&k->x, head.rows - 1, &head.hash) == E_STATE &&
			backup_is_ours(&k->x, head.rows + 1, &head.hash) == E_STATE,
		"another is not");
}

int main(void)
{
	struct kit k;
	AUTO_ARENA a = arena_new(MIB(64), "test");
	test_names();
	test_large();
	test_tar(&a);
	test_list(&a);
	kit_new(&k);
	test_copy(&k);
	test_marks(&k);
	kit_free(&k);
	return tap_end();
}
