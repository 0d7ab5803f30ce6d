/* SPDX-License-Identifier: Apache-2.0
 * buf.h - bytes that grow up to a ceiling. Depends on: base/str, base/arena.
 *
 * The ceiling is not optional: each caller answers "how big may this get?". Over it, or
 * when the arena has no room left to grow, a call answers E_TOO_BIG and the buffer is as
 * before: never a silent cut. */
#pragma once
#include "base/str.h"

struct buf {
	struct arena *arena;
	char *p;
	size_t n, cap, ceiling;
};

struct buf buf_in(struct arena *a, size_t ceiling);
MUST int buf_add(struct buf *b, struct str s);
MUST int buf_addc(struct buf *b, char c);
MUST int buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* n bytes of room to write into; make them count with buf_wrote. */
MUST int buf_room(struct buf *b, size_t n, char **ret);
void buf_wrote(struct buf *b, size_t n);
/* What is in it now; the view dies with the next addition. */
struct str buf_str(const struct buf *b);
void buf_clear(struct buf *b);
