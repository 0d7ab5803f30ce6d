/* SPDX-License-Identifier: Apache-2.0
 * test_effect.c - the figures of core/effect.h, each by hand: shares, medians, working
 * days, what counts on which day, notices by state, open findings day by day.
 * Depends on: core, SQLite (notices are put in). */
#include "base/number.h"
#include "core/effect.h"
#include "core/outbox.h"
#include "core/workday.h"
#include "fold_kit.h"

#include <inttypes.h>
#include <sqlite3.h>

/* ---- numbers ---- */

static void test_shares(void)
{
	static const struct {
		int64_t part, of, want; /* -1: absent */
	} t[] = { { 0, 0, -1 }, { 0, 9, 0 }, { 9, 9, 100 }, { 1, 3, 33 }, { 2, 3, 67 },
		{ 1, 200, 1 }, { 1, 1000, 1 }, { 999, 1000, 99 }, { 199, 200, 99 } };
	for (size_t i = 0; i < N(t); i++) {
		struct opt_int s = effect_share(t[i].part, t[i].of);
		ok(s.has == (t[i].want >= 0) && (!s.has || s.v == t[i].want), "%d of %d",
			(int)t[i].part, (int)t[i].of);
	}
}

static void test_median(void)
{
	struct effect_figures f = { 0 };
	ok(!effect_median(&f).has, "nothing was fixed: no median");
	f.lengths[2] = 1;
	ok(effect_median(&f).v == 3, "one of three days");
	f.lengths[7] = 1;
	ok(effect_median(&f).v == 3, "half of them do not exceed it");
	f.lengths[7] = 2;
	ok(effect_median(&f).v == 10, "of 8 to 10 days: within 10");
	f.lengths[EFFECT_LENGTHS - 1] = 4;
	ok(effect_median(&f).v == INT32_MAX, "most took more than a year");
}

static void test_workdays(void)
{
	/* DAY0 is a Monday. */
	static const int32_t off[] = { DAY0 + 2, DAY0 + 5, DAY0 + 7 };
	const struct workdays w = { .days = 0x1f }, more = { 0x1f, off, N(off) },
			      south = { .days = 0x4f }; /* sun-thu */
	ok(workday_after(&w, DAY0, 5) == DAY0 + 7,
		"five working days after Monday: Monday");
	ok(workday_after(&w, DAY0 + 4, 1) == DAY0 + 7, "the one after Friday: Monday");
	ok(workday_after(&w, DAY0 + 5, 1) == DAY0 + 7 &&
			workday_after(&w, DAY0 + 6, 1) == DAY0 + 7,
		"after Saturday and Sunday too");
	ok(workday_after(&w, DAY0, 0) == DAY0, "none: the day itself");
	ok(workday_after(&more, DAY0, 5) == DAY0 + 9,
		"with two holidays, and one on a Saturday: Wednesday");
	ok(workday_after(&more, DAY0 + 7, 1) == DAY0 + 8,
		"a holiday is no beginning lost");
	ok(workday_after(&south, DAY0, 5) == DAY0 + 7 &&
			workday_after(&south, DAY0 + 3, 1) == DAY0 + 6,
		"where Friday and Saturday are free");
}

static void test_numbers(void)
{
	static const struct {
		enum lang lang;
		int64_t n;
		const char *want;
	} t[] = { { LANG_EN, 0, "0" }, { LANG_EN, 999, "999" },
		{ LANG_EN, 1000, "1,000" }, { LANG_EN, -1234567, "-1,234,567" },
		{ LANG_FR, 1234, "1\u202f234" }, { LANG_ES, 1234, "1234" },
		{ LANG_ES, 12345, "12.345" }, { LANG_RU, 1234567, "1\u00a0234\u00a0567" },
		{ LANG_AR, 1234, "1,234" }, { LANG_ZH, 100000, "100,000" },
		{ LANG_RU, INT64_MIN,
			"-9\u00a0223\u00a0372\u00a0036\u00a0854\u00a0775\u00a0808" } };
	char got[NUMBER_TEXT_MAX];
	for (size_t i = 0; i < N(t); i++)
		is(number_text(t[i].lang, t[i].n, got), t[i].want, t[i].want);
	is(percent_text(LANG_EN, 45, got), "45%", "per cent in English");
	is(percent_text(LANG_FR, 45, got), "45\u202f%", "and in French");
}

