/* SPDX-License-Identifier: Apache-2.0
 * fd.h - whole reads and writes, durable files. Depends on: base/buf, base/auto. */
#pragma once
#include "base/auto.h"
#include "base/buf.h"

/* Writes all of it, or fails. */
MUST int fd_write_all(int fd, struct str s, struct why *why);
/* Reads up to the end; E_TOO_BIG past max bytes. */
MUST int fd_read_all(
	int fd, struct arena *a, size_t max, struct why *why, struct str *ret);
/* The whole file at path below dir (AT_FDCWD for the working directory). Symbolic links
 * are followed: this is for files the operator names, not for strangers' names. */
MUST int file_read(int dir, const char *path, struct arena *a, size_t max,
	struct why *why, struct str *ret);
/* Puts a file in place at once and for good: temporary name, fsync, rename, fsync of the
 * folder. Mode 0600. */
MUST int file_replace(int dir, const char *path, struct str content, struct why *why);
/* fsync that names what it was for; E_SYNC when the disk did not keep the data. */
MUST int fd_sync(int fd, const char *what, struct why *why);
/* Opens a folder, making it with mode 0700 when it is not there. */
MUST int dir_open(int dir, const char *path, bool create, struct why *why, int *ret_fd);
