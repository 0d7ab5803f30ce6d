/* SPDX-License-Identifier: Apache-2.0
 * test_digest.c - the words, tables and mails of notices. With an argument it prints the
 * first body in that language, for a person to read. */
#include "notice_kit.h"

#include "base/limits.h"
#include "base/tr.h"
#include "exchange/digest_int.h"
#include "exchange/wrap.h"

static const struct digest_team team = { .name = { "TalCIRT", 7 },
	.mail = { "cirt@cirt.xt.example", 20 },
	.phone = { "+999 7722", 9 } };

static struct notice_result draft(struct kit *k, int day)
{
	struct notice_opts o = { .lang = LANG_EN,
		.tlp = TLP_AMBER,
		.mail_domain = digest_domain(&team),
		.writer = digest_writer(&team) };
	struct notice_result res = { .run = -1 };
	k->x.now = KIT_DAY0 + (int64_t)day * DAY_SECONDS + 7 * 3600;
	k->x.why = (struct why){ 0 };
	if (notice_draft_run(&k->x, &o, &res) < 0)
		printf("# draft: %s\n", k->x.why.text);
	kit_send(k, k->x.now); /* else it would be told no more */
	return res;
}

static bool has(struct str s, const char *z)
{
	return str_search(s, str_c(z)) < s.n;
}

static size_t count_of(struct str s, const char *z)
{
	size_t n = 0, len = strlen(z);
	for (size_t at; (at = str_search(s, str_c(z))) < s.n; n++)
		s = str_from(s, at + len);
	return n;
}

/* Items that go on in a second line, in one line again. */
static struct str unwrapped(struct arena *a, struct str s)
{
	struct buf b = buf_in(a, KIB(64));
	for (size_t i = 0; i < s.n; i++) {
		bool more = s.p[i] == '\n' && str_starts(str_from(s, i + 1), S("  "));
		if (buf_addc(&b, more ? ' ' : s.p[i]) < 0)
			break;
		i += more ? 2 : 0;
	}
	return buf_str(&b);
}

static struct str body_of(struct kit *k, int64_t id)
{
	struct notice_full n = { .body = S("") };
	if (notice_get(&k->x, id, &n) < 0)
		printf("# no notice %" PRId64 "\n", id);
	return unwrapped(&k->arena, n.body);
}

static int64_t newest(struct kit *k)
{
	return kit_int(k, "SELECT max(id) FROM notice");
}

struct tables {
	struct arena *a;
	struct str name[16], type[16], content[16];
	size_t n;
};

static int on_part(void *ctx, const struct notice_part *p)
{
	struct tables *t = ctx;
	if (t->n == N(t->name))
		return E_TOO_BIG;
	t->name[t->n] = str_dup(t->a, p->name);
	t->type[t->n] = str_dup(t->a, p->type);
	t->content[t->n++] = str_dup(t->a, p->content);
	return 0;
}

static struct tables tables_of(struct kit *k, int64_t id)
{
	struct tables t = { .a = &k->arena };
	if (notice_parts_each(&k->x, id, on_part, &t) < 0)
		printf("# parts of %" PRId64 "\n", id);
	return t;
}

/* ---- a notice of many kinds ---- */

static void some_findings(struct kit *k)
{
	static const struct kit_finding t[] = {
		{ 1, 0, SEV_HIGH, NULL, "open-telnet", "192.0.2.1", NULL,
			"gw.finance.xt.example", "", 23, false },
		{ 1, 0, SEV_HIGH, NULL, "open-telnet", "2001:db8::7", NULL, "", "", 23,
			false },
		{ 1, 0, SEV_MEDIUM, "ddos-amplifier", "dns-open-resolver", "192.0.2.2",
			NULL, "=cmd|'/c calc'!A0", "", 53, false },
		{ 1, 0, SEV_MEDIUM, "ddos-amplifier", "open-snmp", "192.0.2.0/28", NULL,
			"", "", 161, false },
		{ 1, 0, SEV_CRITICAL, "infected-system", "sinkhole-xyz", "192.0.2.3",
			NULL, "", "mirai", 0, true },
		{ 1, 0, SEV_HIGH, "vulnerable-system", "no-such-thing", NULL,
			"www.finance.xt.example", "", "", 443, false },
	};
	for (size_t i = 0; i < N(t); i++)
		kit_finding(k, &t[i]);
}

