/* SPDX-License-Identifier: Apache-2.0
 * inbox.c - what appears in DIR/in is taken in: see inbox.h. Depends on: base, sys, work.
 */
#include "work/inbox.h"

#include "base/fd.h"

int inbox_ready(int datadir, struct why *why)
{
	static const char *const folders[] = { "in", "in/done", "in/failed", "spool" };
	int r = 0;
	for (size_t i = 0; i < N(folders) && r == 0; i++) {
		AUTO_FD int fd = -1;
		r = dir_open(datadir, folders[i], true, why, &fd);
	}
	return r;
}
