/* SPDX-License-Identifier: Apache-2.0
 * limit.h - how often one source may ask. Depends on: base.
 *
 * A source is a /24 or a /48, so that many addresses of one network count as one; or a
 * word, as a link's token, of which only a keyed digest is kept. The clock is the
 * machine's, not the calendar's. Memory is fixed, and nobody is forgotten before his
 * time: of more sources than there are places (32,768 for each class) those that found
 * none share one count with the few beside them. Used by several threads. */
#pragma once
#include "base/str.h"

enum rate {
	RATE_PAGE, /* no limit here: the proxy has one */
	RATE_DOOR, /* signing in: 20 in 15 minutes */
	RATE_LINK, /* what opens with a secret in its path: 120 in 15 minutes */
	RATE_FILE, /* a file sent in by link: 20 in 15 minutes */
	/* For links that are there, or guesses would take the places: */
	RATE_TOKEN,	 /* one link, from wherever: 300 in 15 minutes */
	RATE_TOKEN_FILE, /* files by one link: 20 in 15 minutes */
	RATE_N
};
struct limit;
struct limit *limit_new(struct arena *a);
#define LIMIT_WAIT_S 900 /* after that it is all allowed again */
/* Counts one; false: too many. */
bool limit_take(struct limit *l, enum rate class, struct str source, int64_t now_ms);
