/* SPDX-License-Identifier: Apache-2.0
 * daily.h - once a day, at the team's hour, notices are drafted. Depends on: work/work.
 *
 * Never approved: a person looks first. With the rule check-by-itself the mails that ask
 * contacts are drafted, too. A report that usually comes is waited for, up to DAILY_WAIT
 * hours; what is usual, and which day it must be there, core/overdue says, as for the
 * morning: days of reports are UTC. Files in DIR/in are waited for, too. A service that
 * was not there at the hour makes up for it when it starts. */
#pragma once
#include "core/overdue.h"
#include "work/work.h"

#define DAILY_WAIT 3 /* hours */
#define DAILY_LATE 3 /* mornings on which a report that does not come is waited for */

/* Drafts when it is due. E_SYNC must end the role. */
MUST int daily_tick(struct work *w, struct ctx *x);

/* last: the local day of the last draft, -1 for none. One that lies in the future is the
 * word of a clock that was wrong: it must not silence the house. */
bool daily_due(int64_t last, int32_t today);
/* May it still be waited for feeds, at this second of the local day? The day's last half
 * hour is kept for drafting: at midnight it would be too late. */
bool daily_patient(int64_t second, int hour);
/* Kinds of report that may still come, today being a day of UTC: how many, and the first
 * one's name (absent: none). */
size_t daily_awaited(const struct overdue *o, int32_t today, struct str *ret_first);
