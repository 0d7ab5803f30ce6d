/* SPDX-License-Identifier: Apache-2.0
 * csv_out.c - tables for spreadsheets: see csv_out.h. Depends on: base. */
#include "fmt/csv_out.h"

#include "base/utf8.h"

#include <inttypes.h>

/* What spreadsheets, or those who clean cells before, skip at the front: controls, blanks
 * of all kinds, marks that are not seen, quotation marks and the apostrophe itself. */
static bool is_skipped(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad || c == 0x61c ||
		c == 0x1680 || c == 0x180e || (c >= 0x2000 && c <= 0x200f) ||
		(c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) ||
		c == 0x3000 || c == 0xfeff || c == '"' || c == '\'' || c == 0xff02 ||
		c == 0xff07;
}

/* The signs that begin a formula, and their full-width and small forms. */
static bool begins_formula(uint32_t c)
{
	static const uint16_t signs[] = { '=', '+', '-', '@', '|', 0x2212, 0xfe62, 0xfe63,
		0xfe66, 0xfe6b, 0xff0b, 0xff0d, 0xff1d, 0xff20, 0xff5c };
	for (size_t i = 0; i < N(signs); i++)
		if (c == signs[i])
			return true;
	return false;
}

bool csv_out_is_formula(struct str s)
{
	while (s.n > 0) {
		uint32_t c = 0;
		int n = utf8_next(s, &c);
		if (n ==
			0) /* a stray byte: what a spreadsheet makes of it is not known */
			n = 1;
		else if (begins_formula(c))
			return true;
		else if (c == '\t' || c == '\r' || c == '\n')
			return true;
		else if (!is_skipped(c))
			return false;
		s = str_from(s, (size_t)n);
	}
	return false;
}

/* Where one reader or another begins a new cell or row inside of ours: a spreadsheet
 * whose lists have semicolons takes our quotation mark for a letter. */
static bool is_break(char c)
{
	return c == ';' || c == '\t' || c == '\r' || c == '\n';
}

/* What stands behind a break, up to the next. */
static bool is_formula_inside(struct str s)
{
	while (s.n > 0 && !is_break(s.p[0])) {
		uint32_t c = 0;
		int n = utf8_next(s, &c);
		if (n != 0 && begins_formula(c))
			return true;
		if (n != 0 && !is_skipped(c))
			return false;
		s = str_from(s, n ? (size_t)n : 1);
	}
	return false;
}

static void put(struct csv_out *c, struct str s)
{
	if (c->err == 0)
		c->err = buf_add(c->out, s);
}

static void begin_cell(struct csv_out *c)
{
	if (c->cells++ > 0)
		put(c, S(","));
}

static bool needs_quotes(struct str s)
{
	if (s.n > 0 && (s.p[0] == ' ' || s.p[s.n - 1] == ' '))
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == ';' ||
			(uint8_t)s.p[i] < 0x20)
			return true;
	return false;
}

void csv_out_text(struct csv_out *c, struct str s)
{
	begin_cell(c);
	bool formula = csv_out_is_formula(s);
	if (!formula && !needs_quotes(s)) {
		put(c, s);
		return;
	}
	put(c, formula ? S("\"'") : S("\""));
	while (s.n > 0) {
		size_t n = 0;
		while (n < s.n && s.p[n] != '"' && !is_break(s.p[n]))
			n++;
		put(c, str_to(s, n + (n < s.n)));
		struct str rest = str_from(s, n + 1);
		if (n < s.n && s.p[n] == '"')
			put(c, S("\""));
		else if (n < s.n && is_formula_inside(rest))
			put(c, S("'"));
		s = rest;
	}
	put(c, S("\""));
}

void csv_out_int(struct csv_out *c, int64_t v)
{
	begin_cell(c);
	if (c->err == 0)
		c->err = buf_addf(c->out, "%" PRId64, v);
}

static bool is_number(struct str s)
{
	size_t digits = 0, dots = 0;
	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_from(s, 1);
	for (size_t i = 0; i < s.n; i++) {
		digits += s.p[i] >= '0' && s.p[i] <= '9';
		dots += s.p[i] == '.' && i > 0 && i + 1 < s.n;
	}
	return digits > 0 && dots <= 1 && digits + dots == s.n;
}

void csv_out_number(struct csv_out *c, struct str s)
{
	if (!is_number(s)) {
		csv_out_text(c, s);
		return;
	}
	begin_cell(c);
	put(c, s);
}

void csv_out_row(struct csv_out *c)
{
	bool bare = c->cells == 0 || (c->cells == 1 && c->out->n == 0);
	if (c->cells == 1 && c->out->n > 0)
		bare = c->out->p[c->out->n - 1] == '\n';
	put(c, bare ? S("\"\"\r\n") : S("\r\n"));
	c->cells = 0;
}

void csv_out_texts(struct csv_out *c, const struct str *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_out_text(c, cells[i]);
	csv_out_row(c);
}