static void test_body(struct kit *k)
{
	struct notice_result res = draft(k, 0);
	ok(res.notices == 1 && res.findings == 6, "one notice, six findings");
	struct notice_full n;
	ok(notice_get(&k->x, 1, &n) == 0, "it is there");
	struct str b = body_of(k, 1);
	is(str_starts(b, S("TLP:AMBER\n")) ? "yes" : "no", "yes",
		"the marking stands first");
	ok(str_ends(b, S("TLP:AMBER\n")), "and last");
	ok(str_eq(n.row.subject,
		   S("[TLP:AMBER] Ministry of Finance: 6 findings, critical: 1 "
		     "[TOCSIN-1]")),
		"the subject");
	ok(has(b,
		   "6 findings in this notice (critical: 1, high: 3, medium: 2, lower: "
		   "0)"),
		"summary: how many");
	ok(has(b, "New: 6. Back after they had been fixed: 0."), "summary: new and back");
	ok(has(b, "Still open from earlier notices: none."), "summary: open");
	ok(has(b, "- Do first: Device infected with malware (1), within 3 days."),
		"summary: what first, by when");
	ok(str_search(b, S("\n1. Device infected")) < str_search(b, S("\n2. ")),
		"worst first");
	ok(has(b, "- New: 192.0.2.3, source port 40002, last at 2026-06-01 01:00:00 UTC"),
		"an act has its source port and second");
	ok(has(b, "Reported as: mirai (1)"), "the malware's name");
	ok(has(b,
		   "- New: 192.0.2.1:23/tcp (gw.finance.xt.example), first seen "
		   "2026-06-01"),
		"a place has its port and host name");
	ok(has(b, "- New: [2001:db8::7]:23/tcp, first"),
		"IPv6 with a port stands in brackets");
	ok(has(b, "`nmap -Pn -p 23 192.0.2.1`"),
		"the commands are for the first finding");
	ok(has(b, "carrier NAT"), "the hint on shared addresses");
	ok(!has(b, "{") || has(b, "{ localhost"), "no hole is left open");
	ok(has(b, "[TOCSIN-1]") && has(b, "tocsin-1.csv") && has(b, "+999 7722"),
		"reference, table, telephone");
	b = n.body;
	ok(b.n <= LIMIT_BODY, "%zu bytes", b.n);
	size_t longest = 0;
	struct str line;
	while (str_split(&b, '\n', &line))
		if (line.n > longest && str_find(line, '`') == line.n)
			longest = line.n;
	ok(longest <= WRAP_COLUMNS, "lines of at most %zu columns", longest);
}

static void test_table(struct kit *k)
{
	struct tables t = tables_of(k, 1);
	ok(t.n == 1 && str_eq(t.name[0], S("tocsin-1.csv")) &&
			str_eq(t.type[0], S("text/csv")),
		"one table, plain");
	struct str c = t.content[0];
	ok(str_starts(c,
		   S("first_seen_utc,last_seen_utc,count,address,transport,port,"
		     "source_port,"
		     "host_name,type,identifier,family,severity,state,detail,basis,"
		     "evidence,finding,answer,until,whose,comment\r\n")),
		"the columns");
	ok(count_of(c, "\r\n") == 1 + 7,
		"a line per finding, and one more sighting of the act");
	ok(has(c,
		   "2026-06-01 00:01:00,2026-06-01 "
		   "00:30:00,2,192.0.2.3,tcp,,40001,,infected-system,"
		   "sinkhole-xyz,mirai,critical,new,tag=kit,192.0.2.0/24,"
		   "000000000000-5,5,,,,\r\n"),
		"a sighting of an act: its times, its source port, its evidence");
	ok(has(c, ",192.0.2.3,tcp,,40002,"), "and the other");
	ok(has(c,
		   "2026-06-01 00:01:00,2026-06-01 "
		   "01:00:00,3,192.0.2.1,tcp,23,,gw.finance.xt.example,"),
		"a state: its first, last and count");
	ok(has(c, ",\"'=cmd|'/c calc'!A0\","), "no cell is a formula");
	ok(has(c, ",192.0.2.0/28,"), "a network");
	ok(has(c, ",,tcp,443,,www.finance.xt.example,"), "a name without an address");
}

