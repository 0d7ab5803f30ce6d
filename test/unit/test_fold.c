/* SPDX-License-Identifier: Apache-2.0
 * test_fold.c - events into findings: keys, what the latest event says, sightings,
 * counts per
 * file; the end is the same for any order of files and events and any size of chunk.
 * Depends on: core, SQLite (whole tables are compared). */
#include "db/sql_fold.h"
#include "fold_kit.h"

#include <sqlite3.h>

/* ---- keys ---- */

static bool same_key(struct kit *k, const struct event *a, const struct event *b)
{
	struct key128 x = fold_key(k->fold, a), y = fold_key(k->fold, b);
	return memcmp(x.b, y.b, sizeof(x.b)) == 0;
}

static void test_keys(struct kit *k)
{
	const struct event e = kit_event(k, 1, "192.0.2.1", DAY0, 5);
	struct event o = e;
	o.row = 9;
	o.time += 99999;
	o.severity = SEV_LOW;
	o.port = 40000;
	o.asn = 64496;
	o.hostname = S("host.example");
	o.name = S("name.example");
	o.transport = S("udp");
	o.detail = S("tag=x");
	ok(same_key(k, &e, &o), "time, source port, host and the rest are not the key");
	o = e;
	o.net.ip.b[15]++;
	ok(!same_key(k, &e, &o), "another address");
	o = e;
	o.net.len = 120;
	ok(!same_key(k, &e, &o), "the network is another place than its address");
	o = e;
	o.type = S("spam");
	ok(!same_key(k, &e, &o), "another type");
	o = e;
	o.identifier = S("tes");
	o.family = S("t");
	ok(!same_key(k, &e, &o), "identifier and family do not run together");
	o = e;
	o.family = S("mirai");
	ok(!same_key(k, &e, &o), "another family");
	struct event p = e;
	p.flags |= EVENT_PORT_IN_KEY;
	p.port = 3389;
	o = p;
	o.port = 3390;
	ok(!same_key(k, &p, &o), "the port of a service");
	o = e;
	o.flags |= EVENT_BY_NAME;
	o.name = S("a.example");
	p = o;
	p.net.ip.b[15]++;
	ok(same_key(k, &o, &p) && !same_key(k, &o, &e),
		"a name is the same place wherever it lies");
	p.flags &= (uint8_t)~EVENT_HAS_NET;
	ok(same_key(k, &o, &p), "also without an address");
	p.name = S("b.example");
	ok(!same_key(k, &o, &p), "another name");
}

/* ---- whole tables as text ---- */

struct dump {
	struct arena arena;
	struct buf text;
};

static struct dump dump_new(void)
{
	struct dump d = { .arena = arena_new(MIB(64), "dump") };
	return d;
}

