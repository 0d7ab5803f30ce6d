/* SPDX-License-Identifier: Apache-2.0
 * own_act.h - an act that nobody asked for: by the schedule. Depends on: work/work. */
#pragma once
#include "work/work.h"

struct own_act {
	struct buf body;
	struct writer w; /* add the fields with rec_text and the like */
	int fd;		 /* stays the caller's; -1: none */
	/* Each record of the answer, a view for the call; may be NULL. */
	int (*heard)(void *ctx, struct str record);
	void *ctx;
};
void own_begin(struct own_act *o, struct arena *a, enum act_id id);
/* Applied and committed, or not at all. E_STOPPED when the service is to end. */
MUST int own_apply(struct work *w, struct own_act *o, int64_t now, struct why *why);
