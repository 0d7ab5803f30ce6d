/* SPDX-License-Identifier: Apache-2.0
 * test_hours.c - working hours, days, zones and holidays. Depends on: base, sys. */
#include "base/date.h"
#include "base/hours.h"
#include "sys/zone.h"
#include "tap.h"

#include <stdlib.h>

static const struct {
	const char *in;
	int rc, from, to;
} hours[] = {
	{ "08:00-17:00", 0, 480, 1020 },
	{ "00:00-24:00", 0, 0, 1440 },
	{ "any", 0, 0, 1440 },
	{ "23:59-24:00", 0, 1439, 1440 },
	{ "", E_SYNTAX, 0, 0 },
	{ "8:00-17:00", E_SYNTAX, 0, 0 },
	{ "17:00-08:00", E_SYNTAX, 0, 0 },
	{ "08:00-08:00", E_SYNTAX, 0, 0 },
	{ "08:60-17:00", E_SYNTAX, 0, 0 },
	{ "08:00-24:01", E_SYNTAX, 0, 0 },
	{ "08:00-17:00 ", E_SYNTAX, 0, 0 },
};
static const struct {
	const char *in;
	int rc;
	uint8_t days;
} days[] = {
	{ "mon-fri", 0, 0x1f },
	{ "sun-thu", 0, 0x4f },
	{ "mon,wed,fri", 0, 0x15 },
	{ "sat", 0, 0x20 },
	{ "any", 0, 0x7f },
	{ "mon-sun", 0, 0x7f },
	{ "", E_SYNTAX, 0 },
	{ "Monday", E_SYNTAX, 0 },
	{ "mon-", E_SYNTAX, 0 },
	{ "mon,", E_SYNTAX, 0 },
	{ "monday", E_SYNTAX, 0 },
};

struct place {
	const char *zone, *holiday;
};

static int32_t offset(void *ctx, int64_t t)
{
	return zone_offset(str_c(((struct place *)ctx)->zone), t);
}

static bool holiday(void *ctx, int32_t day)
{
	const char *h = ((struct place *)ctx)->holiday;
	char text[DATE_TEXT_MAX];
	return h && strstr(h, day_text(day, text)) != NULL;
}

static const struct {
	const char *hours, *days, *zone, *holidays, *from, *want;
} nexts[] = {
	{ "any", "any", "UTC", NULL, "2026-06-06 03:00:00", "2026-06-06 03:00:00" },
	{ "08:00-17:00", "mon-fri", "UTC", NULL, "2026-06-02 08:00:00",
		"2026-06-02 08:00:00" },
	{ "08:00-17:00", "mon-fri", "UTC", NULL, "2026-06-02 07:59:59",
		"2026-06-02 08:00:00" },
	{ "08:00-17:00", "mon-fri", "UTC", NULL, "2026-06-02 16:59:59",
		"2026-06-02 16:59:59" },
	{ "08:00-17:00", "mon-fri", "UTC", NULL, "2026-06-02 17:00:00",
		"2026-06-03 08:00:00" },
	{ "08:00-17:00", "mon-fri", "UTC", NULL, "2026-06-05 17:00:00",
		"2026-06-08 08:00:00" },
	{ "08:00-17:00", "sun-thu", "UTC", NULL, "2026-06-05 17:00:00",
		"2026-06-07 08:00:00" },
	{ "08:00-17:00", "mon-fri", "UTC", "2026-06-03 2026-06-04", "2026-06-02 18:00:00",
		"2026-06-05 08:00:00" },
	/* Before and after the change of the clock, and across it. */
	{ "08:00-17:00", "any", "Europe/Paris", NULL, "2026-06-02 05:00:00",
		"2026-06-02 06:00:00" },
	{ "08:00-17:00", "any", "Europe/Paris", NULL, "2026-01-02 05:00:00",
		"2026-01-02 07:00:00" },
	{ "08:00-17:00", "any", "Europe/Paris", NULL, "2026-03-28 17:00:00",
		"2026-03-29 06:00:00" },
	{ "08:00-17:00", "any", "Europe/Paris", NULL, "2026-10-24 17:00:00",
		"2026-10-25 07:00:00" },
	/* Their first minute is one that the clock leaves out. */
	{ "02:30-05:00", "any", "Europe/Paris", NULL, "2026-03-28 17:00:00",
		"2026-03-29 01:30:00" },
	{ "00:00-05:00", "any", "Asia/Beirut", NULL, "2026-03-28 17:00:00",
		"2026-03-28 22:00:00" },
	/* Where the day is another than in UTC. */
	{ "08:00-17:00", "mon-fri", "Pacific/Auckland", NULL, "2026-06-05 21:00:00",
		"2026-06-07 20:00:00" },
	{ "08:00-17:00", "mon-fri", "America/Lima", NULL, "2026-06-08 03:00:00",
		"2026-06-08 13:00:00" },
	/* An unknown zone counts as UTC. */
	{ "08:00-17:00", "any", "Atlantis/City", NULL, "2026-06-02 05:00:00",
		"2026-06-02 08:00:00" },
};

int main(void)
{
	for (size_t i = 0; i < N(hours); i++) {
		int from = 0, to = 0;
		int r = hours_read(str_c(hours[i].in), &from, &to);
		ok(r == hours[i].rc && from == hours[i].from && to == hours[i].to,
			"hours '%s'", hours[i].in);
	}
	for (size_t i = 0; i < N(days); i++) {
		uint8_t d = 0;
		ok(days_read(str_c(days[i].in), &d) == days[i].rc && d == days[i].days,
			"days '%s'", days[i].in);
	}
	for (size_t i = 0; i < N(nexts); i++) {
		struct hours h;
		struct place p = { nexts[i].zone, nexts[i].holidays };
		struct hours_place place = { &p, offset, holiday };
		int64_t t;
		char got[DATE_TEXT_MAX], what[160];
		if (hours_read(str_c(nexts[i].hours), &h.from, &h.to) < 0 ||
			days_read(str_c(nexts[i].days), &h.days) < 0 ||
			time_read(str_c(nexts[i].from), &t) < 0)
			abort();
		snprintf(what, sizeof(what), "%s %s %s from %s", nexts[i].hours,
			nexts[i].days, nexts[i].zone, nexts[i].from);
		is(time_text_plain(hours_next(&h, &place, t), got), nexts[i].want, what);
	}
	struct hours never = { 0, 1440, 0 };
	struct place utc = { "UTC", NULL };
	struct hours_place place = { &utc, offset, NULL };
	ok(hours_next(&never, &place, 1000) == 1000,
		"where no day is left, it goes at once");
	return tap_end();
}
