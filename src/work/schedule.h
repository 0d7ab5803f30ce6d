/* SPDX-License-Identifier: Apache-2.0
 * schedule.h - what work does by itself, when it is time. Depends on: work/work.
 *
 * A service that stays (struct work: scheduled) looks here about every second. An item
 * does a piece of at most a second or so, or finds that nothing is due; it must not wait.
 * Add a row to the table in schedule.c. */
#pragma once
#include "work/work.h"

/* The first failure, after all items had their turn. E_SYNC must end the role. */
MUST int schedule_tick(struct work *w, int64_t now, struct why *why);
