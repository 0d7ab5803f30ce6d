/* SPDX-License-Identifier: Apache-2.0
 * lock.h - one service per data directory. Depends on: base.
 *
 * The kernel holds the lock for as long as a descriptor of it is open, so it is never
 * stale after kill -9. Master and work both keep it: while either lives, no second work
 * begins. */
#pragma once
#include "base/err.h"

#define LOCK_FILE "lock"

/* E_BUSY when another service has it. The file stays; only the descriptor counts. */
MUST int lock_take(int datadir, struct why *why, int *ret_fd);
/* Whether something holds it at this moment; only a hint, for waiting without trying. */
bool lock_held(int datadir);
/* Held by the one command that starts a service, until it runs: of many that come at
 * once the others wait and join it. E_BUSY when another has it. */
MUST int lock_start(int datadir, struct why *why, int *ret_fd);
