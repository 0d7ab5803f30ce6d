/* SPDX-License-Identifier: Apache-2.0
 * workday.c - working days: see workday.h. Depends on: base, db. */
#include "core/workday.h"

#include "base/hours.h"
#include "core/effect_sum.h"
#include "core/setting.h"
#include "db/sql_workday.h"

#include <inttypes.h>
#include <stdio.h>

#define SETTING S("team.days")
#define USUAL	0x1f /* Monday to Friday */

static bool is_off(const struct workdays *w, int32_t day)
{
	size_t from = 0, to = w->n;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (w->off[mid] < day)
			from = mid + 1;
		else
			to = mid;
	}
	return from < w->n && w->off[from] == day;
}

int32_t workday_after(const struct workdays *w, int32_t day, int n)
{
	while (n > 0) {
		day++;
		n -= (w->days >> day_weekday(day) & 1) && !is_off(w, day);
	}
	return day;
}

/* E_NOT_FOUND: never noted. */
static int noted(struct ctx *x, uint8_t *ret)
{
	struct str text;
	int64_t days;
	int r = setting_get(x, SETTING, &text);
	if (r == 0 && !str_int(text, 1, DAYS_ALL, &days))
		return fail(&x->why, E_DB, "the team's working days are damaged");
	if (r == 0)
		*ret = (uint8_t)days;
	return r;
}

int workdays_load(struct ctx *x, struct arena *a, struct workdays *ret)
{
	struct workdays w = { .days = USUAL };
	struct sql_workday_holidays_rows rows;
	int r = noted(x, &w.days);
	if (r == 0 || r == E_NOT_FOUND)
		r = sql_workday_holidays(x->db, a, &rows);
	if (r < 0)
		return r;
	int32_t *off = arena_array(a, rows.n + 1, sizeof(*off));
	for (size_t i = 0; i < rows.n; i++)
		off[i] = (int32_t)rows.v[i].day;
	w.off = off;
	w.n = rows.n;
	*ret = w;
	return 0;
}

static int note(struct ctx *x, uint8_t days, const struct workdays *was)
{
	char text[8];
	struct workdays is;
	(void)snprintf(text, sizeof(text), "%u", days);
	int r = setting_put(x, SETTING, str_c(text));
	if (r == 0)
		r = workdays_load(x, x->arena, &is);
	return r == 0 ? effect_sums_recount(x, was, &is) : r;
}

int workdays_note(struct ctx *x, uint8_t days)
{
	/* Before this was noted, sums were by Monday to Friday alone. */
	struct workdays was = { .days = USUAL };
	uint8_t before;
	struct tx t;
	int r = noted(x, &before);
	if (r == 0 && before == days)
		return 0;
	if (r == 0)
		r = workdays_load(x, x->arena, &was);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, note(x, days, &was));
}
