/* SPDX-License-Identifier: Apache-2.0
 * limit.h - how often one source may ask. Depends on: base.
 *
 * A source is a /24 or a /48, so that many addresses of one network count as one. The
 * clock is the machine's, not the calendar's. Memory is fixed: among sources that share a
 * place the oldest is forgotten. Used by several threads. */
#pragma once
#include "base/str.h"

enum rate {
	RATE_PAGE, /* no limit here: the proxy has one */
	RATE_DOOR, /* signing in: 20 in 15 minutes */
	RATE_LINK, /* what opens with a secret in its path: 120 in 15 minutes */
	RATE_N
};
struct limit;
struct limit *limit_new(struct arena *a);
/* Counts one; false: too many. */
bool limit_take(struct limit *l, enum rate class, struct str address, int64_t now_ms);
