/* SPDX-License-Identifier: Apache-2.0
 * original.c - keeping what was received: see original.h. Depends on: base, libzstd. */
#include "work/original.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zstd.h>

#define LEVEL	 1 /* the fastest: a day compresses ten to one with it already */
#define INCOMING "incoming"

struct original {
	struct arena arena;
	int dir; /* originals/ */
	int fd;
	bool there; /* the file INCOMING */
	struct hasher *hasher;
	ZSTD_CStream *z;
	char *out;
	size_t out_size;
	int64_t bytes;
	uint64_t left; /* so many more may come */
};

int originals_ready(int datadir, struct why *why)
{
	AUTO_FD int dir = -1;
	int r = dir_open(datadir, "originals", true, why, &dir);
	if (r < 0)
		return r;
	(void)unlinkat(dir, INCOMING, 0);
	r = fd_sync(dir, "the folder of originals", why);
	return r < 0 ? r : fd_sync(datadir, "the data directory", why);
}

int original_begin(int datadir, uint64_t most, struct why *why, struct original **ret)
{
	struct arena a = arena_new(MIB(1), "original");
	struct original *o = arena_alloc(&a, sizeof(*o));
	o->dir = o->fd = -1;
	o->left = most;
	o->out_size = ZSTD_CStreamOutSize();
	o->out = arena_alloc(&a, o->out_size);
	o->hasher = hasher_new();
	o->z = ZSTD_createCStream();
	o->arena = a;
	int r = o->z ? 0 : fail(why, E_TOO_BIG, "no memory to compress");
	if (r == 0 && ZSTD_isError(ZSTD_initCStream(o->z, LEVEL)))
		r = fail(why, E_SYS, "cannot begin to compress");
	if (r == 0)
		r = dir_open(datadir, "originals", false, why, &o->dir);
	if (r == 0) {
		o->fd = openat(
			o->dir, INCOMING, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		o->there = o->fd >= 0;
		if (o->fd < 0)
			r = fail(why, E_SYS, "cannot create originals/" INCOMING);
	}
	if (r < 0) {
		original_free(&o);
		return r;
	}
	*ret = o;
	return 0;
}

static int compress(
	struct original *o, struct str bytes, ZSTD_EndDirective how, struct why *why)
{
	ZSTD_inBuffer in = { bytes.p, bytes.n, 0 };
	for (;;) {
		ZSTD_outBuffer out = { o->out, o->out_size, 0 };
		size_t left = ZSTD_compressStream2(o->z, &out, &in, how);
		if (ZSTD_isError(left))
			return fail(why, E_SYS, "cannot compress");
		struct why inner = { 0 };
		int r = fd_write_all(o->fd, (struct str){ o->out, out.pos }, &inner);
		if (r < 0)
			return fail(why, r, "cannot keep the original: %s", inner.text);
		if (how == ZSTD_e_end ? left == 0 : in.pos == in.size)
			return 0;
	}
}

int original_add(struct original *o, struct str bytes, struct why *why)
{
	if (bytes.n > o->left)
		return fail(why, E_TOO_BIG, "more bytes than may be kept of it");
	o->left -= bytes.n;
	hasher_add(o->hasher, bytes);
	o->bytes += (int64_t)bytes.n;
	return compress(o, bytes, ZSTD_e_continue, why);
}

int original_end(
	struct original *o, struct why *why, struct sha256 *ret_sha, int64_t *ret_bytes)
{
	char path[ORIGINAL_PATH_MAX], folder[3] = { 0 };
	struct sha256 sha = hasher_end(o->hasher);
	const char *below = original_path(&sha, path) + strlen("originals/");
	int r = compress(o, S(""), ZSTD_e_end, why);
	if (r == 0)
		r = fd_sync(o->fd, "a kept original", why);
	if (r < 0)
		return r;
	memcpy(folder, below, 2);
	bool new_folder = mkdirat(o->dir, folder, 0700) == 0;
	if (!new_folder && errno != EEXIST)
		return fail(why, E_SYS, "cannot make originals/%s", folder);
	if (renameat(o->dir, INCOMING, o->dir, below) < 0)
		return fail(why, E_SYS, "cannot put %s in place", path);
	o->there = false;
	AUTO_FD int fd = openat(o->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, E_SYS, "cannot open originals/%s", folder);
	r = fd_sync(fd, "a folder of originals", why);
	if (r == 0 && new_folder)
		r = fd_sync(o->dir, "the folder of originals", why);
	if (r < 0)
		return r;
	*ret_sha = sha;
	*ret_bytes = o->bytes;
	return 0;
}

void original_free(struct original **p)
{
	struct original *o = *p;
	*p = NULL;
	if (o == NULL)
		return;
	if (o->there)
		(void)unlinkat(o->dir, INCOMING, 0);
	fd_close(&o->fd);
	fd_close(&o->dir);
	hasher_free(&o->hasher);
	(void)ZSTD_freeCStream(o->z);
	struct arena a = o->arena;
	arena_free(&a);
}

int original_open(int datadir, const struct sha256 *sha, struct why *why, int *ret_fd)
{
	char path[ORIGINAL_PATH_MAX];
	int fd = openat(
		datadir, original_path(sha, path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return fail(why, E_SYS, "cannot open the kept original %s", path);
	*ret_fd = fd;
	return 0;
}
