/* SPDX-License-Identifier: Apache-2.0
 * test_csv_out.c - tables for spreadsheets, and zip files: nothing calculates, nothing is
 * lost, the same input gives the same bytes. */
#include "fmt/csv.h"
#include "fmt/csv_out.h"
#include "fmt/unpack.h"
#include "fmt/zip_out.h"
#include "shared.h"
#include "tap.h"

#include <time.h>

static const struct {
	const char *cell, *want;
} t[] = {
	{ "", "\"\"" },
	{ "hello", "hello" },
	{ "a,b", "\"a,b\"" },
	{ "a;b", "\"a;b\"" },
	{ "a\"b", "\"a\"\"b\"" },
	{ "a\nb", "\"a\nb\"" },
	{ "a=b", "a=b" },
	{ "192.0.2.1", "192.0.2.1" },
	{ "2001:db8::1", "2001:db8::1" },
	{ " x ", "\" x \"" },
	{ "=1+1", "\"'=1+1\"" },
	{ "+1", "\"'+1\"" },
	{ "-1", "\"'-1\"" },
	{ "@SUM(A1)", "\"'@SUM(A1)\"" },
	{ "|cmd", "\"'|cmd\"" },
	{ "  =1", "\"'  =1\"" },
	{ "\"=1+1", "\"'\"\"=1+1\"" },
	{ "\t=1", "\"'\t'=1\"" },
	{ "\tx", "\"'\tx\"" },
	{ "\r\n", "\"'\r\n\"" },
	{ "\xc2\xa0=1", "\"'\xc2\xa0=1\"" },
	{ "\xef\xbb\xbf=1", "\"'\xef\xbb\xbf=1\"" },
	{ "\xef\xbc\x9d"
	  "1",
		"\"'\xef\xbc\x9d"
		"1\"" },
	{ "\xe2\x80\x8b-1", "\"'\xe2\x80\x8b-1\"" },
	{ "\xe3\x80\x80@a", "\"'\xe3\x80\x80@a\"" },
	{ "\xe2\x88\x92"
	  "1",
		"\"'\xe2\x88\x92"
		"1\"" },
	{ "'=1", "\"''=1\"" },
	{ "\xff=1", "\"'\xff=1\"" },
	{ "\xd8\xa8\xd9\x86\xd9\x83", "\xd8\xa8\xd9\x86\xd9\x83" },
	{ "\xe9\x93\xb6", "\xe9\x93\xb6" },
	{ "x;=cmd|'/c calc'!A0;y", "\"x;'=cmd|'/c calc'!A0;y\"" },
	{ "x; +1", "\"x;' +1\"" },
	{ "x;\"=1", "\"x;'\"\"=1\"" },
	{ "x;\xe2\x80\x8b=1", "\"x;'\xe2\x80\x8b=1\"" },
	{ "x;\xff=1", "\"x;'\xff=1\"" },
	{ "x\t@a", "\"x\t'@a\"" },
	{ "x\r\n-1", "\"x\r\n'-1\"" },
	{ "x\n\n=1;", "\"x\n\n'=1;\"" },
	{ "a; b; c=1", "\"a; b; c=1\"" },
	{ "a\n\nb;", "\"a\n\nb;\"" },
};

static void test_cells(struct arena *a)
{
	for (size_t i = 0; i < N(t); i++) {
		struct buf b = buf_in(a, KIB(4));
		struct csv_out c = csv_out_new(&b);
		csv_out_text(&c, str_c(t[i].cell));
		csv_out_row(&c);
		struct str got = buf_str(&b);
		ok(c.err == 0 && str_ends(got, S("\r\n")), "cell %zu ends its row", i);
		is(str_dup(a, str_to(got, got.n - 2)).p, t[i].want, t[i].want);
	}
	struct buf b = buf_in(a, KIB(4));
	struct csv_out c = csv_out_new(&b);
	static const char *const numbers[] = { "-5", "+5.5", "0", "1.", ".5", "1e5", "-",
		"", "1-1" };
	csv_out_int(&c, INT64_MIN);
	csv_out_row(&c);
	for (size_t i = 0; i < N(numbers); i++)
		csv_out_number(&c, str_c(numbers[i]));
	csv_out_row(&c);
	csv_out_texts(&c, (struct str[]){ S("a"), S(""), S("b") }, 3);
	csv_out_row(&c);
	is(str_dup(a, buf_str(&b)).p,
		"-9223372036854775808\r\n"
		"-5,+5.5,0,1.,.5,1e5,\"'-\",,1-1\r\na,,b\r\n\"\"\r\n",
		"numbers and rows");
	struct buf small = buf_in(a, 8);
	c = csv_out_new(&small);
	csv_out_text(&c, S("123456789"));
	csv_out_row(&c);
	ok(c.err == E_TOO_BIG, "a full buffer says so");
}

static struct str bare(struct arena *a, struct str s)
{
	struct buf b = buf_in(a, KIB(4));
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\'' && buf_addc(&b, s.p[i]) < 0)
			abort();
	return buf_str(&b);
}

static bool has_break(struct str s)
{
	return str_find(s, ';') < s.n || str_find(s, '\t') < s.n ||
		str_find(s, '\n') < s.n || str_find(s, '\r') < s.n;
}

