/* SPDX-License-Identifier: Apache-2.0
 * lang.c - the six languages: see lang.h. Depends on: base/str. */
#include "base/lang.h"

static const struct {
	const char *code, *name;
	bool rtl;
} langs[LANG_N] = {
	[LANG_EN] = { "en", "English", false },
	[LANG_FR] = { "fr", "Français", false },
	[LANG_ES] = { "es", "Español", false },
	[LANG_AR] = { "ar", "العربية", true },
	[LANG_RU] = { "ru", "Русский", false },
	[LANG_ZH] = { "zh", "中文", false },
};

int lang_parse(struct str s, enum lang *ret)
{
	struct str code = str_to(s, 2);
	if (s.n > 2 && s.p[2] != '-' && s.p[2] != '_')
		return E_NOT_FOUND;
	for (int i = 0; i < LANG_N; i++) {
		if (str_eq_nocase(code, str_c(langs[i].code))) {
			*ret = (enum lang)i;
			return 0;
		}
	}
	return E_NOT_FOUND;
}

const char *lang_code(enum lang l)
{
	return langs[l].code;
}

const char *lang_name(enum lang l)
{
	return langs[l].name;
}

bool lang_rtl(enum lang l)
{
	return langs[l].rtl;
}
