/* SPDX-License-Identifier: Apache-2.0
 * utf8.h - what strangers wrote, made safe to keep and to show. Depends on: base/buf. */
#pragma once
#include "base/buf.h"

/* Well-formed UTF-8 as in RFC 3629: no overlong forms, no surrogates,
 * none past U+10FFFF. */
bool utf8_valid(struct str s);
/* Valid and without C0 or C1 controls but TAB: what utf8_escape gives. */
bool utf8_clean(struct str s);
/* The character at the front and how many bytes it takes (1 to 4), or 0 bytes when
 * malformed. */
int utf8_next(struct str s, uint32_t *ret);
/* s as text that can be kept: malformed bytes and C0/C1 controls but TAB become \xHH, a
 * backslash before "x" stays as it is. Returns s itself when nothing had to change. */
struct str utf8_escape(struct arena *a, struct str s);
/* The longest start of s of at most n bytes that does not cut a character. */
struct str utf8_cut(struct str s, size_t n);
/* Characters that reorder or hide text: U+202A to 202E, 2066 to 2069, 200B, FEFF and the
 * like. */
bool utf8_is_trick(uint32_t c);
