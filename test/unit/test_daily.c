/* SPDX-License-Identifier: Apache-2.0
 * test_daily.c - which feeds are waited for before the day's notices are drafted. */
#include "tap.h"
#include "work/daily.h"

#define TODAY 20605

static struct report_type type(
	struct arena *a, const char *name, const int *days, size_t n)
{
	struct report_type t = { .name = str_c(name), .n_days = n, .cap_days = n };
	t.days = arena_array(a, n + 1, sizeof(*t.days));
	for (size_t i = 0; i < n; i++)
		t.days[i] = TODAY + days[i];
	return t;
}

int main(void)
{
	struct arena a = arena_new(MIB(1), "test");
	static const int all[] = { -8, -7, -6, -5, -4, -3, -2, -1 };
	static const int five[] = { -8, -6, -4, -3, -2 };
	static const int four[] = { -8, -6, -4, -2 };
	static const int today[] = { -3, -2, -1, 0 };
	static const int old[] = { -30, -29, -28, -27, -26, -25, -24, -23 };
	struct report_type t[] = { type(&a, "all", all, N(all)),
		type(&a, "five", five, N(five)), type(&a, "four", four, N(four)),
		type(&a, "old", old, N(old)) };
	struct arrivals v = { .types = t, .n = N(t) };
	struct str first = { NULL, 0 };
	ok(daily_expected(&v, TODAY) == TODAY - 1, "yesterday's reports are waited for");
	ok(daily_missing(&v, TODAY - 1, &first) == 1 && str_eq(first, S("five")),
		"one that came on five of seven days is missing");
	ok(daily_missing(&v, TODAY, &first) == 1 && str_eq(first, S("all")),
		"the next day another one");
	v.n = 1;
	first = (struct str){ NULL, 0 };
	ok(daily_missing(&v, TODAY - 1, &first) == 0 && first.p == NULL,
		"nothing is missing");
	struct report_type early[] = { type(&a, "today", today, N(today)), t[0] };
	struct arrivals w = { .types = early, .n = N(early) };
	ok(daily_expected(&w, TODAY) == TODAY, "unless today's have begun to come");
	struct arrivals none = { 0 };
	ok(daily_expected(&none, TODAY) == TODAY - 1 &&
			daily_missing(&none, TODAY, &first) == 0,
		"nothing ever came: nothing is waited for");
	ok(daily_due(-1, TODAY) && daily_due(TODAY - 5, TODAY) &&
			!daily_due(TODAY, TODAY) && !daily_due(TODAY + 1, TODAY),
		"once a day, also after days off");
	ok(daily_due(TODAY + 365, TODAY), "a clock that was wrong silences nobody");
	ok(daily_patient(6 * 3600, 6) && daily_patient(9 * 3600 - 1, 6) &&
			!daily_patient(9 * 3600, 6),
		"feeds are waited for, three hours");
	ok(daily_patient(23 * 3600, 23) && !daily_patient(23 * 3600 + 1800, 23),
		"and not beyond midnight, when the day would pass without a draft");
	arena_free(&a);
	return tap_end();
}
