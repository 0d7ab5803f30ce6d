/* SPDX-License-Identifier: Apache-2.0
 * date.h - instants and days. Depends on: base/str, base/buf.
 *
 * An instant is whole seconds since 1970-01-01 UTC (int64_t, named ..._at or time); a day
 * is the number of days since then (int32_t, named day). Years 1970 to 9999. */
#pragma once
#include "base/buf.h"

#define DAY_SECONDS   86400
#define DATE_TEXT_MAX 24

/* "2026-06-01 10:20:30", also with T, fractions (cut), a trailing Z, "UTC" or
 * +hh:mm, and a date alone (midnight). Without a zone it is UTC, as all feeds
 * promise. E_SYNTAX else. */
MUST int time_read(struct str s, int64_t *ret);
/* "2026-06-01" or "20260601". */
MUST int day_read(struct str s, int32_t *ret);
int32_t day_of(int64_t time);
int64_t day_start(int32_t day);
void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day);
int32_t day_make(int year, int month, int day);
/* 0 = Monday. */
int day_weekday(int32_t day);

/* Writes "2026-06-01T10:20:30Z", "2026-06-01 10:20:30" or "2026-06-01", NUL-ended. */
const char *time_text(int64_t time, char ret[DATE_TEXT_MAX]);
const char *time_text_plain(int64_t time, char ret[DATE_TEXT_MAX]);
const char *day_text(int32_t day, char ret[DATE_TEXT_MAX]);
