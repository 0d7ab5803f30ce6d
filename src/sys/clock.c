/* SPDX-License-Identifier: Apache-2.0
 * clock.c - the one clock of a call: see clock.h. Depends on: base. */
#include "sys/clock.h"

#include <time.h>

int64_t clock_now(const struct clock *c)
{
	return c->fixed ? c->at : (int64_t)time(NULL) + c->shift;
}

int clock_fix(struct clock *c, bool demo, int64_t at, struct why *why)
{
	if (!demo)
		return fail(why, E_DENIED,
			"--now works only in a demonstration directory: demo = yes");
	*c = (struct clock){ .fixed = true, .at = at };
	return 0;
}

int clock_start(struct clock *c, bool demo, int64_t at, struct why *why)
{
	int r = clock_fix(c, demo, at, why);
	if (r == 0)
		*c = (struct clock){ .shift = at - (int64_t)time(NULL) };
	return r;
}

int64_t clock_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void clock_sleep_ms(int64_t ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000 };
	(void)nanosleep(&t, NULL);
}
