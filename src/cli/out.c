/* SPDX-License-Identifier: Apache-2.0
 * out.c - what commands print: see out.h. Depends on: base. */
#include "cli/out.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_FILE 100 /* of sentences */
#define WIDTH_MIN  40
#define WIDTH_MAX  250
#define GAP	   2

struct str out_safe(struct arena *a, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	bool tricky = false;
	uint32_t c;
	s = utf8_escape(a, s);
	for (struct str at = s; at.n > 0 && !tricky;) {
		int n = utf8_next(at, &c);
		tricky = n == 0 || utf8_is_trick(c) || c == '\t';
		at = str_from(at, n ? (size_t)n : 1);
	}
	if (!tricky)
		return s;
	char *out = arena_alloc(a, 8 * s.n + 1), *to = out;
	while (s.n > 0) {
		int n = utf8_next(s, &c);
		size_t took = n ? (size_t)n : 1;
		if (n > 0 && utf8_is_trick(c)) {
			memcpy(to, "[U+", 3);
			for (int i = 0; i < 4; i++)
				to[3 + i] = hex[c >> (12 - 4 * i) & 15];
			to[7] = ']';
			to += 8;
		} else if (*s.p == '\t') {
			*to++ = ' ';
		} else {
			memcpy(to, s.p, took);
			to += took;
		}
		s = str_from(s, took);
	}
	return (struct str){ out, (size_t)(to - out) };
}

static bool within(uint32_t c, const uint32_t (*spans)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= spans[i][0] && c <= spans[i][1])
			return true;
	return false;
}

/* Unicode's East Asian width and combining marks, as much as names need. */
static size_t columns_of(uint32_t c)
{
	static const uint32_t none[][2] = { { 0x0300, 0x036f }, { 0x0483, 0x0489 },
		{ 0x0591, 0x05bd }, { 0x0610, 0x061a }, { 0x064b, 0x065f },
		{ 0x0670, 0x0670 }, { 0x06d6, 0x06dc }, { 0x0e31, 0x0e31 },
		{ 0x0e34, 0x0e3a }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
		{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f } };
	static const uint32_t two[][2] = { { 0x1100, 0x115f }, { 0x2e80, 0x303e },
		{ 0x3041, 0xa4cf }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1faff }, { 0x20000, 0x3fffd } };
	if (c < 0x300)
		return 1;
	if (within(c, none, N(none)))
		return 0;
	return within(c, two, N(two)) ? 2 : 1;
}

/* The longest start of at most so many columns, and how many it takes. */
static struct str start_of(struct str s, size_t columns, size_t *ret_columns)
{
	size_t at = 0, used = 0;
	while (at < s.n) {
		uint32_t c = 0xfffd;
		int n = utf8_next(str_from(s, at), &c);
		size_t w = columns_of(c);
		if (used + w > columns)
			break;
		used += w;
		at += n ? (size_t)n : 1;
	}
	*ret_columns = used;
	return str_to(s, at);
}

size_t out_columns(struct str s)
{
	size_t used;
	(void)start_of(s, SIZE_MAX, &used);
	return used;
}

struct str out_cut(struct arena *a, struct str s, size_t columns)
{
	static const char ellipsis[] = "\xe2\x80\xa6"; /* U+2026 */
	size_t used;
	if (columns == 0 || start_of(s, columns, &used).n == s.n)
		return s;
	struct str head = start_of(s, columns - 1, &used);
	char *p = arena_alloc(a, head.n + sizeof(ellipsis));
	if (head.n)
		memcpy(p, head.p, head.n);
	memcpy(p + head.n, ellipsis, sizeof(ellipsis) - 1);
	return (struct str){ p, head.n + sizeof(ellipsis) - 1 };
}

size_t out_width(void)
{
	struct winsize w;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0 ||
		w.ws_col == 0)
		return WIDTH_FILE;
	return w.ws_col < WIDTH_MIN    ? WIDTH_MIN
		: w.ws_col > WIDTH_MAX ? WIDTH_MAX
				       : w.ws_col;
}

static bool has_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term && *term &&
		strcmp(term, "dumb") != 0;
}

const char *out_on(enum out_style s)
{
	static const char *const on[] = { "", "\033[1m", "\033[1;31m", "\033[33m",
		"\033[32m", "\033[2m" };
	return s != OUT_PLAIN && has_colours() ? on[s] : "";
}