/* ---- findings ---- */

/* One finding of the made country: on which of the days it is seen. */
struct seen {
	const char *net, *days; /* a character per day: x */
	enum severity severity;
	const char *type;
};

/* Day by day, in one report. */
static void play(struct kit *k, const struct seen *seen, size_t n, int days)
{
	struct tx t;
	kit_tx(k, &t);
	int64_t type = kit_type(k, "scan_a", 2);
	for (int d = 0; d < days; d++) {
		char name[16];
		struct event events[16];
		size_t m = 0;
		(void)snprintf(name, sizeof(name), "a%d", d);
		struct file_row f = kit_file(k, name, type, SOME(DAY0 + d));
		for (size_t i = 0; i < n; i++) {
			if (seen[i].days[d] != 'x')
				continue;
			events[m] = kit_event(
				k, (uint32_t)m + 1, seen[i].net, DAY0 + d, (int)i);
			events[m].severity = seen[i].severity;
			events[m].type = str_c(seen[i].type);
			m++;
		}
		kit_fold(k, &f, events, m, 20);
	}
	kit_end(k, &t);
}

static void country(struct kit *k)
{
	struct reg_row rows[] = {
		kit_row(k, REG_NETWORK, "Zelvora", "192.0.2.0/24", 64496, NULL),
		kit_row(k, REG_HOLDER, "Bank", "192.0.2.128/29", 0, NULL),
		kit_row(k, REG_HOLDER, "Till", "192.0.2.136/29", 0, NULL),
	};
	kit_register(k, ORIGIN_TEAM, rows, N(rows));
}

static void row_text(const struct effect_row *r, char ret[300])
{
	const struct effect_figures *f = &r->f;
	struct opt_int m = effect_median(f);
	(void)snprintf(ret, 300,
		"%.*s: there %d open %d new %d back %d whose %d claimed %d claim "
		"%d silence %d "
		"other %d median %d critical %d/%d",
		STR(r->name), (int)effect_there(f), (int)f->open, (int)effect_new(f),
		(int)f->relapsed, (int)f->attributed, (int)f->claimed, (int)f->by_claim,
		(int)f->by_silence, (int)f->otherwise, m.has ? (int)m.v : -1,
		(int)f->in_time, (int)f->critical);
}

static void expect(struct kit *k, enum effect_by by, int since, const char *const *want,
	size_t n, const char *what)
{
	struct effect_table t;
	char got[300];
	kit_must(k, effect_read(&k->x, by, DAY0 + since, &t), "effect_read");
	ok(t.n == n, "%s: %zu rows of %zu", what, t.n, n);
	for (size_t i = 0; i < n && i < t.n; i++) {
		row_text(&t.v[i], got);
		is(got, want[i], what);
	}
}

