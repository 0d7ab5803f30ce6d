/* SPDX-License-Identifier: Apache-2.0
 * test_cli.c - what people ask and see: queries, safe text, columns, JSON lines. */
#include "cli/cli.h"
#include "cli/out.h"
#include "base/query.h"
#include "tap.h"

static void test_queries(struct arena *a)
{
	static const struct {
		const char *in, *want; /* "" when it cannot be understood */
	} t[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ " 192.0.2.1 ", "192.0.2.1" },
		{ "192.0.2.1:8080", "192.0.2.1" },
		{ "192[.]0[.]2[.]1", "192.0.2.1" },
		{ "192.0.2[dot]1", "192.0.2.1" },
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "192.0.2.77/24", "192.0.2.0/24" },
		{ "192.0.2.300", "" },
		{ "010.0.2.1", "" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "[2001:db8::1]:443", "2001:db8::1" },
		{ "2001[:]db8::1", "2001:db8::1" },
		{ "2001:db8::/32", "2001:db8::/32" },
		{ "http://192.0.2.1:81/x?y#z", "192.0.2.1" },
		{ "https://[2001:db8::1]/", "2001:db8::1" },
		{ "<https://Name.Example/>", "name.example" },
		{ "hxxps://name[.]example/a@b", "name.example" },
		{ "name.example/path/@x", "name.example" },
		{ "name.example:8443", "name.example" },
		{ "name.example.", "name.example" },
		{ "https://user:pw@name.example:1/", "name.example" },
		{ "soc@name.example", "name.example" },
		{ "soc[at]name(.)example", "name.example" },
		{ "b\xc3\xbc"
		  "cher.example",
			"xn--bcher-kva.example" },
		{ "https://B\xc3\x9c"
		  "CHER.example/x",
			"xn--bcher-kva.example" },
		{ "_dmarc.name.example", "_dmarc.name.example" },
		{ "AS64500", "AS64500" },
		{ "as64500", "AS64500" },
		{ "64500", "AS64500" },
		{ "AS4294967296", "" },
		{ "name", "" },
		{ "", "" },
		{ "http://", "" },
		{ "name .example", "" },
		{ "a..example", "" },
		{ "-", "" },
	};
	for (size_t i = 0; i < N(t); i++) {
		char got[300] = "", room[IP_TEXT_MAX];
		struct query q;
		if (query_read(a, str_c(t[i].in), &q) == 0) {
			if (q.kind == QUERY_NET)
				snprintf(got, sizeof(got), "%s", net_text(&q.net, room));
			else if (q.kind == QUERY_NAME)
				snprintf(got, sizeof(got), "%.*s", STR(q.name));
			else
				snprintf(got, sizeof(got), "AS%u", q.asn);
		}
		is(got, t[i].want, t[i].in);
	}
}

static void test_safe(struct arena *a)
{
	static const struct {
		const char *in, *want;
	} t[] = {
		{ "plain", "plain" },
		{ "\033[31mred", "\\x1B[31mred" },
		{ "a\tb", "a b" },
		{ "a\nb", "a\\x0Ab" },
		{ "\xe2\x80\xae"
		  "txt.exe",
			"[U+202E]txt.exe" },
		{ "a\xe2\x80\x8b"
		  "b",
			"a[U+200B]b" },
		{ "\xff\xfe", "\\xFF\\xFE" },
		{ "\xc2\x9b"
		  "31m",
			"\\xC2\\x9B31m" },
		{ "\xd9\x88\xd8\xb2\xd8\xa7\xd8\xb1\xd8\xa9",
			"\xd9\x88\xd8\xb2\xd8\xa7\xd8\xb1\xd8\xa9" },
		{ "", "" },
	};
	for (size_t i = 0; i < N(t); i++) {
		char got[64];
		struct str s = out_safe(a, str_c(t[i].in));
		snprintf(got, sizeof(got), "%.*s", STR(s));
		is(got, t[i].want, "made safe");
	}
}

static void test_columns(struct arena *a)
{
	static const struct {
		const char *in;
		size_t width, cut_to;
		const char *cut;
	} t[] = {
		{ "abc", 3, 3, "abc" },
		{ "abcd", 4, 3, "ab\xe2\x80\xa6" },
		{ "\xe4\xb8\xad\xe6\x96\x87", 4, 4, "\xe4\xb8\xad\xe6\x96\x87" },
		{ "\xe4\xb8\xad\xe6\x96\x87", 4, 3, "\xe4\xb8\xad\xe2\x80\xa6" },
		{ "\xe4\xb8\xad\xe6\x96\x87", 4, 2, "\xe2\x80\xa6" },
		{ "e\xcc\x81", 1, 1, "e\xcc\x81" }, /* with a combining accent */
		{ "", 0, 5, "" },
		{ "x", 1, 1, "x" },
	};
	for (size_t i = 0; i < N(t); i++) {
		char got[32];
		struct str s = str_c(t[i].in);
		ok(out_columns(s) == t[i].width, "takes %zu columns", t[i].width);
		snprintf(got, sizeof(got), "%.*s", STR(out_cut(a, s, t[i].cut_to)));
		is(got, t[i].cut, "cut");
	}
}

/* Each command is complete: help can be made, options are named once, nothing hides. */
static void test_commands(struct arena *a)
{
	for (const struct command *c = cli_commands; c->name; c++) {
		struct buf b = buf_in(a, KIB(64));
		bool twice = false;
		size_t n = 0;
		for (const struct cli_option *o = cli_global; o->name; o++)
			n++;
		for (const struct cli_option *o = c->options; o && o->name; o++, n++)
			for (const struct cli_option *p = c->options; p < o; p++)
				twice = twice || strcmp(o->name, p->name) == 0 ||
					(o->letter && o->letter == p->letter);
		ok(cli_help(&b, c) == 0 && !twice && n <= CLI_OPTIONS_MAX && c->run,
			"%s: %zu options", c->name, n);
		struct str first = str_c(c->name), second = first;
		int words = 0;
		if (str_split(&second, ' ', &first) && second.p == NULL)
			second = S("");
		ok(cli_find(first, second, &words) == c, "%s is found", c->name);
	}
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(8), "test");
	test_queries(&a);
	test_safe(&a);
	test_columns(&a);
	test_commands(&a);
	return tap_end();
}
