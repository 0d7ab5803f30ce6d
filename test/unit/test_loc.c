/* SPDX-License-Identifier: Apache-2.0
 * test_loc.c - libloc's database: miniature ones written here are read as they were
 * meant, and broken ones are refused. `test_loc --seeds FOLDER` writes the fuzz target's
 * seeds. */
#include "fmt/loc_rows.h"
#include "base/date.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "loc_make.h"
#include "tap.h"

#include <fcntl.h>

#define X64	  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LONG_NAME X64 X64 X64 X64 X64 X64 X64 X64 "tail" /* longer than one may be */

static const struct mini_net nets[] = {
	{ "192.0.2.0/24", "XT", 64500, 0 }, /* foreign inside: cut out */
	{ "192.0.2.64/26", "XA", 64600, 4 },
	{ "192.0.2.80/28", "XT", 64500, 0 },   /* ours again */
	{ "198.51.100.0/25", "XT", 64501, 0 }, /* two halves, one network */
	{ "198.51.100.128/25", "XT", 64501, 0 },
	{ "203.0.113.0/25", "XT", 64501, 0 }, /* two halves, one country, two numbers */
	{ "203.0.113.128/25", "XT", 64502, 0 },
	{ "198.18.0.0/16", "XT", 0, 0 },       /* in the country, no number */
	{ "198.18.4.0/24", "XT", 64503, 8 },   /* inside, the name too long */
	{ "198.19.0.0/17", "\0\0", 64500, 0 }, /* a number, no country */
	{ "233.252.0.0/24", "XA", 64500, 0 },
	{ "10.0.0.0/8", "XT", 64504, 0 }, /* as wide as they get */
	{ "11.0.0.0/8", "XT", 64504, 0 },
	{ "2001:db8::/32", "XT", 64500, 0 },
	{ "2001:db8::/33", "XT", 64500, 0 }, /* says nothing new */
	{ "2001:db8:ffff::1/128", "XT", 64505, 0 },
};
static const struct mini_as ases[] = {
	{ 64500, "First Net" },
	{ 64501, "  \xc3\x89t\xc3\xa9 \xff\n " },
	{ 64503, LONG_NAME },
	{ 64504, "" },
	{ 64600, "Foreign" },
};

static struct str mini_default(struct arena *a)
{
	return mini_make(a, nets, N(nets), ases, N(ases));
}

struct file {
	struct str bytes;
	bool outside; /* was asked for bytes that are not there */
	int fail_after;
};

static int read_at(void *ctx, uint64_t at, void *to, size_t n, struct why *why)
{
	struct file *f = ctx;
	if (f->fail_after > 0 && --f->fail_after == 0)
		return fail(why, E_PEER, "the file went away");
	if (at > f->bytes.n || n > f->bytes.n - at) {
		f->outside = true;
		return fail(why, E_SYS, "outside");
	}
	memcpy(to, f->bytes.p + at, n);
	return 0;
}

struct seen {
	struct buf text;
	int stop_after;
	struct ip next; /* pieces may not begin before it */
	bool any, disordered;
};

static int on_row(void *ctx, const struct reg_row *row, struct why *why)
{
	struct seen *s = ctx;
	char net[IP_TEXT_MAX];
	if (s->stop_after > 0 && --s->stop_after == 0)
		return fail(why, E_STOPPED, "enough");
	if (!row->has_net || row->organisation.n > LIMIT_KEY_FIELD ||
		!utf8_valid(row->organisation))
		s->disordered = true;
	(void)net_text(&row->net, net);
	if (row->what == REG_COUNTRY)
		return buf_addf(&s->text, "%s %.*s;", net, STR(row->cc));
	return buf_addf(&s->text, "%s %u %.*s;", net, row->asn, STR(row->organisation));
}

static int on_net(void *ctx, const struct loc_net *n, struct why *why)
{
	struct seen *s = ctx;
	char net[IP_TEXT_MAX];
	(void)why;
	return buf_addf(&s->text, "%s %.2s %u %u;", net_text(&n->net, net),
		n->cc[0] ? n->cc : "--", n->asn, n->flags);
}