static void test_later(struct kit *k)
{
	kit_sql(k,
		"INSERT INTO file SELECT 2, x'%s', 'g', '', 1, 20607, 1, 1, 1, 1, 1, "
		"1, 0, 0, 0, 0, 0, NULL, ''",
		"ab00000000000000000000000000000000000000000000000000000000000001");
	kit_sql(k, "INSERT INTO sighting VALUES(5, 20607, 2, 40007, 77, 1, %d, %d)",
		KIT_DAY0 + 2 * DAY_SECONDS, KIT_DAY0 + 2 * DAY_SECONDS);
	kit_sql(k, "UPDATE finding SET last_seen = %d WHERE id = 5",
		KIT_DAY0 + 2 * DAY_SECONDS);
	kit_sql(k, "UPDATE finding SET state = 3, relapses = 1 WHERE id = 3");
	ok(draft(k, 3).findings == 2, "day 3: a reminder and a relapse");
	struct str b = body_of(k, 2), c = tables_of(k, 2).content[0];
	ok(has(b, "New: 0. Back after they had been fixed: 1."), "the relapse is said");
	ok(has(b,
		   "Still open from earlier notices: 6, the oldest first seen on "
		   "2026-06-01."),
		"what is still open, and since when");
	ok(has(b, "Repeated in this notice as a reminder: 1."), "the reminder too");
	ok(has(b, "- Back: 192.0.2.2:53/tcp") &&
			has(b, "- Reminder: 192.0.2.3, source port 40007"),
		"both with their place");
	ok(has(c, ",40007,") && has(c, "ab0000000000-77,5,,,,\r\n") && !has(c, ",40001,"),
		"of acts only the sightings since the last notice");
	ok(draft(k, 6).findings == 1 && has(tables_of(k, 3).content[0], ",40007,"),
		"a reminder without a new sighting shows the latest");
}

static void test_eml(struct kit *k)
{
	struct str one = S(""), two;
	k->x.why = (struct why){ 0 };
	int r = digest_eml(&k->x, &team, 1, &one);
	ok(r == 0, "the mail: %s", k->x.why.text);
	ok(digest_eml(&k->x, &team, 1, &two) == 0 && str_eq(one, two),
		"always the same bytes");
	ok(has(one, "From: \"TalCIRT\" <cirt@cirt.xt.example>\r\n") &&
			has(one, "To: soc@finance.gov.xt.example\r\n"),
		"from and to");
	ok(has(one, "Message-ID: <tocsin.1.") && has(one, "@cirt.xt.example>\r\n"),
		"Message-ID");
	ok(has(one, "Date: Mon, 1 Jun 2026 07:00:00 +0000\r\n"), "the date of the draft");
	ok(has(one, "TLP:AMBER") && has(one, "TOCSIN-1"), "the subject");
	ok(has(one, "Auto-Submitted: auto-generated\r\n"), "machines do not answer it");
	ok(has(one, "tocsin-1.csv"), "the table");
}

static void test_via_operator(struct kit *k)
{
	kit_org(k, 8, "City of Sarrowick", "");
	kit_finding(k,
		&(struct kit_finding){ .org = 8,
			.network_org = 1,
			.severity = SEV_LOW,
			.net = "192.0.2.180" });
	draft(k, 6);
	struct str b = body_of(k, newest(k));
	ok(has(b, "To: City of Sarrowick\nWe know no contact of City of Sarrowick."),
		"no contact: the operator is asked to pass it on");
	kit_sql(k, "UPDATE finding SET state = 2 WHERE org = 8");
}

/* ---- the link to answer by ---- */

static const struct digest_team with_web = { .name = { "TalCIRT", 7 },
	.mail = { "cirt@cirt.xt.example", 20 },
	.phone = { "", 0 },
	.web_url = { "https://cirt.example", 20 } };

