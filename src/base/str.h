/* SPDX-License-Identifier: Apache-2.0
 * str.h - text as pointer and length. Depends on: base/arena.
 *
 * A struct str is a view: it owns nothing, is not NUL-ended, may hold any byte. p == NULL
 * means "absent", which is not the same as empty. */
#pragma once
#include "base/arena.h"
#include "base/err.h"

#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(s)	   (int)(s).n, (s).p /* for "%.*s" */
#define S(literal) ((struct str){ "" literal, sizeof(literal) - 1 })

static inline struct str str_c(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}
static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_empty(struct str s)
{
	return s.n == 0;
}

/* Byte order, as memcmp; a prefix sorts first. */
int str_cmp(struct str a, struct str b);
/* Equal when ASCII letters are taken as one case. Other bytes must be the same. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Without the bytes of from (inclusive) before, or to (exclusive) after; clamps to the
 * string. */
struct str str_from(struct str s, size_t from);
struct str str_to(struct str s, size_t to);
/* Where c stands first or last, or s.n when it does not. */
size_t str_find(struct str s, char c);
size_t str_rfind(struct str s, char c);
/* Where needle stands first, or s.n. An empty needle is found at 0. */
size_t str_search(struct str s, struct str needle);
/* Without ASCII blanks, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);
/* Cuts the part before the next c off *rest; false when *rest is absent (p == NULL). */
bool str_split(struct str *rest, char c, struct str *ret);
/* A copy in the arena. An absent string stays absent. */
struct str str_dup(struct arena *a, struct str s);
/* A copy with ASCII letters in lower case. */
struct str str_lower(struct arena *a, struct str s);
/* A NUL-ended copy for a library's door. E_SYNTAX when s holds a NUL. */
MUST int str_z(struct arena *a, struct str s, const char **ret);

/* Cursors: each takes its piece off the front of *s and answers true, or leaves *s
 * alone. */
bool scan_char(struct str *s, char c);
bool scan_lit(struct str *s, const char *z);
/* Decimal digits only, no sign, at most max. */
bool scan_u32(struct str *s, uint32_t max, uint32_t *ret);
bool scan_u64(struct str *s, uint64_t max, uint64_t *ret);
/* Exactly n digits. */
bool scan_digits(struct str *s, int n, uint32_t *ret);
/* The whole string is a decimal number in the range, perhaps with a minus sign. */
bool str_int(struct str s, int64_t min, int64_t max, int64_t *ret);