static void test_findings(void)
{
	/* Silence is two reports. Day 0 is a Monday, so five working days after it is
	 * 7. */
	static const struct seen seen[] = {
		/* fixed on day 3, seen on two days; back on day 6, goes on */
		{ "192.0.2.1", "xx....xxxxxxxxxxxxxxxxxxxx", SEV_HIGH, "scanner" },
		/* critical, in time: last seen on day 7 */
		{ "192.0.2.129", "x......................xxx", SEV_CRITICAL,
			"c2-server" },
		/* critical, one day too late */
		{ "192.0.2.130", "xxxxxxxxx.................", SEV_CRITICAL,
			"c2-server" },
		/* critical and open, and of an owner nobody knows */
		{ "203.0.113.9", "xxxxxxxxxxxxxxxxxxxxxxxxxx", SEV_CRITICAL, "spam" },
	};
	static const char *const all[] = {
		": there 6 open 3 new 4 back 2 whose 3 claimed 0 "
		"claim 0 silence 3 other 0 median 2 critical 1/3"
	};
	static const char *const orgs[] = {
		": there 1 open 1 new 1 back 0 whose 0 claimed 0 claim 0 silence 0 "
		"other 0 "
		"median -1 critical 0/1",
		"Bank: there 3 open 1 new 2 back 1 whose 2 claimed 0 claim 0 "
		"silence 2 other 0 "
		"median 1 critical 1/2",
		"Zelvora: there 2 open 1 new 1 back 1 whose 1 claimed 0 claim 0 "
		"silence 1 "
		"other 0 median 2 critical 0/0",
	};
	static const char *const late[] = {
		": there 4 open 3 new 0 back 1 whose 0 claimed 0 "
		"claim 0 silence 1 other 0 median 10 critical 0/0"
	};
	static const char *const types[] = {
		"c2-server: there 3 open 1 new 2 back 1 whose 2 claimed 0 claim 0 "
		"silence 2 "
		"other 0 median 1 critical 1/2",
		"scanner: there 2 open 1 new 1 back 1 whose 1 claimed 0 claim 0 "
		"silence 1 other "
		"0 median 2 critical 0/0",
		"spam: there 1 open 1 new 1 back 0 whose 0 claimed 0 claim 0 "
		"silence 0 other 0 "
		"median -1 critical 0/1",
	};
	struct kit k;
	kit_new(&k);
	country(&k);
	play(&k, seen, N(seen), 26);
	k.x.now = day_start(DAY0 + 26);
	expect(&k, EFFECT_ALL, 0, all, 1, "all");
	expect(&k, EFFECT_ALL, 10, late, 1, "since day 10");
	expect(&k, EFFECT_TYPE, 0, types, 3, "by type");
	struct effect_table t;
	kit_must(&k, effect_read(&k.x, EFFECT_ORGANISATION, DAY0, &t), "read");
	ok(t.n == 3, "by organisation: three");
	struct effect_row sum = { .name = S(""), .f = effect_total(&t) };
	char total[300];
	row_text(&sum, total);
	is(total, all[0], "together they are all");
	char got[300];
	for (size_t i = 0; i < N(orgs); i++) {
		bool found = false;
		for (size_t j = 0; j < t.n; j++) {
			row_text(&t.v[j], got);
			found = found || strcmp(got, orgs[i]) == 0;
		}
		ok(found, "by organisation: %s", orgs[i]);
	}
	/* 14 days after day 0: the fifth working day and seven more are just over. */
	k.x.now = day_start(DAY0 + 13);
	kit_must(&k, effect_read(&k.x, EFFECT_ALL, DAY0, &t), "read");
	ok(t.v[0].f.critical == 0,
		"not yet known whether critical ones were fixed in time");
	k.x.now = day_start(DAY0 + 14);
	kit_must(&k, effect_read(&k.x, EFFECT_ALL, DAY0, &t), "read");
	ok(t.v[0].f.critical == 3, "now it is");
	kit_free(&k);
}

/* The calendar changes, and with it what was in time: as if it had been so always. */
static void test_calendar(void)
{
	static const struct seen seen[] = {
		/* last seen on days 7, 8 and 9: five working days are over with 7 */
		{ "192.0.2.129", "xxxxxxxx..................", SEV_CRITICAL,
			"c2-server" },
		{ "192.0.2.130", "xxxxxxxxx.................", SEV_CRITICAL,
			"c2-server" },
		{ "203.0.113.9", "xxxxxxxxxx................", SEV_CRITICAL, "spam" },
		{ "192.0.2.131", "xxxxxxxxx.................", SEV_HIGH, "c2-server" },
	};
	static const struct {
		const char *calendar;
		int day; /* is a holiday then, or, when it is known, none any more */
		uint8_t week;
		int64_t in_time;
		const char *what;
	} t[] = { { "", -1, 0x1f, 1, "Monday to Friday, as before anything was noted" },
		{ "", 3, 0, 2, "a holiday in the week: a day more" },
		{ "x", 4, 0, 2, "somebody else's is none of the team's" },
		{ "", 5, 0, 2, "one on a Saturday changes nothing" },
		{ "", 8, 0, 3, "one at the end of the time" },
		{ "", 0, 0, 3, "the first day does not count anyway" },
		{ "", 3, 0, 1, "taken away: a day less" },
		{ "", -1, 0x4f, 1, "Sunday to Thursday" },
		{ "", -1, 0x07, 3, "three days a week" }, { "", -1, 0x7f, 0, "each day" },
		{ "", -1, 0x1f, 1, "as it was" } };
	struct kit k;
	struct effect_table before, after;
	bool off[16] = { false };
	kit_new(&k);
	country(&k);
	play(&k, seen, N(seen), 26);
	k.x.now = day_start(DAY0 + 26);
	for (size_t i = 0; i < N(t); i++) {
		struct str name = { NULL, 0 };
		struct tx tx;
		if (t[i].day < 0) {
			kit_must(&k, workdays_note(&k.x, t[i].week), "week");
		} else {
			bool own = t[i].calendar[0] == '\0';
			if (!own || !off[t[i].day])
				name = S("Day");
			if (own)
				off[t[i].day] = !off[t[i].day];
			kit_must(&k,
				holiday_set(&k.x, str_c(t[i].calendar), DAY0 + t[i].day,
					name),
				"holiday");
		}
		kit_must(&k, effect_read(&k.x, EFFECT_ALL, DAY0 - 40, &before), "read");
		ok(before.v[0].f.in_time == t[i].in_time && before.v[0].f.critical == 3,
			"%s: %d of %d", t[i].what, (int)before.v[0].f.in_time,
			(int)before.v[0].f.critical);
		kit_tx(&k, &tx);
		kit_must(&k, effect_sums_rebuild(&k.x, NULL, NULL), "rebuild");
		kit_end(&k, &tx);
		kit_must(&k, effect_read(&k.x, EFFECT_TYPE, DAY0 - 40, &after), "read");
		struct effect_figures sum = effect_total(&after);
		ok(sum.in_time == t[i].in_time, "all counted again: the same");
	}
	kit_free(&k);
}

