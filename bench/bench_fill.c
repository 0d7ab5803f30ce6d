/* SPDX-License-Identifier: Apache-2.0
 * bench_fill.c - a year written straight into the tables, for measuring pages.
 * bench_fill DIR FINDINGS DAYS NOTICES
 *
 * DIR is a data directory with a register (tocsin init, tocsin register import). Adds
 * FINDINGS findings whose first reports are spread over DAYS days up to 2026-11-01, of
 * the kinds and severities of an average country, each with a life of its own,
 * relapses, claims, the state that follows, and its last sighting; and NOTICES notices,
 * in all states, each with ten findings, the first of them of its organisation; of half
 * the link was opened, a third is answered. One more has 5,000 findings, the last 200
 * wait for approval. And what the other rooms show: organisations without findings,
 * tasks, rows in quarantine, the audit trail. The link of notice N is the letter t and N
 * with 25 digits; that of a contact is the letter c and 0. The sums are then made by the
 * program itself. The same arguments give the same rows. Depends on: core, SQLite. */
#include "rows.h"

#include "base/date.h"
#include "base/hash.h"
#include "core/effect_sum.h"
#include "db/engine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define LAST_DAY  20758 /* 2026-11-01 */
#define QUIET	  7
#define BATCH	  100000
#define SPELL_MAX 8
#define NOTICE0	  900000000
#define FINDING0  1000000000
#define LARGE	  5000 /* findings of the last notice */
#define WAITING	  200  /* notices for approval */

struct fill {
	struct db *db;
	struct ctx x;
	uint64_t random;
	int64_t *orgs;
	int64_t n_orgs, findings, notices, days;
};

