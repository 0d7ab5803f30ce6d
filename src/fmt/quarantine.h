/* SPDX-License-Identifier: Apache-2.0
 * quarantine.h - why a row of a feed is refused. Depends on: nothing. */
#pragma once

enum quarantine {
	QUARANTINE_NONE,
	QUARANTINE_NO_TIME,
	QUARANTINE_BAD_TIME,
	QUARANTINE_NO_PLACE,
	QUARANTINE_WIDTH,
	QUARANTINE_QUOTE,
	QUARANTINE_TOO_BIG,
	QUARANTINE_N,
};
/* A short name for machines, such as "no-time". */
const char *quarantine_code(enum quarantine q);
/* What is wrong and what to do, in English, for N_ tables. */
const char *quarantine_text(enum quarantine q);
