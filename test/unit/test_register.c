/* SPDX-License-Identifier: Apache-2.0
 * test_register.c - the operator's files, as spreadsheets and registries write them. */
#include "fmt/register.h"
#include "tap.h"

#include <inttypes.h>
#include <stdlib.h>

struct seen {
	struct buf rows, problems;
	int n_rows, stop_after;
};

static void put(struct buf *b, const char *key, struct str s)
{
	if (s.n && buf_addf(b, " %s=%.*s", key, STR(s)) < 0)
		abort();
}

static int on_row(void *ctx, const struct reg_row *row, struct why *why)
{
	static const char kinds[] = "NHCDXP";
	struct seen *s = ctx;
	struct buf *b = &s->rows;
	char text[IP_TEXT_MAX];
	if (++s->n_rows == s->stop_after)
		return fail(why, E_STOPPED, "enough");
	if (buf_addf(b, "%c%" PRIu32, kinds[row->what], row->row) < 0)
		abort();
	if (row->has_net)
		put(b, "net", str_c(net_text(&row->net, text)));
	if (row->asn && buf_addf(b, " asn=%" PRIu32, row->asn) < 0)
		abort();
	if (row->inside_asn && buf_addf(b, " in=%" PRIu32, row->inside_asn) < 0)
		abort();
	put(b, "org", row->organisation);
	put(b, "name", row->name);
	put(b, "sector", row->sector);
	put(b, "kind", row->kind);
	put(b, "role", row->role);
	put(b, "lang", row->language);
	put(b, "email", row->email);
	put(b, "phone", row->phone);
	put(b, "pgp", row->pgp);
	put(b, "domain", row->domain);
	put(b, "cc", row->cc);
	return buf_addc(b, '\n');
}

static int on_problem(void *ctx, const struct reg_problem *p, struct why *why)
{
	static const char *const names[REG_FAULT_N] = { "ok", "unknown", "twice",
		"charset", "width", "quote", "big", "noplace", "noorg", "noaddr",
		"nodomain", "prefix", "wide", "hostbits", "asn", "email", "phone", "pgp",
		"domain", "country", "language", "text", "line" };
	static const char weights[] = "npl";
	struct seen *s = ctx;
	(void)why;
	if (p->value.n > 200)
		abort();
	return buf_addf(&s->problems, "%c%" PRIu32 " %s %.*s;", weights[p->weight],
		p->row, names[p->fault], STR(p->value));
}

static int run(struct arena *a, const char *name, const char *country, struct str file,
	size_t step, struct seen *s, struct why *why)
{
	s->rows = buf_in(a, MIB(4));
	s->problems = buf_in(a, MIB(1));
	struct reg_sink sink = { s, on_row, on_problem };
	AUTO_REG r = reg_new(a, str_c(name), str_c(country), &sink);
	int e = 0;
	while (file.n > 0 && e == 0) {
		e = reg_bytes(r, str_to(file, step), why);
		file = str_from(file, step);
	}
	return e < 0 ? e : reg_end(r, why);
}

