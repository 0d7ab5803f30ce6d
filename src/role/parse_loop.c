/* SPDX-License-Identifier: Apache-2.0
 * parse_loop.c - parse: reads what strangers sent; trusts nothing, has nothing.
 * Depends on: base, sys. What is done with a frame stands in parse.c. */
#include "role/role.h"

#include "base/auto.h"
#include "fmt/mail_in.h"
#include "fmt/unpack.h"

#include <iconv.h>

/* glibc opens converters when they are first asked for; inside the sandbox there are no
 * files any more. So those that files come in are opened before, and stay. */
static void warm_charsets(void)
{
	static const char *const names[] = { "ISO-8859-1", "ISO-8859-15", "WINDOWS-1250",
		"WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1256", "KOI8-R", "GB18030",
		"UTF-16" };
	for (size_t i = 0; i < N(names); i++)
		(void)iconv_open("UTF-8", names[i]);
}

void parse_chunk_done(struct role *me)
{
	if (!me->one_process)
		(void)sandbox_job(sandbox_plan("parse"));
}

int role_parse(struct role *me)
{
	if (!me->one_process)
		warm_charsets();
	int r = unpack_ready(&me->why);
	if (r == 0)
		r = mail_in_begin(&me->why); /* it looks for its charsets, too */
	if (r == 0 && me->one_process)
		me->state = sandbox_none();
	else if (r == 0)
		r = sandbox_enter(sandbox_plan("parse"), -1, &me->why, &me->state);
	if (r == 0)
		r = role_tell_ready(me);
	while (r == 0) {
		struct frame f;
		r = chan_recv(me->peer, &me->why, &f);
		if (r < 0)
			break;
		parse_chunk_done(me);
		arena_reset(&me->job);
		r = parse_on_frame(me, &f);
		fd_close(&f.fd);
	}
	return r == E_PEER ? 0 : r; /* work is gone, or gave up on us */
}
