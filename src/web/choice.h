/* SPDX-License-Identifier: Apache-2.0
 * choice.h - makes lists to choose from. Depends on: base. */
#pragma once
#include "web/choice_view.h"

struct choice_word {
	const char *value, *label; /* label: to translate */
};
struct choices choices_of(
	struct arena *a, const struct choice_word *list, size_t n, struct str chosen);
/* The six, by their own names; before them none, a text to translate, unless it is
 * NULL. */
struct choices choices_languages(struct arena *a, struct str chosen, const char *none);
