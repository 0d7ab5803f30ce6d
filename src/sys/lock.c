/* SPDX-License-Identifier: Apache-2.0
 * lock.c - one service per data directory: see lock.h. Depends on: base. */
#include "sys/lock.h"

#include "base/auto.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

int lock_take(int datadir, struct why *why, int *ret_fd)
{
	AUTO_FD int fd = openat(
		datadir, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(why, E_SYS, "cannot open '%s'", LOCK_FILE);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return fail(
				why, E_BUSY, "another service holds the data directory");
		return fail(why, E_SYS, "cannot lock '%s'", LOCK_FILE);
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

bool lock_held(int datadir)
{
	AUTO_FD int fd = openat(datadir, LOCK_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}