static void test_days(void)
{
	static const struct seen seen[] = {
		{ "192.0.2.1", "xx......xx", SEV_HIGH, "scanner" },
		{ "192.0.2.2", "..xxxxxxxx", SEV_HIGH, "vulnerable-system" },
	};
	static const int64_t scanner[] = { 1, 1, 1, 0, 0, 0, 0, 0, 1, 1 };
	struct kit k;
	struct effect_days d;
	kit_new(&k);
	country(&k);
	play(&k, seen, N(seen), 10);
	k.x.now = day_start(DAY0 + 9) + 100;
	kit_must(&k, effect_days(&k.x, DAY0, &d), "days");
	bool same = d.n == 10 && d.first == DAY0;
	for (size_t i = 0; same && i < d.n; i++)
		same = d.open[RSIT_GATHERING][i] == scanner[i] &&
			d.open[RSIT_VULNERABLE][i] == (i >= 2) &&
			d.open[RSIT_OTHER][i] == 0;
	ok(same, "open at the end of each day, by class");
	kit_must(&k, effect_days(&k.x, DAY0 + 8, &d), "days");
	ok(d.n == 2 && d.open[RSIT_VULNERABLE][0] == 1 && d.open[RSIT_GATHERING][0] == 1,
		"a later beginning gives the same days");
	k.x.now = day_start(DAY0 + 4);
	kit_must(&k, effect_days(&k.x, DAY0, &d), "days");
	ok(d.n == 5 && d.open[RSIT_GATHERING][4] == 0 && d.open[RSIT_VULNERABLE][4] == 1,
		"what reports of the future say is not of today");
	kit_must(&k, effect_days(&k.x, DAY0 + 40, &d), "days");
	ok(d.n == 1 && d.first == DAY0 + 4, "since a day to come: today");
	kit_free(&k);
}

/* ---- notices ---- */

