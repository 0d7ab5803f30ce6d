/* SPDX-License-Identifier: Apache-2.0
 * test_finding.c - finding findings: made events are folded, then asked for in every
 * way. */
#include "base/date.h"
#include "core/finding.h"
#include "core/fold.h"
#include "core/org.h"
#include "core/register.h"
#include "core/setting.h"
#include "db/sql_finding_act.h"
#include "db/sql_reattrib.h"
#include "tap.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY0 20605 /* 2026-06-01 */

struct place {
	char path[64];
	int dir;
	struct arena arena, register_arena;
	struct ctx x;
	struct fold *fold;
	struct attrib_table *table;
	int64_t types[2];
	int files;
};

static void must(struct place *p, int r, const char *what)
{
	if (r >= 0)
		return;
	printf("Bail out! %s: %d %s\n", what, r, p->x.why.text);
	exit(1);
}

/* ---- a small country ---- */

static void apply(struct place *p, struct register_job *j, enum reg_kind what,
	const char *organisation, const char *net, uint32_t asn, const char *domain)
{
	struct reg_row row = { .what = what,
		.organisation = str_c(organisation),
		.asn = asn,
		.name = S(""),
		.sector = S(""),
		.kind = S(""),
		.role = S(""),
		.language = S("en"),
		.email = S(""),
		.phone = S(""),
		.pgp = S(""),
		.domain = str_c(domain),
		.cc = what == REG_COUNTRY ? S("XT") : S("") };
	if (net) {
		must(p, net_read(str_c(net), &row.net), net);
		row.has_net = true;
	}
	must(p, register_apply(j, &row), "register_apply");
}

static void make_register(struct place *p)
{
	struct register_job j = { .x = &p->x, .origin = ORIGIN_TEAM };
	struct tx t;
	must(p, tx_begin(&t, p->x.db, TX_WRITE), "tx");
	apply(p, &j, REG_NETWORK, "Zelvora Mobile", "192.0.2.0/24", 64496, "");
	apply(p, &j, REG_NETWORK, "Drimmo Wallet", "2001:db8:1300::/40", 65538, "");
	apply(p, &j, REG_HOLDER, "Ministry of Finance", "192.0.2.128/29", 0, "");
	apply(p, &j, REG_HOLDER, "Ministry of Health", "192.0.2.144/29", 0, "");
	apply(p, &j, REG_DOMAIN, "Ministry of Finance", NULL, 0,
		"finance.gov.xt.example");
	apply(p, &j, REG_COUNTRY, "", "192.0.2.0/24", 0, "");
	apply(p, &j, REG_COUNTRY, "", "198.51.100.0/24", 0, "");
	must(p, register_finish(&j), "register_finish");
	must(p, tx_end(&t, 0), "tx");
	arena_reset(&p->register_arena);
	must(p, attrib_load(&p->x, &p->register_arena, &p->table), "attrib_load");
}

static void open_place(struct place *p)
{
	static const char secret[16] = "0123456789abcde";
	struct str key = { secret, sizeof(secret) };
	*p = (struct place){ .arena = arena_new(MIB(64), "test"),
		.register_arena = arena_new(MIB(64), "register") };
	snprintf(p->path, sizeof(p->path), "/tmp/tocsin-finding-XXXXXX");
	must(p, mkdtemp(p->path) ? 0 : E_SYS, "mkdtemp");
	p->dir = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->x = (struct ctx){ .arena = &p->arena, .actor = S("test") };
	p->x.now = day_start(DAY0 + 10);
	must(p, db_open(p->dir, DB_CREATE, p->x.now, &p->x.why, &p->x.db), "db_open");
	db_set_why(p->x.db, &p->x.why);
	struct tx t;
	must(p, tx_begin(&t, p->x.db, TX_WRITE), "tx");
	must(p, setting_put(&p->x, SETTING_FINDING_KEY, key), "key");
	must(p, fold_open(&p->x, &p->fold), "fold_open");
	struct arrivals *a = fold_arrivals(p->fold);
	must(p, arrivals_add_type(&p->x, a, S("scan_rdp"), true, 7, &p->types[0]),
		"type");
	must(p, arrivals_add_type(&p->x, a, S("phish"), false, 7, &p->types[1]), "type");
	must(p, tx_end(&t, 0), "tx");
	make_register(p);
}

