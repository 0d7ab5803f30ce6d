/* SPDX-License-Identifier: Apache-2.0
 * date.c - instants and days: see date.h. Depends on: base/str. Civil calendar arithmetic
 * follows the proleptic Gregorian rules with March as the first month. */
#include "base/date.h"

int32_t day_make(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400;
	int yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

void day_split(int32_t day, int *ret_year, int *ret_month, int *ret_day)
{
	int z = day + 719468;
	int era = z / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	*ret_day = doy - (153 * mp + 2) / 5 + 1;
	*ret_month = mp < 10 ? mp + 3 : mp - 9;
	*ret_year = yoe + era * 400 + (*ret_month <= 2);
}

int32_t day_of(int64_t time)
{
	int64_t d = time / DAY_SECONDS;
	return (int32_t)(time % DAY_SECONDS < 0 ? d - 1 : d);
}

int64_t day_start(int32_t day)
{
	return (int64_t)day * DAY_SECONDS;
}

int day_weekday(int32_t day)
{
	return (int)(((day % 7) + 7 + 3) % 7); /* 1970-01-01 was a Thursday */
}

static bool scan_day(struct str *s, int32_t *ret)
{
	struct str t = *s;
	uint32_t y, m, d;
	if (!scan_digits(&t, 4, &y))
		return false;
	bool dashed = scan_char(&t, '-') || scan_char(&t, '/');
	if (!scan_digits(&t, 2, &m))
		return false;
	if (dashed && !scan_char(&t, '-') && !scan_char(&t, '/'))
		return false;
	if (!scan_digits(&t, 2, &d) || y < 1970 || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	int32_t day = day_make((int)y, (int)m, (int)d);
	int yy, mm, dd;
	day_split(day, &yy, &mm, &dd);
	if (dd != (int)d) /* such as 31 June */
		return false;
	*s = t;
	*ret = day;
	return true;
}

int day_read(struct str s, int32_t *ret)
{
	int32_t day;
	if (!scan_day(&s, &day) || s.n > 0)
		return E_SYNTAX;
	*ret = day;
	return 0;
}

static bool scan_clock(struct str *s, int64_t *ret)
{
	uint32_t h, m, sec = 0;
	if (!scan_digits(s, 2, &h) || !scan_char(s, ':') || !scan_digits(s, 2, &m))
		return false;
	if (scan_char(s, ':') && !scan_digits(s, 2, &sec))
		return false;
	if (h > 23 || m > 59 || sec > 60)
		return false;
	if (scan_char(s, '.')) {
		uint64_t fraction;
		if (!scan_u64(s, UINT64_MAX, &fraction))
			return false;
	}
	*ret = (int64_t)h * 3600 + m * 60 + (sec == 60 ? 59 : sec);
	return true;
}

/* Nothing, Z, UTC, GMT, +01, +01:00 or +0100: seconds to take off. */
static bool scan_zone(struct str *s, int64_t *ret)
{
	int64_t sign = 1;
	uint32_t h, m = 0;
	*ret = 0;
	(void)scan_char(s, ' ');
	if (s->n == 0 || scan_char(s, 'Z') || scan_lit(s, "UTC") || scan_lit(s, "GMT"))
		return true;
	if (scan_char(s, '-'))
		sign = -1;
	else if (!scan_char(s, '+'))
		return false;
	if (!scan_digits(s, 2, &h))
		return false;
	(void)scan_char(s, ':');
	if (s->n > 0 && !scan_digits(s, 2, &m))
		return false;
	if (h > 14 || m > 59)
		return false;
	*ret = sign * ((int64_t)h * 3600 + m * 60);
	return true;
}

int time_read(struct str s, int64_t *ret)
{
	int32_t day;
	int64_t clock = 0, zone = 0;
	s = str_trim(s);
	if (!scan_day(&s, &day))
		return E_SYNTAX;
	if (s.n > 0) {
		if (!scan_char(&s, ' ') && !scan_char(&s, 'T') && !scan_char(&s, 't'))
			return E_SYNTAX;
		if (!scan_clock(&s, &clock) || !scan_zone(&s, &zone) || s.n > 0)
			return E_SYNTAX;
	}
	*ret = day_start(day) + clock - zone;
	return 0;
}

/* Digits by hand: a digest's table writes hundreds of thousands of times. */
static char *put_digits(char *to, int v, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		to[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return to + n;
}

const char *time_text(int64_t time, char ret[DATE_TEXT_MAX])
{
	int y, m, d;
	int32_t day = day_of(time);
	int s = (int)(time - day_start(day));
	day_split(day, &y, &m, &d);
	char *to = put_digits(ret, y, 4);
	*to++ = '-';
	to = put_digits(to, m, 2);
	*to++ = '-';
	to = put_digits(to, d, 2);
	*to++ = 'T';
	to = put_digits(to, s / 3600, 2);
	*to++ = ':';
	to = put_digits(to, s / 60 % 60, 2);
	*to++ = ':';
	to = put_digits(to, s % 60, 2);
	*to++ = 'Z';
	*to = '\0';
	return ret;
}

const char *time_text_plain(int64_t time, char ret[DATE_TEXT_MAX])
{
	time_text(time, ret);
	ret[10] = ' ';
	ret[19] = '\0';
	return ret;
}

const char *day_text(int32_t day, char ret[DATE_TEXT_MAX])
{
	time_text(day_start(day), ret);
	ret[10] = '\0';
	return ret;
}
