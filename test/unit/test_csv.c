/* SPDX-License-Identifier: Apache-2.0
 * test_csv.c - the CSV reader: what is a record, what is broken, and that cuts do not matter. */
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
	{ "CRLF behind quotes", L("a,b\r\n1,\"2\"\r\n\"3\",\"\"\r\n"), "0 [a][b]\n1 [1][2]\n2 [3][]\n" },
	{ "CR alone", L("a,b\r1,2\r\"3\",\"4\"\r"), "0 [a][b]\n1 [1][2]\n2 [3][4]\n" },
	{ "CR alone, then LF", L("a,b\r1,2\n3,4\r\n"), "0 [a][b]\n1 [1][2]\n2 [3][4]\n" },
	{ "CR is data between LF lines", L("a,b\n1\r,2\n\r3,4\n"), "0 [a][b]\n1 [1\r][2]\n2 [\r3][4]\n" },
	{ "half a CRLF at the end", L("a,b\n1,\"2\"\r"), "0 [a][b]\n1 [1][2]\n" },
	{ "CR behind a quote is kept", L("a,b\n\"1\"\r,2\n"), "0 [a][b]\n1 [1\r][2]\n" },
	{ "doubled CR", L("a,b\r\r\n1,2\r\r\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "BOM", L("\xef\xbb\xbf" "a;b\n1;2\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "BOM before a quote", L("\xef\xbb\xbf\"a\",b\n1,2\n"), "0 [a][b]\n1 [1][2]\n" },
	{ "half a BOM is data", L("\xef\xbb" "a,b\n"), "0 [\xef\xbb" "a][b]\n" },
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
	{ "doubled quotes", L("a,b\n\"\"\"1\"\"\",\"2\"\"\"\"\"\n"), "0 [a][b]\n1 [\"1\"][2\"\"]\n" },
	{ "line end in quotes", L("a,b\n\"1\n1\",\"2\r\n\"\n3,4\n"),
		"0 [a][b]\n1 [1\n1][2\r\n]\n2 [3][4]\n" },
	{ "quote inside an unquoted field", L("a,b\n1\"x\",2\"\n"), "0 [a][b]\n1 [1\"x\"][2\"]\n" },
	{ "text behind a closing quote", L("a,b\n\"1\"x,\"2\" \"y\"\"\"\n"),
		"0 [a][b]\n1 [1x][2 \"y\"\"\"]\n" },
	{ "NUL", L("a,b\nx\0,y\n"), "0 [a][b]\n1 [x\\0][y]\n" },
	{ "too few and too many", L("a,b,c\n1,2\n1,2,3,4\n1,2,3\n"),
		"0 [a][b][c]\n1 WIDTH [1][2]\n2 WIDTH [1][2][3][4]\n3 [1][2][3]\n" },
	{ "a quote that is never closed", L("a,b\n\"x,y\n1,2\n3,4\n"),
		"0 [a][b]\n1 QUOTE [x,y]\n2 [1][2]\n3 [3][4]\n" },
	{ "never closed, last line", L("a,b\n1,2\n3,\"x\r\n"), "0 [a][b]\n1 [1][2]\n2 QUOTE [3][x]\n" },
	{ "never closed, CR lines", L("a,b\r3,\"x\r1,2\r"), "0 [a][b]\n1 QUOTE [3][x]\n2 [1][2]\n" },
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
		ok(str_eq(whole, walk_csv(&a, in, piece_one, 0, true)), "%s, byte by byte",
			cases[i].what);
	}
}

int main(void)
{
	test_cases();
	return tap_end();
}