static void dump_query(struct dump *d, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int r = sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK ? 0 : E_DB;
	while (r == 0 && sqlite3_step(s) == SQLITE_ROW) {
		for (int i = 0; r == 0 && i < sqlite3_column_count(s); i++) {
			const char *text = (const char *)sqlite3_column_text(s, i);
			r = buf_addf(&d->text, "%s|", text ? text : "-");
		}
		if (r == 0)
			r = buf_addc(&d->text, '\n');
	}
	(void)sqlite3_finalize(s);
	if (r < 0) {
		printf("Bail out! %s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
}

static void dump_sums(struct dump *d, sqlite3 *db)
{
	dump_query(d, db,
		"SELECT dim, span, day, COALESCE(o.name, k.type || k.identifier), "
		"s.begun,"
		" s.relapsed, s.attributed, s.critical, s.in_time, s.claimed, s.by_claim,"
		" s.by_silence, s.otherwise, l1, l2, l3, l4, l5, l6, l7, l8, l9, "
		"l10, l11,"
		" l12, l13, l14, l15, l16, l17 FROM effect_sum s LEFT JOIN organisation o"
		" ON o.id = s.key AND dim < 3 LEFT JOIN kind k ON k.id = s.key AND "
		"dim = 3"
		" ORDER BY 1, 2, 3, 4");
}

/* Findings and sightings by what they are, not by the numbers they got. */
static void dump_all(struct dump *d, const char *path)
{
	char file[96];
	sqlite3 *db = NULL;
	(void)snprintf(file, sizeof(file), "%s/tocsin.db", path);
	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		exit(1);
	d->text = buf_in(&d->arena, MIB(32));
	dump_query(d, db,
		"SELECT hex(f.key), k.type, k.identifier, hex(f.net), f.len, "
		"f.name, f.by_name,"
		" f.family, f.port, f.acts, f.hostname, f.transport, "
		"f.detail, f.severity,"
		" o.name, n.name, i.name, f.asn, f.feed_asn, f.cc, f.basis, f.basis_ref,"
		" f.first_seen, f.last_seen, f.rank, f.days_seen, f.count, "
		"f.first_report,"
		" f.last_report, f.last_day, t.name, f.mixed, f.state, "
		"f.state_day, f.fixed_by,"
		" f.relapses, f.claimed_day"
		" FROM finding f JOIN kind k ON k.id = f.kind JOIN report_type t"
		" ON t.id = f.last_type LEFT JOIN organisation o ON o.id = f.org"
		" LEFT JOIN organisation n ON n.id = f.network_org"
		" LEFT JOIN organisation i ON i.id = f.imitates ORDER BY f.key");
	dump_query(d, db,
		"SELECT hex(f.key), s.day, x.name, s.port, s.row, s.count, "
		"s.first, s.last"
		" FROM sighting s JOIN finding f ON f.id = s.finding JOIN file x"
		" ON x.id = s.file ORDER BY f.key, s.day, x.name, s.port");
	dump_query(d, db,
		"SELECT t.name, r.day FROM report r JOIN report_type t ON t.id = r.type"
		" ORDER BY 1, 2");
	dump_query(d, db,
		"SELECT hex(f.key), s.from_day, s.last_day, s.to_day, s.claim_day, s.how"
		" FROM finding_spell s JOIN finding f ON f.id = s.finding ORDER BY 1, 2");
	dump_query(d, db,
		"SELECT hex(key), spell_from, spell_claim FROM finding ORDER BY 1");
	dump_sums(d, db);
	(void)sqlite3_close(db);
}

static void dump_files(struct dump *d, const char *path)
{
	char file[96];
	sqlite3 *db = NULL;
	(void)snprintf(file, sizeof(file), "%s/tocsin.db", path);
	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		exit(1);
	dump_query(d, db,
		"SELECT name, last_day, new_findings, seen_again, relapsed, unattributed"
		" FROM file ORDER BY name");
	(void)sqlite3_close(db);
}

static bool same_dump(const struct dump *a, const struct dump *b)
{
	struct str x = buf_str(&a->text), y = buf_str(&b->text);
	size_t i = 0, line = 0;
	while (i < x.n && i < y.n && x.p[i] == y.p[i]) {
		line = x.p[i] == '\n' ? i + 1 : line;
		i++;
	}
	if (i == x.n && i == y.n)
		return true;
	printf("# %.*s\n# %.*s\n", (int)str_find(str_from(x, line), '\n'), x.p + line,
		(int)str_find(str_from(y, line), '\n'), y.p + line);
	return false;
}

/* ---- a season of made files ---- */

#define FILES 60
#define ROWS  40

struct made_file {
	char name[32];
	int type;
	struct opt_int day;
	struct event events[ROWS];
	size_t n;
};
static struct made_file season[FILES];

enum { T_SCAN, T_SINK, T_SINK_HTTP, T_WEB, T_N };

static void make_event(struct kit *k, struct made_file *f, uint32_t row, int day)
{
	static const char *const nets[] = { "192.0.2.1", "192.0.2.2", "192.0.2.130",
		"198.51.100.1", "198.51.100.2", "203.0.113.9", "203.0.113.10",
		"192.0.2.128/29" };
	static const char *const names[] = { "shop.example", "www.bank.example",
		"bank.example.phish.example" };
	static const char *const hosts[] = { "", "a.example", "b.example" };
	/* Few seconds: many events are at the same. */
	struct event e = kit_event(
		k, row, nets[below(N(nets))], day, (int)(below(8) * 3600));
	e.severity = (enum severity)below(SEV_N);
	e.hostname = str_c(hosts[below(N(hosts))]);
	e.name = below(3) ? S("") : str_c(hosts[below(N(hosts))]);
	e.asn = below(3) ? 0 : 64496 + below(2);
	if (f->type == T_SINK || f->type == T_SINK_HTTP) { /* of one kind */
		e.type = S("infected-system");
		e.identifier = S("bot");
		e.flags |= EVENT_IS_ACT;
		e.port = (uint16_t)(40000 + below(3));
		e.family = below(2) ? S("mirai") : S("");
	} else if (f->type == T_WEB) {
		e.type = S("phishing");
		e.flags |= EVENT_BY_NAME;
		e.name = str_c(names[below(N(names))]);
		if (below(4) == 0)
			e.flags &= (uint8_t)~EVENT_HAS_NET;
		if (!(e.flags & EVENT_HAS_NET))
			e.net = (struct net){ .len = 0 };
	} else {
		e.flags |= EVENT_PORT_IN_KEY;
		e.port = below(4) ? 3389 : 3390;
	}
	f->events[row - 1] = e;
}

static void make_season(struct kit *k, unsigned seed)
{
	kit_random_state = seed;
	for (int i = 0; i < FILES; i++) {
		struct made_file *f = &season[i];
		int day = i / 3;
		(void)snprintf(f->name, sizeof(f->name), "%u-%02d", seed, i);
		f->type = (int)below(T_N);
		f->day = below(6) ? SOME(DAY0 + day) : NONE;
		f->n = below(5) ? below(ROWS + 1) : 0;
		for (uint32_t row = 1; row <= f->n; row++) {
			int from = f->day.has ? 0 : (int)below(4);
			make_event(k, f, row, DAY0 + (day > from ? day - from : day));
		}
	}
}

static void make_country(struct kit *k)
{
	const struct reg_row rows[] = {
		kit_row(k, REG_NETWORK, "Zelvora", "192.0.2.0/24", 64496, NULL),
		kit_row(k, REG_HOLDER, "Finance", "192.0.2.128/29", 0, NULL),
		kit_row(k, REG_NETWORK, "Quandish", "198.51.100.0/24", 64497, NULL),
		kit_row(k, REG_DOMAIN, "Bank", NULL, 0, "bank.example"),
		kit_row(k, REG_COUNTRY, NULL, "192.0.2.0/24", 0, "XT"),
	};
	kit_register(k, ORIGIN_TEAM, rows, N(rows));
}

/* The season in an order of files, its events in an order within each chunk. */
static void play(struct kit *k, const int *order, size_t chunk, bool mix, struct dump *d)
{
	static const char *const types[T_N] = { "scan_a", "sink_b", "sink_b_http",
		"web_c" };
	int64_t ids[T_N];
	struct tx t;
	kit_new(k);
	make_country(k);
	kit_tx(k, &t);
	for (int i = 0; i < T_N; i++)
		ids[i] = kit_type(k, types[i], 3);
	for (int i = 0; i < FILES; i++) {
		const struct made_file *made = &season[order[i]];
		struct event events[ROWS + 1];
		struct file_row f = kit_file(k, made->name, ids[made->type], made->day);
		memcpy(events, made->events, sizeof(made->events));
		for (size_t e = made->n; mix && e-- > 1;) {
			size_t with = below((unsigned)e + 1);
			struct event was = events[e];
			events[e] = events[with];
			events[with] = was;
		}
		kit_fold(k, &f, events, made->n, chunk);
	}
	kit_end(k, &t);
	*d = dump_new();
	dump_all(d, k->path);
}

/* What was kept up is what would be computed. */
static bool sums_are_right(struct kit *k)
{
	struct dump kept = dump_new(), again = dump_new();
	struct tx t;
	char file[96];
	sqlite3 *db = NULL;
	(void)snprintf(file, sizeof(file), "%s/tocsin.db", k->path);
	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		exit(1);
	kept.text = buf_in(&kept.arena, MIB(16));
	again.text = buf_in(&again.arena, MIB(16));
	dump_sums(&kept, db);
	kit_tx(k, &t);
	kit_must(k, effect_sums_rebuild(&k->x, NULL, NULL), "rebuild");
	kit_end(k, &t);
	dump_sums(&again, db);
	bool right = kept.text.n > 1000 && same_dump(&kept, &again);
	(void)sqlite3_close(db);
	arena_free(&kept.arena);
	arena_free(&again.arena);
	return right;
}

static void finish(struct kit *k, struct dump *d)
{
	kit_free(k);
	arena_free(&d->arena);
}

/* Counted anew from the events alone. */
static void check_counts(struct kit *k)
{
	struct dump want = dump_new(), got = dump_new();
	char file[96];
	int64_t events = 0;
	sqlite3 *db = NULL;
	for (int i = 0; i < FILES; i++)
		events += (int64_t)season[i].n;
	(void)snprintf(file, sizeof(file), "%s/tocsin.db", k->path);
	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		exit(1);
	got.text = buf_in(&got.arena, MIB(1));
	want.text = buf_in(&want.arena, MIB(1));
	dump_query(&got, db,
		"SELECT hex(f.key), f.count, f.days_seen, f.first_seen, "
		"f.last_seen, f.last_day"
		" FROM finding f ORDER BY f.key");
	dump_query(&want, db,
		"SELECT hex(f.key), sum(s.count), count(DISTINCT s.day), min(s.first),"
		" max(s.last), max(s.day) FROM finding f JOIN sighting s ON "
		"s.finding = f.id"
		" GROUP BY f.id ORDER BY f.key");
	ok(got.text.n > 1000 && same_dump(&got, &want),
		"a finding's counts are those of its sightings");
	got.text.n = want.text.n = 0;
	dump_query(&got, db, "SELECT sum(count) FROM sighting");
	ok(buf_addf(&want.text, "%lld|\n", (long long)events) == 0 &&
			same_dump(&got, &want),
		"each event is in one sighting");
	got.text.n = want.text.n = 0;
	dump_query(&got, db,
		"SELECT name, new_findings + seen_again + relapsed FROM file "
		"ORDER BY name");
	dump_query(&want, db,
		"SELECT x.name, count(DISTINCT s.finding) FROM file x LEFT "
		"JOIN sighting s"
		" ON s.file = x.id GROUP BY x.id ORDER BY x.name");
	ok(same_dump(&got, &want), "new, seen again and relapsed are a file's findings");
	got.text.n = want.text.n = 0;
	dump_query(&got, db, "SELECT sum(new_findings) FROM file");
	dump_query(&want, db, "SELECT count(*) FROM finding");
	ok(same_dump(&got, &want), "each finding was new once");
	(void)sqlite3_close(db);
	arena_free(&got.arena);
	arena_free(&want.arena);
}

static void test_season(unsigned seed)
{
	static const size_t chunks[] = { 1, 7 };
	struct kit k;
	struct dump first, other;
	int order[FILES];
	kit_new(&k);
	make_season(&k, seed);
	kit_free(&k);
	for (int i = 0; i < FILES; i++)
		order[i] = i;
	play(&k, order, 20000, false, &first);
	if (seed == 1)
		check_counts(&k);
	dump_files(&first, k.path);
	kit_free(&k);
	for (size_t i = 0; i < N(chunks); i++) {
		play(&k, order, chunks[i], false, &other);
		dump_files(&other, k.path);
		ok(same_dump(&first, &other),
			"season %u: chunks of %zu, the same end and the same counts",
			seed, chunks[i]);
		finish(&k, &other);
	}
	arena_free(&first.arena);
	play(&k, order, 20000, true, &first);
	kit_free(&k);
	for (int round = 0; round < 4; round++) {
		kit_random_state = seed * 100 + (unsigned)round;
		for (unsigned i = FILES; i-- > 1;) {
			unsigned with = below(i + 1);
			int was = order[i];
			order[i] = order[with];
			order[with] = was;
		}
		play(&k, order, 1 + below(50), true, &other);
		ok(same_dump(&first, &other), "season %u, order %d: the same end", seed,
			round);
		ok(sums_are_right(&k), "season %u, order %d: sums as computed again",
			seed, round);
		finish(&k, &other);
	}
	arena_free(&first.arena);
}

/* ---- single cases ---- */

static struct sql_fold_find_row found(struct kit *k, const struct event *e)
{
	struct key128 key = fold_key(k->fold, e);
	struct sql_fold_find_in in = { { (const char *)key.b, sizeof(key.b) } };
	struct sql_fold_find_row row;
	kit_must(k, sql_fold_find(k->x.db, &k->arena, &in, &row), "find");
	return row;
}

static void test_read_on_after_failure(void)
{
	struct kit k;
	struct tx t;
	kit_new(&k);
	kit_tx(&k, &t);
	int64_t type = kit_type(&k, "scan_a", 7);
	struct event e[3] = { kit_event(&k, 1, "192.0.2.1", DAY0, 5),
		kit_event(&k, 2, "192.0.2.1", DAY0, 6),
		kit_event(&k, 3, "192.0.2.2", DAY0, 7) };
	struct file_row a = kit_file(&k, "a", type, SOME(DAY0));
	kit_must(&k, fold_chunk(k.fold, &k.x, k.table, &a, e, 1), "first part");
	struct file_row b = kit_file(&k, "b", type, SOME(DAY0));
	kit_fold(&k, &b, e, 1, 1);
	ok(b.seen_again == 1 && b.new_findings == 0, "the file between saw it again");
	kit_fold(&k, &a, e + 1, 2, 2);
	ok(a.new_findings == 2 && a.seen_again == 0 && a.relapsed == 0,
		"a file read on after another one counts each finding once");
	struct sql_fold_find_row row = found(&k, e);
	ok(row.last_file == b.id, "the newest file stays the newest");
	kit_end(&k, &t);
	kit_free(&k);
}

static void test_two_parts_of_a_day(void)
{
	struct kit k;
	struct tx t;
	kit_new(&k);
	kit_tx(&k, &t);
	int64_t type = kit_type(&k, "scan_a", 2);
	struct event e = kit_event(&k, 1, "192.0.2.1", DAY0, 5);
	for (int day = 0; day < 3; day++) {
		char name[8];
		(void)snprintf(name, sizeof(name), "a%d", day);
		struct file_row f = kit_file(&k, name, type, SOME(DAY0 + day));
		kit_fold(&k, &f, &e, day == 0, 1);
	}
	ok(found(&k, &e).state == STATE_FIXED, "silent in two reports: fixed");
	struct file_row part = kit_file(&k, "a2-asn", type, SOME(DAY0 + 2));
	struct event again = kit_event(&k, 1, "192.0.2.1", DAY0 + 2, 5);
	kit_fold(&k, &part, &again, 1, 1);
	ok(found(&k, &e).state == STATE_OPEN && part.relapsed == 0 &&
			part.seen_again == 1,
		"in the second part of the same day's report: never was fixed");
	kit_end(&k, &t);
	kit_free(&k);
}

/* A late report shows that it never was fixed: no relapse of it was told, either. */
static void test_no_relapse(void)
{
	struct kit k;
	struct tx t;
	char file[96];
	sqlite3 *db = NULL;
	kit_new(&k);
	kit_tx(&k, &t);
	int64_t type = kit_type(&k, "scan_a", 2);
	struct event e = kit_event(&k, 1, "192.0.2.1", DAY0, 5);
	static const struct {
		int day;
		bool seen;
	} in[] = { { 0, true }, { 1, false }, { 3, false }, { 4, true }, { 2, true } };
	for (size_t i = 0; i < N(in); i++) {
		char name[8];
		(void)snprintf(name, sizeof(name), "a%d", in[i].day);
		struct file_row f = kit_file(&k, name, type, SOME(DAY0 + in[i].day));
		e.time = day_start(DAY0 + in[i].day) + 5;
		kit_fold(&k, &f, &e, in[i].seen, 1);
		if (in[i].day != 4)
			continue;
		ok(found(&k, &e).relapses == 1, "back after two reports");
		kit_end(&k, &t);
		(void)snprintf(file, sizeof(file), "%s/tocsin.db", k.path);
		ok(sqlite3_open(file, &db) == SQLITE_OK &&
				sqlite3_exec(db,
					"UPDATE finding SET noticed_relapses = 1", NULL,
					NULL, NULL) == SQLITE_OK,
			"which was told");
		kit_tx(&k, &t);
	}
	kit_end(&k, &t);
	ok(found(&k, &e).relapses == 0, "the report between had it: never away");
	struct dump d = dump_new();
	d.text = buf_in(&d.arena, KIB(64));
	dump_query(&d, db, "SELECT noticed_relapses FROM finding");
	ok(str_eq(buf_str(&d.text), S("0|\n")), "the next relapse is one to tell");
	(void)sqlite3_close(db);
	arena_free(&d.arena);
	kit_free(&k);
}

/* What the register says meanwhile counts when a finding opens again. */
static void test_opens_elsewhere(void)
{
	struct kit k;
	struct tx t;
	kit_new(&k);
	make_country(&k);
	kit_tx(&k, &t);
	int64_t type = kit_type(&k, "scan_a", 2);
	struct event e = kit_event(&k, 1, "192.0.2.7", DAY0, 5);
	for (int day = 0; day < 3; day++) {
		char name[8];
		(void)snprintf(name, sizeof(name), "a%d", day);
		struct file_row f = kit_file(&k, name, type, SOME(DAY0 + day));
		kit_fold(&k, &f, &e, day == 0, 1);
	}
	kit_end(&k, &t);
	struct reg_row row = kit_row(&k, REG_HOLDER, "New", "192.0.2.0/28", 0, NULL);
	struct register_change c = kit_register(&k, ORIGIN_TEAM, &row, 1);
	int64_t before = found(&k, &e).org.v;
	ok(c.moved == 0 && str_eq(attrib_org_name(k.table, before), S("Zelvora")),
		"a fixed finding stays where it was");
	kit_tx(&k, &t);
	struct file_row f = kit_file(&k, "a9", type, SOME(DAY0 + 9));
	struct event again = kit_event(&k, 1, "192.0.2.7", DAY0 + 9, 5);
	kit_fold(&k, &f, &again, 1, 1);
	kit_end(&k, &t);
	struct sql_fold_find_row now = found(&k, &e);
	ok(f.relapsed == 1 && now.state == STATE_RELAPSED &&
			str_eq(attrib_org_name(k.table, now.org.v), S("New")),
		"when it is back it is its new holder's");
	struct dump d = dump_new();
	char file[96];
	sqlite3 *db = NULL;
	(void)snprintf(file, sizeof(file), "%s/tocsin.db", k.path);
	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		exit(1);
	d.text = buf_in(&d.arena, KIB(64));
	dump_query(&d, db,
		"SELECT a.name, b.name FROM attribution_history h JOIN organisation a"
		" ON a.id = h.from_org JOIN organisation b ON b.id = h.to_org");
	ok(str_eq(buf_str(&d.text), S("Zelvora|New|\n")), "and its history says so");
	(void)sqlite3_close(db);
	arena_free(&d.arena);
	kit_free(&k);
}

int main(void)
{
	struct kit k;
	kit_new(&k);
	test_keys(&k);
	kit_free(&k);
	for (unsigned seed = 1; seed <= 5; seed++)
		test_season(seed);
	test_read_on_after_failure();
	test_two_parts_of_a_day();
	test_no_relapse();
	test_opens_elsewhere();
	return tap_end();
}