static void check(int code, sqlite3 *db)
{
	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return;
	fprintf(stderr, "bench_fill: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static int64_t below(struct fill *f, int64_t n)
{
	uint64_t z = (f->random += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((z ^ z >> 31) % (uint64_t)n);
}

/* Small numbers often, large ones seldom: half of what is left at each step. */
static int64_t skewed(struct fill *f, int64_t n)
{
	int64_t from = 0;
	while (n > 1 && below(f, 3) > 0) {
		from = n / 6;
		n = n - from > 1 ? (n - from) / 2 : 1;
	}
	return from + below(f, n);
}

static sqlite3_stmt *prepare(struct fill *f, const char *sql)
{
	sqlite3_stmt *s;
	check(sqlite3_prepare_v2(f->db->lite, sql, -1, &s, NULL), f->db->lite);
	return s;
}

/* Binds numbers and steps. */
static void run(struct fill *f, sqlite3_stmt *s, const int64_t *v, int n)
{
	for (int i = 0; i < n; i++)
		check(v[i] == INT64_MIN ? sqlite3_bind_null(s, i + 1)
					: sqlite3_bind_int64(s, i + 1, v[i]),
			f->db->lite);
	check(sqlite3_step(s), f->db->lite);
	(void)sqlite3_reset(s);
}

static void load_orgs(struct fill *f, struct arena *a)
{
	sqlite3_stmt *s = prepare(f, "SELECT id FROM organisation ORDER BY id");
	f->orgs = arena_array(a, 100000, sizeof(*f->orgs));
	while (f->n_orgs < 100000 && sqlite3_step(s) == SQLITE_ROW)
		f->orgs[f->n_orgs++] = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	must(f->n_orgs > 0 ? 0 : E_STATE, "no organisation: import a register first");
}

/* What findings refer to: kinds, a report type with a report a day, a file for each. */
static void write_parents(struct fill *f)
{
	static const char *const types[] = { "potentially-unwanted-accessible",
		"vulnerable-system", "ddos-amplifier", "infected-system", "weak-crypto",
		"information-disclosure", "scanner", "brute-force", "system-compromise",
		"spam", "malware-distribution", "other", "phishing", "ddos" };
	sqlite3_stmt *kind = prepare(f,
		"INSERT INTO kind(id, type, identifier) VALUES (?1 + 1000, ?2, "
		"'bench-' || ?1)");
	sqlite3_stmt *report = prepare(
		f, "INSERT INTO report(type, day) VALUES (9000, ?)");
	sqlite3_stmt *file = prepare(f,
		"INSERT INTO file(id, sha256, name, feed, type, day, bytes, "
		"taken_at, state, "
		"rows_done, rows, events, quarantined, new_findings, seen_again, "
		"relapsed, "
		"unattributed, last_day, why) VALUES (?1 + 900000, randomblob(32), "
		"'bench-' || ?1, '', 9000, ?1, 1000, ?1 * 86400, 1, 1, 1, 1, 0, 0, "
		"0, 0, 0, "
		"?1, '')");
	check(sqlite3_exec(f->db->lite,
		      "INSERT INTO report_type VALUES (9000, 'bench', 1, 7)", NULL, NULL,
		      NULL),
		f->db->lite);
	for (int64_t i = 0; i < 60; i++) {
		const char *type = types[i % (int64_t)N(types)];
		check(sqlite3_bind_text(kind, 2, type, -1, SQLITE_STATIC), f->db->lite);
		run(f, kind, &i, 1);
	}
	for (int64_t d = LAST_DAY - f->days - QUIET; d <= LAST_DAY; d++) {
		run(f, report, &d, 1);
		run(f, file, &d, 1);
	}
	(void)sqlite3_finalize(kind);
	(void)sqlite3_finalize(report);
	(void)sqlite3_finalize(file);
}

/* A made life: spells one after the other, until one goes on or nothing follows. */
static size_t make_life(struct fill *f, struct spell *v)
{
	int64_t day = LAST_DAY - f->days + 1 + below(f, f->days);
	size_t n = 0;
	do {
		int64_t last = day + skewed(f, 60), quiet = last + QUIET;
		bool claimed = below(f, 20) == 0;
		v[n] = (struct spell){ .from_day = (int32_t)day };
		if (claimed && last <= LAST_DAY)
			v[n].claim_day = SOME(last);
		v[n].how = quiet > LAST_DAY ? SPELL_GOES_ON
			: claimed	    ? SPELL_BY_CLAIM
					    : SPELL_BY_SILENCE;
		v[n].last_day = (int32_t)(last > LAST_DAY ? LAST_DAY : last);
		v[n].to_day = (int32_t)quiet;
		day = quiet + 1 + skewed(f, 40);
	} while (v[n++].how != SPELL_GOES_ON && n < SPELL_MAX && below(f, 8) == 0 &&
		day <= LAST_DAY);
	return n;
}

struct statements {
	sqlite3_stmt *finding, *spell, *claim, *sighting;
};

static int64_t or_null(bool has, int64_t v)
{
	return has ? v : INT64_MIN;
}

static void write_finding(struct fill *f, struct statements *s, int64_t id)
{
	struct spell v[SPELL_MAX];
	size_t n = make_life(f, v);
	const struct spell *last = &v[n - 1];
	bool on = last->how == SPELL_GOES_ON, claimed = last->claim_day.has;
	int64_t state = !on ? 2 : claimed ? 1 : n > 1 ? 3 : 0;
	int64_t org = below(f, 50) ? f->orgs[skewed(f, f->n_orgs)] : INT64_MIN;
	int64_t severity = below(f, 40) == 0 ? 5 : 1 + below(f, 4);
	int64_t state_day = on ? claimed ? last->claim_day.v : last->from_day
			       : last->to_day;
	const int64_t row[] = { id, 1000 + skewed(f, 60), severity, org,
		f->orgs[skewed(f, 32 < f->n_orgs ? 32 : f->n_orgs)],
		day_start(v[0].from_day), day_start(last->last_day) + 3600,
		1 + last->last_day - v[0].from_day, v[0].from_day, last->last_day,
		900000 + last->last_day, state, state_day,
		on		  ? 0
			: claimed ? 1
				  : 2,
		(int64_t)n - 1, or_null(claimed, claimed ? last->claim_day.v : 0),
		or_null(on, last->from_day), or_null(on && claimed, last->claim_day.v),
		below(f, 131072) };
	/* In the demo country's load plan, 198.18.0.0/15. */
	const uint8_t net[16] = { [10] = 0xff,
		[11] = 0xff,
		198,
		(uint8_t)(18 + (row[18] >> 16)),
		(uint8_t)(row[18] >> 8),
		(uint8_t)row[18] };
	check(sqlite3_bind_blob(s->finding, 20, net, sizeof(net), SQLITE_TRANSIENT),
		f->db->lite);
	run(f, s->finding, row, N(row));
	for (size_t i = 0; i < n; i++) {
		const int64_t spell[] = { id, v[i].from_day, v[i].last_day, v[i].to_day,
			or_null(v[i].claim_day.has, v[i].claim_day.v), v[i].how };
		if (v[i].how != SPELL_GOES_ON)
			run(f, s->spell, spell, N(spell));
		if (v[i].claim_day.has)
			run(f, s->claim, (int64_t[]){ id, v[i].claim_day.v }, 2);
	}
	run(f, s->sighting,
		(int64_t[]){ id, last->last_day, 900000 + last->last_day,
			day_start(last->last_day) },
		4);
}

static void write_findings(struct fill *f)
{
	struct statements s = {
		.finding = prepare(f,
			"INSERT INTO finding(id, key, kind, net, len, name, "
			"by_name, family, "
			"port, acts, hostname, transport, detail, severity, org, "
			"network_org, "
			"imitates, asn, feed_asn, cc, basis, basis_ref, "
			"first_seen, last_seen, "
			"rank, days_seen, count, first_report, last_report, "
			"last_day, last_type, "
			"last_file, file_relapses, mixed, state, state_day, "
			"fixed_by, relapses, "
			"claimed_day, noticed_at, noticed_org, noticed_file, "
			"noticed_relapses, "
			"spell_from, spell_claim) SELECT ?1, randomblob(16), ?2, "
			"?20, 128, '', 0, '', "
			"443, 0, 'host-' || ?19 || '.pool.zelvora.xt.example', 'tcp', "
			"'tag=bench; url=https://example', ?3, ?4, ?5, NULL, "
			"64496, 64496, 'XT', "
			"3, '198.18.0.0/24', ?6, ?7, 1, ?8, ?8, ?9, ?10, ?10, "
			"9000, ?11, 0, 0, "
			"?12, ?13, ?14, ?15, ?16, NULL, NULL, 0, 0, ?17, ?18"),
		.spell = prepare(
			f, "INSERT INTO finding_spell VALUES (?, ?, ?, ?, ?, ?)"),
		.claim = prepare(f, "INSERT INTO claim VALUES (?, ?)"),
		.sighting = prepare(
			f, "INSERT INTO sighting VALUES (?1, ?2, ?3, 0, 1, 1, ?4, ?4)"),
	};
	struct tx t;
	for (int64_t id = FINDING0, end = id + f->findings; id < end;) {
		must(tx_begin(&t, f->db, TX_WRITE), "begin");
		for (int64_t i = 0; i < BATCH && id < end; i++)
			write_finding(f, &s, id++);
		must(tx_end(&t, 0), "commit");
		must(db_checkpoint(f->db, false), "checkpoint");
	}
	(void)sqlite3_finalize(s.finding);
	(void)sqlite3_finalize(s.spell);
	(void)sqlite3_finalize(s.claim);
	(void)sqlite3_finalize(s.sighting);
}

struct notice_statements {
	sqlite3_stmt *notice, *line, *answer, *now, *link, *outbox, *step, *part;
};

static struct notice_statements notice_statements(struct fill *f)
{
	return (struct notice_statements){
		.notice = prepare(f,
			"INSERT INTO notice SELECT ?1, ?5, o, NULL, "
			"(SELECT min(id) FROM contact WHERE org = o), "
			"'soc-' || ?1 || '@example.net', 'en', 2, ?3, '', ?4, "
			"randomblob(32), 'bench-' || ?1 || '@example.net', ?6, 1, "
			"?6 - 2, 1, 1, '[TOCSIN-' || ?1 || '] Bench', "
			"printf('%.2000c', 'x'), 1 FROM (SELECT coalesce((SELECT org "
			"FROM finding WHERE id = ?7), ?2) AS o)"),
		.line = prepare(f,
			"INSERT OR IGNORE INTO notice_finding VALUES "
			"(?, ?, ?, 1, NULL, NULL, 0, 0)"),
		.answer = prepare(f,
			"INSERT INTO answer VALUES (NULL, ?1, NULL, ?2, ?3 + 7200, 1, "
			"NULL, '', '', 1, 'bench', "
			"(SELECT contact FROM notice WHERE id = ?1))"),
		.now = prepare(f,
			"INSERT OR REPLACE INTO answer_now SELECT ?1, "
			"last_insert_rowid(), ?2, ?3 + 7200, 1, 0"),
		.link = prepare(f,
			"INSERT INTO answer_link SELECT NULL, 2 - (?1 > 0), "
			"nullif(?1, 0), CASE WHEN ?1 = 0 THEN (SELECT min(id) FROM "
			"contact WHERE email <> '') END, ?4, ?2, "
			"?2 + 5184000, NULL, ?3, CASE WHEN ?3 > 0 THEN ?2 + 3600 END, "
			"NULL"),
		.outbox = prepare(f,
			"INSERT INTO outbox SELECT id, message_id, '', recipient, 0, "
			"at, at + 600, NULL, 1, 0, state = 5, '250 ok', at + 601, "
			"at + 602, at + 700, '', at + 600, at + 601, NULL, "
			"NULL, '' FROM notice "
			"WHERE id = ?1 AND state BETWEEN 4 AND 8"),
		.step = prepare(f,
			"INSERT INTO delivery VALUES "
			"(NULL, ?1, ?2, 'accepted', '250', 'ok', NULL)"),
		.part = prepare(f,
			"INSERT INTO notice_part VALUES "
			"(?1, 1, 'findings.csv', 'text/csv', randomblob(4000))"),
	};
}

static void finish_all(struct notice_statements *s)
{
	sqlite3_stmt *const all[] = { s->notice, s->line, s->answer, s->now, s->link,
		s->outbox, s->step, s->part };
	for (size_t i = 0; i < N(all); i++)
		(void)sqlite3_finalize(all[i]);
}

static void write_link(
	struct fill *f, struct notice_statements *s, int64_t id, int64_t at, bool opened)
{
	char token[32];
	(void)snprintf(token, sizeof(token), "%c%025lld", id ? 't' : 'c', (long long)id);
	struct sha256 hash = sha256_of(str_c(token));
	check(sqlite3_bind_blob(s->link, 4, hash.b, SHA256_LEN, SQLITE_TRANSIENT),
		f->db->lite);
	run(f, s->link, (int64_t[]){ id, at, opened }, 3);
}

/* row: id, organisation, state, time, run, findings. */
static void write_notice(
	struct fill *f, struct notice_statements *s, const int64_t row[6], int64_t first)
{
	const int64_t with[7] = { row[0], row[1], row[2], row[3], row[4], row[5],
		FINDING0 + first % f->findings };
	run(f, s->notice, with, 7); /* to whose the first of its findings is */
	run(f, s->outbox, row, 1);
	run(f, s->part, row, 1);
	if (row[2] >= 4 && row[2] < 9)
		run(f, s->step, (int64_t[]){ row[0], row[3] + 601 }, 2);
	for (int64_t k = 0; k < row[5] && f->findings >= 10; k++)
		run(f, s->line,
			(int64_t[]){
				row[0], k + 1, FINDING0 + (first + k) % f->findings },
			3);
}

static void write_notices(struct fill *f)
{
	static const int64_t states[] = { 2, 4, 4, 5, 6, 6, 6, 7, 8, 9 };
	struct notice_statements s = notice_statements(f);
	struct tx t;
	must(tx_begin(&t, f->db, TX_WRITE), "begin");
	check(sqlite3_exec(f->db->lite,
		      "INSERT INTO notice_run VALUES (900000000, 0, 0, 1, 1, '', 1), "
		      "(900000001, 0, 0, 200, 200, '', 1)",
		      NULL, NULL, NULL),
		f->db->lite);
	for (int64_t i = 0; i <= f->notices; i++) {
		bool large = i == f->notices, wait = !large && i + WAITING >= f->notices;
		int64_t day = LAST_DAY - f->days + 1 +
			(large ? 0 : i * f->days / f->notices);
		const int64_t row[6] = { NOTICE0 + i, f->orgs[below(f, f->n_orgs)],
			large	       ? 6
				: wait ? i % 10 == 0
				       : states[below(f, N(states))],
			day_start((int32_t)day) + 7 * 3600, NOTICE0 + wait,
			large ? LARGE : 10 };
		write_notice(f, &s, row, i * 10);
		int64_t opened = wait ? 0 : below(f, 2);
		write_link(f, &s, row[0], large ? day_start(LAST_DAY) : row[3], opened);
		for (int64_t k = 0; opened && k < 5 && row[0] % 3; k++) {
			int64_t at = FINDING0 + (i * 10 + k) % f->findings;
			run(f, s.answer, (int64_t[]){ row[0], at, row[3] }, 3);
			run(f, s.now, (int64_t[]){ at, row[1], row[3] }, 3);
		}
	}
	write_link(f, &s, 0, day_start(LAST_DAY), false);
	must(tx_end(&t, 0), "commit");
	finish_all(&s);
}

/* What the rooms show that are not about findings: some years of a team's work. */
static void write_rooms(struct fill *f)
{
	static const char sql[] =
		"CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL "
		"SELECT i + 1 FROM c WHERE i < 49999) SELECT i FROM c;"
		"INSERT INTO organisation SELECT 5000000 + i, 'Bench organisation ' "
		"|| i, 'company', 'bench', 'en', 1 FROM n WHERE i < 2000;"
		"INSERT INTO contact SELECT 5000000 + i, 5000000 + i / 2, 'soc-' || i || "
		"'@bench.example', 'Name', 'security', 'en', '', '', NULL FROM n "
		"WHERE i < 4000;"
		"INSERT INTO domain SELECT 'bench-' || i || '.example', 5000000 + i, 1 "
		"FROM n WHERE i < 2000;"
		"INSERT INTO contact_doubt SELECT id, 1, 'bounced' FROM contact "
		"WHERE id % 40 = 0;"
		"INSERT INTO task SELECT NULL, 'undelivered', 'notice ' || (900000000 + "
		"i), NULL, 900000000 + i, NULL, NULL, 'it came back', 1780000000 + i, "
		"CASE WHEN i % 10 THEN 1780000000 + i END, '', '' FROM n "
		"WHERE 900000000 + i IN (SELECT id FROM notice) AND i < 3000;"
		"INSERT INTO quarantine SELECT (SELECT max(id) FROM file) - i / 500, i, "
		"1, 'bench', 'a,row,that,cannot,be,read' FROM n WHERE i < 10000;"
		"UPDATE file SET state = 2, why = 'bench' WHERE id % 9 = 0 "
		"AND id >= 900000;"
		"UPDATE outbox SET next_at = due_at + 5000, tries = 3, final_at = NULL "
		"WHERE notice % 500 = 0;"
		"INSERT INTO audit SELECT (SELECT max(seq) FROM audit) + 1 + i, "
		"1780000000 + i, 'user:head', 'notice.approve', 'notice ' || i, '', "
		"randomblob(32) FROM n;"
		"DROP TABLE n";
	struct tx t;
	must(tx_begin(&t, f->db, TX_WRITE), "begin");
	check(sqlite3_exec(f->db->lite, sql, NULL, NULL, NULL), f->db->lite);
	must(tx_end(&t, 0), "commit");
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	AUTO_ARENA a = arena_new(MIB(64), "fill");
	struct fill f = { .random = 69, .x = { .arena = &a, .actor = S("bench") } };
	struct tx t;
	int dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(dir, argv[1]);
	must(str_int(str_c(argv[2]), 0, 1000000000, &f.findings), argv[2]);
	must(str_int(str_c(argv[3]), 1, 10000, &f.days), argv[3]);
	must(str_int(str_c(argv[4]), 0, 100000000, &f.notices), argv[4]);
	must(db_open(dir, DB_WRITE, 0, &f.x.why, &f.db), argv[1]);
	f.x.db = f.db;
	check(sqlite3_exec(f.db->lite,
		      "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000", NULL, NULL,
		      NULL),
		f.db->lite);
	load_orgs(&f, &a);
	must(tx_begin(&t, f.db, TX_WRITE), "begin");
	write_parents(&f);
	must(tx_end(&t, 0), "commit");
	write_findings(&f);
	write_notices(&f);
	write_rooms(&f);
	double before = wall_seconds();
	must(tx_begin(&t, f.db, TX_WRITE), "begin");
	must(tx_end(&t, effect_sums_rebuild(&f.x, NULL, NULL)), "sums");
	printf("sums made in %.1f s\n", wall_seconds() - before);
	must(db_checkpoint(f.db, true), "checkpoint");
	db_close(&f.db);
	return 0;
}