static const struct {
	const char *what, *name, *country, *file, *rows, *problems;
	int rc;
} t[] = {
	{ "networks", "networks.csv", "",
		"asn,name,kind,sector,demo_ipv4,demo_ipv6,language,contact\n"
		"64496,Zelvora Mobile,\"mobile operator, CGNAT\",isp,192.0.2.0/24,"
		"2001:db8:100::/40,fr,"
		"abuse@zelvora.xt.example\n"
		"65546,Brakkenmor,\"IPv6 only\",ISP,,2001:db8:1b00::/40,ar,"
		"Abuse@BRAKKENMOR.xt.example\n"
		"AS65547,Quorra,,isp,,,,\n",
		"N1 net=192.0.2.0/24 asn=64496 org=Zelvora Mobile sector=isp kind=mobile "
		"operator, CGNAT "
		"lang=fr email=abuse@zelvora.xt.example\n"
		"N1 net=2001:db8:100::/40 asn=64496 org=Zelvora Mobile sector=isp "
		"kind=mobile operator, CGNAT lang=fr email=abuse@zelvora.xt.example\n"
		"N2 net=2001:db8:1b00::/40 asn=65546 org=Brakkenmor sector=isp kind=IPv6 "
		"only lang=ar "
		"email=Abuse@brakkenmor.xt.example\n"
		"N3 asn=65547 org=Quorra sector=isp\n",
		"", 0 },
	{ "as a spreadsheet writes it", "Kopie (2).csv", "",
		"\xef\xbb\xbfPrefix;HOLDER;Sector;Language;Contact;Inside ASN;Remark\r\n"
		"\"192.0.2.128/29 ; 192.0.2.160/28|2001:db8::/48\";\" Ministry  of\r\n"
		"Finance\";Government;"
		"FR;soc@finance.gov.xt.example;64496;new\r\n"
		";;;;;;\r\n"
		"\r\n"
		"198.51.100.0 - 198.51.100.130;\"Bank \"\"A\"\"\";;Arabic;\"a@x.example; "
		"b@x.example\";;;;\r\n",
		"H1 net=192.0.2.128/29 in=64496 org=Ministry of Finance "
		"sector=government lang=fr "
		"email=soc@finance.gov.xt.example\n"
		"H1 net=192.0.2.160/28 in=64496 org=Ministry of Finance "
		"sector=government lang=fr "
		"email=soc@finance.gov.xt.example\n"
		"H1 net=2001:db8::/48 in=64496 org=Ministry of Finance sector=government "
		"lang=fr "
		"email=soc@finance.gov.xt.example\n"
		"H3 net=198.51.100.0/25 org=Bank \"A\" lang=ar email=a@x.example\n"
		"H3 net=198.51.100.128/31 org=Bank \"A\" lang=ar email=a@x.example\n"
		"H3 net=198.51.100.130 org=Bank \"A\" lang=ar email=a@x.example\n"
		"C3 org=Bank \"A\" lang=ar email=b@x.example\n",
		"n0 unknown Remark;", 0 },
	{ "contacts, tabs", "c.txt", "",
		"organisation\tname\trole\tlanguage\temail\tphone\tpgp\n"
		"Tax Office\tA. B.\thead\tfr\tit@tax.gov.xt.example\t+999 (1) 234-567\t"
		"0x0123 4567 89ab cdef 0123  4567 89AB CDEF 0123 4567\n"
		"Tax Office\t\t\tpt\t\"Duty "
		"<duty@tax.gov.xt.example>\"\t9.99E+11\tDEADBEEF\n"
		"Tax Office\tC\t\t\tnobody at x\t\t\n"
		"\tC\t\t\tc@x.example\t\t\n"
		"A =?utf-8?q?=0ABcc?= B\tC\t\t\tc@x.example\t\t\n",
		"C1 org=Tax Office name=A. B. role=head lang=fr "
		"email=it@tax.gov.xt.example "
		"phone=+999 (1) 234-567 pgp=0123456789ABCDEF0123456789ABCDEF01234567\n"
		"C2 org=Tax Office email=duty@tax.gov.xt.example\n",
		"p2 language pt;p2 phone 9.99E+11;p2 pgp DEADBEEF;p3 email nobody at x;"
		"l3 noaddr ;l4 noorg ;"
		"l5 text A =?utf-8?q?=0ABcc?= B;",
		0 },
	{ "domains", "d.csv", "",
		"domain,organisation\nalderquist.xt.example,Alderquist Bank\n"
		"\"*.finance.gov.xt.example, https://www.Tax.gov.xt.example/login\",MoF\n"
		"b\xc3\xbc"
		"cher.example,Books\nlocalhost,X\n,Y\n",
		"D1 org=Alderquist Bank domain=alderquist.xt.example\n"
		"D2 org=MoF domain=finance.gov.xt.example\nD2 org=MoF "
		"domain=www.tax.gov.xt.example\n"
		"D3 org=Books domain=xn--bcher-kva.example\n",
		"p4 domain localhost;l5 nodomain ;", 0 },
	{ "country", "country.csv", "",
		"prefix,country\n192.0.2.0/24,xt\n2001:db8:ff00::/40,\n198.18.0.0/15,"
		"Talmeria\n",
		"X1 net=192.0.2.0/24 cc=XT\nX2 net=2001:db8:ff00::/40 cc=ZZ\n",
		"l3 country Talmeria;", 0 },
	{ "load prefixes", "x.csv", "",
		"prefix,asn\n198.18.0.0/17,64496\n198.19.192.0/18,\n,64496\n",
		"P1 net=198.18.0.0/17 asn=64496\nP2 net=198.19.192.0/18\n",
		"l3 noplace ;", 0 },
	{ "bad places", "holders.csv", "",
		"prefix,holder\n192.0.2.5/24,A\n0.0.0.0/0 192.0.2.1,B\n::/8,C\n"
		"192.0.2.256,D\n"
		"192.0.2.9-192.0.2.1,E\n0.0.0.0-255.255.255.255,F\n192.0.2.0 /24,G\n"
		"192.0.2.0\xe2\x80\x93"
		"192.0.2.1,H\n010.0.0.1,I\n10.0.0.0/8,J\n10.0.0.0/7,K\n,L\n",
		"H1 net=192.0.2.0/24 org=A\nH2 net=192.0.2.1 org=B\nH7 net=192.0.2.0/24 "
		"org=G\n"
		"H8 net=192.0.2.0/31 org=H\nH10 net=10.0.0.0/8 org=J\n",
		"n1 hostbits 192.0.2.5/24;p2 wide 0.0.0.0/0;p3 wide ::/8;p4 prefix "
		"192.0.2.256;"
		"p5 prefix 192.0.2.9-192.0.2.1;p6 wide 0.0.0.0-255.255.255.255;p9 prefix "
		"010.0.0.1;"
		"p11 wide 10.0.0.0/7;l12 noplace ;",
		0 },
	{ "Windows-1252", "h.csv", "",
		"prefix;holder\n192.0.2.0/25;Minist\xe8re de l\x92\xc9"
		"cologie\n192.0.2.128/25;Caf\xe9\n",
		"H1 net=192.0.2.0/25 org=Minist\xc3\xa8re de l\xe2\x80\x99\xc3\x89"
		"cologie\n"
		"H2 net=192.0.2.128/25 org=Caf\xc3\xa9\n",
		"n0 charset Windows-1252;", 0 },
	{ "ragged rows", "h.csv", "",
		"prefix,holder,sector\n192.0.2.0/25,A\n192.0.2.128/25,Bank, Central,x\n"
		"\"192.0.2.0/24,open\n"
		"192.0.2.7,D,e\n",
		"H1 net=192.0.2.0/25 org=A\nH4 net=192.0.2.7 org=D sector=e\n",
		"l2 width 192.0.2.128/25,Bank, Central,x;l3 quote \"192.0.2.0/24,open;",
		0 },
	{ "a name decides between two readings", "holders-2026.csv", "",
		"prefix,organisation,asn\n192.0.2.0/25,A,64496\n",
		"H1 net=192.0.2.0/25 asn=64496 org=A\n", "", 0 },
	{ "without that name", "x.csv", "",
		"prefix,organisation,asn\n192.0.2.0/25,A,64496\n",
		"N1 net=192.0.2.0/25 asn=64496 org=A\n", "", 0 },
	{ "columns named twice", "x.csv", "",
		"domain,organisation,Domain\na.example,A,b.example\n",
		"D1 org=A domain=a.example\n", "n0 twice Domain;", 0 },
	{ "control characters", "x.csv", "",
		"domain,organisation\na.example,A\x1b[31m\x07"
		"B\n",
		"D1 org=A\\x1B[31m\\x07B domain=a.example\n", "", 0 },
	{ "no known columns", "networks.csv", "", "a,b\n1,2\n", "",
		"n0 unknown a;n0 unknown b;", E_UNSUPPORTED },
	{ "nothing", "networks.csv", "", "", "", "", E_UNSUPPORTED },
	{ "a header alone", "networks.csv", "", "asn,name\n", "", "", 0 },
	{ "delegations", "delegated-afrinic-extended-latest", "XT",
		"2|afrinic|20260601|6|19700101|20260601|00000\n"
		"# a comment\nafrinic|*|ipv4|*|4|summary\n"
		"afrinic|XT|ipv4|192.0.2.0|768|20100101|allocated|A1\n"
		"afrinic|YY|ipv4|198.51.100.0|256|20100101|allocated|A2\n"
		"afrinic|xt|ipv6|2001:db8::|32|20100101|assigned|A1\r\n"
		"afrinic|XT|asn|64496|2|20100101|allocated|A1\n"
		"afrinic|XT|ipv4|203.0.113.5|3|20100101|assigned\n"
		"afrinic||ipv4|203.0.113.128|128||available|\n"
		"afrinic|XT|ipv4|203.0.113.0|0|20100101|allocated|x\n"
		"afrinic|XT|ipv4|255.255.255.0|257|20100101|allocated|x\n"
		"afrinic|XT|ipv4|broken\n",
		"X4 net=192.0.2.0/23 kind=allocated cc=XT\nX4 net=192.0.4.0/24 "
		"kind=allocated cc=XT\n"
		"X6 net=2001:db8::/32 kind=assigned cc=XT\n"
		"X7 asn=64496 kind=allocated cc=XT\nX7 asn=64497 kind=allocated cc=XT\n"
		"X8 net=203.0.113.5 kind=assigned cc=XT\nX8 net=203.0.113.6/31 "
		"kind=assigned cc=XT\n",
		"l10 line afrinic|XT|ipv4|203.0.113.0|0|20100101|allocated|x;"
		"l11 line afrinic|XT|ipv4|255.255.255.0|257|20100101|allocated|x;"
		"l12 line afrinic|XT|ipv4|broken;",
		0 },
	{ "delegations of a registry nobody knows", "from-our-isp.txt", "XT",
		"newnic|XT|ipv4|192.0.2.0|256|20100101|allocated|A1\n",
		"X1 net=192.0.2.0/24 kind=allocated cc=XT\n", "", 0 },
	{ "its version line", "from-our-isp.txt", "XT",
		"2.3|new-nic|20260601|1|19700101|20260601|+0000\n"
		"new-nic|XT|ipv6|2001:db8::|32|20100101|allocated|A1\n",
		"X2 net=2001:db8::/32 kind=allocated cc=XT\n", "", 0 },
	{ "no delegation, by its fourth column", "networks.csv", "XT",
		"name|cc|ipv4|ipv6|asn\nA|XT|192.0.2.0/24||64496\n",
		"N1 net=192.0.2.0/24 asn=64496 org=A cc=XT\n", "", 0 },
	{ "delegations of whom?", "d", "",
		"2|ripencc|20260601|6|19700101|20260601|00000\n", "", "", E_USAGE },
};

