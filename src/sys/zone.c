/* SPDX-License-Identifier: Apache-2.0
 * zone.c - how far a time zone is ahead of UTC: see zone.h. Depends on: base. */
#include "sys/zone.h"

#include "base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MAGIC "TZif"

bool zone_known(struct str zone)
{
	char path[sizeof(ZONE_FOLDER) + 80], head[sizeof(MAGIC) - 1];
	if (str_eq(zone, S("UTC")))
		return true;
	if (zone.n == 0 || zone.n >= 80 || str_find(zone, '.') < zone.n ||
		str_find(zone, '\0') < zone.n)
		return false;
	(void)snprintf(path, sizeof(path), ZONE_FOLDER "/%.*s", STR(zone));
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd >= 0 && read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
		memcmp(head, MAGIC, sizeof(head)) == 0;
}

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
