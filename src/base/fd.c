/* SPDX-License-Identifier: Apache-2.0
 * fd.c - whole reads and writes, durable files: see fd.h. Depends on: base/buf,
 * base/auto. */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

int fd_write_all(int fd, struct str s, struct why *why)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(why, E_SYS, "cannot write");
		s = str_from(s, (size_t)n);
	}
	return 0;
}

int fd_read_all(int fd, struct arena *a, size_t max, struct why *why, struct str *ret)
{
	struct buf b = buf_in(a, max + 1);
	for (;;) {
		char *to;
		size_t room = max + 1 - b.n < KIB(64) ? max + 1 - b.n : KIB(64);
		int r = buf_room(&b, room, &to);
		if (r < 0)
			return fail(why, r, "larger than %zu bytes", max);
		ssize_t n = read(fd, to, room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(why, E_SYS, "cannot read");
		if (n == 0)
			break;
		buf_wrote(&b, (size_t)n);
		if (b.n > max)
			return fail(why, E_TOO_BIG, "larger than %zu bytes", max);
	}
	*ret = buf_str(&b);
	return 0;
}

int file_read(int dir, const char *path, struct arena *a, size_t max, struct why *why,
	struct str *ret)
{
	AUTO_FD int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, errno == ENOENT ? E_NOT_FOUND : E_SYS,
			"cannot open '%s'%s", path,
			errno == ENOENT ? ": no such file" : "");
	struct why inner = { 0 };
	int r = fd_read_all(fd, a, max, &inner, ret);
	return r < 0 ? fail(why, r, "'%s': %s", path, inner.text) : 0;
}

int fd_sync(int fd, const char *what, struct why *why)
{
	if (fsync(fd) == 0)
		return 0;
	return fail(why, E_SYNC, "the disk did not keep %s: %s", what, strerror(errno));
}

int file_replace(int dir, const char *path, struct str content, struct why *why)
{
	char tmp[256];
	int n = snprintf(tmp, sizeof(tmp), "%s.new", path);
	if (n < 0 || (size_t)n >= sizeof(tmp))
		return fail(why, E_TOO_BIG, "the name '%s' is too long", path);
	AUTO_FD int fd = openat(
		dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(why, E_SYS, "cannot create '%s'", tmp);
	int r = fd_write_all(fd, content, why);
	if (r == 0)
		r = fd_sync(fd, path, why);
	if (r < 0) {
		(void)unlinkat(dir, tmp, 0);
		return r;
	}
	if (renameat(dir, tmp, dir, path) < 0)
		return fail(why, E_SYS, "cannot put '%s' in place", path);
	if (dir == AT_FDCWD)
		return 0;
	return fd_sync(dir, path, why);
}

int dir_open(int dir, const char *path, bool create, struct why *why, int *ret_fd)
{
	if (create && mkdirat(dir, path, 0700) < 0 && errno != EEXIST)
		return fail(why, E_SYS, "cannot make the folder '%s'", path);
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, errno == ENOENT ? E_NOT_FOUND : E_SYS,
			"cannot open the folder '%s'%s", path,
			errno == ENOENT ? ": no such folder" : "");
	*ret_fd = fd;
	return 0;
}
