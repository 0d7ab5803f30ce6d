/* SPDX-License-Identifier: Apache-2.0
 * test_daily.c - which reports are waited for before the day's notices are drafted. */
#include "tap.h"
#include "work/daily.h"

#define TODAY 20605

static struct overdue_type types[] = {
	/* As overdue_read would judge them on TODAY. */
	{ .name = { "silent", 6 },
		.last = TODAY - 20,
		.usual = 1,
		.state = OVERDUE_SILENCE },
	{ .name = { "four", 4 }, .last = TODAY - 5, .usual = 1, .state = OVERDUE_LATE },
	{ .name = { "three", 5 }, .last = TODAY - 4, .usual = 1, .state = OVERDUE_LATE },
	{ .name = { "weekly", 6 }, .last = TODAY - 8, .usual = 7, .state = OVERDUE_LATE },
};

int main(void)
{
	struct overdue o = { .v = types, .n = N(types) };
	struct str first = { NULL, 0 };
	ok(daily_awaited(&o, TODAY, &first) == 2 && str_eq(first, S("three")),
		"what is late is waited for, on its first three mornings");
	o.n = 2;
	first = (struct str){ NULL, 0 };
	ok(daily_awaited(&o, TODAY, &first) == 0 && first.p == NULL,
		"what stopped is not");
	o.n = 0;
	ok(daily_awaited(&o, TODAY, &first) == 0,
		"nothing is late: nothing is waited for");
	ok(daily_due(-1, TODAY) && daily_due(TODAY - 5, TODAY) &&
			!daily_due(TODAY, TODAY) && !daily_due(TODAY + 1, TODAY),
		"once a day, also after days off");
	ok(daily_due(TODAY + 365, TODAY), "a clock that was wrong silences nobody");
	ok(daily_patient(6 * 3600, 6) && daily_patient(9 * 3600 - 1, 6) &&
			!daily_patient(9 * 3600, 6),
		"feeds are waited for, three hours");
	ok(daily_patient(23 * 3600, 23) && !daily_patient(23 * 3600 + 1800, 23),
		"and not beyond midnight, when the day would pass without a draft");
	return tap_end();
}
