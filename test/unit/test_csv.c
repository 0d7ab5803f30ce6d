/* SPDX-License-Identifier: Apache-2.0
 * test_csv.c - the CSV reader: what is a record, what is broken, and that cuts do not
 * matter. */
#include "csv_walk.h"
#include "tap.h"

#include <stdlib.h>

#define L(literal) literal, sizeof(literal) - 1

static const struct {
	const char *what;
	const char *in;
	size_t n;
	const char *want; /* as walk_note writes */
} cases[] = {
	{ "plain", L("a,b\n1,2\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "no line end at the end", L("a,b\n1,2"), "0 [a][b]\n1 [1][2]\n" },
	{ "CRLF", L("a,b\r\n1,2\r\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "CRLF behind quotes", L("a,b\r\n1,\"2\"\r\n\"3\",\"\"\r\n"),
		"0 [a][b]\n1 [1][2]\n2 [3][]\n" },
	{ "CR alone", L("a,b\r1,2\r\"3\",\"4\"\r"), "0 [a][b]\n1 [1][2]\n2 [3][4]\n" },
	{ "CR alone, then LF", L("a,b\r1,2\n3,4\r\n"), "0 [a][b]\n1 [1][2]\n2 [3][4]\n" },
	{ "CR is data between LF lines", L("a,b\n1\r,2\n\r3,4\n"),
		"0 [a][b]\n1 [1\r][2]\n2 [\r3][4]\n" },
	{ "half a CRLF at the end", L("a,b\n1,\"2\"\r"), "0 [a][b]\n1 [1][2]\n" },
	{ "CR behind a quote is kept", L("a,b\n\"1\"\r,2\n"), "0 [a][b]\n1 [1\r][2]\n" },
	{ "doubled CR", L("a,b\r\r\n1,2\r\r\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "BOM",
		L("\xef\xbb\xbf"
		  "a;b\n1;2\n"),
		"0 [a][b]\n1 [1][2]\n" },
	{ "BOM before a quote", L("\xef\xbb\xbf\"a\",b\n1,2\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "half a BOM is data",
		L("\xef\xbb"
		  "a,b\n"),
		"0 [\xef\xbb"
		"a][b]\n" },
	{ "only a BOM", L("\xef\xbb\xbf"), "" },
	{ "nothing", L(""), "" },
	{ "blank lines only", L("\n\r\n\n"), "" },
	{ "blank lines between", L("\n\r\na,b\n\n\r\n1,2\n\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "a quoted nothing is a record", L("a\n\"\"\n"), "0 [a]\n1 []\n" },
	{ "semicolons", L("a;b\n1,5;2\n"), "0 [a][b]\n1 [1,5][2]\n" },
	{ "tabs", L("a\tb\n1\t2\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "pipes", L("a|b|c,d\n1|2|3\n"), "0 [a][b][c,d]\n1 [1][2][3]\n" },
	{ "delimiters in the header's quotes do not count", L("\"a,b,c,d\";e\n1;2\n"),
		"0 [a,b,c,d][e]\n1 [1][2]\n" },
	{ "one column", L("a\n1,2\n"), "0 [a]\n1 WIDTH [1][2]\n" },
	{ "delimiter in quotes", L("a,b\n\"1,1\",2\n"), "0 [a][b]\n1 [1,1][2]\n" },
	{ "doubled quotes", L("a,b\n\"\"\"1\"\"\",\"2\"\"\"\"\"\n"),
		"0 [a][b]\n1 [\"1\"][2\"\"]\n" },
	{ "line end in quotes", L("a,b\n\"1\n1\",\"2\r\n\"\n3,4\n"),
		"0 [a][b]\n1 [1\n1][2\r\n]\n2 [3][4]\n" },
	{ "quote inside an unquoted field", L("a,b\n1\"x\",2\"\n"),
		"0 [a][b]\n1 [1\"x\"][2\"]\n" },
	{ "text behind a closing quote", L("a,b\n\"1\"x,\"2\" \"y\"\"\"\n"),
		"0 [a][b]\n1 [1x][2 \"y\"\"\"]\n" },
	{ "NUL", L("a,b\nx\0,y\n"), "0 [a][b]\n1 [x\\0][y]\n" },
	{ "too few and too many", L("a,b,c\n1,2\n1,2,3,4\n1,2,3\n"),
		"0 [a][b][c]\n1 WIDTH [1][2]\n2 WIDTH [1][2][3][4]\n3 [1][2][3]\n" },
	{ "a quote that is never closed", L("a,b\n\"x,y\n1,2\n3,4\n"),
		"0 [a][b]\n1 QUOTE [x,y]\n2 [1][2]\n3 [3][4]\n" },
	{ "never closed, last line", L("a,b\n1,2\n3,\"x\r\n"),
		"0 [a][b]\n1 [1][2]\n2 QUOTE [3][x]\n" },
	{ "never closed, CR lines", L("a,b\r3,\"x\r1,2\r"),
		"0 [a][b]\n1 QUOTE [3][x]\n2 [1][2]\n" },
	{ "closed by a later row's quote", L("a,b\n1,\"x\n3,\"4\"\n5,6\n"),
		"0 [a][b]\n1 QUOTE [1][x]\n2 [3][4]\n3 [5][6]\n" },
	{ "closed by a later row's quote, too wide", L("a,b\n\"x,1\n3,\"4\"\n5,6\n"),
		"0 [a][b]\n1 QUOTE [x,1]\n2 [3][4]\n3 [5][6]\n" },
	{ "quote swallows rows, wrong number", L("a,b\n\"x\n\"3\",\"4\"\n5,6\n"),
		"0 [a][b]\n1 QUOTE [x]\n2 [3][4]\n3 [5][6]\n" },
	{ "two broken rows", L("a,b,c\n1,\"x,3\n\"4\",\"5\",\"6\"\n7,\"8,9\n"),
		"0 [a][b][c]\n1 QUOTE [1][x,3]\n2 [4][5][6]\n3 QUOTE [7][8,9]\n" },
	{ "header never closed", L("a,\"b\n1,2\n"), "0 QUOTE [a][b]\n1 [1][2]\n" },
	{ "header over two lines", L("a,\"b\nc\"\n1,2\n"), "0 [a][b\nc]\n1 [1][2]\n" },
	{ "spaces are text", L("a, b\n 1 , \"2\"\n"), "0 [a][ b]\n1 [ 1 ][ \"2\"]\n" },
};

static void test_cases(void)
{
	for (size_t i = 0; i < N(cases); i++) {
		AUTO_ARENA a = arena_new(MIB(64), "test_csv");
		struct str in = { cases[i].in, cases[i].n };
		is(walk_csv(&a, in, piece_all, 0, false).p, cases[i].want, cases[i].what);
		struct str whole = walk_csv(&a, in, piece_all, 0, true);
		ok(str_eq(whole, walk_csv(&a, in, piece_one, 0, true)),
			"%s, byte by byte", cases[i].what);
	}
}

/* A file out of pieces that make trouble for each other; most rows are like real ones. */
static struct str random_file(struct arena *a, uint64_t seed)
{
	static const char *const pieces[] = { "a", ",", ",", "\n", "\n", "\"", "\"\"",
		"\r\n", "\r", ";", "\"x\"", ",\"", "\",", "\"\n",
		"text of some length, perhaps", "1.2.3.4,\"quoted\"," };
	struct buf b = buf_in(a, MIB(1));
	uint64_t x = seed * 0x9e3779b97f4a7c15ull + 1;
	size_t n = seed % 3 == 0 ? 2000 : 40;
	int r = buf_add(&b, seed % 2 ? S("\"a\",b,c\n") : S("a;b\r\n"));
	for (size_t i = 0; i < n && r == 0; i++) {
		x = x * 6364136223846793005ull + 1442695040888963407ull;
		if (seed % 5 == 0 && (x >> 40) % 8)
			r = buf_add(&b,
				S("1,\"2\",\"three and more, so that blocks of 64 are "
				  "filled\"\n"));
		else
			r = buf_add(&b, str_c(pieces[(x >> 33) % N(pieces)]));
	}
	return buf_str(&b);
}

static void test_cuts(void)
{
	size_t different = 0;
	for (uint64_t seed = 0; seed < 600; seed++) {
		AUTO_ARENA a = arena_new(MIB(256), "test_csv");
		struct str in = random_file(&a, seed);
		struct str whole = walk_csv(&a, in, piece_all, 0, true);
		bool same = str_eq(whole, walk_csv(&a, in, piece_one, 0, true)) &&
			str_eq(whole, walk_csv(&a, in, piece_some, seed, true));
		if (!same && different++ == 0)
			printf("# seed %d\n", (int)seed);
	}
	ok(different == 0, "600 random files read the same however they are cut");
}

/* Reads without keeping: how many records, how many of them with a fault, the last
 * number. */
struct sum {
	uint32_t records, faults, last;
	enum csv_fault fault;
	size_t longest;
};
static struct sum sum_up(struct str in)
{
	AUTO_ARENA a = arena_new(8 * LIMIT_RECORD, "test_csv");
	struct csv *c = csv_new(&a);
	struct csv_record r;
	struct sum sum = { 0 };
	for (bool end = false; !end;) {
		size_t room;
		char *to = csv_room(c, &room);
		size_t n = in.n < room ? in.n : room;
		if (n)
			memcpy(to, in.p, n);
		csv_wrote(c, n);
		in = str_from(in, n);
		end = n == 0;
		if (end)
			csv_end(c);
		while (csv_next(c, &r) > 0) {
			sum.records++;
			sum.faults += r.fault != CSV_FINE;
			sum.fault = r.fault ? r.fault : sum.fault;
			sum.last = r.number;
			sum.longest = r.raw.n > sum.longest ? r.raw.n : sum.longest;
		}
	}
	return sum;
}

/* head, then n times the byte c, then tail. */
static struct str long_file(
	struct arena *a, const char *head, size_t n, char c, const char *tail)
{
	size_t before = strlen(head), after = strlen(tail);
	char *p = arena_alloc(a, before + n + after);
	memcpy(p, head, before);
	memset(p + before, c, n);
	memcpy(p + before + n, tail, after);
	return (struct str){ p, before + n + after };
}

static void test_limits(void)
{
	AUTO_ARENA a = arena_new(MIB(256), "test_csv");
	struct sum s = sum_up(
		long_file(&a, "a,b\n\"", LIMIT_RECORD - 5, 'x', "\",2\n3,4\n"));
	ok(s.records == 3 && s.faults == 0, "a record of exactly the limit");
	s = sum_up(long_file(&a, "a,b\n\"", LIMIT_RECORD - 4, 'x', "\",2\n3,4\n"));
	ok(s.records == 3 && s.faults == 1 && s.fault == CSV_TOO_BIG,
		"one byte more is too big");
	ok(s.longest == LIMIT_RECORD, "the start of it is kept");
	s = sum_up(long_file(&a, "a,b\n1,", 5 * LIMIT_RECORD, ',', "\n3,4\n"));
	ok(s.records == 3 && s.faults == 1 && s.fault == CSV_TOO_BIG,
		"a line of five times the limit");
	s = sum_up(long_file(&a, "a,b\n1,", 5 * LIMIT_RECORD, '"', "\n3,4\n"));
	ok(s.records == 3 && s.faults == 1, "the same of quotes");
	s = sum_up(long_file(&a, "a,b\n1,\"", LIMIT_RECORD, '\n', "\"\n3,4\n"));
	ok(s.fault == CSV_QUOTE && s.records == 4 && s.faults == 2,
		"a quote closed behind the limit");
	s = sum_up(long_file(&a, "a,b\n1,\"", LIMIT_RECORD / 2, '\n', "\"\n3,4\n"));
	ok(s.records == 3 && s.faults == 0, "a field of half a million lines");
	s = sum_up(long_file(&a, "", LIMIT_COLUMNS - 1, ',', "\n"));
	ok(s.records == 1 && s.faults == 0, "as many columns as may be");
	s = sum_up(long_file(&a, "", LIMIT_COLUMNS, ',', "\n1\n"));
	ok(s.records == 2 && s.faults == 2, "one column too many");
	s = sum_up(long_file(&a, "", 3 * LIMIT_RECORD, 'a', ""));
	ok(s.records == 1 && s.fault == CSV_TOO_BIG, "a header over the limit");
}

/* Each line opens a quote that none of the others closes within the width of the header:
 * 8 MB that would be looked at 8 MB times 1 MB without a bound on patience. */
static void test_patience(void)
{
	AUTO_ARENA a = arena_new(MIB(256), "test_csv");
	struct buf b = buf_in(&a, MIB(16));
	int r = 0;
	for (int i = 0; i < 500 && r == 0; i++)
		r = buf_addf(&b, "c%d,", i);
	if (r == 0)
		r = buf_addc(&b, '\n');
	uint32_t rows = 0;
	for (; b.n < MIB(8) && r == 0; rows++)
		r = buf_add(&b, S("a\",\"b text text text text text text text text\n"));
	struct sum s = sum_up(buf_str(&b));
	ok(s.records == rows + 1 && s.faults == rows,
		"each of %u lines that tear is a row", rows);
}

int main(void)
{
	test_cuts();
	test_limits();
	test_patience();
	test_cases();
	return tap_end();
}
