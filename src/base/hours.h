/* SPDX-License-Identifier: Apache-2.0
 * hours.h - when somebody works: hours of the day, days of the week, holidays.
 * Depends on: base/str. Pure: the zone's offset and the holidays are asked of the
 * caller. */
#pragma once
#include "base/str.h"

#define DAYS_ALL 0x7f
struct hours {
	int from, to; /* minutes of the local day, to exclusive; 0 and 1440: any time */
	uint8_t days; /* bit 0 is Monday */
};

/* "08:00-17:00", "00:00-24:00" or "any". */
MUST int hours_read(struct str s, int *ret_from, int *ret_to);
/* "mon-fri", "sun-thu", "mon,wed,fri", "any". At least one day. */
MUST int days_read(struct str s, uint8_t *ret);

struct hours_place {
	void *ctx;
	/* Seconds that the local clock is ahead of UTC at that instant. */
	int32_t (*offset)(void *ctx, int64_t time);
	/* NULL: no holidays. */
	bool (*holiday)(void *ctx, int32_t day);
};
/* The first instant from t on that lies in the hours. t itself when none is found within
 * a year: mail that may never go would be lost silently. */
int64_t hours_next(const struct hours *h, const struct hours_place *p, int64_t t);
