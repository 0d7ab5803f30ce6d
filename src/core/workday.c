/* SPDX-License-Identifier: Apache-2.0
 * workday.c - working days: see workday.h. Depends on: base. */
#include "core/workday.h"

int32_t workday_after(int32_t day, int n)
{
	while (n > 0)
		n -= day_weekday(++day) < 5;
	return day;
}
