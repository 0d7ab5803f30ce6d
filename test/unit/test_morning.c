/* SPDX-License-Identifier: Apache-2.0
 * test_morning.c - reports that did not come, judged by their history; what waits for a
 * person. Depends on: core, SQLite (rows are put in). */
#include "core/morning.h"
#include "core/outbox.h"
#include "core/task.h"
#include "fold_kit.h"

#include <inttypes.h>
#include <sqlite3.h>

/* Days 100 to 127 of which a letter is not '.', and today. */
static void test_judge(void)
{
	static const struct {
		const char *days;
		int32_t today;
		enum overdue_state want;
		int32_t usual;
		const char *what;
	} t[] = {
#define DAILY "xxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		{ DAILY, 128, OVERDUE_FINE, 1, "a daily one, yesterday's is there" },
		{ DAILY, 129, OVERDUE_LATE, 1, "a daily one, yesterday's is missing" },
		{ DAILY, 135, OVERDUE_LATE, 1, "for seven days" },
		{ DAILY, 136, OVERDUE_SILENCE, 1, "a day more: it fell silent" },
		{ DAILY, 187, OVERDUE_SILENCE, 1, "for long" },
		{ DAILY, 188, OVERDUE_GONE, 1, "nobody waits for it any more" },
		{ DAILY, 120, OVERDUE_FINE, 1, "of days to come" },
		{ "......x......x......x......x", 134, OVERDUE_FINE, 7, "a weekly one" },
		{ "......x......x......x......x", 135, OVERDUE_LATE, 7,
			"after a week and a day" },
		{ "......x......x......x......x", 142, OVERDUE_SILENCE, 7,
			"after two weeks" },
		{ ".........................xxx", 140, OVERDUE_UNKNOWN, 0,
			"too young to be judged" },
		{ "xxxxxxxxxxxxxxxx.....xxxxxxx", 129, OVERDUE_LATE, 1,
			"one outage makes no daily report a rare one" },
		{ "x....xx...x........x..x....x", 137, OVERDUE_LATE, 9,
			"one that comes when it likes is given its time" },
		{ "x....xx...x........x..x....x", 136, OVERDUE_FINE, 9, "up to then" },
	};
	for (size_t i = 0; i < N(t); i++) {
		int32_t usual = -1, days[28];
		size_t n = 0;
		for (int32_t d = 0; d < 28; d++)
			if (t[i].days[d] != '.')
				days[n++] = 100 + d;
		enum overdue_state s = overdue_judge(days, n, t[i].today, &usual);
		ok(s == t[i].want && usual == t[i].usual, "%s", t[i].what);
	}
}

/* Daily reports of a type on days DAY0 + from ... DAY0 + to. */
static void arrive(struct kit *k, const char *name, int32_t from, int32_t to)
{
	int64_t type = kit_type(k, name, 7);
	bool is_new, late;
	for (int32_t d = from; d <= to; d++)
		kit_must(k,
			arrivals_add(&k->x, fold_arrivals(k->fold), type, DAY0 + d,
				&is_new, &late),
			"report");
}

static void test_reports(void)
{
	struct kit k;
	struct overdue o;
	struct tx t;
	kit_new(&k);
	k.x.now = day_start(DAY0 + 40) + 6 * 3600;
	kit_must(&k, overdue_read(&k.x, &o), "read");
	ok(o.n == 0 && o.latest == INT32_MIN, "nothing ever came: nothing is missed");
	kit_must(&k, tx_begin(&t, k.x.db, TX_WRITE), "begin");
	arrive(&k, "well", 0, 39);
	arrive(&k, "late", 0, 37);
	arrive(&k, "anothersilent", 0, 20);
	arrive(&k, "silent", 0, 20);
	arrive(&k, "young", 30, 31);
	kit_must(&k, tx_end(&t, 0), "commit");
	kit_must(&k, overdue_read(&k.x, &o), "read");
	ok(o.n == 3 && o.silent == 2 && o.fine == 1 && o.latest == DAY0 + 39,
		"two fell silent, one is late, one came");
	ok(str_eq(o.v[0].name, S("anothersilent")) && str_eq(o.v[2].name, S("late")) &&
			o.v[2].last == DAY0 + 37,
		"the silent ones first");
	ok(!o.none, "one comes");
	k.x.now = day_start(DAY0 + 41) + 6 * 3600;
	kit_must(&k, overdue_read(&k.x, &o), "read");
	ok(o.fine == 0 && o.none && o.latest == DAY0 + 39, "none comes any more");
	k.x.now = day_start(DAY0 + 400);
	kit_must(&k, overdue_read(&k.x, &o), "read");
	ok(o.n == 0 && o.none, "also when all were given up");
	kit_free(&k);
}

