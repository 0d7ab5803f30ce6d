/* SPDX-License-Identifier: Apache-2.0
 * lock.c - one service per data directory: see lock.h. Depends on: base.
 *
 * Locks of an open file description, not of a process: a descriptor that was handed on
 * keeps them, and looking at them does not take them, so that who only looks is never in
 * the way of who begins. */
#include "sys/lock.h"

#include "base/auto.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Bytes of the file; it needs not have them. */
enum { BYTE_SERVICE, BYTE_START };

static struct flock lock_of(int byte)
{
	return (struct flock){
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1
	};
}

static int take(int datadir, int byte, const char *busy, struct why *why, int *ret_fd)
{
	struct flock l = lock_of(byte);
	AUTO_FD int fd = openat(
		datadir, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(why, E_SYS, "cannot open '%s'", LOCK_FILE);
	if (fcntl(fd, F_OFD_SETLK, &l) < 0) {
		if (errno == EAGAIN || errno == EACCES)
			return fail(why, E_BUSY, "%s", busy);
		return fail(why, E_SYS, "cannot lock '%s'", LOCK_FILE);
	}
	*ret_fd = take_fd(&fd);
	return 0;
}

int lock_take(int datadir, struct why *why, int *ret_fd)
{
	return take(datadir, BYTE_SERVICE, "another service holds the data directory",
		why, ret_fd);
}

int lock_start(int datadir, struct why *why, int *ret_fd)
{
	return take(
		datadir, BYTE_START, "another command starts the service", why, ret_fd);
}

bool lock_held(int datadir)
{
	struct flock l = lock_of(BYTE_SERVICE);
	AUTO_FD int fd = openat(datadir, LOCK_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
}
