/* SPDX-License-Identifier: Apache-2.0
 * url.c - paths of our own pages: see url.h. Depends on: base. */
#include "web/url.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

/* Everything but letters, digits and - . _ ~ as %XX; at most three bytes for one. */
static size_t escape(char *to, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || memchr("-._~", c, 4);
		if (plain) {
			to[n++] = (char)c;
			continue;
		}
		to[n++] = '%';
		to[n++] = hex[c >> 4];
		to[n++] = hex[c & 15];
	}
	return n;
}

static struct url join(
	struct arena *a, struct str first, const char *mid, struct str last)
{
	size_t m = strlen(mid);
	char *p = arena_alloc(a, first.n + m + 3 * last.n + 1);
	assert(first.n > 0 && (first.p[0] == '/' || first.p[0] == '?'));
	memcpy(p, first.p, first.n);
	memcpy(p + first.n, mid, m);
	return (struct url){ { p, first.n + m + escape(p + first.n + m, last) } };
}

struct url url_word(struct arena *a, const char *prefix, struct str word)
{
	return join(a, str_c(prefix), "", word);
}

struct url url_id(struct arena *a, const char *prefix, int64_t id)
{
	char n[24];
	(void)snprintf(n, sizeof(n), "%" PRId64, id);
	return url_word(a, prefix, str_c(n));
}

struct url url_below(struct arena *a, struct url u, const char *more)
{
	return join(a, u.path, more, S(""));
}

struct url url_with(struct arena *a, struct url u, const char *name, struct str value)
{
	char mid[64];
	size_t mark = str_find(u.path, '?');
	int n = snprintf(mid, sizeof(mid), "%s%s=",
		mark == u.path.n	       ? "?"
			: mark + 1 == u.path.n ? ""
					       : "&",
		name);
	assert(n > 0 && (size_t)n < sizeof(mid));
	return join(a, u.path, mid, value);
}

struct url url_with_int(struct arena *a, struct url u, const char *name, int64_t value)
{
	char n[24];
	(void)snprintf(n, sizeof(n), "%" PRId64, value);
	return url_with(a, u, name, str_c(n));
}

struct url url_mark(struct arena *a, struct url u, const char *mark)
{
	return join(a, u.path, "#", str_c(mark));
}
