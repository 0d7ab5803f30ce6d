/* SPDX-License-Identifier: Apache-2.0
 * number.h - numbers for people, by language. Depends on: base/lang.
 *
 * Western digits in all languages, as the digests have them; what stands between
 * thousands differs. Not for data: there a number has nothing in it. */
#pragma once
#include "base/lang.h"

#define NUMBER_TEXT_MAX 48

/* 1234567 as "1,234,567", "1 234 567" (narrow or common no-break spaces), "1.234.567". In
 * Spanish four digits stand together. NUL-ended. */
const char *number_text(enum lang l, int64_t n, char ret[NUMBER_TEXT_MAX]);
/* "45 %", "45%", as the language writes it. */
const char *percent_text(enum lang l, int64_t n, char ret[NUMBER_TEXT_MAX]);