static struct str body_with_link(struct kit *k, enum lang lang)
{
	struct notice_opts o = { .lang = LANG_EN,
		.tlp = TLP_AMBER,
		.mail_domain = digest_domain(&with_web),
		.writer = digest_writer(&with_web) };
	struct notice_result res = { 0 };
	struct notice_full n = { .body = S("") };
	kit_sql(k, "UPDATE contact SET language = %Q", lang_code(lang));
	kit_sql(k, "UPDATE finding SET noticed_at = NULL, noticed_org = NULL");
	kit_sql(k, "UPDATE notice SET content = randomblob(32)");
	k->x.now += DAY_SECONDS;
	ok(notice_draft_run(&k->x, &o, &res) == 0 && res.notices > 0 &&
			notice_get(&k->x, newest(k), &n) == 0,
		"%s: drafted with pages to answer on", lang_code(lang));
	kit_send(k, k->x.now);
	return n.body;
}

static void test_link(struct kit *k)
{
	struct str mail = S("");
	for (int l = LANG_N - 1; l >= 0; l--) { /* English last: its mail is plain */
		struct str b = body_with_link(k, (enum lang)l);
		ok(count_of(b, "{answer-link}") == 1 && has(b, "\n\n{answer-link}\n\n"),
			"%s: the link's place stands alone, without marks",
			lang_code((enum lang)l));
	}
	ok(digest_eml(&k->x, &with_web, newest(k), &mail) == 0 &&
			has(mail, "https://cirt.example/a/**************************") &&
			!has(mail, "{answer-link}"),
		"the mail that is shown has it masked");
	ok(!has(body_of(k, 1), "{answer-link}") && !has(body_of(k, 1), "Open this page"),
		"no pages: nothing is said of them");
}

/* A claim of day 1 that day 3 proved wrong; the notices are of day 0 and day 4. */
static void test_wrong_claim(struct kit *k)
{
	kit_sql(k, "UPDATE finding SET state = 2 WHERE id <> 1");
	kit_sql(k,
		"INSERT INTO file SELECT 3, x'%s', 'h', '', 1, 20608, 1, 1, 1, 1, 1, "
		"1, 0, 0, 0, 0, 0, NULL, ''",
		"cd00000000000000000000000000000000000000000000000000000000000001");
	kit_sql(k, "INSERT INTO claim VALUES(1, 20606)");
	kit_sql(k, "INSERT INTO sighting VALUES(1, 20608, 3, 0, 5, 1, %d, %d)",
		KIT_DAY0 + 3 * DAY_SECONDS, KIT_DAY0 + 3 * DAY_SECONDS);
	kit_sql(k,
		"UPDATE finding SET state = 3, relapses = 1, last_report = 20608, "
		"noticed_at = %d, noticed_org = org, noticed_relapses = 0 WHERE id = 1",
		KIT_DAY0);
	ok(draft(k, 4).notices == 1, "a relapse after a claim");
	ok(has(body_of(k, newest(k)),
		   "We were told on 2026-06-02 that this is fixed; it was seen again on "
		   "2026-06-04."),
		"what was claimed, and when it was seen again");
	kit_sql(k, "UPDATE finding SET relapses = 2, noticed_at = %d WHERE id = 1",
		KIT_DAY0 + 2 * DAY_SECONDS);
	draft(k, 5);
	ok(!has(body_of(k, newest(k)), "We were told"),
		"a claim older than the last notice is not held against them");
}

/* ---- languages ---- */

static void test_languages(struct kit *k)
{
	struct str english = body_of(k, 1);
	for (int l = 0; l < LANG_N; l++) {
		kit_sql(k, "UPDATE contact SET language = %Q", lang_code((enum lang)l));
		kit_sql(k, "UPDATE finding SET noticed_at = NULL, noticed_org = NULL");
		kit_sql(k, "UPDATE notice SET content = randomblob(32)");
		draft(k, 400 + l);
		struct notice_full n;
		if (notice_get(&k->x, newest(k), &n) < 0)
			continue;
		ok(n.row.lang == (enum lang)l && n.body.n > 2000 &&
				n.body.n <= LIMIT_BODY,
			"%s: %zu bytes", lang_code((enum lang)l), n.body.n);
		bool filled = true;
		static const char *const holes[] = { "{n}", "{organisation}", "{address}",
			"{port}", "{team}", "{title}", "{date}", "{why}", "{place}",
			"{names}" };
		for (size_t i = 0; i < N(holes); i++)
			filled &= !has(n.body, holes[i]);
		ok(filled && has(n.body, "Ministry of Finance") &&
				has(n.body, "192.0.2.3") && has(n.body, "2026-06-01"),
			"%s: every hole is filled", lang_code((enum lang)l));
		bool translated = tr_tables.lang[l].n_forms > 0;
		ok(!translated || !has(n.body, "What it is:"), "%s: in its words",
			lang_code((enum lang)l));
		ok(has(n.row.subject, "[TLP:AMBER]") && has(n.row.subject, "[TOCSIN-"),
			"%s: marking and reference stay", lang_code((enum lang)l));
	}
	ok(english.n > 0, "English was there to compare with");
}

