/* SPDX-License-Identifier: Apache-2.0
 * svg.c - writing pictures: see svg.h. Depends on: base. */
#include "fmt/svg.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdio.h>

#define SIZE_LIMIT 30000

static void raw(struct svg *s, struct str text)
{
	if (s->err == 0)
		s->err = buf_add(s->out, text);
}

static void lit(struct svg *s, const char *text)
{
	raw(s, str_c(text));
}

/* Classes and ids are ours. */
static void word(struct svg *s, const char *text)
{
	for (const char *p = text; *p; p++)
		assert((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
			*p == '-' || *p == ' ');
	lit(s, text);
}

static void number(struct svg *s, int32_t tenths)
{
	char text[24];
	int32_t size = tenths < 0 ? -tenths : tenths;
	if (size % 10)
		(void)snprintf(text, sizeof(text), "%s%d.%d", tenths < 0 ? "-" : "",
			(int)(size / 10), (int)(size % 10));
	else
		(void)snprintf(text, sizeof(text), "%d", (int)(tenths / 10));
	lit(s, text);
}

static void attribute(struct svg *s, const char *name, int32_t tenths)
{
	lit(s, " ");
	lit(s, name);
	lit(s, "=\"");
	number(s, tenths);
	lit(s, "\"");
}

static void class_of(struct svg *s, const char *class)
{
	lit(s, " class=\"");
	word(s, class);
	lit(s, "\"");
}

/* As in the pages that it stands in; a line is one line. */
static void escaped(struct svg *s, struct str text)
{
	struct textout o = { .out = s->out, .header = true, .html = true, .err = s->err };
	text_str(&o, text);
	s->err = o.err;
}

static void element(struct svg *s, const char *name, struct str text)
{
	lit(s, "<");
	lit(s, name);
	lit(s, ">");
	escaped(s, text);
	lit(s, "</");
	lit(s, name);
	lit(s, ">");
}

static int32_t x_of(const struct svg *s, int32_t x)
{
	return s->mirrored ? s->width - x : x;
}

struct svg svg_open(struct buf *out, const struct svg_frame *f)
{
	struct svg s = {
		.out = out, .width = f->width, .rtl = f->rtl, .mirrored = f->mirrored
	};
	assert(f->width > 0 && f->width <= SIZE_LIMIT);
	assert(f->height > 0 && f->height <= SIZE_LIMIT);
	lit(&s, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
	class_of(&s, f->class);
	lit(&s, " viewBox=\"0 0 ");
	number(&s, f->width);
	lit(&s, " ");
	number(&s, f->height);
	lit(&s, "\" aria-labelledby=\"");
	word(&s, f->id);
	lit(&s, "-t\" aria-describedby=\"");
	word(&s, f->id);
	lit(&s, "-d\"><title id=\"");
	word(&s, f->id);
	lit(&s, "-t\">");
	escaped(&s, f->title);
	lit(&s, "</title><desc id=\"");
	word(&s, f->id);
	lit(&s, "-d\">");
	escaped(&s, f->desc);
	lit(&s, "</desc>\n");
	return s;
}

int svg_close(struct svg *s)
{
	assert(s->depth == 0);
	lit(s, "</svg>\n");
	return s->err;
}

struct picture svg_picture(const struct buf *out)
{
	struct str all = buf_str(out);
	assert(all.n == 0 ||
		(str_starts(all, S("<svg ")) && str_ends(all, S("</svg>\n"))));
	return (struct picture){ all };
}

void svg_group(struct svg *s, const char *class)
{
	lit(s, "<g");
	class_of(s, class);
	lit(s, ">");
	s->depth++;
}

void svg_group_end(struct svg *s)
{
	assert(s->depth > 0);
	lit(s, "</g>\n");
	s->depth--;
}

void svg_hint(struct svg *s, struct str text)
{
	element(s, "title", text);
}

/* The direction is given so that "start" is where reading begins; which way the letters
 * of a foreign name run is for the name itself to say: unicode-bidi in the stylesheet,
 * since checkers do not know its "plaintext" as an attribute. */
void svg_text(struct svg *s, const char *class, int32_t x, int32_t y,
	enum svg_anchor anchor, struct str text)
{
	static const char *const anchors[] = { "start", "middle", "end" };
	lit(s, "<text");
	class_of(s, class);
	attribute(s, "x", x_of(s, x));
	attribute(s, "y", y);
	lit(s, s->rtl ? " direction=\"rtl\"" : "");
	lit(s, " text-anchor=\"");
	lit(s, anchors[anchor]);
	lit(s, "\">");
	escaped(s, text);
	lit(s, "</text>\n");
}

void svg_rect(
	struct svg *s, const char *class, int32_t x, int32_t y, int32_t w, int32_t h)
{
	if (w <= 0 || h <= 0)
		return;
	lit(s, "<rect");
	class_of(s, class);
	attribute(s, "x", s->mirrored ? s->width - x - w : x);
	attribute(s, "y", y);
	attribute(s, "width", w);
	attribute(s, "height", h);
	lit(s, "/>\n");
}

void svg_line(
	struct svg *s, const char *class, int32_t x1, int32_t y1, int32_t x2, int32_t y2)
{
	lit(s, "<line");
	class_of(s, class);
	attribute(s, "x1", x_of(s, x1));
	attribute(s, "y1", y1);
	attribute(s, "x2", x_of(s, x2));
	attribute(s, "y2", y2);
	lit(s, "/>\n");
}

void svg_path(struct svg *s, const char *class, const struct svg_point *p, size_t n,
	bool closed)
{
	if (n == 0)
		return;
	lit(s, "<path");
	class_of(s, class);
	lit(s, " d=\"");
	for (size_t i = 0; i < n; i++) {
		lit(s, i == 0 ? "M" : i == 1 ? "L" : " ");
		number(s, x_of(s, p[i].x));
		lit(s, " ");
		number(s, p[i].y);
	}
	lit(s, closed ? "Z\"/>\n" : "\"/>\n");
}

/* About how wide a letter is, in tenths at a height of 10 units: a guess that is rather
 * too wide. */
static int32_t width_of(uint32_t c)
{
	if (c >= 0x2e80 && c < 0xfb00)
		return 100;
	return c < 0x80 && (c == 'i' || c == 'l' || c == ' ' || c == '.' || c == ',')
		? 30
		: 60;
}

struct str svg_fit(struct arena *a, struct str text, int32_t width)
{
	static const char ellipsis[] = "\xe2\x80\xa6"; /* U+2026 */
	int32_t used = 0;
	size_t at = 0, fits = 0;
	while (at < text.n) {
		uint32_t c = 0xfffd;
		int n = utf8_next(str_from(text, at), &c);
		used += width_of(c);
		if (used > width)
			break;
		at += n ? (size_t)n : 1;
		if (used + 60 <= width)
			fits = at;
	}
	if (at >= text.n)
		return text;
	char *p = arena_alloc(a, fits + sizeof(ellipsis));
	if (fits)
		memcpy(p, text.p, fits);
	memcpy(p + fits, ellipsis, sizeof(ellipsis) - 1);
	return (struct str){ p, fits + sizeof(ellipsis) - 1 };
}

int64_t svg_ceiling(int64_t n)
{
	static const int64_t steps[] = { 4, 8, 12, 16, 20, 24, 32, 40 };
	int64_t scale = 1;
	for (;;) {
		for (size_t i = 0; i < N(steps); i++)
			if (n <= steps[i] * scale)
				return steps[i] * scale;
		if (scale > INT64_MAX / 1000)
			return n;
		scale *= 10;
	}
}
