/* SPDX-License-Identifier: Apache-2.0
 * hours.c - when somebody works: see hours.h. Depends on: base. */
#include "base/hours.h"

#include "base/date.h"

#define DAY_MINUTES 1440
#define LOOK_DAYS   366

static bool minute_read(struct str *s, int *ret)
{
	uint32_t h, m;
	if (!scan_digits(s, 2, &h) || !scan_char(s, ':') || !scan_digits(s, 2, &m))
		return false;
	if (h > 24 || m > 59 || (h == 24 && m > 0))
		return false;
	*ret = (int)(60 * h + m);
	return true;
}

int hours_read(struct str s, int *ret_from, int *ret_to)
{
	int from = 0, to = DAY_MINUTES;
	if (!str_eq(s, S("any")) &&
		(!minute_read(&s, &from) || !scan_char(&s, '-') ||
			!minute_read(&s, &to) || s.n > 0 || from >= to))
		return E_SYNTAX;
	*ret_from = from;
	*ret_to = to;
	return 0;
}

static bool day_name(struct str *s, int *ret)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat",
		"sun" };
	for (size_t i = 0; i < N(names); i++)
		if (scan_lit(s, names[i])) {
			*ret = (int)i;
			return true;
		}
	return false;
}

int days_read(struct str s, uint8_t *ret)
{
	unsigned days = 0;
	struct str one;
	if (str_eq(s, S("any"))) {
		*ret = DAYS_ALL;
		return 0;
	}
	while (str_split(&s, ',', &one)) {
		int from, to;
		if (!day_name(&one, &from))
			return E_SYNTAX;
		to = from;
		if (scan_char(&one, '-') && !day_name(&one, &to))
			return E_SYNTAX;
		if (one.n > 0)
			return E_SYNTAX;
		for (int d = from;; d = (d + 1) % 7) {
			days |= 1u << d;
			if (d == to)
				break;
		}
	}
	*ret = (uint8_t)days;
	return days ? 0 : E_SYNTAX;
}

static bool works(const struct hours *h, const struct hours_place *p, int32_t day)
{
	if (!(h->days >> day_weekday(day) & 1))
		return false;
	return p->holiday == NULL || !p->holiday(p->ctx, day);
}

int64_t hours_next(const struct hours *h, const struct hours_place *p, int64_t t)
{
	int64_t at = t;
	for (int i = 0; i < 2 * LOOK_DAYS; i++) {
		int32_t ahead = p->offset(p->ctx, at);
		int64_t local = at + ahead;
		int32_t day = day_of(local);
		int64_t minute = (local - day_start(day)) / 60;
		bool today = works(h, p, day);
		if (today && minute >= h->from && minute < h->to)
			return at;
		/* The next morning that comes; a change of the clock between is seen in
		 * the next round. */
		if (!today || minute >= h->to)
			day++;
		at = day_start(day) + 60 * (int64_t)h->from - ahead;
		int32_t then = p->offset(p->ctx, at);
		int64_t other = at + ahead - then;
		/* In the hour that the clock leaves out there is no such time. */
		if (then != ahead && p->offset(p->ctx, other) == then)
			at = other;
	}
	return t;
}
