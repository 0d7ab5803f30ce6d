/* SPDX-License-Identifier: Apache-2.0
 * main.c - runs a fuzz target over seeds and past crashes without a fuzzer, so that they
 * are part of the ordinary tests. Depends on: base/fd.
 *
 * Arguments are files and folders. Fails when there was nothing to run. */
#include "base/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

#define INPUT_MAX MIB(16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int run_file(int dir, const char *name)
{
	AUTO_ARENA a = arena_new(INPUT_MAX * 3, "fuzz");
	struct why why = { 0 };
	struct str s;
	if (file_read(dir, name, &a, INPUT_MAX, &why, &s) < 0) {
		fprintf(stderr, "%s\n", why.text);
		return -1;
	}
	(void)LLVMFuzzerTestOneInput((const uint8_t *)s.p, s.n);
	return 1;
}

/* How many inputs were run, or -1. */
static int run(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int n = 0;
	if (d == NULL)
		return run_file(AT_FDCWD, path);
	for (struct dirent *e; n >= 0 && (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		n = run_file(dirfd(d), e->d_name) < 0 ? -1 : n + 1;
	}
	closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	int total = 0;
	for (int i = 1; i < argc; i++) {
		int n = run(argv[i]);
		if (n < 0)
			return 1;
		total += n;
	}
	printf("%d inputs\n", total);
	return total > 0 ? 0 : 1;
}
