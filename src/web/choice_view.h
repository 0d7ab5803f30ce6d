/* SPDX-License-Identifier: Apache-2.0
 * choice_view.h - lists to choose from, in forms. Depends on: base. */
#pragma once
#include "base/textout.h"

struct choice { /* of a list to choose from */
	struct str value;
	const char *label; /* to translate; NULL: the value itself, or word */
	const char *word;  /* a word as it is */
	const char *lang;  /* of that word; NULL: the page's */
	bool chosen;
};
struct choices {
	const struct choice *v;
	size_t n;
};
