/* SPDX-License-Identifier: Apache-2.0
 * svg_walk.h - is this text a picture that a strict reader takes, with nothing in it that
 * the program did not write? Depends on: base. */
#pragma once
#include "base/utf8.h"

/* "<name attr="value" ...>", "</name>" or "<name .../>": its name; what follows in *s.
 * False when it is anything else, an unknown name or an attribute of another kind. */
static bool walk_tag(struct str *s, struct str *ret, bool *ret_end, bool *ret_empty)
{
	static const char *const names[] = { "svg", "g", "title", "desc", "text", "rect",
		"line", "path" };
	static const char *const attributes[] = { "xmlns", "role", "class", "viewBox",
		"id", "aria-labelledby", "aria-describedby", "x", "y", "x1", "y1", "x2",
		"y2", "width", "height", "d", "direction", "unicode-bidi",
		"text-anchor" };
	size_t close = str_find(*s, '>');
	struct str tag = str_from(str_to(*s, close), 1), name, rest;
	if (close == s->n)
		return false;
	*s = str_from(*s, close + 1);
	*ret_end = tag.n > 0 && tag.p[0] == '/';
	tag = str_from(tag, *ret_end);
	*ret_empty = tag.n > 0 && tag.p[tag.n - 1] == '/';
	tag = str_to(tag, tag.n - *ret_empty);
	rest = tag;
	(void)str_split(&rest, ' ', &name);
	bool known = false;
	for (size_t i = 0; i < N(names); i++)
		known = known || str_eq(name, str_c(names[i]));
	while (known && rest.p && rest.n) {
		size_t equals = str_find(rest, '=');
		struct str key = str_to(rest, equals), value = str_from(rest, equals + 1);
		known = false;
		for (size_t i = 0; i < N(attributes); i++)
			known = known || str_eq(key, str_c(attributes[i]));
		if (!known || value.n < 2 || value.p[0] != '"')
			return false;
		value = str_from(value, 1);
		rest = str_from(value, str_find(value, '"') + 1);
		if (rest.n > 0 && rest.p[0] == ' ')
			rest = str_from(rest, 1);
		else if (rest.n > 0)
			return false;
	}
	*ret = name;
	return known;
}

/* Text between tags: no quote, each & begins a reference that we write. */
static bool walk_text(struct str text)
{
	static const char *const references[] = { "&amp;", "&lt;", "&gt;", "&quot;",
		"&#39;" };
	while (text.n > 0) {
		uint32_t c = 0;
		int n = utf8_next(text, &c);
		bool fine = n > 0 && c != '"' && c != '\'' && !utf8_is_trick(c) &&
			(c >= 0x20 || c == '\n') && (c < 0x7f || c >= 0xa0);
		bool known = c != '&';
		for (size_t i = 0; i < N(references); i++)
			known = known || str_starts(text, str_c(references[i]));
		if (!fine || !known)
			return false;
		text = str_from(text, (size_t)n);
	}
	return true;
}

static bool walk_svg(struct str s)
{
	struct str open[8], name;
	size_t depth = 0;
	do {
		bool end, empty;
		if (s.n == 0 || s.p[0] != '<' || !walk_tag(&s, &name, &end, &empty))
			return false;
		if (end && (depth == 0 || !str_eq(open[--depth], name)))
			return false;
		if (!end && !empty && depth == N(open))
			return false;
		if (!end && !empty)
			open[depth++] = name;
		size_t text = str_find(s, '<');
		if (!walk_text(str_to(s, text)))
			return false;
		s = str_from(s, text);
	} while (depth > 0);
	return s.n == 0;
}
