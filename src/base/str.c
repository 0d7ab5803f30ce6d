/* SPDX-License-Identifier: Apache-2.0
 * str.c - text as pointer and length: see str.h. Depends on: base/arena. */
#include "base/str.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_to(s, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

struct str str_from(struct str s, size_t from)
{
	if (from > s.n)
		from = s.n;
	return (struct str){ s.p ? s.p + from : NULL, s.n - from };
}

struct str str_to(struct str s, size_t to)
{
	return (struct str){ s.p, to < s.n ? to : s.n };
}

size_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

size_t str_rfind(struct str s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

size_t str_search(struct str s, struct str needle)
{
	if (needle.n == 0)
		return 0;
	const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_split(struct str *rest, char c, struct str *ret)
{
	if (rest->p == NULL)
		return false;
	size_t at = str_find(*rest, c);
	*ret = str_to(*rest, at);
	*rest = at < rest->n ? str_from(*rest, at + 1) : (struct str){ NULL, 0 };
	return true;
}

struct str str_dup(struct arena *a, struct str s)
{
	if (s.p == NULL)
		return s;
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}

struct str str_lower(struct arena *a, struct str s)
{
	if (s.p == NULL)
		return s;
	char *p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		p[i] = lower(s.p[i]);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}

int str_z(struct arena *a, struct str s, const char **ret)
{
	if (str_find(s, '\0') < s.n)
		return E_SYNTAX;
	*ret = s.p ? str_dup(a, s).p : "";
	return 0;
}

bool scan_char(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

bool scan_lit(struct str *s, const char *z)
{
	struct str lit = str_c(z);
	if (!str_starts(*s, lit))
		return false;
	*s = str_from(*s, lit.n);
	return true;
}

bool scan_u64(struct str *s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;
	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		uint64_t digit = (uint64_t)(s->p[i] - '0');
		if (v > (max - digit) / 10 || digit > max)
			return false;
		v = v * 10 + digit;
	}
	if (i == 0)
		return false;
	*s = str_from(*s, i);
	*ret = v;
	return true;
}

bool scan_u32(struct str *s, uint32_t max, uint32_t *ret)
{
	uint64_t v;
	if (!scan_u64(s, max, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool scan_digits(struct str *s, int n, uint32_t *ret)
{
	uint32_t v = 0;
	if (s->n < (size_t)n)
		return false;
	for (int i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (uint32_t)(s->p[i] - '0');
	}
	*s = str_from(*s, (size_t)n);
	*ret = v;
	return true;
}

bool str_int(struct str s, int64_t min, int64_t max, int64_t *ret)
{
	bool minus = scan_char(&s, '-');
	uint64_t v;
	if (!scan_u64(&s, INT64_MAX, &v) || s.n > 0)
		return false;
	int64_t x = minus ? -(int64_t)v : (int64_t)v;
	if (x < min || x > max)
		return false;
	*ret = x;
	return true;
}