static int on_piece(void *ctx, const struct loc_net *n, struct why *why)
{
	struct seen *s = ctx;
	struct ip last = net_last(&n->net);
	(void)why;
	if (s->any && ip_cmp(&n->net.ip, &s->next) <= 0)
		s->disordered = true;
	s->any = true;
	s->next = last;
	return 0;
}

/* Reads it all; the answer, and the rows of the country in *ret. */
static int read_rows(struct arena *a, struct file *f, const char *cc, struct seen *s,
	struct loc_count *ret)
{
	struct why why = { 0 };
	struct loc_src src = { f, f->bytes.n, read_at };
	struct loc_rows out = { s, on_row };
	struct loc *l;
	s->text = buf_in(a, MIB(1));
	int r = loc_open(a, &src, &why, &l);
	if (r == 0)
		r = loc_read(l, str_c(cc), &out, &why, ret);
	if (r < 0 && why.err != r && r != E_TOO_BIG)
		ok(false, "an error without its sentence: %d", r);
	return r;
}

static bool text_is(struct seen *s, const char *want)
{
	bool same = str_eq(buf_str(&s->text), str_c(want));
	if (!same)
		printf("# got  %.*s\n# want %s\n", STR(buf_str(&s->text)), want);
	return same;
}

static void round_trip(void)
{
	AUTO_ARENA a = arena_new(MIB(32), "round trip");
	struct file f = { .bytes = mini_default(&a) };
	struct why why = { 0 };
	struct loc_src src = { &f, f.bytes.n, read_at };
	struct seen s = { .text = buf_in(&a, MIB(1)) };
	struct loc_sink sink = { &s, on_net, on_piece };
	char day[DATE_TEXT_MAX];
	struct loc *l;
	if (!ok(loc_open(&a, &src, &why, &l) == 0, "a miniature database opens"))
		return;
	const struct loc_about *about = loc_about(l);
	ok(str_eq(about->vendor, S("Test vendor")) &&
			str_eq(about->licence, S("CC BY-SA 4.0")) &&
			str_eq(about->description, S("For tests")),
		"with its vendor, description and licence");
	is(day_text(day_of(about->created), day), "2022-10-29", "and its day");
	ok(loc_walk(l, &sink, &why) == 0 && !s.disordered,
		"pieces come in order, none twice");
	ok(text_is(&s,
		   "10.0.0.0/8 XT 64504 0;11.0.0.0/8 XT 64504 0;"
		   "192.0.2.0/24 XT 64500 0;192.0.2.64/26 XA 64600 4;"
		   "192.0.2.80/28 XT 64500 0;198.18.0.0/16 XT 0 0;"
		   "198.18.4.0/24 XT 64503 8;"
		   "198.19.0.0/17 -- 64500 0;198.51.100.0/25 XT 64501 0;"
		   "198.51.100.128/25 XT 64501 0;203.0.113.0/25 XT 64501 0;"
		   "203.0.113.128/25 XT 64502 0;233.252.0.0/24 XA 64500 0;"
		   "2001:db8::/32 XT 64500 0;2001:db8::/33 XT 64500 0;"
		   "2001:db8:ffff::1 XT 64505 0;"),
		"each network as it was written");
}

