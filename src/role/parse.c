/* SPDX-License-Identifier: Apache-2.0
 * parse.c - what parse does with a frame from work. Depends on: base, sys. */
#include "role/role.h"

int parse_on_frame(struct role *me, const struct frame *f)
{
	if (f->type == FRAME_PING)
		return chan_send(me->peer, FRAME_PONG, f->body, -1, &me->why);
	return fail(&me->why, E_SYNTAX, "work sent message type %u", f->type);
}
