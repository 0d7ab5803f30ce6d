/* SPDX-License-Identifier: Apache-2.0
 * proc.h - starting a role: this program again, with chosen descriptors. Depends on:
 * base. */
#pragma once
#include "base/err.h"

#include <sys/types.h>

/* Where a role finds what it was given. */
enum proc_place {
	PROC_PEER = 3,	 /* the channel to whoever gave it its work */
	PROC_DIR = 4,	 /* the data directory */
	PROC_LISTEN = 5, /* the control socket */
	PROC_LOCK = 6,	 /* keeps the lock for as long as it lives */
	PROC_PLACES = 7,
};

struct proc_start {
	const char *role;
	int fds[PROC_PLACES]; /* by place; -1 or 0: nothing there */
	bool detach; /* master: a process group of its own, nothing on standard input and
			output */
	bool group;  /* a process group of its own, which is ended as one */
	bool follow; /* work, parse: killed by the kernel when this process dies */
};

/* Starts it; the caller keeps its own descriptors. All others are closed in the child. */
MUST int proc_start(const struct proc_start *s, struct why *why, pid_t *ret);
/* Waits for a child to end, killing it after ms. */
void proc_end(pid_t pid, int ms);