static void close_place(struct place *p)
{
	static const char *const names[] = { "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm" };
	fold_free(&p->fold);
	db_set_why(p->x.db, NULL);
	db_close(&p->x.db);
	for (size_t i = 0; i < N(names); i++)
		(void)unlinkat(p->dir, names[i], 0);
	close(p->dir);
	rmdir(p->path);
	arena_free(&p->arena);
	arena_free(&p->register_arena);
}

/* ---- its sightings ---- */

struct seen {
	int day;
	const char *place; /* address, network, or name */
	const char *type, *identifier, *family;
	enum severity severity;
	uint16_t port;
};

static struct event event_of(struct place *p, const struct seen *s, uint32_t row)
{
	struct event e = { .row = row,
		.severity = s->severity,
		.time = day_start(DAY0 + s->day) + 3600 + row,
		.port = s->port,
		.cc = S(""),
		.name = S(""),
		.type = str_c(s->type),
		.identifier = str_c(s->identifier),
		.family = str_c(s->family),
		.hostname = S(""),
		.transport = S("tcp") };
	if (s->port)
		e.flags |= EVENT_PORT_IN_KEY;
	if (net_read(str_c(s->place), &e.net) == 0) {
		e.flags |= EVENT_HAS_NET;
		return e;
	}
	e.flags |= EVENT_BY_NAME;
	must(p, domain_read(&p->arena, str_c(s->place), &e.name), s->place);
	return e;
}

/* One file with the sightings of one day. */
static void import(struct place *p, int type, int day, const struct seen *all, size_t n)
{
	struct event events[64];
	size_t k = 0;
	for (size_t i = 0; i < n && k < N(events); i++)
		if (all[i].day == day)
			events[k] = event_of(p, &all[i], (uint32_t)k + 1), k++;
	struct file_row f = { .name = S("made.csv"),
		.feed = S(""),
		.type = p->types[type],
		.day = SOME(DAY0 + day),
		.why = S("") };
	char content[16];
	snprintf(content, sizeof(content), "%d", ++p->files);
	f.sha = sha256_of(str_c(content));
	struct tx t;
	must(p, tx_begin(&t, p->x.db, TX_WRITE), "tx");
	must(p, file_add(&p->x, &f, &f.id), "file_add");
	must(p, fold_chunk(p->fold, &p->x, p->table, &f, events, k), "fold_chunk");
	f.rows = f.rows_done = f.events = (int64_t)k;
	must(p, fold_finish(p->fold, &p->x, &f), "fold_finish");
	must(p, fold_write(p->fold, &p->x), "fold_write");
	f.state = FILE_READ;
	must(p, file_update(&p->x, &f), "file_update");
	must(p, tx_end(&t, 0), "tx");
}

#define EXPOSED "potentially-unwanted-accessible"
/* Ids come in order of the key, which is a keyed hash; so findings are told by this
 * letter, which is their place in the table: a, b, c ... */
static const struct seen findings[] = {
	/* a */ { 0, "192.0.2.130", EXPOSED, "open-rdp", "", SEV_HIGH, 3389 },
	/* b */ { 0, "192.0.2.145", EXPOSED, "open-rdp", "", SEV_HIGH, 3389 },
	/* c */
	{ 0, "192.0.2.7", "infected-system", "avalanche", "nymaim", SEV_CRITICAL, 0 },
	/* d */
	{ 0, "192.0.2.7", "infected-system", "avalanche", "other", SEV_CRITICAL, 0 },
	/* e */ { 0, "198.51.100.9", EXPOSED, "open-dns", "", SEV_MEDIUM, 53 },
	/* f */ { 1, "192.0.2.128/26", EXPOSED, "open-ntp", "", SEV_LOW, 123 },
	/* g */ { 1, "2001:db8:1305::1", EXPOSED, "open-rdp", "", SEV_HIGH, 3390 },
	/* h */
	{ 1, "portal.finance.gov.xt.example", "phishing", "kit", "", SEV_CRITICAL, 0 },
	/* i */ { 1, "233.252.0.9", EXPOSED, "open-dns", "", SEV_MEDIUM, 53 },
	/* j */
	{ 1, "finance.gov.xt.example.evil.example", "phishing", "kit", "", SEV_CRITICAL,
		0 },
};
#define N_FINDINGS N(findings)

