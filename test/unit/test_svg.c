/* SPDX-License-Identifier: Apache-2.0
 * test_svg.c - pictures: what is escaped, mirrored, cut; and those of the effect page
 * in all languages. Depends on: fmt/svg, web/effect_pic. */
#include "../../fuzz/svg_walk.h"
#include "fmt/svg.h"
#include "tap.h"
#include "web/effect_pic.h"

#include <stdlib.h>

static const struct svg_frame frame = { .id = "a",
	.class = "pic",
	.width = 1000,
	.height = 505,
	.title = { "T<", 2 },
	.desc = { "D", 1 } };
#define OPEN                                                                             \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"pic\" "          \
	"viewBox=\"0 0 100 50.5\" aria-labelledby=\"a-t\" aria-describedby=\"a-d\">"     \
	"<title id=\"a-t\">T&lt;</title><desc id=\"a-d\">D</desc>\n"

static struct str finish(struct svg *s)
{
	return svg_close(s) == 0 ? buf_str(s->out) : S("failed");
}

static void same(struct str got, const char *want, const char *what)
{
	char text[2000];
	(void)snprintf(text, sizeof(text), "%.*s", STR(got));
	is(text, want, what);
}

static void test_shapes(struct arena *a)
{
	struct buf b = buf_in(a, KIB(8));
	struct svg s = svg_open(&b, &frame);
	const struct svg_point p[] = { { 0, 0 }, { 15, -25 }, { 100, 7 } };
	svg_group(&s, "g");
	svg_rect(&s, "r", 100, 20, 305, 1);
	svg_rect(&s, "r", 100, 20, 0, 1);
	svg_line(&s, "l", 0, 1, 1000, 11);
	svg_path(&s, "p", p, 3, true);
	svg_path(&s, "p", p, 0, true);
	svg_text(&s, "t", 10, 20, SVG_END, S("x"));
	svg_group_end(&s);
	same(finish(&s),
		OPEN "<g class=\"g\"><rect class=\"r\" x=\"10\" y=\"2\" width=\"30.5\" "
		     "height=\"0.1\"/>\n<line class=\"l\" x1=\"0\" y1=\"0.1\" x2=\"100\" "
		     "y2=\"1.1\"/>\n<path class=\"p\" d=\"M0 0L1.5 -2.5 10 0.7Z\"/>\n"
		     "<text class=\"t\" x=\"1\" y=\"2\" "
		     "text-anchor=\"end\">x</text>\n</g>\n</svg>\n",
		"shapes; nothing for what has no size");
	ok(walk_svg(buf_str(&b)), "a strict reader takes it");
}

static void test_mirrored(struct arena *a)
{
	struct buf b = buf_in(a, KIB(8));
	struct svg_frame f = frame;
	f.rtl = f.mirrored = true;
	struct svg s = svg_open(&b, &f);
	svg_rect(&s, "r", 100, 20, 300, 10);
	svg_text(&s, "t", 10, 20, SVG_START, S("x"));
	same(finish(&s),
		OPEN "<rect class=\"r\" x=\"60\" y=\"2\" width=\"30\" height=\"1\"/>\n"
		     "<text class=\"t\" x=\"99\" y=\"2\" direction=\"rtl\" "
		     "text-anchor=\"start\">x</text>\n</svg>\n",
		"from right to left");
}

static void test_escaped(struct arena *a)
{
	static const struct {
		const char *in, *want;
	} t[] = { { "a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;" }, { "a\tb\nc", "a b c" },
		{ "a\x01"
		  "b\x7f"
		  "c\xc2\x85"
		  "d",
			"a b c d" },
		{ "\xff"
		  "a\xc0\xaf",
			"\ufffda\ufffd\ufffd" },
		{ "a\xe2\x80\xae"
		  "b",
			"a[U+202E]b" },
		{ "\u0645\u0627", "\u0645\u0627" } };
	for (size_t i = 0; i < N(t); i++) {
		struct buf b = buf_in(a, KIB(8));
		struct svg s = svg_open(&b, &frame);
		svg_hint(&s, str_c(t[i].in));
		struct str all = finish(&s), want = str_c(t[i].want);
		struct str got = str_from(all, strlen(OPEN "<title>"));
		ok(str_starts(got, want) &&
				str_starts(str_from(got, want.n), S("</title></svg>")),
			"escaped: %s", t[i].want);
	}
}