static void rows_of_country(void)
{
	AUTO_ARENA a = arena_new(MIB(32), "rows");
	struct file f = { .bytes = mini_default(&a) };
	struct loc_count n = { 0 };
	struct seen s = { 0 };
	ok(read_rows(&a, &f, "XA", &s, &n) == 0, "a country's rows");
	ok(text_is(&s,
		   "192.0.2.64/28 XA;192.0.2.96/27 XA;192.0.2.64/28 64600 Foreign;"
		   "192.0.2.96/27 64600 Foreign;233.252.0.0/24 XA;"
		   "233.252.0.0/24 64500 First Net;"),
		"what lies inside is cut out");
	ok(n.entries == 2 && n.prefixes == 3 && n.networks == 3 && n.asns == 2,
		"and counted");
	ok(read_rows(&a, &f, "XT", &s, &n) == 0 && !s.disordered, "another country's");
	struct str t = buf_str(&s.text);
	ok(str_search(t, S("192.0.2.80/28 XT;")) < t.n,
		"ours inside a foreign one is ours");
	ok(str_search(t, S("198.51.100.0/24 64501 \xc3\x89t\xc3\xa9 \\xFF;")) < t.n,
		"two halves are one, the name is made clean");
	ok(str_search(t, S("203.0.113.0/24 XT;")) < t.n &&
			str_search(t, S("203.0.113.128/25 64502 AS64502;")) < t.n,
		"two numbers stay two, one country is one; an unnamed number");
	ok(str_search(t, S("198.18.0.0/16 XT;")) < t.n &&
			str_search(t, S("198.18.4.0/24 64503 0")) < t.n,
		"without a number a network is the country's only");
	ok(str_search(t, S("10.0.0.0/8 64504 AS64504;11.0.0.0/8 XT;11.0.0.0/8 64504")) <
			t.n,
		"nothing grows beyond /8; an empty name is none");
	ok(str_search(t, S("2001:db8:ffff::1 64505 AS64505;")) < t.n, "a single address");
	ok(str_search(t, S("198.19.")) == t.n, "no country, no row");
	ok(n.entries == 13 && n.asns == 6, "counts: %u entries, %u numbers", n.entries,
		n.asns);
	ok(read_rows(&a, &f, "QQ", &s, &n) == 0 && n.entries == 0 && s.text.n == 0,
		"a country that is not there has no rows");
	ok(read_rows(&a, &f, "xt", &s, &n) == E_USAGE &&
			read_rows(&a, &f, "", &s, &n) == E_USAGE,
		"what is no country's code is refused");
	s.stop_after = 3;
	ok(read_rows(&a, &f, "XT", &s, &n) == E_STOPPED, "the receiver can stop it");
}

static void cut_everywhere(void)
{
	AUTO_ARENA a = arena_new(MIB(16), "whole");
	AUTO_ARENA one = arena_new(MIB(32), "cut");
	struct str whole = mini_default(&a);
	size_t taken = 0, outside = 0;
	for (size_t n = 0; n < whole.n; n++) {
		struct file f = { .bytes = str_to(whole, n) };
		struct loc_count count;
		struct seen s = { 0 };
		arena_reset(&one);
		taken += read_rows(&one, &f, "XT", &s, &count) != E_SYNTAX;
		outside += f.outside;
	}
	ok(taken == 0, "cut at each of %zu bytes it is refused (%zu not)", whole.n,
		taken);
	ok(outside == 0, "and nothing outside is asked for");
	for (int i = 1; i < 6; i++) {
		struct file f = { .bytes = whole, .fail_after = i };
		struct loc_count count;
		struct seen s = { 0 };
		ok(read_rows(&one, &f, "XT", &s, &count) == E_PEER,
			"read %d fails: so it says", i);
	}
}

