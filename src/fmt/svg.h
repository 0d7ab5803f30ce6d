/* SPDX-License-Identifier: Apache-2.0
 * svg.h - writing pictures that stand inside a page. Depends on: base/textout.
 *
 * Everything a picture holds comes through these calls: there is no way to write a tag,
 * an attribute or a style of one's own. Classes are words of the program; numbers are
 * numbers; text is one line, escaped as in our pages (base/textout.h). Colours are the
 * stylesheet's, by class, so that dark mode and print have their own, and the page needs
 * no inline style. Coordinates are tenths of a unit, so that the same picture gives the
 * same bytes on every machine.
 *
 * From right to left: svg_open with mirrored turns x around, so that a picture is drawn
 * once. What has its own direction is not turned: a plot whose axis is time stays as it
 * is, from left to right in every language, as the dates under it are written and as the
 * programs draw it that its readers know; bars grow from where reading begins. */
#pragma once
#include "base/textout.h"

struct svg {
	struct buf *out;
	int32_t width; /* tenths */
	bool rtl;      /* its words run from right to left */
	bool mirrored;
	int depth; /* open groups */
	int err;   /* the first one; nothing is written after it */
};

/* Where a text's x is. Start is where reading begins: in an rtl picture the right end. */
enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* id: a word, unique in the page; the picture's name and its description, for who
 * cannot see it, are found by it. Sizes are tenths, up to 30,000. */
struct svg_frame {
	const char *id, *class;
	int32_t width, height;
	bool rtl, mirrored;
	struct str title, desc;
};
struct svg svg_open(struct buf *out, const struct svg_frame *f);
/* The first error, or 0. Asserts that each group is closed. */
MUST int svg_close(struct svg *s);

void svg_group(struct svg *s, const char *class);
void svg_group_end(struct svg *s);
/* What a pointer that rests on the group shows: the exact figure. The first in it. */
void svg_hint(struct svg *s, struct str text);

void svg_text(struct svg *s, const char *class, int32_t x, int32_t y,
	enum svg_anchor anchor, struct str text);
/* w and h may be 0, then nothing is drawn. */
void svg_rect(
	struct svg *s, const char *class, int32_t x, int32_t y, int32_t w, int32_t h);
void svg_line(
	struct svg *s, const char *class, int32_t x1, int32_t y1, int32_t x2, int32_t y2);
/* A line through points, or with closed the area inside it. */
struct svg_point {
	int32_t x, y;
};
void svg_path(struct svg *s, const char *class, const struct svg_point *p, size_t n,
	bool closed);

/* One or more pictures that svg_close ended well, for a page's hole. The buffer must live
 * as long as it. */
struct picture svg_picture(const struct buf *out);

/* Cut to about so many tenths at a letter's height of 10 units, with an ellipsis. */
struct str svg_fit(struct arena *a, struct str text, int32_t width);
/* A round number not less than n whose quarters are whole: where an axis ends. */
int64_t svg_ceiling(int64_t n);
