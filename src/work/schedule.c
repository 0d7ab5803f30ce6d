/* SPDX-License-Identifier: Apache-2.0
 * schedule.c - what work does by itself: see schedule.h. Depends on: base, core. */
#include "work/schedule.h"

#include "base/auto.h"
#include "base/log.h"
#include "work/daily.h"
#include "work/inbox.h"
#include "work/tidy.h"

#define STEPS 20 /* of the outbox in one turn */

/* Hands over what is due. What flies is waited for by control's loop. */
static int pump_outbox(struct work *w, struct ctx *x)
{
	for (int i = 0; i < STEPS; i++) {
		struct outgoing_step s;
		bool idle = w->out.notice == 0;
		if (idle && (!w->scheduled || clock_ms() < w->out.paused_ms))
			return 0;
		arena_reset(x->arena);
		int r = outgoing_step(w, x, &s);
		if (r < 0 || (s.landed == 0 && !(idle && s.flying)))
			return r;
		if (s.flying)
			return 0;
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct work *w, struct ctx *x);
} items[] = {
	{ "outbox", pump_outbox },
	{ "inbox", inbox_tick },
	{ "daily", daily_tick },
	{ "tidy", tidy_tick },
};

int schedule_tick(struct work *w, int64_t now, struct why *why)
{
	AUTO_ARENA a = arena_new(MIB(128), "schedule");
	int first = 0;
	for (size_t i = 0; i < N(items) && first != E_SYNC; i++) {
		struct ctx x = {
			.db = w->db, .arena = &a, .actor = S("schedule"), .now = now
		};
		arena_reset(&a);
		db_set_why(w->db, &x.why);
		int r = items[i].run(w, &x);
		db_set_why(w->db, NULL);
		if (r < 0 && (first == 0 || r == E_SYNC)) {
			first = r;
			why->err = 0;
			(void)fail(why, r, "%s: %s", items[i].name,
				x.why.err ? x.why.text : err_text(r));
		}
	}
	struct why later = { 0 };
	int copied = first == E_SYNC ? 0 : work_checkpoint(w, false, &later);
	db_set_why(w->db, NULL);
	if (copied == E_SYNC) {
		*why = later;
		return copied;
	}
	return first;
}
