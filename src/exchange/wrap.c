/* SPDX-License-Identifier: Apache-2.0
 * wrap.c - long lines into short ones: see wrap.h. Depends on: base. */
#include "exchange/wrap.h"

#include "base/utf8.h"

#define RLM S("\xe2\x80\x8f")
#define LRM S("\xe2\x80\x8e")

static bool in_ranges(uint32_t c, const uint32_t (*ranges)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

/* East Asian Width W and F, in blocks. */
static bool is_wide(uint32_t c)
{
	static const uint32_t wide[][2] = { { 0x1100, 0x115f }, { 0x2e80, 0xa4cf },
		{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe4f },
		{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x20000, 0x3fffd } };
	return in_ranges(c, wide, N(wide));
}

/* Marks that stand on the letter before them, and directional marks. */
static bool has_no_width(uint32_t c)
{
	static const uint32_t none[][2] = { { 0x300, 0x36f }, { 0x610, 0x61a },
		{ 0x64b, 0x65f }, { 0x670, 0x670 }, { 0x200b, 0x200f },
		{ 0xfe00, 0xfe0f } };
	return in_ranges(c, none, N(none));
}

static bool is_rtl_letter(uint32_t c)
{
	static const uint32_t rtl[][2] = { { 0x5d0, 0x5ea }, { 0x620, 0x64a },
		{ 0x66e, 0x6d3 }, { 0x750, 0x77f }, { 0x8a0, 0x8bd }, { 0xfb50, 0xfdfb },
		{ 0xfe70, 0xfefc } };
	return in_ranges(c, rtl, N(rtl));
}

/* Marks that may not begin, and that may not end, a line of Chinese. */
static bool is_closing(uint32_t c)
{
	static const uint32_t closing[] = { 0x3001, 0x3002, 0x3009, 0x300b, 0x300d,
		0x300f, 0x3011, 0xff01, 0xff09, 0xff0c, 0xff1a, 0xff1b, 0xff1f, 0x2019,
		0x201d, 0x2026 };
	for (size_t i = 0; i < N(closing); i++)
		if (c == closing[i])
			return true;
	return c < 0x80 && c != 0 && strchr(".,;:!?)]}%", (int)c) != NULL;
}

static bool is_opening(uint32_t c)
{
	static const uint32_t opening[] = { 0x3008, 0x300a, 0x300c, 0x300e, 0x3010,
		0xff08, 0x2018, 0x201c, '(', '[', '{' };
	for (size_t i = 0; i < N(opening); i++)
		if (c == opening[i])
			return true;
	return false;
}

/* The character at i; malformed bytes count as one strange character each. */
static size_t char_at(struct str s, size_t i, uint32_t *ret)
{
	int n = utf8_next(str_from(s, i), ret);
	if (n > 0)
		return (size_t)n;
	*ret = 0xfffd;
	return 1;
}

static bool is_ascii_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- direction ---- */

static bool has_rtl(struct str line)
{
	uint32_t c;
	for (size_t i = 0; i < line.n;) {
		i += char_at(line, i, &c);
		if (is_rtl_letter(c))
			return true;
	}
	return false;
}

/* Where the word or `command` that begins at i ends. */
static size_t word_end(struct str line, size_t i)
{
	if (line.p[i] == '`') {
		size_t close = str_find(str_from(line, i + 1), '`');
		if (i + 1 + close < line.n)
			return i + 1 + close + 1;
	}
	while (i < line.n && line.p[i] != ' ')
		i++;
	return i;
}

/* A word that needs marks: Latin letters, or digits with something between them. */
static bool is_latin(struct str word, size_t *ret_from, size_t *ret_to)
{
	size_t from = 0, to = word.n;
	bool letters = false, more = false;
	while (from < to && !is_ascii_alnum(word.p[from]) &&
		!strchr("[@/`-", word.p[from]))
		from++;
	while (to > from && !is_ascii_alnum(word.p[to - 1]) &&
		!strchr("]/`*", word.p[to - 1]))
		to--;
	for (size_t i = from; i < to; i++) {
		bool digit = word.p[i] >= '0' && word.p[i] <= '9';
		letters |= is_ascii_alnum(word.p[i]) && !digit;
		more |= !digit;
	}
	bool any_digit = to > from &&
		(is_ascii_alnum(word.p[from]) || is_ascii_alnum(word.p[to - 1]));
	*ret_from = from;
	*ret_to = to;
	return (letters || (any_digit && more)) && !has_rtl(word);
}

struct word {
	struct str s;
	size_t from, to; /* what needs marks; nothing when from == to */
};

static struct word word_at(struct str line, size_t i)
{
	struct word w = { .s = { line.p + i, word_end(line, i) - i } };
	if (w.s.n == 0 || !is_latin(w.s, &w.from, &w.to))
		w.from = w.to = 0;
	return w;
}

/* Words that follow each other stand between one pair of marks. */
static int add_marked(struct str line, struct buf *out)
{
	int r = buf_add(out, RLM);
	bool open = false;
	for (size_t i = 0; i < line.n && r == 0;) {
		struct word w = word_at(line, i), next = { 0 };
		i += w.s.n;
		bool blank = i < line.n && line.p[i] == ' ';
		if (blank)
			next = word_at(line, i + 1);
		if (w.to > w.from) {
			r = buf_add(out, str_to(w.s, w.from));
			if (r == 0 && !open)
				r = buf_add(out, LRM);
			if (r == 0)
				r = buf_add(out, str_from(str_to(w.s, w.to), w.from));
			open = w.to == w.s.n && next.to > 0 && next.from == 0;
			if (r == 0 && !open)
				r = buf_add(out, LRM);
			w.s = str_from(w.s, w.to);
		}
		if (r == 0)
			r = buf_add(out, w.s);
		if (r == 0 && blank)
			r = buf_addc(out, ' ');
		i += blank;
	}
	return r;
}

/* One finished line, without its end. */
static int add_line(struct str line, size_t indent, bool rtl, struct buf *out)
{
	AUTO_ARENA scratch = arena_new(KIB(256), "wrap");
	struct buf b = buf_in(&scratch, KIB(64));
	int r = 0;
	while (line.n > 0 && line.p[line.n - 1] == ' ')
		line.n--;
	for (size_t i = 0; i < indent && r == 0; i++)
		r = buf_addc(&b, ' ');
	if (r == 0)
		r = buf_add(&b, line);
	if (r < 0)
		return r;
	struct str whole = buf_str(&b);
	r = rtl && has_rtl(whole) ? add_marked(whole, out) : buf_add(out, whole);
	return r < 0 ? r : buf_addc(out, '\n');
}

/* ---- breaking ---- */

struct fill {
	struct str text;
	size_t start; /* of the line being filled */
	size_t brk;   /* where it may end; start when nowhere */
	size_t columns;
	uint32_t before; /* the character before, 0 at the start */
	bool command;	 /* inside backquotes */
};

/* May a line end before c? */
static bool may_break(const struct fill *f, uint32_t c)
{
	if (f->command || f->before == 0 || c == ' ')
		return false;
	if (f->before == ' ')
		return true;
	if (!is_wide(c) && !is_wide(f->before))
		return false;
	return !is_closing(c) && !is_opening(f->before);
}

/* Blanks and "- " at the front: as much is put before the lines that follow. */
static size_t indent_of(struct str line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return str_starts(str_from(line, n), S("- ")) ? n + 2 : n;
}

static int wrap_line(struct str line, bool rtl, struct buf *out)
{
	struct fill f = { .text = line };
	size_t indent = indent_of(line), at = 0;
	int r = 0;
	bool first = true;
	while (at < line.n && r == 0) {
		uint32_t c;
		size_t n = char_at(line, at, &c);
		if (at > indent && may_break(&f, c))
			f.brk = at;
		size_t width = has_no_width(c) ? 0 : is_wide(c) ? 2 : 1;
		if (f.columns + width > WRAP_COLUMNS && c != ' ' && f.brk > f.start) {
			struct str done = { line.p + f.start, f.brk - f.start };
			r = add_line(done, first ? 0 : indent, rtl, out);
			first = false;
			at = f.start = f.brk;
			f.columns = indent;
			f.before = 0;
			f.command = false;
			continue;
		}
		f.columns += width;
		f.before = c;
		f.command ^= c == '`';
		at += n;
	}
	struct str rest = str_from(line, f.start);
	return r < 0 ? r : add_line(rest, first ? 0 : indent, rtl, out);
}

int wrap_text(struct str text, enum lang lang, struct buf *out)
{
	struct str line;
	int r = 0;
	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--; /* each line gets its end back */
	while (r == 0 && str_split(&text, '\n', &line))
		r = wrap_line(line, lang_rtl(lang), out);
	return r;
}
