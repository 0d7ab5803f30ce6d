/* SPDX-License-Identifier: Apache-2.0
 * doctor_space.c - tocsin doctor: what takes how much room in the data directory, and
 * what lies where nobody takes it in. Depends on: base, cli/doctor. */
#include "cli/doctor.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 1000000 /* files looked at in a folder */

struct heap {
	uint64_t bytes;
	int64_t files, folders;
};

static void add_entry(struct heap *h, int dir, const char *name, int below);

/* Files in a folder, and in folders so many levels below it. What is not there is 0. */
static void add_folder(struct heap *h, int dir, const char *name, int below)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return;
	}
	const struct dirent *e;
	while (h->files < MOST && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			add_entry(h, fd, e->d_name, below);
	(void)closedir(d);
}

static void add_entry(struct heap *h, int dir, const char *name, int below)
{
	struct stat st;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISREG(st.st_mode)) {
		h->files++;
		h->bytes += (uint64_t)st.st_size;
	} else if (S_ISDIR(st.st_mode)) {
		h->folders++;
		if (below > 0)
			add_folder(h, dir, name, below - 1);
	}
}

static void tell(struct doctor *d, const char *folder, int below, const char *what)
{
	struct heap h = { 0 };
	add_folder(&h, d->cli->datadir, folder, below);
	doctor_row(d, "room", folder, DOCTOR_INFO, "%.1f MiB in %lld files: %s",
		(double)h.bytes / (double)MIB(1), (long long)h.files, what);
}

int doctor_space(struct doctor *d)
{
	struct heap in = { 0 };
	struct stat st;
	if (d->cli->datadir < 0)
		return 0;
	if (fstatat(d->cli->datadir, "tocsin.db", &st, AT_SYMLINK_NOFOLLOW) == 0)
		doctor_row(d, "room", "database", DOCTOR_INFO, "%.1f MiB",
			(double)st.st_size / (double)MIB(1));
	tell(d, "originals", 1, "what was received, compressed; evidence is read there");
	tell(d, "in/done", 0,
		"taken in; what is in originals goes after two weeks, what came "
		"compressed may be removed by hand");
	tell(d, "in/failed", 0, "yours to look at and remove");
	tell(d, "dry-run", 0, "mails that were not sent; they go after a month");
	add_folder(&in, d->cli->datadir, "in", 0);
	int64_t others = in.folders - 2; /* done and failed */
	if (others > 0)
		doctor_row(d, "room", "in", DOCTOR_WARN,
			"%lld %s left alone: only files that lie in the folder itself "
			"are taken in",
			(long long)others,
			others == 1 ? "folder in it is" : "folders in it are");
	return 0;
}
