/* SPDX-License-Identifier: Apache-2.0
 * daily.c - the daily draft: see daily.h. Depends on: base, sys, db, core. */
#include "work/daily.h"

#include "base/date.h"
#include "base/log.h"
#include "core/rule.h"
#include "core/setting.h"
#include "sys/clock.h"
#include "sys/zone.h"
#include "work/inbox.h"
#include "work/own_act.h"

#include <inttypes.h>
#include <stdio.h>

#define LOOK_MS	 5000
#define PAUSE_MS 60000		/* after a failure */
#define SETTING	 S("daily.day") /* the local day of the last draft, as text */

size_t daily_awaited(const struct overdue *o, int32_t today, struct str *ret_first)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n; i++) {
		const struct overdue_type *t = &o->v[i];
		int32_t due = t->last + t->usual;
		if (t->state != OVERDUE_LATE || today - 1 - due >= DAILY_LATE)
			continue;
		if (n++ == 0)
			*ret_first = t->name;
	}
	return n;
}

bool daily_due(int64_t last, int32_t today)
{
	/* A zone further east may have been a day ahead. */
	return last < today || last > today + 1;
}

bool daily_patient(int64_t second, int hour)
{
	int64_t until = 3600 * (int64_t)(hour + DAILY_WAIT), last = DAY_SECONDS - 1800;
	return second < (until < last ? until : last);
}

static int last_day(struct ctx *x, int64_t *ret)
{
	struct str value;
	*ret = -1;
	int r = setting_get(x, SETTING, &value);
	if (r == E_NOT_FOUND)
		return 0;
	if (r == 0 && !str_int(value, 0, INT32_MAX, ret))
		*ret = -1;
	return r;
}

static int note_day(struct ctx *x, int32_t day)
{
	char text[16];
	struct tx t;
	(void)snprintf(text, sizeof(text), "%" PRId32, day);
	int r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, setting_put(x, SETTING, str_c(text)));
}

/* 1: not yet, a feed may still come. */
static int wait_for_feeds(struct ctx *x, bool patient)
{
	struct overdue reports;
	struct str first = { NULL, 0 };
	int r = overdue_read(x, &reports);
	if (r < 0)
		return r;
	size_t n = daily_awaited(&reports, day_of(x->now), &first);
	if (n > 0 && !patient)
		log_line(LOG_WARNING, "work",
			"drafting without %zu reports that usually come, such as %.*s", n,
			STR(first));
	return n > 0 && patient;
}

/* Files that lie in in/ come first: after an outage they say what is fixed by now. */
static bool wait_for_inbox(struct work *w, int64_t second)
{
	int64_t now = clock_ms();
	if (!inbox_waits(w->inbox))
		return false;
	if (w->daily_since_ms == 0)
		w->daily_since_ms = now;
	bool patient = daily_patient(second, 23) && /* until half past eleven */
		now - w->daily_since_ms < (int64_t)DAILY_WAIT * 3600 * 1000;
	if (!patient)
		log_line(LOG_WARNING, "work",
			"drafting although files wait in the folder in");
	return patient;
}

/* Where the rules say so, contacts that are due are asked with the day's drafts. */
static int ask_contacts(struct work *w, struct ctx *x)
{
	struct rules rules;
	struct own_act o;
	int r = rules_load(x, &rules);
	if (r < 0 || rules.number[RULE_CHECK_SELF] == 0)
		return r;
	own_begin(&o, x->arena, ACT_CONTACT_CHECK);
	return own_apply(w, &o, x->now, &x->why);
}

static int draft(struct work *w, struct ctx *x, int32_t today)
{
	struct own_act o;
	own_begin(&o, x->arena, ACT_NOTICE_DRAFT);
	int r = own_apply(w, &o, x->now, &x->why);
	if (r < 0)
		return r;
	log_line(LOG_NOTICE, "work", "the day's notices are drafted");
	db_set_why(w->db, &x->why);
	/* Noted before contacts are asked: should that fail, nothing is drafted anew
	 * every few seconds; who is due is so tomorrow, too. */
	r = note_day(x, today);
	return r < 0 ? r : ask_contacts(w, x);
}

int daily_tick(struct work *w, struct ctx *x)
{
	if (!w->scheduled || clock_ms() < w->daily_ms)
		return 0;
	w->daily_ms = clock_ms() + LOOK_MS;
	int64_t last, local = x->now + zone_offset(w->conf->team_timezone, x->now);
	int32_t today = day_of(local);
	int64_t second = local - day_start(today);
	int hour = (int)w->conf->team_hour;
	int r = last_day(x, &last);
	if (r < 0 || !daily_due(last, today) || second / 3600 < hour)
		return r;
	if (wait_for_inbox(w, second))
		return 0;
	r = wait_for_feeds(x, daily_patient(second, hour));
	if (r != 0)
		return r < 0 ? r : 0;
	r = draft(w, x, today);
	w->daily_since_ms = 0;
	if (r < 0)
		w->daily_ms = clock_ms() + PAUSE_MS;
	return r == E_STOPPED ? 0 : r;
}
