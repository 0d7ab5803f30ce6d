/* SPDX-License-Identifier: Apache-2.0
 * daily.h - once a day, at the team's hour, notices are drafted. Depends on: work/work.
 *
 * Never approved: a person looks first. With the rule check-by-itself the mails that ask
 * contacts are drafted, too. A feed that usually comes is waited for, up to
 * DAILY_WAIT hours; "usually" is what its arrivals of the week before say. A service that
 * was not there at the hour makes up for it when it starts. */
#pragma once
#include "core/arrival.h"
#include "work/work.h"

#define DAILY_WAIT  3 /* hours */
#define DAILY_WEEK  7 /* days before that are looked at */
#define DAILY_USUAL 5 /* of them with a report: it usually comes */

/* Drafts when it is due. E_SYNC must end the role. */
MUST int daily_tick(struct work *w, struct ctx *x);

/* last: the local day of the last draft, -1 for none. One that lies in the future is the
 * word of a clock that was wrong: it must not silence the house. */
bool daily_due(int64_t last, int32_t today);
/* May it still be waited for feeds, at this second of the local day? The day's last half
 * hour is kept for drafting: at midnight it would be too late. */
bool daily_patient(int64_t second, int hour);
/* The day whose reports are waited for, on this day: today's when any came already, else
 * yesterday's. */
int32_t daily_expected(const struct arrivals *all, int32_t today);
/* The types that usually come and did not for that day: how many, and the first one's
 * name (absent: none). */
size_t daily_missing(const struct arrivals *all, int32_t day, struct str *ret_first);