static void make_findings(struct place *p)
{
	import(p, 0, 0, findings, N_FINDINGS);
	import(p, 0, 1, findings, N_FINDINGS);
	/* For seven reports only c is seen, so that what came before is fixed by silence;
	 * then a comes back. */
	struct seen again[9];
	for (int day = 2; day <= 9; day++) {
		again[day - 2] = findings[2];
		again[day - 2].day = day;
	}
	again[8] = findings[0];
	again[8].day = 9;
	for (int day = 2; day <= 9; day++)
		import(p, 0, day, again, N(again));
}

/* The letter of a finding. */
static char letter_of(struct place *p, int64_t id)
{
	struct finding_row f;
	char room[IP_TEXT_MAX];
	must(p, finding_get(&p->x, id, &f), "finding_get");
	for (size_t i = 0; i < N_FINDINGS; i++) {
		const struct seen *s = &findings[i];
		struct str place = f.by_name ? f.name : str_c(net_text(&f.net, room));
		if (str_eq(place, str_c(s->place)) &&
			str_eq(f.identifier, str_c(s->identifier)) &&
			str_eq(f.family, str_c(s->family)))
			return (char)('a' + (int)i);
	}
	return '?';
}

static int by_char(const void *a, const void *b)
{
	return *(const char *)a - *(const char *)b;
}

/* What a filter finds, as letters in alphabetical order. */
static const char *found(struct place *p, const struct finding_filter *f, char room[32])
{
	struct finding_list list;
	must(p, finding_find(&p->x, f, &list), "finding_find");
	size_t n = list.n < 31 ? list.n : 31;
	for (size_t i = 0; i < n; i++)
		room[i] = letter_of(p, list.ids[i]);
	room[n] = '\0';
	if (f->order == FINDING_BY_ID)
		qsort(room, n, 1, by_char);
	return room;
}

static int64_t id_of(struct place *p, char letter)
{
	struct finding_filter all = { 0 };
	struct finding_list list;
	must(p, finding_find(&p->x, &all, &list), "finding_find");
	for (size_t i = 0; i < list.n; i++)
		if (letter_of(p, list.ids[i]) == letter)
			return list.ids[i];
	return 0;
}

static int64_t org(struct place *p, const char *name)
{
	struct org_ref ref = { 0 };
	must(p, org_find(&p->x, str_c(name), &ref), name);
	return ref.id;
}

static struct net net(const char *text)
{
	struct net n = { 0 };
	if (net_read(str_c(text), &n) < 0)
		abort();
	return n;
}

/* ---- filters ---- */