static void test_table(struct arena *a)
{
	static const size_t steps[] = { KIB(64), 1, 7, 61 };
	for (size_t i = 0; i < N(t); i++) {
		for (size_t j = 0; j < N(steps); j++) {
			struct seen s = { .n_rows = 0 };
			struct why why = { 0 };
			int r = run(a, t[i].name, t[i].country, str_c(t[i].file),
				steps[j], &s, &why);
			ok(r == t[i].rc && (r == 0) == (why.err == 0),
				"%s by %zu: %d (%s)", t[i].what, steps[j], r, why.text);
			is(s.rows.p ? s.rows.p : "", t[i].rows, t[i].what);
			is(s.problems.p ? s.problems.p : "", t[i].problems, t[i].what);
			arena_reset(a);
		}
	}
}

static void test_utf16(struct arena *a)
{
	/* What "Unicode text" of a spreadsheet is, Arabic and a character beyond 16 bits
	 * in it. */
	static const uint16_t text[] = { 0xfeff, 'd', 'o', 'm', 'a', 'i', 'n', '\t', 'o',
		'r', 'g', '\r', '\n', 'a', '.', 'b', '\t', 0x628, 0x646, 0x643, ' ',
		0xd83d, 0xdd14, '\r', '\n' };
	for (int big = 0; big < 2; big++) {
		struct buf b = buf_in(a, KIB(1));
		for (size_t i = 0; i < N(text); i++) {
			char two[2] = { (char)(text[i] >> 8), (char)text[i] };
			if (buf_addc(&b, two[!big]) < 0 || buf_addc(&b, two[big]) < 0)
				abort();
		}
		for (size_t step = 1; step < 90; step += 44) {
			struct seen s = { .n_rows = 0 };
			struct why why = { 0 };
			ok(run(a, "x", "", buf_str(&b), step, &s, &why) == 0,
				"UTF-16: %s", why.text);
			is(s.rows.p,
				"D1 org=\xd8\xa8\xd9\x86\xd9\x83 \xf0\x9f\x94\x94 "
				"domain=a.b\n",
				"UTF-16");
			is(s.problems.p, "n0 charset UTF-16;", "and it says so");
		}
	}
	arena_reset(a);
}