static void test_notices(void)
{
	struct kit k;
	struct effect_table t;
	char file[96], sql[400];
	sqlite3 *db = NULL;
	kit_new(&k);
	country(&k);
	(void)snprintf(file, sizeof(file), "%s/tocsin.db", k.path);
	bool good = sqlite3_open(file, &db) == SQLITE_OK &&
		sqlite3_exec(db, "INSERT INTO notice_run VALUES (1, 0, 0, 0, 0, '', 1)",
			NULL, NULL, NULL) == SQLITE_OK;
	/* Two of each state, one of them a day before. */
	for (int i = 0; good && i < 20; i++) {
		(void)snprintf(sql, sizeof(sql),
			"INSERT INTO notice SELECT NULL, 1, id, NULL, NULL, '', "
			"'en', 1, %d, '', %" PRId64
			", x'%04d', '', 1, 0, 1, 0, 0, '', '', 1 FROM organisation"
			" WHERE name = '%s'",
			i / 2, day_start(DAY0 + i % 2), i, i < 10 ? "Bank" : "Zelvora");
		good = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	}
	/* Number 13, of the second day, was opened and answered twice; 16, of the
	 * first, was answered by hand. */
	for (int i = 0; good && i < 3; i++) {
		(void)snprintf(sql, sizeof(sql),
			"INSERT INTO answer SELECT NULL, id, NULL, NULL, at + 99, "
			"1, NULL, '', '',"
			" 3, 'cli', contact FROM notice WHERE content = x'%04d'",
			i < 2 ? 13 : 16);
		good = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	}
	good = good &&
		sqlite3_exec(db,
			"INSERT INTO answer_link SELECT NULL, 1, id, NULL, "
			"content, at, at, NULL, "
			"content = x'0013', CASE content WHEN x'0013' THEN at + 9 "
			"END, NULL FROM "
			"notice WHERE state BETWEEN 4 AND 7",
			NULL, NULL, NULL) == SQLITE_OK;
	/* What was handed over, is uncertain, delivered, bounced or refused was tried;
	 * the uncertain ones, 10 and 11, only on the third day. */
	good = good &&
		sqlite3_exec(db,
			"INSERT INTO outbox SELECT id, hex(content), '', '', 0, at, at, "
			"NULL, 1, 0, 0, '', at + 60 + (state = 5) * 2 * 86400, NULL, "
			"NULL, '', at, at, NULL, NULL, '' FROM notice "
			"WHERE state BETWEEN 4 AND 8",
			NULL, NULL, NULL) == SQLITE_OK;
	ok(good, "notices of each state");
	(void)sqlite3_close(db);
	kit_must(&k, effect_read(&k.x, EFFECT_ALL, DAY0, &t), "read");
	ok(t.v[0].f.sent == 9 && t.v[0].f.delivered == 2 && t.v[0].f.bounced == 2,
		"sent are those handed over, uncertain, delivered and bounced, and one "
		"of those refused that was answered");
	ok(t.v[0].f.uncertain == 2 && t.v[0].f.undelivered == 1,
		"of two nobody knows; the other refused one stands apart");
	kit_must(&k, effect_read(&k.x, EFFECT_ALL, DAY0 + 1, &t), "read");
	ok(t.v[0].f.sent == 5 && t.v[0].f.delivered == 1,
		"by the day they went out, whenever they were drafted");
	ok(t.v[0].f.opened == 1 && t.v[0].f.answered == 1,
		"one opened, and answered twice: once; one answered is older");
	kit_must(&k, effect_read(&k.x, EFFECT_ALL, DAY0 + 2, &t), "read");
	ok(t.v[0].f.sent == 2 && t.v[0].f.uncertain == 2, "two went out late");
	kit_must(&k, effect_read(&k.x, EFFECT_SECTOR, DAY0, &t), "read");
	ok(t.n == 1 && t.v[0].f.opened == 1 && t.v[0].f.answered == 2,
		"all of them, also one answered by hand");
	struct effect_table by;
	kit_must(&k, effect_read(&k.x, EFFECT_ORGANISATION, DAY0, &by), "read");
	by = effect_by_sector(k.x.arena, &by);
	ok(by.n == 1 && memcmp(&by.v[0].f, &t.v[0].f, sizeof(t.v[0].f)) == 0,
		"organisations together make their sector");
	kit_must(&k, effect_read(&k.x, EFFECT_ORGANISATION, DAY0, &t), "read");
	ok(t.n == 2 && t.v[0].f.sent + t.v[1].f.sent == 9, "by organisation");
	kit_must(&k, effect_read(&k.x, EFFECT_TYPE, DAY0, &t), "read");
	ok(t.n == 0, "a notice is of no type");
	kit_free(&k);
}

static void test_words(void)
{
	enum effect_by by = EFFECT_ALL;
	for (int i = EFFECT_ORGANISATION; i <= EFFECT_TYPE; i++)
		ok(effect_by_read(str_c(effect_by_text((enum effect_by)i)), &by) == 0 &&
				(int)by == i,
			"%s is read as it is written", effect_by_text((enum effect_by)i));
	ok(effect_by_read(S("all"), &by) == E_NOT_FOUND, "all is the absence of a word");
}

int main(void)
{
	test_shares();
	test_median();
	test_workdays();
	test_numbers();
	test_findings();
	test_calendar();
	test_days();
	test_notices();
	test_words();
	return tap_end();
}