/* What is written is read back as it was, but for apostrophes. */
static void test_round_trip(struct arena *a)
{
	struct buf b = buf_in(a, KIB(64));
	struct csv_out c = csv_out_new(&b);
	csv_out_texts(&c, (struct str[]){ S("n"), S("text") }, 2);
	for (size_t i = 0; i < N(t); i++) {
		csv_out_int(&c, (int64_t)i);
		csv_out_text(&c, str_c(t[i].cell));
		csv_out_row(&c);
	}
	struct csv *in = csv_new(a);
	struct csv_record r;
	size_t n, row = 0;
	char *to = csv_room(in, &n);
	memcpy(to, b.p, b.n);
	csv_wrote(in, b.n);
	csv_end(in);
	while (csv_next(in, &r) > 0) {
		if (r.number == 0)
			continue;
		struct str cell = str_c(t[row].cell),
			   got = r.n == 2 ? r.fields[1] : S("?");
		if (csv_out_is_formula(cell))
			got = str_from(got, 1);
		if (has_break(cell)) { /* then there may be others */
			got = bare(a, got);
			cell = bare(a, cell);
		}
		ok(str_eq(got, cell), "cell %zu comes back", row);
		row++;
	}
	ok(row == N(t), "all rows come back");
}

/* A JSON string of the table, which has no escapes but these. */
static struct str json_text(struct arena *a, struct str s)
{
	struct buf b = buf_in(a, KIB(4));
	int r = 0;
	for (size_t i = 1; i + 1 < s.n && r == 0; i++) {
		char c = s.p[i];
		if (c != '\\') {
			r = buf_addc(&b, c);
			continue;
		}
		c = s.p[++i];
		if (c == 'u') {
			unsigned v = 0;
			for (int k = 0; k < 4; k++) {
				char h = s.p[++i];
				v = v << 4 |
					(unsigned)(h <= '9' ? h - '0'
							    : (h | 32) - 'a' + 10);
			}
			char u[3] = { (char)(0xe0 | v >> 12),
				(char)(0x80 | (v >> 6 & 63)), (char)(0x80 | (v & 63)) };
			r = v < 0x800 ? E_UNSUPPORTED : buf_add(&b, (struct str){ u, 3 });
			continue;
		}
		r = buf_addc(&b, c == 't' ? '\t' : c == 'r' ? '\r' : c == 'n' ? '\n' : c);
	}
	if (r < 0)
		abort();
	return buf_str(&b);
}

static void test_table(struct arena *a)
{
	AUTO_FD int shared = shared_open();
	struct str file = { NULL, 0 }, line;
	if (shared >= 0)
		file = shared_read(shared, "hostile/own/csv_formula.tsv", a);
	if (file.p == NULL) {
		tap_skip("no shared test data: no table of formulas here");
		return;
	}
	while (str_split(&file, '\n', &line)) {
		size_t tab = str_find(line, '\t');
		if (line.n == 0 || line.p[0] == '#' || tab == line.n)
			continue;
		struct str cell = json_text(a, str_to(line, tab)),
			   verdict = str_from(line, tab + 1);
		struct buf b = buf_in(a, KIB(4));
		struct csv_out c = csv_out_new(&b);
		bool number = str_eq(verdict, S("number"));
		if (number)
			csv_out_number(&c, cell);
		else
			csv_out_text(&c, cell);
		bool quoted = b.n > 0 && b.p[0] == '"',
		     marked = str_starts(buf_str(&b), S("\"'"));
		bool right = str_eq(verdict, S("yes")) ? marked : !marked;
		if (str_eq(verdict, S("quote")))
			right = right && quoted;
		if (number)
			right = str_eq(buf_str(&b), cell);
		ok(right, "%.*s is %.*s", STR(str_to(line, tab)), STR(verdict));
	}
}

static void test_zip(struct arena *a)
{
	struct buf one = buf_in(a, MIB(1)), two = buf_in(a, MIB(1));
	struct why why = { 0 };
	char *large = arena_alloc(a, KIB(300));
	for (size_t i = 0; i < KIB(300); i++)
		large[i] = (char)(i * i >> 7);
	struct zip_entry entries[] = { { S("tocsin-2026.csv"), S("a,b\r\n1,2\r\n") },
		{ S("b.bin"), { large, KIB(300) } }, { S("empty.csv"), S("") } };
	ok(zip_write(entries, 3, &why, &one) == 0, "a zip of three: %s", why.text);
	(void)setenv("TZ", "Pacific/Auckland", 1);
	tzset();
	ok(zip_write(entries, 3, &why, &two) == 0 && str_eq(buf_str(&one), buf_str(&two)),
		"the same bytes again, in another time zone");
	static const char *const bad[] = { "", "a/b", "..", ".x", "a\\b", "a b",
		"\xc3\xa9" };
	for (size_t i = 0; i < N(bad); i++) {
		struct zip_entry e = { str_c(bad[i]), S("x") };
		ok(zip_write(&e, 1, &why, &two) == E_SYNTAX,
			"no entry may be called '%s'", bad[i]);
	}
	struct buf small = buf_in(a, 100);
	why = (struct why){ 0 };
	ok(zip_write(entries, 2, &why, &small) == E_TOO_BIG && why.err == E_TOO_BIG,
		"a full buffer says so: %s", why.text);
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(64), "test_csv_out");
	test_cells(&a);
	test_round_trip(&a);
	test_table(&a);
	test_zip(&a);
	return tap_end();
}
