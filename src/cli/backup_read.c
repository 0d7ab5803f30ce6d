/* SPDX-License-Identifier: Apache-2.0
 * backup_read.c - a backup is read, as if a stranger had made it: see backup.h. Depends
 * on: base, fmt.
 *
 * It is read to its end before anything of it counts: the list stands there. Only names
 * that a backup has are taken, in the one order it has them; none is used as a path
 * before. */
#include "cli/backup_unpack.h"

#include "base/fd.h"
#include "base/limits.h"
#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#define LIST_MAX ((int64_t)LIMIT_BACKUP_FILES * MANIFEST_LINE_MAX)

/* A file with the private key, as `backup key` printed it; "-" to type it. */
static int read_key(struct backup *b)
{
	struct cli *cli = b->cli;
	struct str path = cli_text(cli, "key"), text, word;
	const char *z;
	if (path.p == NULL)
		return fail(&cli->why, E_DENIED,
			"it is sealed: give the private key's file "
			"with --key");
	int r = str_z(&cli->arena, path, &z);
	if (r == 0)
		r = str_eq(path, S("-"))
			? fd_read_all(0, &cli->arena, KIB(4), &cli->why, &text)
			: file_read(AT_FDCWD, z, &cli->arena, KIB(4), &cli->why, &text);
	while (r == 0 && str_split(&text, '\n', &word))
		if (seal_key_read(str_trim(word), &b->key) == 0)
			return 0;
	return r < 0 ? r : fail(&cli->why, E_USAGE, "'%s' holds no private key", z);
}

static int look_for_seal(struct backup *b)
{
	char head[SEAL_HEAD];
	ssize_t n = pread(b->fd, head, sizeof(head), 0);
	b->sealed = n == (ssize_t)sizeof(head) &&
		seal_is((struct str){ head, sizeof(head) });
	return b->sealed ? read_key(b) : 0;
}

