/* SPDX-License-Identifier: Apache-2.0
 * test_inbox.c - a file of DIR/in that changes while it is read. */
#include "tap.h"
#include "work/inbox.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

int main(void)
{
	char path[] = "/tmp/test_inbox.XXXXXX";
	struct stat then;
	if (mkdtemp(path) == NULL)
		abort();
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(dir, "a.csv", "x\n");
	int fd = openat(dir, "a.csv", O_RDONLY | O_CLOEXEC);
	if (dir < 0 || fd < 0 || fstat(fd, &then) < 0)
		abort();
	ok(inbox_same(dir, "a.csv", fd, &then), "a file that stayed as it was");
	put(dir, "b.csv", "y\n");
	if (renameat(dir, "b.csv", dir, "a.csv") < 0)
		abort();
	ok(!inbox_same(dir, "a.csv", fd, &then), "a new one under its name is another");
	close(fd);
	fd = openat(dir, "a.csv", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &then) < 0)
		abort();
	put(dir, "a.csv", "more\n");
	ok(!inbox_same(dir, "a.csv", fd, &then), "so is one with more in it");
	if (fstat(fd, &then) < 0 || unlinkat(dir, "a.csv", 0) < 0)
		abort();
	ok(!inbox_same(dir, "a.csv", fd, &then), "one that is gone is none");
	close(fd);
	close(dir);
	if (rmdir(path) < 0)
		abort();
	return tap_end();
}
