/* SPDX-License-Identifier: Apache-2.0
 * test_answer_file.c - answers of spreadsheets and programs: what is taken, what is told.
 * Each case shows the items and problems in one line of text. */
#include "base/limits.h"
#include "fmt/answer_file.h"
#include "tap.h"

#include <inttypes.h>

static int on_item(void *ctx, const struct answer_item *i, struct why *why)
{
	(void)why;
	int r = buf_addf(
		ctx, "%u:%" PRId64 "=%s", i->row, i->finding, answer_kind_text(i->kind));
	if (r == 0 && i->until.has)
		r = buf_addf(ctx, "@%" PRId64, i->until.v);
	if (r == 0 && (i->whose.n || i->comment.n))
		r = buf_addf(ctx, "(%.*s|%.*s)", STR(i->whose), STR(i->comment));
	return r < 0 ? r : buf_addc(ctx, ' ');
}

static int on_problem(void *ctx, const struct answer_problem *p, struct why *why)
{
	(void)why;
	return buf_addf(ctx, "!%u%.*s'%.*s' ", p->row, STR(p->column), STR(p->value));
}

static int read_text(struct arena *a, struct str in, struct str *ret, struct why *why)
{
	struct buf b = buf_in(a, MIB(4));
	struct answer_sink sink = { &b, on_item, on_problem };
	int r = answer_file_read(in, &sink, why);
	*ret = buf_str(&b);
	return r;
}

#define HEAD "finding,answer,until,whose,comment\r\n"

static const struct {
	const char *what, *in;
	int rc;
	const char *out;
} cases[] = {
	{ "as we sent it, filled in",
		"count,finding,answer,until,whose,comment\r\n3,12,fixed,,,done\r\n"
		"1,13,,,,\r\n1,14,working,2026-12-24,,\r\n",
		0, "1:12=fixed(|done) 3:14=working@20811 " },
	{ "semicolons, a BOM, capitals, another order",
		"\xef\xbb\xbf"
		"Comment;ANSWER; Finding \r\nda;Not Mine;7\r\n",
		0, "1:7=not-mine(|da) " },
	{ "tabs, line feeds, no end", "finding\tanswer\n7\tneed help", 0,
		"1:7=need-help " },
	{ "all of it", "finding,answer\nall,fixed\n", 0, "1:0=fixed " },
	{ "a comment of two lines", HEAD "1,fixed,,,\"a\r\nb\tc\"\r\n", 0,
		"1:1=fixed(|a\nb c) " },
	{ "a comment with the line ends of old", HEAD "1,fixed,,,\"a\rb\"\n", 0,
		"1:1=fixed(|a\nb) " },
	{ "Windows-1252", "finding,answer,comment\r\n1,fixed,r\xe9gl\xe9\r\n", 0,
		"1:1=fixed(|r\xc3\xa9gl\xc3\xa9) " },
	{ "short lines", HEAD "1,fixed\r\n2\r\n", 0, "1:1=fixed " },
	{ "a day as a spreadsheet shows it", HEAD "1,working,24/12/2026,,\r\n", 0,
		"!1until'24/12/2026' " },
	{ "a bad answer, the rest is taken", HEAD "1,fixt,,,\r\n2,fixed,,,\r\n", 0,
		"!1answer'fixt' 2:2=fixed " },
	{ "no finding's number", HEAD "x,fixed,,,\r\n-1,fixed,,,\r\n0,fixed,,,\r\n", 0,
		"!1finding'x' !2finding'-1' !3finding'0' " },
	{ "a comment without an answer", HEAD "1,,,,help!\r\n", 0, "!1answer'' " },
	{ "fixed until a day", HEAD "1,fixed,2026-12-24,,\r\n", 0, "!1'' " },
	{ "a bell in a comment", HEAD "1,fixed,,,a\ab\r\n", 0, "!1'' " },
	{ "too many cells", HEAD "1,fixed,,,a,b\r\n2,fixed,,,a,\r\n", 0,
		"!1'1,fixed,,,a,b' 2:2=fixed(|a) " },
	{ "no column answer", "finding,comment\r\n1,x\r\n", E_UNSUPPORTED, "" },
	{ "no column finding", "answer\r\nfixed\r\n", E_UNSUPPORTED, "" },
	{ "two columns answer", "finding,answer,answer\r\n1,fixed,\r\n", E_UNSUPPORTED,
		"" },
	{ "nothing", "", E_UNSUPPORTED, "" },
	{ "JSON",
		"{\"answers\":[{\"finding\":12,\"answer\":\"fixed\",\"comment\":\"x\"},"
		"{\"finding\":\"all\",\"answer\":\"working\",\"until\":\"2026-12-24\"}]}",
		0, "1:12=fixed(|x) 2:0=working@20811 " },
	{ "JSON with a BOM and blanks", "\xef\xbb\xbf \n{\"answers\":[]} \n", 0, "" },
	{ "JSON: null is absent",
		"{\"answers\":[{\"finding\":1,\"answer\":\"fixed\",\"until\":null,"
		"\"whose\":null}]}",
		0, "1:1=fixed " },
	{ "JSON: faults one by one",
		"{\"answers\":[1,{\"finding\":1.5,\"answer\":\"fixed\"},"
		"{\"finding\":1,\"answer\":7},{\"finding\":1,\"answer\":\"?\"},"
		"{\"finding\":1,\"answer\":\"fixed\",\"x\":1},{\"answer\":\"fixed\"},"
		"{\"finding\":2,\"answer\":\"fixed\"}]}",
		0,
		"!1'' !2finding'' !3answer'' !4answer'?' !5'x' !6finding'' 7:2=fixed " },
	{ "JSON: a control in a comment",
		"{\"answers\":[{\"finding\":1,\"answer\":\"fixed\","
		"\"comment\":\"a\\u0007\"}]}",
		0, "!1'' " },
	{ "JSON: a NUL", "{\"answers\":[{\"finding\":1,\"answer\":\"fix\\u0000ed\"}]}",
		E_SYNTAX, "" },
	{ "JSON: a member twice", "{\"answers\":[],\"answers\":[]}", E_SYNTAX, "" },
	{ "JSON: a member twice, inside",
		"{\"answers\":[{\"finding\":1,\"finding\":2,\"answer\":\"fixed\"}]}",
		E_SYNTAX, "" },
	{ "JSON: more than answers", "{\"answers\":[],\"x\":1}", E_UNSUPPORTED, "" },
	{ "JSON: a list", "[1]", E_UNSUPPORTED, "" },
	{ "JSON: cut off", "{\"answers\":[", E_SYNTAX, "" },
	{ "JSON: something behind it", "{\"answers\":[]}x", E_SYNTAX, "" },
};

