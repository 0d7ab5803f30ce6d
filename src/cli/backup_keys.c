/* SPDX-License-Identifier: Apache-2.0
 * backup_keys.c - the secrets of a data directory into a sealed backup: the key home and
 * secret.key. See backup_pack.h. Depends on: base, cli/backup_pack.
 *
 * The role key may change its home meanwhile. So all of it is read into memory, which it
 * fits into, and read again when anything in it has changed since. */
#include "cli/backup_pack.h"

#include "base/limits.h"
#include "cli/out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define TRIES	  50
#define PAUSE_MS  20
#define FILES_MAX (LIMIT_BACKUP_KEYS + 1)

struct key_file {
	char name[TAR_NAME_MAX + 1];
	struct stat st;
	struct str bytes;
};
struct home {
	struct pack *p;
	struct arena arena;
	struct key_file *files;
	size_t n;
	bool gone; /* a file went away while it was looked at */
	bool told; /* of files that nobody knows */
};

/* What gpg makes anew, and what it leaves when it was killed. */
static bool passing(struct str name)
{
	static const char *const names[] = { "gpg.conf", "gpg.conf.new", "trustdb.gpg",
		"pubring.kbx~", "random_seed", ".", "..", BACKUP_PRIVATE, BACKUP_REVOCS };
	for (size_t i = 0; i < N(names); i++)
		if (str_eq(name, str_c(names[i])))
			return true;
	return str_ends(name, S(".lock")) || str_ends(name, S(".tmp")) ||
		str_starts(name, S(".#lk")) || str_starts(name, S("S.gpg-agent"));
}

static int add_one(struct home *h, int dir, const char *folder, const char *name)
{
	char path[TAR_NAME_MAX + 1];
	struct why *why = &h->p->cli->why;
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	bool ours = n > 0 && (size_t)n < sizeof(path) &&
		backup_place(str_c(path)) != BACKUP_NOWHERE;
	if (!ours) {
		if (!h->told && !passing(str_c(name)))
			(void)fprintf(stderr,
				"tocsin: %s/%.*s is not put into the backup: nobody "
				"knows it\n",
				folder, STR(out_safe(&h->arena, str_c(name))));
		return 0;
	}
	if (h->n == FILES_MAX)
		return fail(why, E_TOO_BIG, "more than %d files with keys",
			LIMIT_BACKUP_KEYS);
	struct key_file *f = &h->files[h->n];
	memcpy(f->name, path, (size_t)n + 1);
	if (fstatat(dir, name, &f->st, AT_SYMLINK_NOFOLLOW) < 0) {
		h->gone = true;
		return errno == ENOENT ? 0
				       : fail(why, E_SYS, "cannot look at '%s'", path);
	}
	if (!S_ISREG(f->st.st_mode) ||
		!backup_place_fits(backup_place(str_c(path)), f->st.st_size))
		return fail(why, E_STATE, "'%s' is no file of keys", path);
	h->n++;
	return 0;
}

static int list_folder(struct home *h, const char *folder)
{
	struct why *why = &h->p->cli->why;
	int fd = openat(h->p->cli->datadir, folder,
		O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(why, E_SYS, "cannot open '%s'", folder);
	DIR *d = fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return fail(why, E_SYS, "cannot list '%s'", folder);
	}
	int r = 0;
	for (struct dirent *e; r == 0 && (e = readdir(d)) != NULL;)
		r = add_one(h, fd, folder, e->d_name);
	(void)closedir(d);
	return r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(
		((const struct key_file *)a)->name, ((const struct key_file *)b)->name);
}

static int list_home(struct home *h)
{
	h->files = arena_array(&h->arena, FILES_MAX, sizeof(*h->files));
	h->n = 0;
	int r = list_folder(h, BACKUP_KEYS);
	if (r == 0)
		r = list_folder(h, BACKUP_KEYS "/" BACKUP_PRIVATE);
	if (r == 0)
		r = list_folder(h, BACKUP_KEYS "/" BACKUP_REVOCS);
	h->told = true;
	qsort(h->files, h->n, sizeof(*h->files), by_name);
	return r;
}

static int read_files(struct home *h)
{
	struct why *why = &h->p->cli->why;
	int r = 0;
	for (size_t i = 0; r == 0 && i < h->n && !h->gone; i++) {
		struct key_file *f = &h->files[i];
		AUTO_FD int fd = openat(h->p->cli->datadir, f->name,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd < 0 && errno == ENOENT)
			h->gone = true;
		else if (fd < 0)
			r = fail(why, E_SYS, "cannot open '%s'", f->name);
		else
			r = fd_read_all(
				fd, &h->arena, (size_t)f->st.st_size, why, &f->bytes);
		if (r == E_TOO_BIG) { /* it grew */
			*why = (struct why){ 0 };
			h->gone = true;
			r = 0;
		}
	}
	return r;
}

static bool same_file(const struct key_file *a, const struct key_file *b)
{
	return strcmp(a->name, b->name) == 0 && a->st.st_ino == b->st.st_ino &&
		a->st.st_size == b->st.st_size &&
		a->st.st_mtim.tv_sec == b->st.st_mtim.tv_sec &&
		a->st.st_mtim.tv_nsec == b->st.st_mtim.tv_nsec &&
		a->bytes.n == (size_t)b->st.st_size;
}

/* 1: it was changed meanwhile. */
static int read_home(struct home *h)
{
	arena_reset(&h->arena);
	h->gone = false;
	int r = list_home(h);
	if (r == 0)
		r = read_files(h);
	struct key_file *files = h->files;
	size_t n = h->n;
	if (r == 0 && !h->gone)
		r = list_home(h);
	if (r < 0)
		return r;
	bool same = !h->gone && h->n == n;
	for (size_t i = 0; same && i < n; i++)
		same = same_file(&files[i], &h->files[i]);
	h->files = files;
	return !same;
}

static int put_bytes(struct pack *p, const char *name, struct str bytes)
{
	AUTO_FD int fd = memfd_create("backup", MFD_CLOEXEC);
	if (fd < 0)
		return fail(&p->cli->why, E_SYS, "no memory for '%s'", name);
	int r = fd_write_all(fd, bytes, &p->cli->why);
	return r < 0 ? r : pack_put(p, str_c(name), fd);
}

int pack_keys(struct pack *p)
{
	struct home h = { .p = p, .arena = arena_new(MIB(600), "keys") };
	int r = 1;
	if (p->seal == NULL)
		return 0;
	for (int i = 0; i < TRIES && r == 1; i++) {
		if (i > 0)
			clock_sleep_ms(PAUSE_MS);
		r = read_home(&h);
	}
	if (r == 1)
		r = fail(&p->cli->why, E_BUSY, "the team's keys change all the time");
	for (size_t i = 0; r == 0 && i < h.n; i++)
		r = put_bytes(p, h.files[i].name, h.files[i].bytes);
	arena_free(&h.arena);
	return r;
}

int pack_secret(struct pack *p)
{
	struct stat st;
	if (p->seal == NULL)
		return 0;
	AUTO_FD int fd = openat(
		p->cli->datadir, BACKUP_SECRET, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return fail(&p->cli->why, E_SYS, "cannot open '%s'", BACKUP_SECRET);
	if (fstat(fd, &st) < 0 || !backup_place_fits(BACKUP_SEAL_KEY, st.st_size))
		return fail(&p->cli->why, E_STATE, "'%s' is no key", BACKUP_SECRET);
	return pack_put(p, S(BACKUP_SECRET), fd);
}