static void exec(sqlite3 *db, bool *good, const char *sql)
{
	*good = *good && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	if (!*good)
		printf("# %s\n# %s\n", sql, sqlite3_errmsg(db));
}

static bool put_notices(sqlite3 *db)
{
	char sql[500];
	bool good = true;
	exec(db, &good, "INSERT INTO organisation VALUES (77, 'Bank', '', '', 'en', 1)");
	exec(db, &good, "INSERT INTO notice_run VALUES (1, 5, 6, 9, 0, 'first-runs', 1)");
	exec(db, &good, "INSERT INTO notice_run VALUES (2, 7, 8, 3, 0, '', 1)");
	/* Run 1: two held; run 2: a draft, one held by hand; then one of states 2 to 9.
	 */
	for (int i = 0; i < 12; i++) {
		int state = i < 2 ? 1 : i == 2 ? 0 : i == 3 ? 1 : i - 2;
		(void)snprintf(sql, sizeof(sql),
			"INSERT INTO notice VALUES (NULL, %d, 77, NULL, NULL, '', "
			"'en', 1, %d, '%s', %" PRId64
			", x'%02d', '', 1, 0, 1, 0, 0, '', '', 1)",
			i < 2 ? 1 : 2, state,
			i < 2		 ? "first-runs"
				: i == 3 ? "ask <them>"
					 : "",
			day_start(DAY0 + (i == 9 || i == 11 ? 1 : 39)), i);
		exec(db, &good, sql);
	}
	exec(db, &good,
		"INSERT INTO outbox SELECT id, hex(content), '', '', 0, at, at, at, 3, "
		"0, 0, '451 later', NULL, NULL, NULL, '', at, at, NULL, NULL, '' "
		"FROM notice WHERE state = 3");
	/* The end of two came on the last day, whenever they were drafted. */
	exec(db, &good,
		"INSERT INTO outbox SELECT id, hex(content), '', '', 0, at, at, NULL, 1, "
		"0, 0, '', at, at, CASE state WHEN 9 THEN 5 ELSE (SELECT max(at) FROM "
		"notice) END, 'no', at, at, NULL, NULL, '' FROM notice WHERE state > 6");
	exec(db, &good, "UPDATE notice SET state = 7 WHERE state = 9");
	exec(db, &good,
		"INSERT INTO file VALUES (9, x'09', 'bad.csv', '', 1, NULL, 1, 1, 2, 0, "
		"0, 0, 0, 0, 0, 0, 0, NULL, 'no header')");
	return good;
}

static void put_findings(struct kit *k)
{
	struct event e[3];
	struct tx t;
	kit_must(k, tx_begin(&t, k->x.db, TX_WRITE), "begin");
	int64_t type = kit_type(k, "kind", 7);
	for (int day = 38; day <= 39; day++) {
		struct file_row f = kit_file(
			k, day == 38 ? "a" : "b", type, SOME(DAY0 + day));
		for (uint32_t i = 0; i < N(e); i++) {
			e[i] = kit_event(k, i + 1,
				i == 0		 ? "192.0.2.1"
					: i == 1 ? "192.0.2.2"
						 : "192.0.2.3",
				DAY0 + day, 5);
			e[i].severity = i < 2 ? SEV_CRITICAL : SEV_HIGH;
		}
		/* The first address on both days, the others on the second alone. */
		kit_fold(k, &f, e, day == 38 ? 1 : 3, 3);
	}
	kit_must(k, tx_end(&t, 0), "commit");
}

