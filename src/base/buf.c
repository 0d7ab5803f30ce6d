/* SPDX-License-Identifier: Apache-2.0
 * buf.c - bytes that grow up to a ceiling: see buf.h. Depends on:
 * base/str, base/arena. */
#include "base/buf.h"

#include <assert.h>
#include <stdio.h>

struct buf buf_in(struct arena *a, size_t ceiling)
{
	return (struct buf){ .arena = a, .ceiling = ceiling };
}

int buf_room(struct buf *b, size_t n, char **ret)
{
	if (n > b->ceiling - b->n)
		return E_TOO_BIG;
	if (n >= b->cap - b->n) {
		size_t cap = b->cap ? b->cap * 2 : 256;
		if (cap < b->n + n + 1)
			cap = b->n + n + 1;
		if (cap > b->ceiling + 1)
			cap = b->ceiling + 1;
		if (!arena_fits(b->arena, cap))
			cap = b->n + n + 1;
		if (!arena_fits(b->arena, cap))
			return E_TOO_BIG;
		char *p = arena_alloc(b->arena, cap);
		if (b->n)
			memcpy(p, b->p, b->n);
		b->p = p;
		b->cap = cap;
	}
	*ret = b->p + b->n;
	return 0;
}

void buf_wrote(struct buf *b, size_t n)
{
	assert(n < b->cap - b->n);
	b->n += n;
	b->p[b->n] = '\0';
}

int buf_add(struct buf *b, struct str s)
{
	char *to;
	int r = buf_room(b, s.n, &to);
	if (r < 0)
		return r;
	if (s.n)
		memcpy(to, s.p, s.n);
	buf_wrote(b, s.n);
	return 0;
}

int buf_addc(struct buf *b, char c)
{
	return buf_add(b, (struct str){ &c, 1 });
}

int buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *to;
	int r = n < 0 ? E_SYNTAX : buf_room(b, (size_t)n, &to);
	if (r == 0) {
		vsnprintf(to, (size_t)n + 1, fmt, again);
		buf_wrote(b, (size_t)n);
	}
	va_end(again);
	return r;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
}