int backup_open(struct cli *cli, struct str path, struct backup *ret)
{
	const char *z, *dir_z;
	struct stat st;
	*ret = (struct backup){ .cli = cli, .fd = -1, .beside = -1 };
	ret->arena = arena_new(GIB(2), "backup");
	size_t slash = str_rfind(path, '/');
	struct str dir = slash == path.n ? S(".")
		: slash == 0		 ? S("/")
					 : str_to(path, slash);
	int r = str_z(&cli->arena, path, &z);
	if (r == 0)
		r = str_z(&cli->arena, dir, &dir_z);
	if (r < 0)
		return r;
	ret->name = slash == path.n ? path : str_from(path, slash + 1);
	ret->fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (ret->fd < 0)
		return fail(&cli->why, errno == ENOENT ? E_NOT_FOUND : E_SYS,
			"cannot open '%s'%s", z, errno == ENOENT ? ": no such file" : "");
	if (fstat(ret->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return fail(&cli->why, E_USAGE, "'%s' is no backup file", z);
	ret->bytes = st.st_size;
	r = dir_open(AT_FDCWD, dir_z, false, &cli->why, &ret->beside);
	return r < 0 ? r : look_for_seal(ret);
}

void backup_close(struct backup *b)
{
	fd_close(&b->fd);
	fd_close(&b->beside);
	arena_free(&b->arena);
}

/* ---- the first reading: what is there, then what should be ---- */

struct check {
	struct backup *b;
	struct hasher *hasher;	   /* of the file in hand */
	struct manifest_reader *m; /* from where the list begins */
	bool done;		   /* the list was the last */
	size_t listed;		   /* its lines of files so far */
	int64_t size;
	struct str name;
	struct meter meter;
};

/* Where a file may stand: 0 the settings, 1 the database, from 2 on by name: originals,
 * and in a sealed one the secrets, which stand nowhere else. */
static bool in_place(const struct backup *b, struct str name, int64_t size, bool beside)
{
	enum backup_place place = backup_place(name);
	if (b->n_files == 0)
		return str_eq(name, S(CONF_FILE)) && size <= (int64_t)CONF_SIZE_MAX;
	if (b->n_files == 1)
		return str_eq(name, S(BACKUP_DB)) && size <= (int64_t)LIMIT_BACKUP_DB;
	if (place != BACKUP_ORIGINAL && (!b->sealed || beside))
		return false;
	return backup_place_fits(place, size) && !(b->sealed && beside) &&
		(place != BACKUP_KEY || b->n_keys < LIMIT_BACKUP_KEYS) &&
		(b->n_files == 2 || str_cmp(b->files[b->n_files - 1].name, name) < 0);
}

static int add_file(struct backup *b, const struct manifest_file *f, struct why *why)
{
	if (b->n_files >= LIMIT_BACKUP_FILES)
		return fail(why, E_TOO_BIG, "more than %d files", LIMIT_BACKUP_FILES);
	if (b->n_files == b->cap) {
		size_t cap = b->cap ? 2 * b->cap : 256;
		struct manifest_file *more = arena_array(&b->arena, cap, sizeof(*more));
		if (b->n_files > 0)
			memcpy(more, b->files, b->n_files * sizeof(*more));
		b->files = more;
		b->cap = cap;
	}
	enum backup_place place = backup_place(f->name);
	b->has_secret = b->has_secret || place == BACKUP_SEAL_KEY;
	b->has_keys = b->has_keys || place == BACKUP_RING;
	b->n_keys += place == BACKUP_KEY;
	b->files[b->n_files] = *f;
	b->files[b->n_files++].name = str_dup(&b->arena, f->name);
	return 0;
}

static void fault(struct backup *b, struct str name, const char *what)
{
	if (b->faults++ < 20)
		(void)fprintf(stderr, "tocsin: %.*s: %s\n",
			STR(out_safe(&b->arena, name)), what);
}

static int on_head(void *ctx, const struct manifest_head *h, struct why *why)
{
	struct check *c = ctx;
	if (h->db_bytes > (int64_t)LIMIT_BACKUP_DB)
		return fail(why, E_TOO_BIG, "the list promises too large a database");
	c->b->head = *h;
	return 0;
}

static int on_count(void *ctx, struct str table, int64_t n, struct why *why)
{
	struct backup *b = ((struct check *)ctx)->b;
	(void)why;
	b->counts[b->n_counts++] = (struct backup_count){ str_dup(&b->arena, table), n };
	return 0;
}

static int on_listed(void *ctx, const struct manifest_file *f, struct why *why)
{
	struct check *c = ctx;
	struct backup *b = c->b;
	if (f->beside) {
		if (c->listed != b->inside || !in_place(b, f->name, f->bytes, true))
			return fail(why, E_SYNTAX, "the list names '%.*s' out of place",
				STR(f->name));
		return add_file(b, f, why);
	}
	if (c->listed >= b->inside || !str_eq(b->files[c->listed].name, f->name))
		return fail(why, E_SYNTAX, "'%.*s' is in the list and not in the archive",
			STR(f->name));
	const struct manifest_file *have = &b->files[c->listed++];
	if (have->bytes != f->bytes ||
		memcmp(&have->sha, &f->sha, sizeof(have->sha)) != 0)
		fault(b, f->name, "damaged");
	return 0;
}

static int check_begin(void *ctx, struct str name, int64_t size, struct why *why)
{
	static const struct manifest_sink sink = { NULL, on_head, on_count, on_listed };
	struct check *c = ctx;
	struct backup *b = c->b;
	c->name = str_dup(&b->arena, name);
	c->size = size;
	if (c->done)
		return fail(why, E_SYNTAX, "'%.*s' stands after the list", STR(name));
	if (b->n_files >= 2 && str_eq(name, S(BACKUP_LIST))) {
		struct manifest_sink mine = sink;
		mine.ctx = c;
		b->inside = b->n_files;
		c->m = manifest_new(&b->arena, &mine);
		return size <= LIST_MAX ? 0
					: fail(why, E_TOO_BIG, "the list is too long");
	}
	return in_place(b, name, size, false)
		? 0
		: fail(why, E_SYNTAX, "'%.*s', %" PRId64 " bytes, has no place there",
			  STR(name), size);
}

static int check_data(void *ctx, struct str bytes, struct why *why)
{
	struct check *c = ctx;
	hasher_add(c->hasher, bytes);
	return c->m ? manifest_bytes(c->m, bytes, why) : 0;
}

static int check_end(void *ctx, struct why *why)
{
	struct check *c = ctx;
	struct manifest_file f = { .name = c->name, .bytes = c->size };
	f.sha = hasher_end(c->hasher);
	if (c->m == NULL)
		return add_file(c->b, &f, why);
	c->done = true;
	c->b->manifest = f.sha;
	int r = manifest_end(c->m, why);
	if (r == 0 && c->listed != c->b->inside)
		r = fail(why, E_SYNTAX, "'%.*s' is in the archive and not in the list",
			STR(c->b->files[c->listed].name));
	return r;
}

/* Where bytes of the archive come from: the file, or through the seal. */
struct source {
	struct backup *b;
	struct arena arena;
	char *piece;
	struct seal *seal;
	struct buf plain;
	bool last;
};

/* Whole pieces, but for the last. */
static int read_full(struct source *s, size_t want, struct str *ret)
{
	size_t have = 0;
	while (have < want) {
		ssize_t n = read(s->b->fd, s->piece + have, want - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(&s->b->cli->why, E_SYS, "cannot read the backup");
		if (n == 0)
			break;
		have += (size_t)n;
	}
	*ret = (struct str){ s->piece, have };
	return 0;
}

static int source_begin(struct source *s, struct backup *b)
{
	struct str head;
	struct why *why = &b->cli->why;
	*s = (struct source){ .b = b, .arena = arena_new(MIB(2), "piece") };
	s->piece = arena_alloc(&s->arena, BACKUP_PIECE);
	s->plain = buf_in(&s->arena, SEAL_PIECE_OUT);
	if (lseek(b->fd, 0, SEEK_SET) < 0)
		return fail(why, E_SYS, "cannot rewind");
	if (!b->sealed)
		return 0;
	int r = read_full(s, SEAL_HEAD, &head);
	return r < 0 ? r : seal_open(&s->arena, &b->key, head, why, &s->seal);
}

/* Empty at the end. */
static int source_next(struct source *s, struct str *ret)
{
	struct str piece;
	struct why *why = &s->b->cli->why;
	int r = read_full(s, s->b->sealed ? SEAL_PIECE_OUT : BACKUP_PIECE, &piece);
	if (r < 0 || !s->b->sealed) {
		*ret = piece;
		return r;
	}
	buf_clear(&s->plain);
	if (piece.n == 0 && s->last) {
		*ret = piece;
		return 0;
	}
	r = seal_open_piece(s->seal, piece, why, &s->plain, &s->last);
	*ret = buf_str(&s->plain);
	return r;
}

int backup_read_tar(struct backup *b, const struct tar_sink *sink, struct meter *meter,
	const bool *enough)
{
	struct why *why = &b->cli->why;
	struct tar_reader t = tar_new(sink);
	struct source s;
	int r = source_begin(&s, b);
	while (r == 0 && !(enough && *enough)) {
		struct str piece;
		r = source_next(&s, &piece);
		if (r == 0 && piece.n == 0 && (s.last || !b->sealed)) {
			r = tar_end(&t, why);
			break;
		}
		if (r == 0)
			r = tar_bytes(&t, piece, why);
		if (r == 0)
			r = meter_add(meter, piece.n, why);
	}
	seal_end(&s.seal);
	arena_free(&s.arena);
	return r;
}

/* One original that lies beside the archive. */
int backup_read_beside(struct backup *b, const struct manifest_file *f, int to,
	char *piece, struct meter *meter, bool *ret_good)
{
	const char *z;
	int r = str_z(&b->arena, f->name, &z);
	if (r < 0)
		return r;
	*ret_good = false;
	AUTO_FD int fd = openat(b->beside, z,
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
			O_NONBLOCK); /* no waiting for a pipe */
	AUTO_HASHER h = hasher_new();
	struct sha256 sha;
	int64_t left = f->bytes;
	while (r == 0 && fd >= 0) {
		ssize_t n = read(fd, piece, BACKUP_PIECE);
		if (n <= 0 || n > left)
			break;
		struct str s = { piece, (size_t)n };
		left -= n;
		hasher_add(h, s);
		if (to >= 0)
			r = fd_write_all(to, s, &b->cli->why);
		if (r == 0)
			r = meter_add(meter, s.n, &b->cli->why);
	}
	if (r < 0 || fd < 0)
		return r;
	sha = hasher_end(h);
	/* One byte more would change the digest's length: it is read as damage. */
	struct stat st;
	*ret_good = left == 0 && fstat(fd, &st) == 0 && st.st_size == f->bytes &&
		memcmp(&sha, &f->sha, sizeof(sha)) == 0;
	return 0;
}

static int check_beside(struct backup *b, struct meter *meter)
{
	AUTO_ARENA a = arena_new(MIB(1), "piece");
	char *piece = arena_alloc(&a, BACKUP_PIECE);
	int r = 0;
	for (size_t i = b->inside; r == 0 && i < b->n_files; i++) {
		bool good;
		r = backup_read_beside(b, &b->files[i], -1, piece, meter, &good);
		if (r == 0 && !good)
			fault(b, b->files[i].name,
				"beside the backup it is missing or damaged");
	}
	return r;
}

int backup_check(struct backup *b)
{
	struct check c = { .b = b, .meter = meter_new(b->cli, "reading", b->bytes) };
	const struct tar_sink sink = { &c, check_begin, check_data, check_end };
	c.hasher = hasher_new();
	int r = backup_read_tar(b, &sink, &c.meter, NULL);
	if (r == 0 && !c.done)
		r = fail(&b->cli->why, E_SYNTAX, "it has no list (MANIFEST)");
	if (r == 0)
		r = check_beside(b, &c.meter);
	meter_end(&c.meter);
	manifest_free(&c.m);
	hasher_free(&c.hasher);
	if (r == E_SYNTAX || r == E_TOO_BIG) {
		struct why inner = b->cli->why;
		b->cli->why.err = 0;
		return fail(&b->cli->why, E_SYNTAX, "this is no whole backup: %s",
			inner.text);
	}
	return r;
}
