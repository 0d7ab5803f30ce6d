/* SPDX-License-Identifier: Apache-2.0
 * auto.h - descriptors that close themselves. Depends on: libc.
 * AUTO_FD int fd = open(...); give it away with take_fd(&fd). */
#pragma once
#include <unistd.h>

static inline void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}
static inline int take_fd(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}
#define AUTO_FD __attribute__((cleanup(fd_close)))
