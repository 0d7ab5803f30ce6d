/* SPDX-License-Identifier: Apache-2.0
 * lang.h - the six languages. Depends on: base/str. English is the source of all
 * texts. */
#pragma once
#include "base/str.h"

enum lang { LANG_EN, LANG_FR, LANG_ES, LANG_AR, LANG_RU, LANG_ZH, LANG_N };

/* "en", "fr" ... as in BCP 47; also takes "zh_CN", "FR". E_NOT_FOUND when not one of the
 * six. */
MUST int lang_parse(struct str s, enum lang *ret);
const char *lang_code(enum lang l);
/* The language's own name, for lists of choices. */
const char *lang_name(enum lang l);
bool lang_rtl(enum lang l);
