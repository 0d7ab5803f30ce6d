/* SPDX-License-Identifier: Apache-2.0
 * backup_unpack.c - the second reading of a backup, out of it: see backup.h. Depends on:
 * base, fmt, libzstd. The list is known by now; the medium may still change, so each file
 * is compared with it again. */
#include "cli/backup_unpack.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zstd.h>

#define DB_PLAIN "tocsin.db"

struct unpack {
	struct backup *b;
	int dir; /* -1: nothing is written, and the database is all that is read */
	bool enough;
	size_t at;
	const struct manifest_file *f; /* the file in hand; NULL: the list */
	struct hasher *hasher, *plain;
	int fd;
	struct buf conf;
	ZSTD_DStream *z;
	char *out;
	size_t out_size, z_left;
	int64_t db_bytes;
	struct meter meter;
};

static int open_out(struct unpack *u, const char *path, struct why *why)
{
	u->fd = openat(u->dir, path,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return u->fd >= 0 ? 0 : fail(why, E_SYS, "cannot create '%s'", path);
}

/* Its folders, then the file. The name is one of those a backup has. */
static int open_file(struct unpack *u, const struct manifest_file *f, struct why *why)
{
	char folder[TAR_NAME_MAX + 1];
	const char *z;
	for (size_t i = 0; i < f->name.n && i < sizeof(folder); i++) {
		folder[i] = '\0';
		if (f->name.p[i] == '/' && mkdirat(u->dir, folder, 0700) < 0 &&
			errno != EEXIST)
			return fail(why, E_SYS, "cannot make '%s'", folder);
		folder[i] = f->name.p[i];
	}
	int r = str_z(&u->b->arena, f->name, &z);
	return r < 0 ? r : open_out(u, z, why);
}

static int unpack_begin(void *ctx, struct str name, int64_t size, struct why *why)
{
	struct unpack *u = ctx;
	const struct backup *b = u->b;
	u->f = u->at < b->inside ? &b->files[u->at] : NULL;
	if (u->f ? !str_eq(name, u->f->name) || size != u->f->bytes
		 : u->at > b->inside || !str_eq(name, S(BACKUP_LIST)))
		return fail(why, E_SYNTAX, "it changed while it was read");
	u->at++;
	if (u->f == NULL || u->dir < 0 || u->at == 1)
		return 0;
	return u->at == 2 ? open_out(u, DB_PLAIN, why) : open_file(u, u->f, why);
}

/* What comes out is counted: never more than the list says. */
static int unpack_db(struct unpack *u, struct str bytes, struct why *why)
{
	ZSTD_inBuffer in = { bytes.p, bytes.n, 0 };
	bool full = false; /* more may wait inside */
	while (in.pos < in.size || full) {
		ZSTD_outBuffer o = { u->out, u->out_size, 0 };
		size_t left = ZSTD_decompressStream(u->z, &o, &in);
		if (ZSTD_isError(left))
			return fail(why, E_SYNTAX, "the database cannot be unpacked");
		u->z_left = left;
		/* At the end of it all is out: asked once more, it would begin anew. */
		full = o.pos == o.size && left > 0;
		u->db_bytes += (int64_t)o.pos;
		if (u->db_bytes > u->b->head.db_bytes)
			return fail(why, E_TOO_BIG, "the database is larger than listed");
		struct str s = { u->out, o.pos };
		hasher_add(u->plain, s);
		int r = u->fd >= 0 ? fd_write_all(u->fd, s, why) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

static int unpack_data(void *ctx, struct str bytes, struct why *why)
{
	struct unpack *u = ctx;
	if (u->f == NULL)
		return 0;
	hasher_add(u->hasher, bytes);
	if (u->at == 1)
		return buf_add(&u->conf, bytes);
	if (u->at == 2)
		return unpack_db(u, bytes, why);
	return u->fd >= 0 ? fd_write_all(u->fd, bytes, why) : 0;
}

static int db_end(struct unpack *u, struct why *why)
{
	struct sha256 sha = hasher_end(u->plain);
	const struct manifest_head *h = &u->b->head;
	if (u->z_left != 0 || u->db_bytes != h->db_bytes ||
		memcmp(&sha, &h->db_sha, sizeof(sha)) != 0)
		return fail(why, E_SYNTAX, "the database is not the listed one");
	u->enough = u->dir < 0;
	return 0;
}

static int unpack_end(void *ctx, struct why *why)
{
	struct unpack *u = ctx;
	if (u->f == NULL)
		return 0;
	struct sha256 sha = hasher_end(u->hasher);
	if (memcmp(&sha, &u->f->sha, sizeof(sha)) != 0)
		return fail(why, E_SYNTAX, "'%.*s' changed while it was read",
			STR(u->f->name));
	fd_close(&u->fd);
	return u->at == 2 ? db_end(u, why) : 0;
}

static int unpack_beside(struct unpack *u)
{
	struct backup *b = u->b;
	struct why *why = &b->cli->why;
	AUTO_ARENA a = arena_new(MIB(1), "piece");
	char *piece = arena_alloc(&a, BACKUP_PIECE);
	int r = 0;
	for (size_t i = b->inside; r == 0 && i < b->n_files; i++) {
		bool good = false;
		r = open_file(u, &b->files[i], why);
		if (r == 0)
			r = backup_read_beside(
				b, &b->files[i], u->fd, piece, &u->meter, &good);
		if (r == 0 && !good)
			r = fail(why, E_SYNTAX, "'%.*s' changed while it was read",
				STR(b->files[i].name));
		fd_close(&u->fd);
	}
	return r;
}

static int unpack(struct unpack *u)
{
	struct backup *b = u->b;
	const struct tar_sink sink = { u, unpack_begin, unpack_data, unpack_end };
	u->meter = meter_new(b->cli, u->dir < 0 ? "unpacking" : "restoring", b->bytes);
	u->fd = -1;
	u->hasher = hasher_new();
	u->plain = hasher_new();
	u->conf = buf_in(&b->arena, CONF_SIZE_MAX);
	u->z = ZSTD_createDStream();
	u->out_size = ZSTD_DStreamOutSize();
	u->out = arena_alloc(&b->arena, u->out_size);
	int r = u->z && !ZSTD_isError(ZSTD_initDStream(u->z))
		? 0
		: fail(&b->cli->why, E_SYS, "cannot begin to unpack");
	if (r == 0)
		r = backup_read_tar(b, &sink, &u->meter, &u->enough);
	if (r == 0 && u->dir >= 0)
		r = unpack_beside(u);
	meter_end(&u->meter);
	fd_close(&u->fd);
	(void)ZSTD_freeDStream(u->z);
	hasher_free(&u->hasher);
	hasher_free(&u->plain);
	return r;
}

int backup_check_db(struct backup *b)
{
	struct unpack u = { .b = b, .dir = -1 };
	return unpack(&u);
}

int backup_unpack(struct backup *b, int dir, struct str *ret_conf)
{
	struct unpack u = { .b = b, .dir = dir };
	AUTO_FD int originals = -1;
	int r = dir_open(dir, "originals", true, &b->cli->why, &originals);
	if (r == 0)
		r = unpack(&u);
	if (r < 0)
		return r;
	*ret_conf = buf_str(&u.conf);
	return 0;
}
