/* SPDX-License-Identifier: Apache-2.0
 * work.c - work: the only role that writes the database. Depends on: base, sys, role. */
#include "role/control.h"

static int on_frame(struct role *me, struct client *c, struct frame *f)
{
	(void)me;
	(void)c;
	(void)f;
	return E_SYNTAX; /* no act exists yet */
}

int role_work(struct role *me)
{
	int r = role_begin(me); /* the sandbox: only the data directory from here on */
	if (r == 0)
		r = role_ready(me);
	static const struct control_handler handler = { .on_frame = on_frame };
	return r < 0 ? r : control_run(me, &handler);
}
