/* SPDX-License-Identifier: Apache-2.0
 * own_act.c - an act by the schedule: see own_act.h. Depends on: base, sys, core. */
#include "work/own_act.h"

#define BODY_MAX KIB(16)

void own_begin(struct own_act *o, struct arena *a, enum act_id id)
{
	*o = (struct own_act){ .body = buf_in(a, BODY_MAX), .fd = -1 };
	o->w = wr_new(&o->body);
	act_begin(&o->w, id);
}

int own_apply(struct work *w, struct own_act *o, int64_t now, struct why *why)
{
	if (o->w.err < 0)
		return o->w.err;
	AUTO_ARENA job = arena_new(MIB(256), "schedule's act");
	struct call c = { .w = w,
		.x = { .db = w->db, .arena = &job, .actor = S("schedule"), .now = now },
		.keep = arena_new(MIB(64), "schedule's own"),
		.fd = o->fd,
		.heard = o->heard,
		.keep_up = w->host->keep_up,
		.keep_up_ctx = w->host->role };
	c.heard_ctx = o->ctx;
	int r = work_apply(&c, buf_str(&o->body), ACTOR_SCHEDULE);
	/* What it wrote may wait for more of the kind: nobody else sends any. */
	db_set_why(w->db, &c.x.why);
	r = group_end(&w->group, r, &c.x.why);
	db_set_why(w->db, NULL);
	if (r < 0)
		work_stale(w);
	if (r < 0 && why)
		*why = c.x.why.err ? c.x.why : (struct why){ .err = r };
	arena_free(&c.keep);
	return r;
}
