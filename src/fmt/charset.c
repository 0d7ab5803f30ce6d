/* SPDX-License-Identifier: Apache-2.0
 * charset.c - Windows-1252 and UTF-16 to UTF-8: see charset.h. Depends on: base. */
#include "fmt/charset.h"

/* Bytes 0x80 to 0x9F; the rest of Windows-1252 is Latin-1. */
static const uint16_t high_1252[32] = {
	0x20ac,
	0x81,
	0x201a,
	0x0192,
	0x201e,
	0x2026,
	0x2020,
	0x2021,
	0x02c6,
	0x2030,
	0x0160,
	0x2039,
	0x0152,
	0x8d,
	0x017d,
	0x8f,
	0x90,
	0x2018,
	0x2019,
	0x201c,
	0x201d,
	0x2022,
	0x2013,
	0x2014,
	0x02dc,
	0x2122,
	0x0161,
	0x203a,
	0x0153,
	0x9d,
	0x017e,
	0x0178,
};

static size_t encode(uint32_t c, char to[4])
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

struct str charset_from_1252(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n * 3 + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = (uint8_t)s.p[i];
		char room[4];
		size_t k = encode(b >= 0x80 && b < 0xa0 ? high_1252[b - 0x80] : b, room);
		memcpy(out + n, room, k);
		n += k;
	}
	return (struct str){ out, n };
}

static int add(struct buf *out, uint32_t c)
{
	char room[4];
	return buf_add(out, (struct str){ room, encode(c, room) });
}

static int add_unit(struct utf16 *u, uint16_t unit, struct buf *out)
{
	int r = 0;
	bool low = unit >= 0xdc00 && unit <= 0xdfff;
	if (u->high && low) {
		uint32_t c = 0x10000 + ((uint32_t)(u->high - 0xd800) << 10) +
			(unit - 0xdc00u);
		u->high = 0;
		return add(out, c);
	}
	if (u->high)
		r = add(out, 0xfffd);
	u->high = 0;
	if (r < 0)
		return r;
	if (unit >= 0xd800 && unit <= 0xdbff) {
		u->high = unit;
		return 0;
	}
	return add(out, low ? 0xfffd : unit);
}

int utf16_add(struct utf16 *u, struct str piece, struct buf *out)
{
	for (size_t i = 0; i < piece.n; i++) {
		uint8_t b = (uint8_t)piece.p[i];
		if (!u->has_half) {
			u->half = b;
			u->has_half = true;
			continue;
		}
		u->has_half = false;
		uint16_t unit = (uint16_t)(u->big ? u->half << 8 | b : b << 8 | u->half);
		int r = add_unit(u, unit, out);
		if (r < 0)
			return r;
	}
	return 0;
}

int utf16_end(struct utf16 *u, struct buf *out)
{
	bool cut = u->has_half || u->high;
	*u = (struct utf16){ .big = u->big };
	return cut ? add(out, 0xfffd) : 0;
}
