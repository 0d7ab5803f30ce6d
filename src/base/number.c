/* SPDX-License-Identifier: Apache-2.0
 * number.c - numbers for people: see number.h. Depends on: base/lang. */
#include "base/number.h"

#include <stdio.h>

/* CLDR's, with Western digits for Arabic as in its texts for the Maghreb. */
static const struct {
	const char *thousand;
	int together; /* so many digits stand without it */
	const char *percent;
} forms[LANG_N] = {
	[LANG_EN] = { ",", 3, "%" },
	[LANG_FR] = { "\xe2\x80\xaf", 3, "\xe2\x80\xaf%" }, /* U+202F */
	[LANG_ES] = { ".", 4, "\xc2\xa0%" },
	[LANG_AR] = { ",", 3, "%" },
	[LANG_RU] = { "\xc2\xa0", 3, "\xc2\xa0%" }, /* U+00A0 */
	[LANG_ZH] = { ",", 3, "%" },
};

const char *number_text(enum lang l, int64_t n, char ret[NUMBER_TEXT_MAX])
{
	char digits[24];
	uint64_t size = n < 0 ? -(uint64_t)n : (uint64_t)n;
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)size);
	size_t at = 0, gap = strlen(forms[l].thousand);
	if (n < 0)
		ret[at++] = '-';
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && len > forms[l].together) {
			memcpy(ret + at, forms[l].thousand, gap);
			at += gap;
		}
		ret[at++] = digits[i];
	}
	ret[at] = '\0';
	return ret;
}

const char *percent_text(enum lang l, int64_t n, char ret[NUMBER_TEXT_MAX])
{
	(void)number_text(l, n, ret);
	size_t at = strlen(ret), room = NUMBER_TEXT_MAX - at;
	(void)snprintf(ret + at, room, "%s", forms[l].percent);
	return ret;
}
