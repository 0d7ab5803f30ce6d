/* SPDX-License-Identifier: Apache-2.0
 * zone.h - how far a time zone is ahead of UTC. Depends on: base.
 *
 * Only for when mail may go: all records are in UTC. Reads the system's time zone
 * database, which work's sandbox lets it. One thread at a time. */
#pragma once
#include "base/str.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
/* What is wrong with one that zone_known does not know; takes STR(zone). */
#define ZONE_UNKNOWN                                                                     \
	"this machine knows no time zone '%.*s'; names are those below " ZONE_FOLDER     \
	" (package tzdata)"
/* Does the system's database have it? UTC is known without one. */
bool zone_known(struct str zone);
/* Seconds ahead of UTC at that instant; 0 for a zone that the system does not know. */
int32_t zone_offset(struct str zone, int64_t time);