static void test_limits(struct arena *a)
{
	struct buf b = buf_in(a, MIB(2));
	struct seen s = { .n_rows = 0 };
	struct why why = { 0 };
	char name[LIMIT_KEY_FIELD + 2];
	memset(name, 'n', sizeof(name));
	for (size_t extra = 0; extra < 2; extra++) {
		buf_clear(&b);
		ok(buf_addf(&b, "domain,organisation\na.example,%.*s\n",
			   (int)(LIMIT_KEY_FIELD + extra), name) == 0 &&
				run(a, "x", "", buf_str(&b), 1000, &s, &why) == 0 &&
				(extra ? str_starts(buf_str(&s.problems), S("p1 big n"))
				       : s.problems.n == 0),
			"a name of the limit and %zu", extra);
	}
	buf_clear(&b);
	ok(buf_add(&b, S("prefix,holder\n\"")) == 0, "a row of many prefixes");
	for (int i = 0; i < 4000; i++)
		if (buf_addf(&b, "10.1.%d.%d/32 ", i / 256, i % 256) < 0)
			abort();
	s = (struct seen){ .n_rows = 0 };
	ok(buf_add(&b, S("\",A\n")) == 0 &&
			run(a, "x", "", buf_str(&b), KIB(64), &s, &why) == 0 &&
			s.n_rows == 4000,
		"gives as many rows: %d", s.n_rows);
	s = (struct seen){ .stop_after = 10 };
	ok(run(a, "x", "", buf_str(&b), KIB(64), &s, &why) == E_STOPPED,
		"a sink that says no");
	for (int f = REG_OK + 1; f < REG_FAULT_N; f++)
		ok(*reg_fault_text((enum reg_fault)f) &&
				*reg_fault_todo((enum reg_fault)f),
			"fault %d has words", f);
	arena_reset(a);
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(256), "test_register");
	test_table(&a);
	test_utf16(&a);
	test_limits(&a);
	return tap_end();
}
