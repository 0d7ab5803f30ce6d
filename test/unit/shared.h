/* SPDX-License-Identifier: Apache-2.0
 * shared.h - for tests: data that lies beside the source tree and is never copied into
 * it. Where it is not there a test says so and passes. Depends on: base/fd. */
#pragma once
#include "base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder TOCSIN_SHARED names, else ../shared beside the source tree; its data folder
 * below must be there. -1: skip. */
static inline int shared_open(void)
{
	const char *named = getenv("TOCSIN_SHARED");
	AUTO_FD int root = open(named ? named : TOCSIN_SOURCE "/../shared",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int data = root < 0 ? -1
			    : openat(root, "data", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (data < 0)
		fprintf(stderr,
			"skipped: no shared test data (TOCSIN_SHARED or ../shared)\n");
	return data;
}

/* A file below it, whole. Absent when it cannot be read. */
static inline struct str shared_read(int dir, const char *path, struct arena *a)
{
	struct why why = { 0 };
	struct str s = { NULL, 0 };
	if (file_read(dir, path, a, MIB(64), &why, &s) < 0)
		fprintf(stderr, "%s\n", why.text);
	return s;
}