static void test_filters(struct place *p)
{
	const int64_t finance = org(p, "Ministry of Finance"),
		      zelvora = org(p, "zelvora");
	const struct {
		const char *what, *want;
		struct finding_filter f;
	} t[] = {
		{ "everything", "abcdefghij", { 0 } },
		{ "state: fixed", "bdefghij", { .states = 1u << STATE_FIXED } },
		{ "state: relapsed", "a", { .states = 1u << STATE_RELAPSED } },
		{ "state: open or relapsed", "ac",
			{ .states = 1u << STATE_OPEN | 1u << STATE_RELAPSED } },
		{ "relapsed once", "a", { .relapsed = true } },
		{ "severity at least high", "abcdghj", { .severity = SEV_HIGH } },
		{ "severity critical", "cdhj", { .severity = SEV_CRITICAL } },
		{ "type", "cd", { .type = S("infected-system") } },
		{ "type that never was", "", { .type = S("spam") } },
		{ "identifier", "abg", { .identifier = S("open-rdp") } },
		{ "type and identifier of another", "",
			{ .type = S("phishing"), .identifier = S("open-rdp") } },
		{ "family", "c", { .family = S("nymaim") } },
		{ "organisation", "ah", { .org = finance } },
		{ "operator", "abcdf", { .network_org = zelvora } },
		{ "organisation and operator", "a",
			{ .org = finance, .network_org = zelvora } },
		{ "its own and its network's", "cdf",
			{ .org = zelvora, .network_org = zelvora } },
		{ "unattributed", "eij", { .unattributed = true } },
		{ "unattributed and critical", "j",
			{ .unattributed = true, .severity = SEV_CRITICAL } },
		{ "address", "cd", { .has_net = true, .net = net("192.0.2.7") } },
		{ "network, with a network inside", "abcdf",
			{ .has_net = true, .net = net("192.0.2.0/24") } },
		{ "network that is narrower than one it meets", "a",
			{ .has_net = true, .net = net("192.0.2.128/28") } },
		{ "IPv6 network", "g", { .has_net = true, .net = net("2001:db8::/32") } },
		{ "address nobody saw", "",
			{ .has_net = true, .net = net("192.0.2.8") } },
		{ "address and family", "d",
			{ .has_net = true,
				.net = net("192.0.2.7"),
				.family = S("other") } },
		{ "name", "h", { .name = S("portal.finance.gov.xt.example") } },
		{ "half a name", "", { .name = S("finance.gov.xt.example") } },
		{ "port", "ab", { .port = SOME(3389) } },
		{ "port and organisation", "a", { .port = SOME(3389), .org = finance } },
		{ "last seen since", "ac", { .since = SOME(day_start(DAY0 + 2)) } },
		{ "last seen before", "bde", { .until = SOME(day_start(DAY0 + 1)) } },
		{ "new since", "fghij", { .new_since = SOME(day_start(DAY0 + 1)) } },
		{ "report type", "abcdefghij", { .report_type = p->types[0] } },
		{ "another report type", "", { .report_type = p->types[1] } },
	};
	char room[32];
	for (size_t i = 0; i < N(t); i++) {
		is(found(p, &t[i].f, room), t[i].want, t[i].what);
		arena_reset(&p->arena);
	}
}

static void test_pages(struct place *p)
{
	struct finding_filter f = { .limit = 3 };
	struct finding_list list;
	char letters[32] = "";
	size_t n = 0;
	bool ascending = true, fits = true;
	for (int page = 0; page < 10; page++) {
		must(p, finding_find(&p->x, &f, &list), "finding_find");
		if (list.n == 0)
			break;
		fits = fits && list.matched == (list.n + (page < 3)) && list.n <= 3;
		for (size_t i = 0; i < list.n && n < sizeof(letters) - 1; i++) {
			ascending = ascending && list.ids[i] > f.after;
			f.after = list.ids[i];
			letters[n++] = letter_of(p, list.ids[i]);
		}
	}
	letters[n] = '\0';
	qsort(letters, n, 1, by_char);
	is(letters, "abcdefghij", "pages of three are everything, each once");
	ok(ascending, "ascending by id");
	ok(fits, "a page says whether there is more, and looks no further");
	f = (struct finding_filter){ .limit = 2, .org = org(p, "Zelvora Mobile") };
	must(p, finding_find(&p->x, &f, &list), "finding_find");
	int64_t last = list.ids[1];
	f.after = last;
	must(p, finding_find(&p->x, &f, &list), "finding_find");
	ok(list.n == 1 && list.ids[0] > last, "a page of one organisation goes on");
}

