/* SPDX-License-Identifier: Apache-2.0
 * accept.c - weighted lists of a request: see accept.h. Depends on: base. */
#include "fmt/accept.h"

#define ITEMS_MAX 50

/* "0.8" in thousandths; -1 when it is no weight. */
static int weight(struct str s)
{
	uint32_t whole = 0, part = 0;
	if (!scan_digits(&s, 1, &whole) || whole > 1)
		return -1;
	int value = (int)whole * 1000, scale = 100;
	if (s.n > 0 && !scan_char(&s, '.'))
		return -1;
	while (s.n > 0 && scale > 0) {
		if (!scan_digits(&s, 1, &part))
			return -1;
		value += (int)part * scale;
		scale /= 10;
	}
	return s.n > 0 || value > 1000 ? -1 : value;
}

/* "fr-CH;q=0.9": the word and its weight. */
static int item(struct str s, struct str *ret_word)
{
	struct str word;
	(void)str_split(&s, ';', &word);
	*ret_word = str_trim(word);
	if (s.p == NULL)
		return 1000;
	s = str_trim(s);
	if (!scan_lit(&s, "q=") && !scan_lit(&s, "Q="))
		return -1;
	return weight(s);
}

int accept_language(struct str header, enum lang *ret)
{
	struct str one, word;
	enum lang found, best = LANG_EN;
	int best_q = 0;
	for (int i = 0; i < ITEMS_MAX && str_split(&header, ',', &one); i++) {
		int q = item(one, &word);
		if (q > best_q && lang_parse(word, &found) == 0) {
			best_q = q;
			best = found;
		}
	}
	if (best_q == 0)
		return E_NOT_FOUND;
	*ret = best;
	return 0;
}

bool accept_gzip(struct str header)
{
	struct str one, word;
	for (int i = 0; i < ITEMS_MAX && str_split(&header, ',', &one); i++) {
		int q = item(one, &word);
		if (str_eq_nocase(word, S("gzip")))
			return q > 0;
	}
	return false;
}