static struct str utf16(struct arena *a, struct str s, bool big)
{
	struct buf b = buf_in(a, MIB(1));
	int r = buf_add(&b, big ? S("\xfe\xff") : S("\xff\xfe"));
	for (size_t i = 0; i < s.n && r == 0; i++) {
		r = buf_addc(&b, big ? '\0' : s.p[i]);
		if (r == 0)
			r = buf_addc(&b, big ? s.p[i] : '\0');
	}
	return buf_str(&b);
}

static void test_limits(struct arena *a)
{
	struct buf b = buf_in(a, MIB(20));
	struct why why = { 0 };
	struct str out;
	int r = buf_add(&b, S("finding,answer\n"));
	for (int i = 0; i <= LIMIT_ANSWERS && r == 0; i++)
		r = buf_add(&b, S("1,fixed\n"));
	struct str whole = buf_str(&b);
	ok(read_text(a, str_to(whole, whole.n - 8), &out, &why) == 0,
		"as many answers as may be");
	ok(read_text(a, whole, &out, &why) == E_TOO_BIG, "and one more");
	why = (struct why){ 0 };
	buf_clear(&b);
	r = buf_add(&b, S("finding,answer\n"));
	for (int i = 0; i <= LIMIT_ANSWERS && r == 0; i++)
		r = buf_add(&b, S("x,y\n"));
	ok(read_text(a, buf_str(&b), &out, &why) == E_TOO_BIG,
		"rows that are wrong count, too");
	why = (struct why){ 0 };
	buf_clear(&b);
	r = buf_add(&b, S("{\"answers\":["));
	while (r == 0 && b.n <= LIMIT_ANSWER_JSON)
		r = buf_add(&b, S("         1,"));
	ok(read_text(a, buf_str(&b), &out, &why) == E_TOO_BIG, "JSON that is too big");
	why = (struct why){ 0 };
	while (r == 0 && b.n <= LIMIT_ANSWER_FILE)
		r = buf_add(&b, whole);
	ok(read_text(a, buf_str(&b), &out, &why) == E_TOO_BIG, "a file that is too big");
	why = (struct why){ 0 };
	buf_clear(&b);
	for (int i = 0; i < 100000 && r == 0; i++)
		r = buf_addc(&b, '[');
	ok(read_text(a, buf_str(&b), &out, &why) == E_SYNTAX, "nested without end");
}

int main(void)
{
	struct arena a = arena_new(MIB(256), "test");
	for (size_t i = 0; i < N(cases); i++) {
		struct why why = { 0 };
		struct str out;
		int r = read_text(&a, str_c(cases[i].in), &out, &why);
		ok(r == cases[i].rc && str_eq(out, str_c(cases[i].out)), "%s",
			cases[i].what);
		if (r != cases[i].rc || !str_eq(out, str_c(cases[i].out)))
			printf("# %d %s: %.*s\n", r, why.text, STR(out));
	}
	for (int big = 0; big < 2; big++) {
		struct why why = { 0 };
		struct str out, in = utf16(&a, S("finding\tanswer\r\n3\tfixed\r\n"), big);
		ok(read_text(&a, in, &out, &why) == 0 && str_eq(out, S("1:3=fixed ")),
			"UTF-16, %s-endian", big ? "big" : "little");
	}
	arena_reset(&a);
	test_limits(&a);
	arena_free(&a);
	return tap_end();
}