/* ---- much ---- */

static void test_many_kinds(struct kit *k)
{
	static const char *const identifiers[] = { "open-cwmp", "accessible-http",
		"ssl-poodle", "open-ssh", "open-telnet", "accessible-ftp",
		"dns-open-resolver", "open-snmp", "ntp-version", "open-ldap", "open-mqtt",
		"open-rdp", "open-vnc", "open-ipmi" };
	static const char *const types[] = { "infected-system", "c2-server", "phishing",
		"brute-force", "scanner", "spam", "ddos", "data-leak",
		"vulnerable-system", "weak-crypto", "malware-distribution", "other",
		"blacklist" };
	char net[32];
	kit_org(k, 2,
		"Zelvora \"Mobile\"\n=?utf-8?q?x?= and a very long name `that` goes on "
		"and on "
		"and on and on and on and on and on and on and on and on and on and on",
		"ru");
	kit_contact(k, 2, "abuse@zelvora.xt.example", "abuse", "ru");
	kit_sql(k, "BEGIN");
	for (unsigned i = 0; i < 5000; i++) {
		struct kit_finding f = { .org = 2,
			.net = net,
			.port = 80,
			.severity = SEV_LOW + (int)(i % 4),
			.acts = i % 7 == 0,
			.identifier = i % 2 ? identifiers[i / 2 % N(identifiers)]
					    : "tag-of-the-day",
			.type = types[i / 2 % N(types)],
			.host = "a.zelvora.xt.example" };
		snprintf(net, sizeof(net), "198.18.%u.%u", i / 250, i % 250);
		kit_finding(k, &f);
	}
	kit_sql(k, "COMMIT");
	struct notice_result res = draft(k, 500);
	struct str b = body_of(k, newest(k));
	ok(res.findings >= 5000 && b.n <= LIMIT_BODY && b.n > LIMIT_BODY / 2,
		"5,000 findings: a body of %zu bytes", b.n);
	ok(has(b, "1. ") && count_of(b, "\n- ") > 10,
		"some in full, the others in one line");
	struct notice_full n;
	struct str eml;
	ok(notice_get(&k->x, newest(k), &n) == 0 && !has(n.row.subject, "\n") &&
			!has(n.row.subject, "=?"),
		"a strange name makes no second header line");
	int r = digest_eml(&k->x, &team, newest(k), &eml);
	ok(r == 0, "and its mail can be written: %s", k->x.why.text);
	struct tables t = tables_of(k, newest(k));
	ok(t.n == 1 && t.content[0].n <= LIMIT_CSV_ZIP, "its table is plain: %zu bytes",
		t.content[0].n);
}

