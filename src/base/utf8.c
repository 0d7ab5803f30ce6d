/* SPDX-License-Identifier: Apache-2.0
 * utf8.c - text from strangers: see utf8.h. Depends on: base/buf. */
#include "base/utf8.h"

int utf8_next(struct str s, uint32_t *ret)
{
	if (s.n == 0)
		return 0;
	const uint8_t *p = (const uint8_t *)s.p;
	if (p[0] < 0x80) {
		*ret = p[0];
		return 1;
	}
	int n = p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	if (n == 0 || p[0] >= 0xf5 || s.n < (size_t)n)
		return 0;
	uint32_t c = p[0] & (0xffu >> (n + 1));
	for (int i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return n;
}

/* How many bytes at the front are printable ASCII or TAB: most text is nothing else. */
static size_t plain_run(struct str s)
{
	size_t i = 0;
	while (i < s.n &&
		(((uint8_t)s.p[i] >= 0x20 && (uint8_t)s.p[i] < 0x7f) || s.p[i] == '\t'))
		i++;
	return i;
}

bool utf8_valid(struct str s)
{
	uint32_t c;
	while (s.n > 0) {
		size_t plain = plain_run(s);
		int n = plain ? (int)plain : utf8_next(s, &c);
		if (n == 0)
			return false;
		s = str_from(s, (size_t)n);
	}
	return true;
}

bool utf8_clean(struct str s)
{
	for (;;) {
		uint32_t c;
		s = str_from(s, plain_run(s));
		int n = utf8_next(s, &c);
		if (n == 0 || c < 0xa0)
			return s.n == 0;
		s = str_from(s, (size_t)n);
	}
}

struct str utf8_escape(struct arena *a, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t clean = plain_run(s);
	uint32_t c;
	if (clean == s.n)
		return s;
	char *out = arena_alloc(a, s.n * 4 + 1), *to = out;
	while (s.n > 0) {
		int n = utf8_next(s, &c);
		bool control = n > 0 && (c < 0x20 || (c >= 0x7f && c < 0xa0)) &&
			c != '\t';
		if (n == 0 || control) {
			int bytes = n ? n : 1;
			for (int i = 0; i < bytes; i++) {
				uint8_t b = (uint8_t)s.p[i];
				*to++ = '\\';
				*to++ = 'x';
				*to++ = hex[b >> 4];
				*to++ = hex[b & 15];
			}
			s = str_from(s, (size_t)bytes);
			continue;
		}
		memcpy(to, s.p, (size_t)n);
		to += n;
		s = str_from(s, (size_t)n);
	}
	return (struct str){ out, (size_t)(to - out) };
}

struct str utf8_cut(struct str s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n > 0 && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_to(s, n);
}

bool utf8_is_trick(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
		(c >= 0x200b && c <= 0x200f) || c == 0xfeff || c == 0x061c ||
		c == 0x2028 || c == 0x2029;
}
