/* SPDX-License-Identifier: Apache-2.0
 * feed_name.c - what a feed file's name says: see feed.h. Depends on: base,
 * fmt/catalogue. */
#include "base/date.h"
#include "fmt/feed.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What may stand before and behind a date or a type. */
static bool is_border(struct str s, size_t at)
{
	return at >= s.n || strchr("-. ,+()[]~", s.p[at]) != NULL;
}

static struct str base_name(struct str file)
{
	size_t slash = str_rfind(file, '/');
	if (slash < file.n)
		file = str_from(file, slash + 1);
	size_t back = str_rfind(file, '\\');
	return back < file.n ? str_from(file, back + 1) : file;
}

/* Takes .csv, .gz and the like off, as many as there are. */
static struct str stem_of(struct str s)
{
	static const char *const endings[] = { ".csv", ".gz", ".zst", ".zip", ".txt" };
	for (size_t i = 0; i < N(endings); i++) {
		if (str_ends(s, str_c(endings[i]))) {
			s.n -= strlen(endings[i]);
			i = (size_t)-1; /* from the first again */
		}
	}
	return s;
}

/* The first date with borders on both sides: the day, and what follows; what stands
 * before when nothing follows. */
static bool find_day(struct str s, int32_t *ret_day, struct str *ret_rest)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]) ||
			(i > 0 && !is_border(s, i - 1) && s.p[i - 1] != '_'))
			continue;
		static const size_t lengths[] = { 10, 8 };
		for (size_t k = 0; k < N(lengths); k++) {
			size_t end = i + lengths[k];
			struct str date = str_to(str_from(s, i), lengths[k]);
			bool bordered = is_border(s, end) || s.p[end] == '_';
			if (date.n == lengths[k] && bordered &&
				day_read(date, ret_day) == 0) {
				*ret_rest = end + 1 < s.n ? str_from(s, end + 1)
							  : str_to(s, i);
				return true;
			}
		}
	}
	return false;
}

/* The longest name of the catalogue at the start of s. */
static const struct report_type *type_at(
	const struct catalogue *c, struct str s, size_t *ret_n)
{
	for (size_t n = s.n < TYPE_NAME_MAX ? s.n : TYPE_NAME_MAX; n > 0; n--) {
		if (!is_border(s, n))
			continue;
		const struct report_type *t = catalogue_type(c, str_to(s, n));
		if (t) {
			*ret_n = n;
			return t;
		}
	}
	return NULL;
}

/* Else the longest anywhere between borders, for names such as "weekly-scan_rdp-xt". */
static const struct report_type *type_inside(const struct catalogue *c, struct str s)
{
	const struct report_type *best = NULL;
	size_t longest = 0, n;
	for (size_t i = 0; i < s.n; i++) {
		if (i > 0 && !is_border(s, i - 1))
			continue;
		const struct report_type *t = type_at(c, str_from(s, i), &n);
		if (t && n > longest) {
			best = t;
			longest = n;
		}
	}
	return best;
}

/* What stands where a type should, in plain letters: one piece, or all of it. */
static struct str unknown_type(struct arena *a, struct str s, bool one_piece)
{
	char *p = arena_alloc(a, TYPE_NAME_MAX);
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < TYPE_NAME_MAX; i++) {
		char c = s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
		if (is_border(s, i) && n > 0 && one_piece)
			break;
		if (plain || n > 0)
			p[n++] = plain ? c : '_';
	}
	while (n > 0 && p[n - 1] == '_')
		n--;
	return n ? (struct str){ p, n } : S("unknown");
}

void feed_name_read(struct arena *a, const struct catalogue *c, struct str file,
	struct feed_name *ret)
{
	struct str base = str_to(base_name(file), 1024);
	struct str stem = stem_of(str_lower(a, base)), rest = stem;
	struct feed_name name = { 0 };
	size_t n;
	name.has_day = find_day(stem, &name.day, &rest);
	/* Behind a date stands the type; names of customers further on may look like
	 * one. */
	bool dated = name.has_day && rest.p != stem.p;
	name.known = type_at(c, rest, &n);
	if (name.known == NULL && !dated)
		name.known = type_inside(c, rest);
	if (name.known)
		name.type = name.known->type;
	else
		name.type = unknown_type(a, rest, dated);
	*ret = name;
}
