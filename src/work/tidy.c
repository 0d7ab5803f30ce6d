/* SPDX-License-Identifier: Apache-2.0
 * tidy.c - what nobody needs any more goes: see tidy.h. Depends on: base, sys, core. */
#include "work/tidy.h"

#include "base/date.h"
#include "base/fd.h"
#include "base/log.h"
#include "core/file.h"
#include "fmt/unpack.h"
#include "sys/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE	 KIB(64)
#define TURN_MS	 500
#define FIRST_MS 10000 /* a service that begins has other things to do */
#define LOOK_MS	 (INT64_C(12) * 3600 * 1000)

static int sha_of(int fd, struct arena *a, struct why *why, struct sha256 *ret)
{
	char *piece = arena_alloc(a, PIECE);
	AUTO_HASHER h = hasher_new();
	for (;;) {
		ssize_t n = read(fd, piece, PIECE);
		if (n < 0 && errno != EINTR)
			return fail(why, E_SYS, "cannot read a file of in/done");
		if (n == 0)
			break;
		if (n > 0)
			hasher_add(h, (struct str){ piece, (size_t)n });
	}
	*ret = hasher_end(h);
	return 0;
}

/* Its bytes are kept, and were taken so long ago. */
static int is_kept(struct work *w, struct ctx *x, int dir, const char *name, bool *ret)
{
	struct sha256 sha;
	struct file_row f;
	char path[ORIGINAL_PATH_MAX], first[512];
	const char *what;
	AUTO_FD int fd = openat(
		dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	*ret = false;
	if (fd < 0)
		return 0;
	/* What came compressed stays; it is not read whole for that each time. */
	ssize_t n = pread(fd, first, sizeof(first), 0);
	if (n > 0 &&
		unpack_sniff((struct str){ first, (size_t)n }, &what) != UNPACK_PLAIN)
		return 0;
	int r = sha_of(fd, x->arena, &x->why, &sha);
	if (r == 0)
		r = file_by_sha(x, &sha, &f);
	if (r < 0)
		return r == E_NOT_FOUND ? 0 : r;
	*ret = f.state == FILE_READ &&
		x->now - f.taken_at > TIDY_DONE_DAYS * DAY_SECONDS &&
		faccessat(w->datadir, original_path(&sha, path), F_OK, 0) == 0;
	return 0;
}

/* May it go? The folder's own time says first whether to look at all. */
static int judge(struct work *w, struct ctx *x, int dir, const char *name, bool *ret)
{
	struct stat st;
	bool dry = w->tidy.dry;
	int64_t days = dry ? TIDY_DRY_DAYS : TIDY_DONE_DAYS;
	*ret = false;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
		x->now - (int64_t)st.st_ctim.tv_sec <= days * DAY_SECONDS)
		return 0;
	if (!dry)
		return is_kept(w, x, dir, name, ret);
	*ret = str_ends(str_c(name), S(".eml"));
	return 0;
}

/* One turn in one folder. Where it stands is the number of files that stay; 1: there is
 * more. */
static int turn(struct work *w, struct ctx *x, const char *folder)
{
	int64_t began = clock_ms(), at = 0;
	int fd = -1, r = 0;
	if (faccessat(w->datadir, folder, F_OK, 0) < 0)
		return 0;
	r = dir_open(w->datadir, folder, false, &x->why, &fd);
	DIR *d = r < 0 ? NULL : fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return r < 0 ? r : fail(&x->why, E_SYS, "cannot read %s", folder);
	}
	const struct dirent *e;
	bool go, more = false;
	while (r == 0 && !more && (e = readdir(d)) != NULL) {
		if (at++ < w->tidy.stay)
			continue;
		arena_reset(x->arena);
		r = judge(w, x, fd, e->d_name, &go);
		if (r == 0 && go && unlinkat(fd, e->d_name, 0) == 0)
			w->tidy.gone++;
		else
			w->tidy.stay++;
		more = clock_ms() - began >= TURN_MS;
	}
	(void)closedir(d);
	return r < 0 ? r : more;
}

static void end_folder(struct work *w, const char *folder)
{
	if (w->tidy.gone > 0)
		log_line(LOG_NOTICE, "work", "%lld old files of %s are gone",
			(long long)w->tidy.gone, folder);
	w->tidy.stay = w->tidy.gone = 0;
	w->tidy.dry = !w->tidy.dry;
	if (!w->tidy.dry)
		w->tidy.next_ms = clock_ms() + LOOK_MS;
}

int tidy_tick(struct work *w, struct ctx *x)
{
	if (!w->scheduled)
		return 0;
	if (w->tidy.next_ms == 0)
		w->tidy.next_ms = clock_ms() + FIRST_MS;
	if (clock_ms() < w->tidy.next_ms)
		return 0;
	const char *folder = w->tidy.dry ? "dry-run" : "in/done";
	int r = turn(w, x, folder);
	if (r == 1)
		return 0;
	end_folder(w, folder);
	return r;
}
