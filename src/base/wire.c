/* SPDX-License-Identifier: Apache-2.0
 * wire.c - numbers and text in messages: see wire.h. Depends on: base/buf. */
#include "base/wire.h"

static bool take(struct reader *r, void *to, size_t n)
{
	if (r->err < 0 || n > (size_t)(r->end - r->p)) {
		if (r->err == 0)
			r->err = E_SYNTAX;
		memset(to, 0, n);
		return false;
	}
	memcpy(to, r->p, n);
	r->p += n;
	return true;
}

/* The program runs on little-endian machines only; meson.build refuses others. */
uint8_t rd_u8(struct reader *r)
{
	uint8_t v;
	take(r, &v, sizeof(v));
	return v;
}

uint16_t rd_u16(struct reader *r)
{
	uint16_t v;
	take(r, &v, sizeof(v));
	return v;
}

uint32_t rd_u32(struct reader *r)
{
	uint32_t v;
	take(r, &v, sizeof(v));
	return v;
}

uint64_t rd_u64(struct reader *r)
{
	uint64_t v;
	take(r, &v, sizeof(v));
	return v;
}

int64_t rd_i64(struct reader *r)
{
	int64_t v;
	take(r, &v, sizeof(v));
	return v;
}

struct str rd_str(struct reader *r)
{
	uint32_t n = rd_u32(r);
	if (n == UINT32_MAX || r->err < 0)
		return (struct str){ NULL, 0 };
	if (n > (size_t)(r->end - r->p)) {
		r->err = E_SYNTAX;
		return (struct str){ NULL, 0 };
	}
	struct str s = { r->p, n };
	r->p += n;
	return s;
}

void rd_raw(struct reader *r, void *to, size_t n)
{
	take(r, to, n);
}

int rd_end(struct reader *r)
{
	if (r->err == 0 && r->p != r->end)
		r->err = E_SYNTAX;
	return r->err;
}

static void put(struct writer *w, const void *p, size_t n)
{
	if (w->err == 0)
		w->err = buf_add(w->out, (struct str){ p, n });
}

void wr_u8(struct writer *w, uint8_t v)
{
	put(w, &v, sizeof(v));
}

void wr_u16(struct writer *w, uint16_t v)
{
	put(w, &v, sizeof(v));
}

void wr_u32(struct writer *w, uint32_t v)
{
	put(w, &v, sizeof(v));
}

void wr_u64(struct writer *w, uint64_t v)
{
	put(w, &v, sizeof(v));
}

void wr_i64(struct writer *w, int64_t v)
{
	put(w, &v, sizeof(v));
}

void wr_str(struct writer *w, struct str s)
{
	if (s.p == NULL) {
		wr_u32(w, UINT32_MAX);
		return;
	}
	if (s.n >= UINT32_MAX)
		w->err = E_TOO_BIG;
	wr_u32(w, (uint32_t)s.n);
	put(w, s.p, s.n);
}

void wr_raw(struct writer *w, const void *p, size_t n)
{
	put(w, p, n);
}
