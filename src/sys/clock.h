/* SPDX-License-Identifier: Apache-2.0
 * clock.h - the one clock of a call. Depends on: base.
 *
 * It is in the call's context, so that a demonstration or a test can fix it; nothing else
 * in the program asks the system for the date. */
#pragma once
#include "base/err.h"

#include <stdint.h>

struct clock {
	bool fixed;
	int64_t at;    /* when fixed */
	int64_t shift; /* seconds it is ahead of the real one: a played service */
};

/* Seconds since 1970-01-01 UTC. A zeroed clock is the real one. */
int64_t clock_now(const struct clock *c);
/* Fixes it; E_DENIED unless the directory is a demonstration (demo = yes): a real
 * directory's history must not be written under a made-up date. */
MUST int clock_fix(struct clock *c, bool demo, int64_t at, struct why *why);
/* Sets it to `at`, from where it runs on. The same rule. */
MUST int clock_start(struct clock *c, bool demo, int64_t at, struct why *why);
/* Milliseconds that only ever grow; for waiting, never for records. */
int64_t clock_ms(void);
void clock_sleep_ms(int64_t ms);