static void test_much(struct kit *k)
{
	char host[200];
	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	kit_org(k, 3, "Quandish Telecom", "en");
	kit_contact(k, 3, "abuse@quandish.xt.example", "abuse", "en");
	kit_finding(k,
		&(struct kit_finding){ .org = 3,
			.severity = SEV_LOW,
			.net = "198.18.0.0",
			.host = host });
	int64_t first = k->findings;
	/* As many copies of it as make a table of the wanted size. */
	static const struct {
		int copies;
		size_t parts;
		bool zipped;
		const char *name;
	} t[] = { { 2800, 1, false, "" }, { 4000, 1, true, "" },
		{ 20000, 2, true, "-1" } };
	for (size_t i = 0; i < N(t); i++) {
		kit_sql(k,
			"BEGIN; DELETE FROM notice_finding; UPDATE notice SET "
			"content = randomblob(32); DELETE FROM sighting WHERE "
			"finding > %lld; DELETE FROM finding WHERE id > %lld",
			(long long)first, (long long)first);
		kit_sql(k,
			"CREATE TEMP TABLE one AS SELECT * FROM finding WHERE id = "
			"%lld; UPDATE one SET noticed_at = NULL",
			(long long)first);
		kit_sql(k,
			"CREATE TEMP TABLE many AS WITH RECURSIVE n(i) AS (SELECT 1 "
			"UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT o.*, n.i "
			"AS i FROM one o, n; UPDATE many SET id = id + i, key = "
			"randomblob(16); UPDATE finding SET noticed_at = NULL WHERE "
			"id = %lld",
			t[i].copies, (long long)first);
		sqlite3_stmt *s = NULL;
		kit_sql(k,
			"ALTER TABLE many DROP COLUMN i; INSERT INTO finding SELECT "
			"* FROM many; INSERT INTO sighting SELECT id, 20605, 1, 0, "
			"1, 3, 1, 2 FROM many; DROP TABLE many; DROP TABLE one; "
			"COMMIT");
		sqlite3_finalize(s);
		struct notice_result res = draft(k, 600 + (int)i);
		struct tables parts = tables_of(k, newest(k));
		char name[64];
		snprintf(name, sizeof(name), "tocsin-%" PRId64 "%s.csv%s", newest(k),
			t[i].name, t[i].zipped ? ".zip" : "");
		ok(res.notices > 0 && parts.n == t[i].parts &&
				str_eq(parts.name[0], str_c(name)),
			"%d findings: %zu part(s), %s", t[i].copies, parts.n, name);
		bool zip = str_starts(parts.content[0], S("PK\x03\x04"));
		ok(zip == t[i].zipped &&
				str_eq(parts.type[0],
					t[i].zipped ? S("application/zip")
						    : S("text/csv")),
			"%zu bytes", parts.content[0].n);
		ok(!has(body_of(k, newest(k)), "attached tables") == (t[i].parts == 1),
			"the body says how many");
	}
}

/* ---- pieces ---- */

static void test_advice(struct kit *k)
{
	static const struct {
		const char *text, *host, *net;
		bool v6;
		uint16_t port;
		const char *want;
	} t[] = {
		{ "`nmap -Pn -p {port} {address}`.", "192.0.2.1", "192.0.2.1", false, 23,
			"`nmap -Pn -p 23 192.0.2.1`." },
		{ "`nmap -Pn -p {port} {address}`.", "192.0.2.1", "192.0.2.1", false, 0,
			"`nmap -Pn 192.0.2.1`." },
		{ "`nmap -Pn -p {port} {address}`.", "2001:db8::1", "2001:db8::1", true,
			23, "`nmap -6 -Pn -p 23 2001:db8::1`." },
		{ "`nmap -Pn -p {port} {address}`.", "192.0.2.0", "192.0.2.0/24", false,
			23, "`nmap -Pn -p 23 192.0.2.0/24`." },
		{ "`dig @{address} example.com A`", "192.0.2.0", "192.0.2.0/24", false,
			53, "`dig @192.0.2.0 example.com A`" },
		{ "`curl http://{address}:{port}/`", "2001:db8::1", "2001:db8::1", true,
			80, "`curl http://[2001:db8::1]:80/`" },
		{ "`curl http://{address}:{port}/`", "192.0.2.1", "192.0.2.1", false, 0,
			"`curl http://192.0.2.1/`" },
		{ "`rsync --port={port} {address}::`", "2001:db8::1", "2001:db8::1", true,
			0, "`rsync [2001:db8::1]::`" },
		{ "`ldapsearch -H ldap://{address} -s`", "2001:db8::1", "2001:db8::1",
			true, 1, "`ldapsearch -H ldap://[2001:db8::1] -s`" },
		{ "`snmpget -c public {address} 1.3`", "2001:db8::1", "2001:db8::1", true,
			161, "`snmpget -c public udp6:[2001:db8::1] 1.3`" },
		{ "open http://{address}:{port}/ now", "192.0.2.1", "192.0.2.1", false,
			80, "open http://192.0.2.1:80/ now" },
		{ "`nmap -p {port} {address}`", "", "", false, 0, "`nmap ADDRESS`" },
		{ "a `command", "", "", false, 0, "a `command`" },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct digest_target target = { str_c(t[i].host), str_c(t[i].net),
			t[i].v6, t[i].port };
		struct str got = S("");
		int r = digest_advice(&k->arena, LANG_EN, t[i].text, &target, &got);
		ok(r == 0 && str_eq(got, str_c(t[i].want)), "%s", t[i].want);
		if (r == 0 && !str_eq(got, str_c(t[i].want)))
			printf("# got %.*s\n", STR(got));
	}
}

