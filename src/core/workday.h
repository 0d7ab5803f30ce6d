/* SPDX-License-Identifier: Apache-2.0
 * workday.h - the team's working days: of the week, and not on its holidays (those of the
 * calendar ""). Depends on: base, db.
 *
 * The days of the week are an option, team.days; work, which reads it, notes them in the
 * database, so that all count by the same. What is counted by them (core/effect_sum.h)
 * follows each change of the calendar in the same transaction. */
#pragma once
#include "base/date.h"
#include "core/ctx.h"

struct workdays {
	uint8_t days; /* bit 0 is Monday; at least one */
	const int32_t *off;
	size_t n; /* holidays, ascending */
};
/* Monday to Friday, as long as nothing else was noted. In a. */
MUST int workdays_load(struct ctx *x, struct arena *a, struct workdays *ret);
/* The n-th working day after a day. */
int32_t workday_after(const struct workdays *w, int32_t day, int n);
/* Notes the days of the week; nothing is written when they are the same. */
MUST int workdays_note(struct ctx *x, uint8_t days);