static void test_ceiling(void)
{
	static const int64_t t[][2] = { { 0, 4 }, { 4, 4 }, { 5, 8 }, { 9, 12 },
		{ 33, 40 }, { 41, 80 }, { 1349, 1600 }, { 100000, 120000 },
		{ 1600, 1600 } };
	for (size_t i = 0; i < N(t); i++)
		ok(svg_ceiling(t[i][0]) == t[i][1] && t[i][1] % 4 == 0, "axis for %d: %d",
			(int)t[i][0], (int)svg_ceiling(t[i][0]));
	ok(svg_ceiling(INT64_MAX) >= INT64_MAX / 2, "the largest number ends too");
}

static void test_fit(struct arena *a)
{
	same(svg_fit(a, S("short"), 400), "short", "what fits is not cut");
	same(svg_fit(a, S("a long organisation"), 500), "a long o\u2026",
		"what does not is");
	same(svg_fit(a, S("\u94f6\u884c\u94f6\u884c"), 300), "\u94f6\u884c\u2026",
		"wide letters count more");
	same(svg_fit(a, S(""), 0), "", "nothing");
}

/* ---- the effect page's ---- */

static struct effect_days made_days(struct arena *a, size_t n)
{
	struct effect_days d = { .first = 20605, .n = n };
	for (int c = 0; c < RSIT_N; c++) {
		d.open[c] = arena_array(a, n, sizeof(*d.open[c]));
		for (size_t i = 0; i < n; i++)
			d.open[c][i] = c == RSIT_FRAUD ? 0 : (int64_t)(i * (size_t)c);
	}
	return d;
}

static void test_pictures(struct arena *a, enum lang lang)
{
	struct effect_figures f = { .open = 10,
		.by_claim = 2,
		.by_silence = 5,
		.sent = 7,
		.delivered = 5,
		.answered = 3,
		.lengths = { 3, 0, 1, 2, 0, 0, 0, 0, 0, 1 } };
	struct effect_figures none = { 0 };
	struct effect_row rows[] = { { .name = S("isp"), .f = f },
		{ .name = S("<b>"), .f = f }, { .name = S(""), .f = none } };
	struct effect_table t = { rows, N(rows) }, empty = { rows, 0 };
	int bad = 0;
	for (size_t n = 1; n <= 40; n += 13) {
		struct buf b = buf_in(a, MIB(1));
		struct effect_days d = made_days(a, n);
		bad += effect_pic_open(&b, a, lang, &d) != 0 || !walk_svg(buf_str(&b));
	}
	for (int i = 0; i < 6; i++) {
		struct buf b = buf_in(a, MIB(1));
		const struct effect_figures *g = i % 2 ? &f : &none;
		int r = i < 2	? effect_pic_funnel(&b, a, lang, g)
			: i < 4 ? effect_pic_lengths(&b, a, lang, g)
				: effect_pic_sectors(&b, a, lang, i % 2 ? &t : &empty);
		bad += r != 0 || !walk_svg(buf_str(&b));
		bad += str_search(buf_str(&b), S("style")) < b.n;
	}
	ok(bad == 0, "all pictures in %s, with much, little and nothing",
		lang_name(lang));
}

static void test_words(struct arena *a)
{
	enum rsit_class classes[RSIT_N];
	size_t n;
	struct effect_days d = made_days(a, 9);
	ok(effect_pic_classes(&d, classes, &n) == 4 && n == 8 &&
			classes[0] == RSIT_VULNERABLE && classes[7] == RSIT_OTHER,
		"the four largest classes by name; what has none is last");
	struct effect_figures f = { 0 };
	int64_t sum = 0;
	for (int i = 0; i < EFFECT_LENGTHS; i++)
		f.lengths[i] = i + 1;
	for (int i = 0; i < EFFECT_BARS; i++)
		sum += effect_bar(&f, i);
	ok(sum == 17 * 18 / 2, "each length is in one bar");
	same(effect_bar_text(a, 0), "1", "the first bar");
	same(effect_bar_text(a, 1), "2\u20133", "the second");
	same(effect_bar_text(a, EFFECT_BARS - 1), "365+", "the last");
	same(effect_day_text(a, LANG_EN, 20605), "1 Jun", "a day on an axis");
	same(effect_sector_text(LANG_EN, S("ISP")), "Internet providers",
		"a known sector");
	same(effect_sector_text(LANG_EN, S("x<")), "x<", "an unknown one");
	same(effect_sector_text(LANG_EN, S("")), "Sector not known", "none");
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(64), "test_svg");
	test_shapes(&a);
	test_mirrored(&a);
	test_escaped(&a);
	test_ceiling();
	test_fit(&a);
	test_words(&a);
	for (int l = 0; l < LANG_N; l++)
		test_pictures(&a, (enum lang)l);
	return tap_end();
}