static void test_worst(struct place *p)
{
	struct finding_filter f = { .order = FINDING_WORST };
	char all[32];
	(void)found(p, &f, all);
	ok(strlen(all) == N_FINDINGS && all[0] == 'c', "worst first: %s", all);
	ok(memchr(all, 'f', 10) == all + 9, "the low one last");
	f.limit = 4;
	struct finding_list list;
	must(p, finding_find(&p->x, &f, &list), "finding_find");
	ok(list.n == 4 && list.matched == N_FINDINGS, "a limit keeps count of the rest");
	char four[32];
	(void)found(p, &f, four);
	ok(strncmp(four, all, 4) == 0, "and keeps the worst: %s", four);
	f.limit = 1;
	is(found(p, &f, four), "c", "a limit of one");
}

/* ---- one finding ---- */

static void test_row(struct place *p)
{
	struct finding_row f;
	struct finding_concerned also[FINDING_CONCERNED];
	struct buf b = buf_in(&p->arena, KIB(1));
	must(p, finding_get(&p->x, id_of(p, 'a'), &f), "finding_get");
	ok(str_eq(f.org_name, S("Ministry of Finance")) && f.asn == 64496 &&
			str_eq(f.cc, S("XT")) && f.port == 3389,
		"organisation, AS number, country, port");
	ok(finding_also_concerned(&f, also) == 1 &&
			str_eq(also[0].name, S("Zelvora Mobile")),
		"the operator is also concerned");
	ok(f.days_seen == 2 && f.count == 2 && f.relapses == 1, "seen on two days");
	ok(finding_reason(&f, &b) == 0 && str_eq(buf_str(&b), S("prefix 192.0.2.128/29")),
		"the reason");
	must(p, finding_get(&p->x, id_of(p, 'f'), &f), "finding_get");
	ok(str_eq(f.org_name, S("Zelvora Mobile")),
		"a network wider than a holder's prefix is its operator's");
	must(p, finding_get(&p->x, id_of(p, 'c'), &f), "finding_get");
	ok(finding_also_concerned(&f, also) == 0, "nobody else is concerned");
	must(p, finding_get(&p->x, id_of(p, 'j'), &f), "finding_get");
	buf_clear(&b);
	ok(f.org == 0 && f.org_name.p == NULL && finding_also_concerned(&f, also) == 1 &&
			str_eq(also[0].name, S("Ministry of Finance")),
		"whose domain is imitated is concerned");
	ok(finding_reason(&f, &b) == 0 &&
			str_eq(buf_str(&b),
				S("imitates a domain of Ministry of Finance")),
		"and that is the reason");
	must(p, finding_get(&p->x, id_of(p, 'b'), &f), "finding_get");
	ok(f.state == STATE_FIXED && strcmp(fixed_by_text(f.fixed_by), "silence") == 0,
		"fixed by silence");
	ok(fixed_by_text(FIXED_NOT) == NULL, "not fixed");
	ok(finding_get(&p->x, 999999, &f) == E_NOT_FOUND, "no such finding");
	p->x.why = (struct why){ 0 };
}

static void test_history(struct place *p)
{
	int64_t id = id_of(p, 'c');
	struct finding_full v;
	struct tx t;
	struct sql_reattrib_history_in move = { .finding = id,
		.at = p->x.now,
		.from_org = NONE,
		.to_org = SOME(org(p, "Zelvora Mobile")),
		.basis = BASIS_NETWORK,
		.basis_ref = S("192.0.2.0/24") };
	must(p, tx_begin(&t, p->x.db, TX_WRITE), "tx");
	must(p, sql_reattrib_history(p->x.db, &move), "history");
	must(p, tx_end(&t, 0), "tx");
	must(p, finding_get_full(&p->x, id, &v), "finding_get_full");
	ok(v.n_days == 9 && v.days[0].day == DAY0 && v.days[1].day == DAY0 + 2 &&
			v.days[8].day == DAY0 + 9,
		"its days, ascending, without the one it was missing");
	ok(v.days[0].count == 1 && v.days[0].first == v.days[0].last, "counts and times");
	ok(v.n_sources == 9 && v.sources[0].day == DAY0 + 9 && v.sources[0].row > 0,
		"the files it stands in, the latest first");
	ok(v.n_moves == 1 && v.moves[0].from.p == NULL &&
			str_eq(v.moves[0].to, S("Zelvora Mobile")),
		"whose it was before");
	ok(v.n_notices == 0, "it stood in no notice");
	ok(finding_get_full(&p->x, 999999, &v) == E_NOT_FOUND, "no such finding");
	p->x.why = (struct why){ 0 };
}

