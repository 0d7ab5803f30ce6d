/* SPDX-License-Identifier: Apache-2.0
 * backup_pack.c - the archive of a backup: see backup_pack.h. Depends on: base, fmt,
 * libzstd. */
#include "cli/backup_pack.h"

#include "base/auto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zstd.h>

#define LEVEL	   3
#define LINES	   "LINES"
#define UNFINISHED ".part"
#define LINE_FLUSH KIB(64)
#define NAME_TAIL  (SHA256_HEX - 2)

static int begin_seal(struct pack *p);

/* Absent when the name is too long. */
static const char *part_name(const char *name, char ret[256])
{
	(void)snprintf(ret, 256, "%s" UNFINISHED, name);
	return ret;
}

static int refuse_there(struct pack *p)
{
	if (faccessat(p->target, p->name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	return fail(&p->cli->why, E_EXISTS, "'%s' is there already, and is left as it is",
		p->name);
}

int pack_open(struct pack *p)
{
	char part[256];
	struct why *why = &p->cli->why;
	int r = refuse_there(p);
	if (r == 0 && p->beside)
		r = dir_open(p->target, "originals", true, why, &p->store);
	if (r < 0)
		return r;
	p->line = buf_in(&p->arena, LINE_FLUSH + KIB(1));
	p->lines = openat(p->folder, LINES,
		O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	(void)unlinkat(p->folder, LINES, 0); /* it needs no name */
	p->out = openat(p->target, part_name(p->name, part),
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	p->begun = p->out >= 0;
	if (p->lines < 0 || p->out < 0)
		return fail(why, E_SYS, "cannot create '%s'", part);
	return begin_seal(p);
}

/* ---- the list ---- */

static int flush_lines(struct pack *p)
{
	int r = fd_write_all(p->lines, buf_str(&p->line), &p->cli->why);
	buf_clear(&p->line);
	return r;
}

static int add_line(struct pack *p, const struct manifest_file *f)
{
	int r = manifest_file_write(f, &p->line);
	p->made->files++;
	if (r < 0)
		return fail(&p->cli->why, r, "'%.*s' does not fit into the list",
			STR(f->name));
	return p->line.n >= LINE_FLUSH ? flush_lines(p) : 0;
}

int pack_list_write(struct pack *p, int fd, struct str head, struct hasher *h)
{
	struct why *why = &p->cli->why;
	int r = flush_lines(p);
	if (r == 0 && lseek(p->lines, 0, SEEK_SET) < 0)
		r = fail(why, E_SYS, "cannot rewind");
	for (struct str s = head; r == 0 && s.n > 0;) {
		hasher_add(h, s);
		r = fd_write_all(fd, s, why);
		ssize_t n = r == 0 ? read(p->lines, p->piece, BACKUP_PIECE) : 0;
		if (n < 0)
			r = fail(why, E_SYS, "cannot read the list again");
		s = (struct str){ p->piece, n > 0 ? (size_t)n : 0 };
	}
	return r;
}

/* ---- files into the archive ---- */

static int write_raw(struct pack *p, struct str s)
{
	p->made->bytes += (int64_t)s.n;
	struct why inner = { 0 };
	int r = fd_write_all(p->out, s, &inner);
	return r < 0 ? fail(&p->cli->why, r, "%s: %s", p->name, inner.text) : 0;
}

static int write_piece(struct pack *p, bool last)
{
	buf_clear(&p->sealed);
	int r = seal_piece(p->seal, buf_str(&p->plain), last, &p->sealed);
	buf_clear(&p->plain);
	return r < 0 ? fail(&p->cli->why, r, "cannot seal")
		     : write_raw(p, buf_str(&p->sealed));
}

static int write_out(struct pack *p, struct str s)
{
	int r = 0;
	if (p->seal == NULL)
		return write_raw(p, s);
	while (r == 0 && s.n > 0) {
		struct str some = str_to(s, SEAL_PIECE - p->plain.n);
		r = buf_add(&p->plain, some);
		s = str_from(s, some.n);
		if (r == 0 && p->plain.n == SEAL_PIECE)
			r = write_piece(p, false);
	}
	return r;
}

/* tocsin.conf has the public key: the private one is not on this machine. */
static int begin_seal(struct pack *p)
{
	struct seal_key key;
	struct why *why = &p->cli->why;
	if (str_empty(p->cli->conf.backup_key))
		return 0;
	if (seal_key_read(p->cli->conf.backup_key, &key) < 0)
		return fail(why, E_USAGE, CONF_FILE ": backup.key is no key");
	p->plain = buf_in(&p->arena, SEAL_PIECE);
	p->sealed = buf_in(&p->arena, SEAL_PIECE_OUT);
	int r = seal_begin(&p->arena, &key, &p->sealed, &p->seal);
	return r < 0 ? fail(why, r, "cannot seal for the key in " CONF_FILE)
		     : write_raw(p, buf_str(&p->sealed));
}

/* size bytes of fd to `to`, which may be none, with their digest. */
static int stream(struct pack *p, int fd, int64_t size, int to, struct sha256 *ret)
{
	struct why *why = &p->cli->why;
	AUTO_HASHER h = hasher_new();
	int r = 0;
	while (r == 0 && size > 0) {
		size_t want = size < (int64_t)BACKUP_PIECE ? (size_t)size : BACKUP_PIECE;
		ssize_t n = read(fd, p->piece, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(why, E_SYS, "a file became shorter");
		struct str s = { p->piece, (size_t)n };
		hasher_add(h, s);
		size -= n;
		if (to >= 0)
			r = to == p->out ? write_out(p, s) : fd_write_all(to, s, why);
		if (r == 0)
			r = meter_add(&p->meter, s.n, why);
	}
	if (r == 0)
		*ret = hasher_end(h);
	return r;
}

static int size_of(struct pack *p, int fd, int64_t *ret)
{
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || lseek(fd, 0, SEEK_SET) < 0)
		return fail(&p->cli->why, E_SYS, "something is no plain file");
	*ret = st.st_size;
	return 0;
}

int pack_put(struct pack *p, struct str name, int fd)
{
	static const char zeros[TAR_BLOCK];
	char header[TAR_BLOCK];
	struct manifest_file f = { .name = name };
	int r = size_of(p, fd, &f.bytes);
	if (r == 0 && tar_header(name, f.bytes, p->made->head.made, header) < 0)
		r = fail(&p->cli->why, E_TOO_BIG, "'%.*s' cannot be in a backup",
			STR(name));
	if (r == 0)
		r = write_out(p, (struct str){ header, sizeof(header) });
	if (r == 0)
		r = stream(p, fd, f.bytes, p->out, &f.sha);
	if (r == 0)
		r = write_out(p, (struct str){ zeros, tar_padding(f.bytes) });
	if (r == 0 && !p->in_list)
		p->made->manifest = f.sha;
	return r == 0 && p->in_list ? add_line(p, &f) : r;
}

int pack_compress(
	struct pack *p, int in, int out, struct sha256 *ret_sha, int64_t *ret_bytes)
{
	struct why *why = &p->cli->why;
	AUTO_HASHER h = hasher_new();
	ZSTD_CStream *z = ZSTD_createCStream();
	size_t size = ZSTD_CStreamOutSize();
	char *to = arena_alloc(&p->arena, size);
	int64_t bytes = 0;
	int r = z && !ZSTD_isError(ZSTD_initCStream(z, LEVEL))
		? 0
		: fail(why, E_SYS, "cannot begin to compress");
	bool last = false;
	while (r == 0 && !last) {
		ssize_t n = read(in, p->piece, BACKUP_PIECE);
		if (n < 0)
			r = fail(why, E_SYS, "cannot read the copy of the database");
		last = n == 0;
		struct str s = { p->piece, n > 0 ? (size_t)n : 0 };
		hasher_add(h, s);
		bytes += n;
		ZSTD_inBuffer from = { s.p, s.n, 0 };
		size_t left = 1;
		while (r == 0 && (last ? left > 0 : from.pos < from.size)) {
			ZSTD_outBuffer o = { to, size, 0 };
			left = ZSTD_compressStream2(
				z, &o, &from, last ? ZSTD_e_end : ZSTD_e_continue);
			r = ZSTD_isError(left)
				? fail(why, E_SYS, "cannot compress")
				: fd_write_all(out, (struct str){ to, o.pos }, why);
		}
		if (r == 0)
			r = meter_add(&p->meter, s.n, why);
	}
	(void)ZSTD_freeCStream(z);
	if (r < 0)
		return r;
	*ret_sha = hasher_end(h);
	*ret_bytes = bytes;
	return 0;
}

/* ---- originals ---- */

static int by_name(const void *a, const void *b)
{
	return memcmp(a, b, NAME_TAIL);
}

/* The names in one folder, sorted; those that are no original's are passed over. */
static int names_in(struct pack *p, int dir, struct arena *a, char **ret, size_t *ret_n)
{
	size_t n = 0, cap = 64;
	char *names = arena_array(a, cap, NAME_TAIL);
	DIR *d = fdopendir(dup(dir));
	if (d == NULL)
		return fail(&p->cli->why, E_SYS, "cannot list the originals");
	rewinddir(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		struct str name = str_c(e->d_name);
		if (name.n != NAME_TAIL + 4 || !str_ends(name, S(".zst")))
			continue;
		if (n == cap) {
			char *more = arena_array(a, 2 * cap, NAME_TAIL);
			memcpy(more, names, n * NAME_TAIL);
			names = more;
			cap *= 2;
		}
		memcpy(names + n++ * NAME_TAIL, name.p, NAME_TAIL);
	}
	(void)closedir(d);
	qsort(names, n, NAME_TAIL, by_name);
	*ret = names;
	*ret_n = n;
	return 0;
}

typedef int original_fn(struct pack *p, struct str name, int fd);

static int each_in_folder(struct pack *p, int dir, unsigned folder, original_fn *fn)
{
	char path[ORIGINAL_PATH_MAX], *names = NULL;
	size_t n = 0;
	AUTO_ARENA a = arena_new(MIB(256), "names");
	int r = names_in(p, dir, &a, &names, &n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		(void)snprintf(path, sizeof(path), BACKUP_ORIGINALS "%02x/%.*s.zst",
			folder, NAME_TAIL, names + i * NAME_TAIL);
		if (backup_place(str_c(path)) != BACKUP_ORIGINAL)
			continue;
		AUTO_FD int fd = openat(
			p->cli->datadir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		r = fd < 0 ? fail(&p->cli->why, E_SYS, "cannot open '%s'", path)
			   : fn(p, str_c(path), fd);
	}
	return r;
}

/* In the order of their names. */
static int each_original(struct pack *p, original_fn *fn)
{
	char path[ORIGINAL_PATH_MAX];
	int r = 0;
	for (unsigned folder = 0; r == 0 && folder < 256; folder++) {
		(void)snprintf(path, sizeof(path), BACKUP_ORIGINALS "%02x", folder);
		AUTO_FD int dir = openat(p->cli->datadir, path,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (dir >= 0)
			r = each_in_folder(p, dir, folder, fn);
		else if (errno != ENOENT)
			r = fail(&p->cli->why, E_SYS, "cannot open '%s'", path);
	}
	return r;
}

static int measure(struct pack *p, struct str name, int fd)
{
	int64_t size;
	(void)name;
	int r = size_of(p, fd, &size);
	p->meter.total += r == 0 ? size : 0;
	return r;
}

int pack_measure(struct pack *p)
{
	struct stat st;
	p->meter = meter_new(p->cli, "backup", 0);
	if (fstatat(p->folder, "tocsin.db", &st, 0) == 0)
		p->meter.total = st.st_size + st.st_size / 4;
	return each_original(p, measure);
}

/* There, and of the right length? Whether its bytes are right is for verifying. */
static bool is_beside(struct pack *p, const char *below, int64_t bytes)
{
	struct stat st;
	return fstatat(p->store, below, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISREG(st.st_mode) && st.st_size == bytes;
}

static int put_beside(struct pack *p, struct str name, int fd)
{
	struct manifest_file f = { .name = name, .beside = true };
	struct why *why = &p->cli->why;
	const char *below = name.p + strlen(BACKUP_ORIGINALS);
	char folder[3] = { below[0], below[1], '\0' }, part[256];
	int r = size_of(p, fd, &f.bytes);
	if (r < 0)
		return r;
	bool there = is_beside(p, below, f.bytes);
	if (!there && mkdirat(p->store, folder, 0700) < 0 && errno != EEXIST)
		return fail(why, E_SYS, "cannot make originals/%s", folder);
	AUTO_FD int to = there
		? -1
		: openat(p->store, part_name(below, part),
			  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (!there && to < 0)
		return fail(why, E_SYS, "cannot create '%s'", part);
	r = stream(p, fd, f.bytes, to, &f.sha);
	if (r == 0 && !there)
		r = fd_sync(to, "a copied original", why);
	if (r == 0 && !there && renameat(p->store, part, p->store, below) < 0)
		r = fail(why, E_SYS, "cannot put '%s' in place", below);
	if (r < 0 && !there)
		(void)unlinkat(p->store, part, 0);
	p->made->copied += r == 0 && !there;
	return r < 0 ? r : add_line(p, &f);
}

int pack_originals(struct pack *p)
{
	return each_original(p, p->beside ? put_beside : pack_put);
}

/* ---- the end ---- */

int pack_close(struct pack *p)
{
	static const char zeros[2 * TAR_BLOCK];
	char part[256];
	struct why *why = &p->cli->why;
	int r = write_out(p, (struct str){ zeros, sizeof(zeros) });
	if (r == 0 && p->seal)
		r = write_piece(p, true);
	if (r == 0)
		r = fd_sync(p->out, p->name, why);
	/* The folders of the originals beside it: they are many, the call is one. */
	if (r == 0 && p->beside && syncfs(p->store) < 0)
		r = fail(why, E_SYNC, "the disk did not keep the originals: %s",
			strerror(errno));
	if (r == 0)
		r = refuse_there(p);
	if (r == 0 &&
		renameat(p->target, part_name(p->name, part), p->target, p->name) < 0)
		r = fail(why, E_SYS, "cannot put '%s' in place", p->name);
	if (r < 0)
		return r;
	p->begun = false;
	return fd_sync(p->target, "the backup's folder", why);
}

void pack_drop(struct pack *p)
{
	char part[256];
	if (p->begun)
		(void)unlinkat(p->target, part_name(p->name, part), 0);
	p->begun = false;
}

void pack_free(struct pack *p)
{
	seal_end(&p->seal);
	fd_close(&p->out);
	fd_close(&p->lines);
	fd_close(&p->store);
	fd_close(&p->target);
	fd_close(&p->folder);
	arena_free(&p->arena);
}