static void check_cases(const struct morning *m)
{
	ok(m->since == DAY0 + 39 && m->critical == 1 && m->n_worst == 1,
		"one critical is new since yesterday; one is older, one not critical");
	ok(m->drafts == 1 && m->held == 3 && m->n_runs == 2, "four wait, of two runs");
	ok(m->runs[0].held == 2 && str_eq(m->runs[0].held_why, S("first-runs")),
		"the older one was held as a whole");
	ok(m->runs[1].drafts == 1 && m->runs[1].held == 1 && m->n_helds == 1 &&
			str_eq(m->helds[0].why, S("ask <them>")),
		"of the other a person holds one back");
}

static void check_way_out(const struct morning *m)
{
	ok(!m->sending && m->approved == 1 && m->waiting == 1 && m->uncertain == 1,
		"the way out: dry run");
	ok(m->retrying == 1 && m->stuck == 0 && str_eq(m->reply, S("451 later")),
		"one was not taken yet");
	ok(m->bounced == 1 && m->refused == 1, "one came back, one was refused");
	ok(m->open_tasks == 2 && m->n_tasks == 1 && m->tasks[0].n == 2,
		"two tasks of a kind");
	ok(m->failed == 1 && m->n_files == 1 && str_eq(m->files[0].why, S("no header")),
		"a file could not be read");
	ok(!m->backup.has && !m->proven.has, "no backup");
}

/* A cap holds it back, or nobody sends. */
static void check_stuck(struct kit *k, sqlite3 *db)
{
	struct morning m;
	bool good = true;
	exec(db, &good, "UPDATE outbox SET tries = 0 WHERE next_at IS NOT NULL");
	kit_must(k, morning_read(&k->x, true, &m), "read");
	ok(good && m.stuck == 1 && m.retrying == 0,
		"one was to go more than a day ago, and was not tried");
	k->x.now -= 7 * 3600;
	kit_must(k, morning_read(&k->x, true, &m), "read");
	ok(m.stuck == 0, "up to a day nobody is told");
	k->x.now += 7 * 3600;
}

static void test_read(void)
{
	struct kit k;
	struct morning m;
	struct tx t;
	char file[96];
	sqlite3 *db = NULL;
	kit_new(&k);
	put_findings(&k);
	(void)snprintf(file, sizeof(file), "%s/tocsin.db", k.path);
	bool good = sqlite3_open(file, &db) == SQLITE_OK && put_notices(db);
	ok(good, "rows are put in");
	k.x.now = day_start(DAY0 + 40) + 6 * 3600;
	kit_must(&k, tx_begin(&t, k.x.db, TX_WRITE), "begin");
	struct task_new task = { .kind = TASK_HELP, .subject = S("notice 1") };
	kit_must(&k, task_add(&k.x, &task), "task");
	task.subject = S("notice 2");
	kit_must(&k, task_add(&k.x, &task), "task");
	kit_must(&k, tx_end(&t, 0), "commit");

	kit_must(&k, morning_read(&k.x, true, &m), "read");
	check_cases(&m);
	check_way_out(&m);
	kit_must(&k, morning_read(&k.x, false, &m), "read");
	ok(m.critical == 0 && m.n_worst == 0 && m.held == 0 && m.n_helds == 0 &&
			m.open_tasks == 0 && m.failed == 1,
		"who may not see cases sees none");
	check_stuck(&k, db);
	(void)sqlite3_close(db);
	k.x.now += 2 * 86400;
	kit_must(&k, morning_read(&k.x, true, &m), "read");
	ok(m.since == DAY0 + 39 && m.critical == 1,
		"while no report comes it is the last day that did");
	kit_free(&k);
}

int main(void)
{
	test_judge();
	test_reports();
	test_read();
	return tap_end();
}