static void test_wrap(struct kit *k)
{
	static const struct {
		const char *what, *text, *want;
		enum lang lang;
	} t[] = {
		{ "short", "a b\n\nc\n", "a b\n\nc\n", LANG_EN },
		{ "words",
			"- 123456789 123456789 123456789 123456789 123456789 123456789 "
			"123456789 1 2\n",
			"- 123456789 123456789 123456789 123456789 123456789 123456789 "
			"123456789\n"
			"  1 2\n",
			LANG_EN },
		{ "a command is not broken",
			"123456789 123456789 123456789 123456789 123456789 123456789 "
			"`nmap -Pn -p 1 x`\n",
			"123456789 123456789 123456789 123456789 123456789 123456789\n"
			"`nmap -Pn -p 1 x`\n",
			LANG_EN },
		{ "a long word stands over",
			"a 1234567890123456789012345678901234567890123456789012"
			"345678901234567890123 b\n",
			"a\n1234567890123456789012345678901234567890123456789012"
			"345678901234567890123"
			"\nb\n",
			LANG_EN },
		{ "Chinese, between characters, not before a stop",
			"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六。七\n",
			"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五\n"
			"六。七\n",
			LANG_ZH },
		{ "Arabic: direction marks",
			"جديد: [2001:db8::1]:80/tcp (a.example)، 2026-06-01 10:20:30 "
			"12\n",
			"\u200fجديد: \u200e[2001:db8::1]:80/tcp\u200e "
			"(\u200ea.example\u200e)، "
			"\u200e2026-06-01 10:20:30\u200e 12\n",
			LANG_AR },
		{ "Arabic: a command is one piece", "ا `nmap -Pn 192.0.2.1`.\n",
			"\u200fا \u200e`nmap -Pn 192.0.2.1`\u200e.\n", LANG_AR },
		{ "a line without Arabic letters is left alone", "TLP:AMBER\n192.0.2.1\n",
			"TLP:AMBER\n192.0.2.1\n", LANG_AR },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct buf out = buf_in(&k->arena, KIB(4));
		int r = wrap_text(str_c(t[i].text), t[i].lang, &out);
		ok(r == 0 && str_eq(buf_str(&out), str_c(t[i].want)), "wrap: %s",
			t[i].what);
		if (!str_eq(buf_str(&out), str_c(t[i].want)))
			printf("# got %.*s\n", STR(buf_str(&out)));
	}
}

static void one_org(struct kit *k, const char *lang)
{
	kit_new(k);
	kit_org(k, 1, "Ministry of Finance", lang);
	kit_contact(k, 1, "soc@finance.gov.xt.example", "security", "");
	some_findings(k);
}

static int show(const char *lang)
{
	struct kit k;
	one_org(&k, lang);
	draft(&k, 0);
	struct str b = body_of(&k, 1);
	fwrite(b.p, 1, b.n, stdout);
	kit_free(&k);
	return 0;
}

int main(int argc, char **argv)
{
	struct kit k;
	if (argc > 1)
		return show(argv[1]);
	one_org(&k, "en");
	test_wrap(&k);
	test_advice(&k);
	test_body(&k);
	test_table(&k);
	test_later(&k);
	test_eml(&k);
	test_via_operator(&k);
	test_languages(&k);
	test_link(&k);
	test_many_kinds(&k);
	test_much(&k);
	kit_free(&k);
	one_org(&k, "en");
	draft(&k, 0);
	test_wrong_claim(&k);
	kit_free(&k);
	return tap_end();
}
