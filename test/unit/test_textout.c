/* SPDX-License-Identifier: Apache-2.0
 * test_textout.c - what templates write, and the look-up of translations. Depends on:
 * base. */
#include "base/textout.h"

#include "tap.h"

static const struct tr_key keys[] = {
	{ NULL, "a" },
	{ NULL, "{n} day" },
	{ "c", "a" },
	{ "d", "a" },
};
static const char *const fr[] = { "A", NULL, "{n} jour", "{n} jours", "ca", NULL, NULL,
	NULL };
static unsigned form_fr(uint64_t n)
{
	return n > 1;
}
const struct tr_tables tr_tables = { keys, N(keys), { [LANG_FR] = { fr, 2, form_fr } } };

static void test_tr(void)
{
	is(tr(LANG_FR, "a"), "A", "a translation");
	is(tr(LANG_EN, "a"), "a", "English is the key");
	is(tr(LANG_RU, "a"), "a", "a language without a file");
	is(tr(LANG_FR, "zz"), "zz", "after the last key");
	is(tr(LANG_FR, "Z"), "Z", "before the first key");
	is(trc(LANG_FR, "c", "a"), "ca", "with context");
	is(trc(LANG_FR, "d", "a"), "a", "known, not translated");
	is(trc(LANG_FR, "b", "a"), "a", "unknown context");
	is(trn(LANG_FR, "{n} day", "{n} days", 0), "{n} jour", "French zero is singular");
	is(trn(LANG_FR, "{n} day", "{n} days", -2), "{n} jours", "the size counts");
	is(trn(LANG_EN, "{n} day", "{n} days", 0), "{n} days", "English zero is plural");
	is(trn(LANG_EN, "{n} day", "{n} days", -1), "{n} day", "minus one day");
	is(trn(LANG_EN, "{n} day", "{n} days", INT64_MIN), "{n} days",
		"the smallest number");
	is(trn(LANG_FR, "a", "as", 2), "as", "a missing form is English");
}

static void test_cleaning(struct arena *a)
{
	const struct {
		struct str in;
		const char *body, *header;
	} t[] = {
		{ S("plain é 中"), "plain é 中", "plain é 中" },
		{ S("a\r\n\r\nb"), "a\n\nb", "a b" },
		{ S("a\tb\x1b[31m\x7f"), "a b[31m", "a b [31m " },
		{ S("a\0b"), "ab", "a b" },
		{ S("a\xc2\x85"
		    "b\xc2\x9b"),
			"ab", "a b " },
		{ S("\xe2\x80\xae"
		    "cod.exe"),
			"[U+202E]cod.exe", "[U+202E]cod.exe" },
		{ S("a\xe2\x80\xa8"
		    "b"),
			"a[U+2028]b", "a[U+2028]b" },
		{ S("\xff"
		    "a\xe2\x82"),
			"\xef\xbf\xbd"
			"a\xef\xbf\xbd\xef\xbf\xbd",
			"\xef\xbf\xbd"
			"a\xef\xbf\xbd\xef\xbf\xbd" },
		{ { NULL, 0 }, "", "" },
	};
	for (size_t i = 0; i < N(t); i++) {
		for (int header = 0; header < 2; header++) {
			struct buf b = buf_in(a, 1000);
			struct textout o = { .out = &b, .header = header };
			text_str(&o, t[i].in);
			struct str want = str_c(header ? t[i].header : t[i].body);
			ok(o.err == 0 && str_eq(buf_str(&b), want), "row %zu in a %s", i,
				header ? "header" : "body");
		}
	}
}

static void test_sentences(struct arena *a)
{
	const struct text_arg args[] = { text_arg_str("x", S("{y}")),
		text_arg_int("y", -5), text_arg_day("d", 0), text_arg_msg("m", "a"),
		text_arg_cstr("z", NULL) };
	static const struct {
		const char *in, *want;
	} t[] = {
		{ "{x}{y}", "{y}-5" },
		{ "{d}", "1970-01-01" },
		{ "{m}", "A" },
		{ "[{z}]", "[]" },
		{ "{no} {", "{no} {" },
		{ "} {x", "} {x" },
		{ "{{x}}", "{{x}}" },
		{ "", "" },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct buf b = buf_in(a, 1000);
		struct textout o = { .out = &b, .lang = LANG_FR };
		text_tr(&o, t[i].in, args, N(args));
		ok(o.err == 0 && str_eq(buf_str(&b), str_c(t[i].want)), "'%s': '%.*s'",
			t[i].in, STR(buf_str(&b)));
	}
	static const struct {
		struct textout o;
		const char *want;
	} day[] = {
		{ { .lang = LANG_AR, .html = true },
			"[<time dir=\"ltr\">1970-01-01</time>]" },
		{ { .lang = LANG_AR, .html = true, .bare = true }, "[1970-01-01]" },
		{ { .lang = LANG_FR, .html = true }, "[<time>1970-01-01</time>]" },
		{ { .lang = LANG_FR, .html = true, .bare = true }, "[1970-01-01]" },
		{ { .lang = LANG_AR }, "[1970-01-01]" },
	};
	for (size_t i = 0; i < N(day); i++) {
		struct buf page = buf_in(a, 1000);
		struct textout o = day[i].o;
		o.out = &page;
		text_tr(&o, "[{d}]", args, N(args));
		ok(o.err == 0 && str_eq(buf_str(&page), str_c(day[i].want)),
			"a date keeps its order: %.*s", STR(buf_str(&page)));
	}
	struct buf b = buf_in(a, 4);
	struct textout o = { .out = &b };
	text_lit(&o, "abc", 3);
	text_int(&o, 1000);
	text_lit(&o, "d", 1);
	ok(o.err == E_TOO_BIG && str_eq(buf_str(&b), S("abc")), "the first error sticks");
	struct textout none = { .out = &b };
	text_msg(&none, NULL);
	ok(none.err == 0, "no message, no text");
}

/* Made before its place is known, it is there what a sentence of the template is. */
static void test_made(struct arena *a)
{
	const struct text_arg args[] = { text_arg_str("x", S("<b>")),
		text_arg_day("d", 0) };
	struct sentence page = text_say(a, LANG_AR, true, "{x} & {d}", args, N(args)),
			line = text_say(a, LANG_AR, false, "{x} & {d}", args, N(args));
	struct sentence two = text_both(
		a, page, text_say(a, LANG_AR, true, "&", NULL, 0));
	const struct {
		struct sentence s;
		bool html;
		const char *want;
	} t[] = {
		{ page, true,
			"<bdi>&lt;b&gt;</bdi> &amp; "
			"<time dir=\"ltr\">1970-01-01</time>" },
		{ line, true, "&lt;b&gt; &amp; 1970-01-01" },
		{ line, false, "<b> & 1970-01-01" },
		{ two, true,
			"<bdi>&lt;b&gt;</bdi> &amp; <time dir=\"ltr\">1970-01-01</time> "
			"&amp;" },
		{ text_plain(S("<i>\n")), true, "&lt;i&gt;\n" },
	};
	for (size_t i = 0; i < N(t); i++) {
		struct buf b = buf_in(a, 1000);
		struct textout o = { .out = &b, .lang = LANG_AR, .html = t[i].html };
		text_sentence(&o, t[i].s);
		ok(o.err == 0 && str_eq(buf_str(&b), str_c(t[i].want)), "%s: %.*s",
			t[i].want, STR(buf_str(&b)));
	}
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(1), "test_textout");
	test_tr();
	test_cleaning(&a);
	test_sentences(&a);
	test_made(&a);
	return tap_end();
}
