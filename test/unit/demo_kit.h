/* SPDX-License-Identifier: Apache-2.0
 * demo_kit.h - days of the demo country in folders of their own, for its tests.
 * Depends on: demo, tap. */
#pragma once
#include "base/hash.h"
#include "demo/feeds.h"
#include "demo/files.h"
#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/tocsin-demo-XXXXXX";

static inline int compare(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static inline int is_file(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* Calls each for every file of the folder, in the order of their names. */
static inline int each_file(
	const char *dir, void (*each)(void *me, int fd, const char *name), void *me)
{
	struct dirent **list;
	int n = scandir(dir, &list, is_file, compare);
	AUTO_FD int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < n; i++) {
		if (each)
			each(me, fd, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return n;
}

static inline void hash_file(void *me, int dir, const char *name)
{
	AUTO_ARENA a = arena_new(MIB(512), "test file");
	struct str text = { NULL, 0 };
	if (file_read(dir, name, &a, MIB(100), NULL, &text) < 0)
		return;
	hasher_add(me, str_c(name));
	hasher_add(me, text);
}

static inline void remove_file(void *me, int dir, const char *name)
{
	(void)me;
	(void)unlinkat(dir, name, 0);
}

/* The first eight digits of the folder's fingerprint. */
static inline const char *fingerprint(const char *dir, char ret[SHA256_HEX + 1])
{
	AUTO_HASHER h = hasher_new();
	(void)each_file(dir, hash_file, h);
	struct sha256 d = hasher_end(h);
	sha256_text(&d, ret);
	ret[8] = '\0';
	return ret;
}

static inline char *path_of(const char *name, char ret[64])
{
	(void)snprintf(ret, 64, "%s/%s", root, name);
	return ret;
}

static inline int make_with(const char *answers, const char *name, enum demo_scale scale,
	int32_t day, uint64_t seed, struct why *why, struct demo_sum *ret)
{
	AUTO_ARENA a = arena_new(GIB(2), "test demo");
	char path[64];
	struct demo_run run = { .scale = scale, .seed = seed, .day = day };
	run.out = path_of(name, path);
	run.answers = answers;
	*why = (struct why){ 0 };
	return demo_feeds_make(&a, &run, why, ret);
}

static inline int make(const char *name, enum demo_scale scale, int32_t day,
	uint64_t seed, struct why *why, struct demo_sum *ret)
{
	return make_with(NULL, name, scale, day, seed, why, ret);
}

static inline void clear(const char *name)
{
	char path[64];
	(void)each_file(path_of(name, path), remove_file, NULL);
	(void)rmdir(path);
}

static inline struct str slurp(struct arena *a, const char *dir, const char *name)
{
	char path[64];
	struct str text = S("");
	AUTO_FD int fd = open(path_of(dir, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return file_read(fd, name, a, MIB(100), NULL, &text) < 0 ? S("") : text;
}

static inline size_t count_lines(struct str text, struct str with)
{
	struct str line;
	size_t n = 0;
	while (demo_line(&text, &line))
		n += str_search(line, with) < line.n || with.n == 0;
	return n;
}

static inline void write_file(const char *dir, const char *name, const char *text)
{
	char path[64], full[160];
	(void)snprintf(full, sizeof(full), "%s/%s", path_of(dir, path), name);
	FILE *f = fopen(full, "w");
	if (f == NULL)
		return;
	(void)fputs(text, f);
	(void)fclose(f);
}