static void test_moving_name(struct place *p)
{
	/* A name that has another address in a later report. */
	struct event e = event_of(p, &findings[7], 1);
	struct finding_row f;
	char room[IP_TEXT_MAX];
	static const char *const addresses[] = { "192.0.2.20", "192.0.2.21" };
	for (size_t i = 0; i < N(addresses); i++) {
		struct file_row file = { .name = S("moving.csv"),
			.feed = S(""),
			.type = p->types[0],
			.day = SOME(DAY0 + 20 + (int)i),
			.why = S("") };
		file.sha = sha256_of(str_c(addresses[i]));
		e.flags |= EVENT_HAS_NET;
		e.net = net(addresses[i]);
		e.time = day_start(DAY0 + 20 + (int)i);
		struct tx t;
		must(p, tx_begin(&t, p->x.db, TX_WRITE), "tx");
		must(p, file_add(&p->x, &file, &file.id), "file_add");
		must(p, fold_chunk(p->fold, &p->x, p->table, &file, &e, 1), "fold");
		must(p, fold_finish(p->fold, &p->x, &file), "finish");
		must(p, fold_write(p->fold, &p->x), "write");
		must(p, tx_end(&t, 0), "tx");
		must(p, finding_get(&p->x, id_of(p, 'h'), &f), "finding_get");
		is(net_text(&f.net, room), addresses[i], "a name has its latest address");
	}
	struct finding_filter old = { .has_net = true, .net = net(addresses[0]) };
	struct finding_filter new = { .has_net = true, .net = net(addresses[1]) };
	char letters[32];
	is(found(p, &old, letters), "", "it is no longer found at the old one");
	is(found(p, &new, letters), "h", "it is found at the new one");
}

/* ---- organisations ---- */

static void test_orgs(struct place *p)
{
	static const struct {
		const char *in;
		int want;
		const char *name;
	} t[] = {
		{ "Ministry of Finance", 0, "Ministry of Finance" },
		{ "ministry of FINANCE", 0, "Ministry of Finance" },
		{ " finance ", 0, "Ministry of Finance" },
		{ "ministry", E_USAGE, "" },
		{ "bank", E_NOT_FOUND, "" },
		{ "", E_USAGE, "" },
		{ "999999", E_NOT_FOUND, "" },
		{ "0", E_NOT_FOUND, "" },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct org_ref ref = { 0, S("") };
		int r = org_find(&p->x, str_c(t[i].in), &ref);
		ok(r == t[i].want && str_eq(ref.name, str_c(t[i].name)), "'%s': %d",
			t[i].in, r);
		p->x.why = (struct why){ 0 };
	}
	char number[24];
	struct org_ref ref = { 0 };
	snprintf(number, sizeof(number), "%" PRId64, org(p, "Drimmo Wallet"));
	ok(org_find(&p->x, str_c(number), &ref) == 0 &&
			str_eq(ref.name, S("Drimmo Wallet")),
		"by its number");
	int64_t type = 0;
	ok(finding_report_type(&p->x, S("scan_rdp"), &type) == 0 && type == p->types[0],
		"a report type by its name");
	ok(finding_report_type(&p->x, S("scan_x"), &type) == E_NOT_FOUND, "and not");
}

int main(void)
{
	struct place p;
	open_place(&p);
	make_findings(&p);
	test_filters(&p);
	test_pages(&p);
	test_worst(&p);
	test_row(&p);
	test_history(&p);
	test_orgs(&p);
	test_moving_name(&p);
	close_place(&p);
	return tap_end();
}