static uint32_t be_at(struct str s, size_t at)
{
	const uint8_t *p = (const uint8_t *)s.p + at;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A copy with one number changed. base: 0, or the header's place of the section in which
 * `at` is counted. */
static struct str patched(
	struct arena *a, struct str s, size_t base, size_t at, uint32_t value)
{
	struct str copy = str_dup(a, s);
	at += base ? be_at(s, base) : 0;
	if (at + 4 > s.n)
		abort();
	uint8_t be[4];
	mini_be(be, value);
	char *p = arena_alloc(a, s.n);
	memcpy(p, copy.p, s.n);
	memcpy(p + at, be, sizeof(be));
	return (struct str){ p, s.n };
}

static void lying_numbers(void)
{
	static const struct {
		const char *what;
		size_t base, at;
		uint32_t value;
		int want;
	} t[] = {
		{ "another magic", 0, 0, 0x4c4f4343, E_SYNTAX },
		{ "version 2", 0, 4, 0x42585802, E_UNSUPPORTED },
		{ "version 0", 0, 4, 0x42585800, E_UNSUPPORTED },
		{ "made in the far future", 0, AT_CREATED, 256, E_SYNTAX },
		{ "made before 1970", 0, AT_CREATED, 0xffffffff, E_SYNTAX },
		{ "the vendor outside the texts", 0, AT_VENDOR, 1 << 20, E_SYNTAX },
		{ "the licence outside the texts", 0, AT_LICENCE, 0xffffffff, E_SYNTAX },
		{ "AS numbers outside", 0, AT_AS, 0xfffffff0, E_SYNTAX },
		{ "AS numbers too long", 0, AT_AS + 4, 0xfffffff8, E_SYNTAX },
		{ "AS numbers of half an item", 0, AT_AS + 4, 12, E_SYNTAX },
		{ "networks outside", 0, AT_NETWORKS, 0x7fffffff, E_SYNTAX },
		{ "networks of half an item", 0, AT_NETWORKS + 4, 13, E_SYNTAX },
		{ "no networks for their nodes", 0, AT_NETWORKS + 4, 0, E_SYNTAX },
		{ "a tree outside", 0, AT_TREE, 0xffffffff, E_SYNTAX },
		{ "a tree of nothing", 0, AT_TREE + 4, 0, E_SYNTAX },
		{ "a tree cut short", 0, AT_TREE + 4, 120, E_SYNTAX },
		{ "countries outside", 0, AT_COUNTRIES, 0x10000000, E_SYNTAX },
		{ "texts outside", 0, AT_POOL, 0x10000000, E_SYNTAX },
		{ "texts of nothing", 0, AT_POOL + 4, 0, E_SYNTAX },
		{ "texts without an end", 0, AT_POOL + 4, 5, E_SYNTAX },
		{ "a long signature", 0, AT_SIGNATURES, 0xffff0000, E_SYNTAX },
		{ "a long second signature", 0, AT_SIGNATURES, 2049, E_SYNTAX },
		{ "AS numbers not in order", AT_AS, 0, 64501, E_SYNTAX },
		{ "an AS's name outside the texts", AT_AS, 4, 0x00ffffff, E_SYNTAX },
		{ "a branch to no node", AT_TREE, 0, 100000, E_SYNTAX },
		{ "the first node its own child", AT_TREE, 12, 1, E_SYNTAX },
		{ "a branch back", AT_TREE, 24 * 12, 3, E_SYNTAX },
		{ "two branches to one node", AT_TREE, 4, 1, E_SYNTAX },
		{ "a node of a network that is not", AT_TREE, 8, 16, E_SYNTAX },
		{ "all other addresses one country", AT_TREE, 8, 0, 0 },
		{ "as it was", 0, AT_CREATED, 0, 0 },
	};
	AUTO_ARENA a = arena_new(MIB(64), "lies");
	struct str whole = mini_default(&a);
	for (size_t i = 0; i < N(t); i++) {
		struct file f = { .bytes = patched(
					  &a, whole, t[i].base, t[i].at, t[i].value) };
		struct loc_count count = { 0 };
		struct seen s = { 0 };
		int r = read_rows(&a, &f, "XT", &s, &count);
		ok(r == t[i].want && !f.outside, "%s: %s", t[i].what, err_text(r));
	}
}

/* A chain of n nodes, each the first child of the one before. */
static struct str chain(struct arena *a, uint32_t n, uint32_t last_child)
{
	static const struct mini_net any = { "::/0", "QQ", 0, 0 };
	struct str small = mini_make(a, &any, 1, NULL, 0);
	struct buf b = buf_in(a, KIB(64));
	mini_put(&b, small.p, small.n);
	for (uint32_t i = 0; i < n; i++) {
		mini_put32(&b, i + 1 < n ? i + 1 : last_child);
		mini_put32(&b, 0);
		mini_put32(&b, UINT32_MAX);
	}
	struct str s = patched(a, buf_str(&b), 0, AT_TREE, (uint32_t)small.n);
	return patched(a, s, 0, AT_TREE + 4, n * 12);
}

static void deep_trees(void)
{
	AUTO_ARENA a = arena_new(MIB(64), "chains");
	struct loc_count count;
	struct seen s = { 0 };
	struct file f = { .bytes = chain(&a, 129, 0) };
	ok(read_rows(&a, &f, "XT", &s, &count) == 0, "128 bits deep");
	f.bytes = chain(&a, 130, 0);
	ok(read_rows(&a, &f, "XT", &s, &count) == E_SYNTAX, "a bit deeper");
	f.bytes = chain(&a, 3000, 0);
	ok(read_rows(&a, &f, "XT", &s, &count) == E_SYNTAX, "much deeper");
	f.bytes = chain(&a, 20, 1);
	ok(read_rows(&a, &f, "XT", &s, &count) == E_SYNTAX,
		"a chain that bites its tail");
	f.bytes = chain(&a, 1, 0);
	ok(read_rows(&a, &f, "XT", &s, &count) == 0 && count.entries == 0, "one node");
	static const struct mini_net everything = { "::/0", "XT", 64500, 0 };
	f.bytes = mini_make(&a, &everything, 1, NULL, 0);
	ok(read_rows(&a, &f, "XT", &s, &count) == E_SYNTAX,
		"one network that holds all of IPv4");
	/* Both branches of each node to the next: 2 to the power of 128 ways in 129
	 * nodes. */
	struct str twice = chain(&a, 129, 0);
	size_t tree = be_at(twice, AT_TREE);
	for (uint32_t i = 0; i < 128; i++)
		twice = patched(&a, twice, 0, tree + i * 12 + 4, i + 1);
	f.bytes = twice;
	ok(read_rows(&a, &f, "XT", &s, &count) == E_SYNTAX,
		"each node twice, each time twice");
}

/* Bits of each byte turned over, one at a time: an answer, and nothing read outside. */
static void changed_bytes(void)
{
	AUTO_ARENA a = arena_new(MIB(16), "whole");
	AUTO_ARENA one = arena_new(MIB(32), "changed");
	struct str whole = mini_default(&a);
	char *p = arena_alloc(&a, whole.n);
	int outside = 0, strange = 0;
	memcpy(p, whole.p, whole.n);
	for (size_t at = 0; at < whole.n; at++) {
		for (size_t bit = at % 4; bit < 8; bit += 4) {
			struct file f = { .bytes = { p, whole.n } };
			struct loc_count count;
			struct seen s = { 0 };
			arena_reset(&one);
			p[at] = (char)(whole.p[at] ^ 1 << bit);
			int r = read_rows(&one, &f, "XT", &s, &count);
			strange += r != 0 && r != E_SYNTAX && r != E_UNSUPPORTED;
			outside += f.outside || s.disordered;
		}
		p[at] = whole.p[at];
	}
	ok(strange == 0 && outside == 0, "any one of %zu bits turned over: an answer",
		whole.n * 2);
}

static int write_seed(const char *folder, const char *name, struct str s)
{
	char path[512];
	struct why why = { 0 };
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (file_replace(AT_FDCWD, path, s, &why) == 0)
		return 0;
	fprintf(stderr, "%s\n", why.text);
	return 1;
}

static int write_seeds(const char *folder)
{
	AUTO_ARENA a = arena_new(MIB(64), "seeds");
	struct str whole = mini_default(&a);
	int r = write_seed(folder, "mini", whole);
	r |= write_seed(folder, "few", mini_make(&a, &nets[3], 4, ases, 2));
	r |= write_seed(folder, "one-network", mini_make(&a, &nets[15], 1, NULL, 0));
	r |= write_seed(folder, "wide", mini_make(&a, &nets[11], 2, &ases[3], 1));
	r |= write_seed(folder, "deep", chain(&a, 130, 0));
	r |= write_seed(folder, "loop", chain(&a, 20, 1));
	r |= write_seed(folder, "cut", str_to(whole, whole.n / 2));
	return r;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
		return write_seeds(argv[2]);
	round_trip();
	rows_of_country();
	cut_everywhere();
	lying_numbers();
	deep_trees();
	changed_bytes();
	return tap_end();
}
