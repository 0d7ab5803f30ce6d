/* SPDX-License-Identifier: Apache-2.0
 * zone.c - how far a time zone is ahead of UTC: see zone.h. Depends on: base. */
#include "sys/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int32_t zone_offset(struct str zone, int64_t time)
{
	char name[80];
	struct tm local;
	time_t t = (time_t)time;
	if (zone.n == 0 || zone.n >= sizeof(name) - 1)
		return 0;
	(void)snprintf(name, sizeof(name), ":%.*s", STR(zone));
	const char *now = getenv("TZ");
	if (now == NULL || strcmp(now, name) != 0) {
		if (setenv("TZ", name, 1) < 0)
			return 0;
		tzset();
	}
	return localtime_r(&t, &local) ? (int32_t)local.tm_gmtoff : 0;
}
