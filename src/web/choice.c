/* SPDX-License-Identifier: Apache-2.0
 * choice.c - lists to choose from: see choice.h. Depends on: base. */
#include "web/choice.h"

#include "base/lang.h"

struct choices choices_of(
	struct arena *a, const struct choice_word *list, size_t n, struct str chosen)
{
	struct choice *c = arena_array(a, n + 1, sizeof(*c));
	for (size_t i = 0; i < n; i++) {
		struct str value = str_c(list[i].value);
		c[i] = (struct choice){ .value = value,
			.label = list[i].label,
			.chosen = str_eq(value, chosen) };
	}
	return (struct choices){ c, n };
}

struct choices choices_languages(struct arena *a, struct str chosen, const char *none)
{
	struct choice *c = arena_array(a, LANG_N + 1, sizeof(*c));
	size_t n = 0;
	if (none)
		c[n++] = (struct choice){ .value = S(""), .label = none };
	for (int i = 0; i < LANG_N; i++) {
		const char *code = lang_code((enum lang)i);
		c[n++] = (struct choice){ .value = str_c(code),
			.word = lang_name((enum lang)i),
			.lang = code,
			.chosen = str_eq(str_c(code), chosen) };
	}
	return (struct choices){ c, n };
}
