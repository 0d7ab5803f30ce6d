/* SPDX-License-Identifier: Apache-2.0
 * fuzz_svg.c - any texts as sectors, names, hints and titles: the picture stays one
 * that a strict reader takes, and holds no tag that the program did not write. Pieces
 * end at 0x1e. Depends on: fmt/svg, web/effect_pic. */
#include "fmt/svg.h"
#include "fuzz.h"
#include "svg_walk.h"
#include "web/effect_pic.h"

static void draw(struct arena *a, struct str text, enum lang lang)
{
	struct buf b = buf_in(a, MIB(2));
	struct svg_frame f = { .id = "a",
		.class = "pic",
		.width = 100,
		.height = 100,
		.rtl = lang_rtl(lang),
		.mirrored = lang_rtl(lang),
		.title = text,
		.desc = text };
	struct svg s = svg_open(&b, &f);
	svg_group(&s, "g");
	svg_hint(&s, text);
	svg_text(&s, "t", 1, 2, SVG_START, svg_fit(a, text, 900));
	svg_group_end(&s);
	must(svg_close(&s) == 0 && walk_svg(buf_str(&b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0 || n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(32), "fuzz_svg");
	enum lang lang = (enum lang)(data[0] % LANG_N);
	struct str rest = { (const char *)data + 1, n - 1 }, name;
	struct effect_row rows[20] = { 0 };
	struct effect_table t = { rows, 0 };
	while (t.n < N(rows) && str_split(&rest, '\x1e', &name)) {
		rows[t.n].name = name;
		rows[t.n].f.open = (int64_t)(name.n * t.n);
		rows[t.n].f.by_silence = (int64_t)t.n;
		draw(&a, name, lang);
		t.n++;
	}
	struct buf b = buf_in(&a, MIB(4));
	must(effect_pic_sectors(&b, &a, lang, &t) == 0);
	must(walk_svg(buf_str(&b)));
	return 0;
}