const char *out_off(enum out_style s)
{
	return s != OUT_PLAIN && has_colours() ? "\033[0m" : "";
}

struct out_table table_new(struct arena *a, const struct out_column *columns, size_t n)
{
	return (struct out_table){ .arena = a, .columns = columns, .n_columns = n };
}

void table_add(struct out_table *t, struct str text, enum out_style style)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 64;
		struct out_cell *more = arena_array(t->arena, cap, sizeof(*more));
		if (t->n)
			memcpy(more, t->cells, t->n * sizeof(*more));
		t->cells = more;
		t->cap = cap;
	}
	struct str safe = out_safe(t->arena, str_dup(t->arena, text));
	t->cells[t->n++] = (struct out_cell){ safe, style };
}

void table_addf(struct out_table *t, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	table_add(t, str_c(text), OUT_PLAIN);
}

/* Each column as wide as its widest cell; then, on a terminal, the widest that may be cut
 * gives way, column by column, until the line fits. A file or a pipe gets all of it. */
static void find_widths(const struct out_table *t, size_t *widths)
{
	size_t total = GAP * (t->n_columns - 1);
	size_t room = isatty(STDOUT_FILENO) ? out_width() : SIZE_MAX;
	for (size_t i = 0; i < t->n_columns; i++) {
		widths[i] = out_columns(str_c(t->columns[i].title));
		for (size_t c = i; c < t->n; c += t->n_columns) {
			size_t w = out_columns(t->cells[c].text);
			if (w > widths[i])
				widths[i] = w;
		}
		total += widths[i];
	}
	while (total > room) {
		size_t widest = t->n_columns;
		for (size_t i = 0; i < t->n_columns; i++)
			if (t->columns[i].min && widths[i] > t->columns[i].min &&
				(widest == t->n_columns || widths[i] > widths[widest]))
				widest = i;
		if (widest == t->n_columns)
			return;
		widths[widest]--;
		total--;
	}
}

static void print_cell(const struct out_table *t, size_t column, size_t width,
	struct str text, enum out_style style)
{
	bool last = column + 1 == t->n_columns;
	struct str cut = out_cut(t->arena, text, width);
	size_t used = out_columns(cut), pad = width > used ? width - used : 0;
	bool right = t->columns[column].right;
	if (right)
		printf("%*s", (int)pad, "");
	printf("%s%.*s%s", out_on(style), STR(cut), out_off(style));
	if (last)
		printf("\n");
	else
		printf("%*s", (int)(GAP + (right ? 0 : pad)), "");
}

void table_print(const struct out_table *t)
{
	size_t *widths = arena_array(t->arena, t->n_columns, sizeof(*widths));
	find_widths(t, widths);
	for (size_t i = 0; i < t->n_columns; i++)
		print_cell(t, i, widths[i], str_c(t->columns[i].title), OUT_TITLE);
	for (size_t c = 0; c < t->n; c++)
		print_cell(t, c % t->n_columns, widths[c % t->n_columns],
			t->cells[c].text, t->cells[c].style);
}

void out_field(struct arena *a, const char *name, struct str value)
{
	if (value.p)
		printf("%s%-16s%s %.*s\n", out_on(OUT_TITLE), name, out_off(OUT_TITLE),
			STR(out_safe(a, value)));
}

void out_entry(struct arena *a, const char *word, struct str sentence)
{
	size_t room = out_width(), at = strlen(word);
	struct str rest = out_safe(a, sentence), piece;
	printf("%s%s%s%s", out_on(OUT_TITLE), word, at ? ":" : " ", out_off(OUT_TITLE));
	at++;
	while (str_split(&rest, ' ', &piece)) {
		size_t width = out_columns(piece);
		if (at + 1 + width > room && at > 2) {
			printf("\n ");
			at = 1;
		}
		printf(" %.*s", STR(piece));
		at += 1 + width;
	}
	printf("\n");
}

int out_json(struct json *j, struct why *why)
{
	if (j->err == 0)
		j->err = buf_addc(j->out, '\n');
	if (j->err < 0)
		return fail(why, j->err, "an answer that is too long for one line");
	struct str s = buf_str(j->out);
	if (fwrite(s.p, 1, s.n, stdout) != s.n)
		return fail(why, E_SYS, "cannot write the answer");
	buf_clear(j->out);
	j->comma = false;
	return 0;
}
