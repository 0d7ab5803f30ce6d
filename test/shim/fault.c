/* SPDX-License-Identifier: Apache-2.0
 * fault.c - loaded before libc into the program and its roles (LD_PRELOAD): counts the
 * calls that change something outside, over all processes, and lets one of them fail, or
 * stops everybody at it; and knows what was written and is not synced. Depends on: libc.
 * Driven by test/story/fault.py through the file that TOCSIN_FAULT names; struct state
 * below is what is in it.
 *
 * Stopped means: this call and every later one of any process never returns, so the disk
 * stays exactly as it was; the test then kills them all. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
	KIND_WRITE = 1, /* bytes into a regular file, or a longer file */
	KIND_SYNC = 2,
	KIND_NAME = 4,	/* a new name: file, folder, socket, renaming */
	KIND_DROP = 8,	/* a name or bytes fewer */
	KIND_SEND = 16, /* bytes to another process */
};
enum action { ACTION_COUNT = 0, ACTION_STOP = 1, ACTION_FAIL = 2 };

#define PIDS_MAX  512
#define LOOSE_MAX 4096
struct state {
	uint32_t action, mask;
	uint32_t err, lasting; /* ACTION_FAIL: errno; from then on, or once */
	uint32_t torn;	       /* half of a write gets through first */
	uint32_t fired;
	uint64_t at;	/* the call it happens at, from 1 */
	uint64_t count; /* calls of the mask so far */
	uint32_t fired_pid;
	uint32_t later_syncs, later_writes; /* by fired_pid, after it happened */
	uint32_t n_pids;
	uint32_t pids[PIDS_MAX];
	char what[32], path[216];
	char only[32]; /* files whose name ends so; empty: any */
	/* What a power cut would take: files written and not synced since, and folders in
	 * which a file got a new name. */
	uint32_t late;	     /* files that got another name before they were synced */
	uint32_t at_name;    /* files not synced when the last one got another name */
	uint32_t loose;	     /* files and folders not synced now */
	uint32_t lock, used; /* of files; behind the used ones all are free */
	uint32_t spare;
	char late_path[216];
	struct loose {
		uint64_t dev, ino; /* ino 0: a free place */
	} files[LOOSE_MAX];
};

static struct state *state; /* of the process: there is no other place in a preload */

/* ---- what is not synced ---- */

static void lock_files(void)
{
	/* Who held it may have been killed. */
	for (int i = 0; i < 100000; i++) {
		if (!__atomic_exchange_n(&state->lock, 1, __ATOMIC_ACQUIRE))
			return;
		(void)syscall(SYS_sched_yield);
	}
}
static void unlock_files(void)
{
	__atomic_store_n(&state->lock, 0, __ATOMIC_RELEASE);
}

/* One that could not be kept in the table counts as loose for ever. */
static void set_loose(const struct stat *s)
{
	uint32_t free = LOOSE_MAX, i = 0;
	lock_files();
	for (; i < state->used; i++) {
		const struct loose *f = &state->files[i];
		if (f->ino == s->st_ino && f->dev == s->st_dev)
			break;
		free = f->ino == 0 ? i : free;
	}
	if (i == state->used) {
		if (free == LOOSE_MAX && i < LOOSE_MAX)
			free = state->used++;
		if (free < LOOSE_MAX)
			state->files[free] = (struct loose){ s->st_dev, s->st_ino };
		state->loose++;
	}
	unlock_files();
}

/* ino 0: all of the disk. */
static bool set_synced(uint64_t dev, uint64_t ino)
{
	bool found = false;
	lock_files();
	for (uint32_t i = 0; i < state->used; i++) {
		struct loose *f = &state->files[i];
		if (f->ino == 0 || f->dev != dev || (ino && f->ino != ino))
			continue;
		*f = (struct loose){ 0 };
		state->loose--;
		found = true;
	}
	unlock_files();
	return found;
}

static void name_of(const char *path, int fd, char *to, size_t max)
{
	char link[64];
	(void)snprintf(to, max, "%s", path ? path : "");
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = path ? 0 : readlink(link, to, max - 1);
	if (n > 0)
		to[n] = '\0';
}

static void wrote(int fd)
{
	struct stat s;
	/* A file without a name is gone with its process. */
	char name[256];
	if (state == NULL || syscall(SYS_fstat, fd, &s) < 0 || !S_ISREG(s.st_mode) ||
		s.st_nlink == 0)
		return;
	name_of(NULL, fd, name, sizeof(name));
	size_t n = strlen(name);
	if (n < 4 || strcmp(name + n - 4, "-shm") != 0) /* SQLite makes it anew */
		set_loose(&s);
}

static void synced(int fd)
{
	struct stat s;
	if (state && syscall(SYS_fstat, fd, &s) == 0)
		(void)set_synced(s.st_dev, s.st_ino);
}

static _Noreturn void stop_here(void)
{
	for (;;)
		(void)syscall(SYS_poll, NULL, 0, 1000);
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("TOCSIN_FAULT");
	if (path == NULL)
		return;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	if (fd < 0)
		abort();
	void *p = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)syscall(SYS_close, fd);
	if (p == MAP_FAILED)
		abort();
	state = p;
	uint32_t i = __atomic_fetch_add(&state->n_pids, 1, __ATOMIC_SEQ_CST);
	if (i < PIDS_MAX)
		state->pids[i] = (uint32_t)getpid();
	/* Born as the others were killed. */
	if (state->action == ACTION_STOP && state->fired)
		(void)kill(getpid(), SIGKILL);
}

static bool is_meant(const char *path, int fd)
{
	char name[256];
	int saved = errno;
	name_of(path, fd, name, sizeof(name));
	errno = saved;
	size_t n = strlen(name), end = strlen(state->only);
	return n >= end && strcmp(name + n - end, state->only) == 0;
}

/* 0: the call may go on. -1: it fails with errno. 1: half of it, then as it comes. */
static int meet(
	enum kind kind, const char *what, const char *path, int fd, size_t n_bytes)
{
	if (state == NULL)
		return 0;
	uint32_t fired = __atomic_load_n(&state->fired, __ATOMIC_SEQ_CST);
	if (fired && state->action == ACTION_STOP)
		stop_here();
	if (fired && state->fired_pid == (uint32_t)getpid()) {
		state->later_syncs += kind == KIND_SYNC;
		state->later_writes += kind == KIND_WRITE;
	}
	if ((state->mask & kind) == 0 || (state->only[0] && !is_meant(path, fd)))
		return 0;
	uint64_t n = __atomic_add_fetch(&state->count, 1, __ATOMIC_SEQ_CST);
	if (state->action == ACTION_COUNT || n < state->at ||
		(n > state->at && !state->lasting))
		return 0;
	int saved = errno;
	if (n == state->at) {
		(void)snprintf(state->what, sizeof(state->what), "%s", what);
		name_of(path, fd, state->path, sizeof(state->path));
		state->fired_pid = (uint32_t)getpid();
		if (kind == KIND_WRITE && state->torn && n_bytes > 1)
			return 1;
		__atomic_store_n(&state->fired, 1, __ATOMIC_SEQ_CST);
	}
	errno = saved;
	if (state->action == ACTION_STOP)
		stop_here();
	errno = (int)state->err;
	return -1;
}

/* Half a write is done: now it happens. */
static void torn(void)
{
	__atomic_store_n(&state->fired, 1, __ATOMIC_SEQ_CST);
	if (state->action == ACTION_STOP)
		stop_here();
}

static bool is_a(mode_t type, int fd)
{
	struct stat s;
	return syscall(SYS_fstat, fd, &s) == 0 && (s.st_mode & S_IFMT) == type;
}

ssize_t write(int fd, const void *p, size_t n)
{
	int m = meet(is_a(S_IFREG, fd) ? KIND_WRITE : KIND_SEND, "write", NULL, fd, n);
	if (m < 0)
		return -1;
	ssize_t r = syscall(SYS_write, fd, p, m == 1 ? n / 2 : n);
	if (r > 0)
		wrote(fd);
	if (m == 1)
		torn();
	return r;
}

static ssize_t write_at(int fd, const void *p, size_t n, off_t at)
{
	int m = meet(KIND_WRITE, "pwrite", NULL, fd, n);
	if (m < 0)
		return -1;
	ssize_t r = syscall(SYS_pwrite64, fd, p, m == 1 ? n / 2 : n, at);
	if (r > 0)
		wrote(fd);
	if (m == 1)
		torn();
	return r;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return write_at(fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return write_at(fd, p, n, at);
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	if (meet(KIND_SEND, "send", NULL, fd, n) < 0)
		return -1;
	return syscall(SYS_sendto, fd, p, n, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	if (meet(KIND_SEND, "sendmsg", NULL, fd, 0) < 0)
		return -1;
	return syscall(SYS_sendmsg, fd, m, flags);
}

int fsync(int fd)
{
	if (meet(KIND_SYNC, "fsync", NULL, fd, 0) < 0)
		return -1;
	int r = (int)syscall(SYS_fsync, fd);
	if (r == 0)
		synced(fd);
	return r;
}

int syncfs(int fd)
{
	struct stat s;
	if (meet(KIND_SYNC, "syncfs", NULL, fd, 0) < 0)
		return -1;
	int r = (int)syscall(SYS_syncfs, fd);
	if (r == 0 && state && syscall(SYS_fstat, fd, &s) == 0)
		(void)set_synced(s.st_dev, 0);
	return r;
}

/* SQLite syncs the folder with each log it opens, new or not, and does not look at the
 * answer. The program syncs it itself, with fsync, when it has made a name: that one must
 * count. */
int fdatasync(int fd)
{
	if (!is_a(S_IFDIR, fd) && meet(KIND_SYNC, "fdatasync", NULL, fd, 0) < 0)
		return -1;
	int r = (int)syscall(SYS_fdatasync, fd);
	if (r == 0)
		synced(fd);
	return r;
}

static int set_length(int fd, off_t n)
{
	struct stat s;
	bool longer = syscall(SYS_fstat, fd, &s) == 0 && n > s.st_size;
	if (meet(longer ? KIND_WRITE : KIND_DROP, "ftruncate", NULL, fd, 0) != 0)
		return errno = (int)state->err, -1;
	return (int)syscall(SYS_ftruncate, fd, n);
}

int ftruncate(int fd, off_t n)
{
	return set_length(fd, n);
}

int ftruncate64(int fd, off64_t n)
{
	return set_length(fd, n);
}

/* The folder that the path's last name is in. */
static bool parent_of(int dir, const char *path, struct stat *ret)
{
	char folder[256];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + (slash == path) : 1;
	if (n >= sizeof(folder))
		return false;
	memcpy(folder, slash ? path : ".", n);
	folder[n] = '\0';
	return syscall(SYS_newfstatat, dir, folder, ret, 0) == 0;
}

int renameat(int from_dir, const char *from, int dir, const char *path)
{
	struct stat s, folder;
	if (meet(KIND_NAME, "renameat", path, -1, 0) < 0)
		return -1;
	if (state) {
		state->at_name = state->loose;
		if (syscall(SYS_newfstatat, from_dir, from, &s, 0) == 0 &&
			set_synced(s.st_dev, s.st_ino)) {
			set_loose(&s);
			if (state->late++ == 0)
				name_of(path, -1, state->late_path,
					sizeof(state->late_path));
		}
	}
	int r = (int)syscall(SYS_renameat, from_dir, from, dir, path);
	if (r == 0 && state && parent_of(dir, path, &folder))
		set_loose(&folder);
	return r;
}

int rename(const char *from, const char *path)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, path);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	struct stat s;
	bool there = syscall(SYS_newfstatat, dir, path, &s, 0) == 0;
	if (!there && meet(KIND_NAME, "mkdirat", path, -1, 0) < 0)
		return -1;
	return (int)syscall(SYS_mkdirat, dir, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int unlinkat(int dir, const char *path, int flags)
{
	struct stat s;
	if (meet(KIND_DROP, "unlinkat", path, -1, 0) < 0)
		return -1;
	if (state && syscall(SYS_newfstatat, dir, path, &s, AT_SYMLINK_NOFOLLOW) == 0 &&
		(s.st_nlink == 1 || S_ISDIR(s.st_mode)))
		(void)set_synced(s.st_dev, s.st_ino);
	return (int)syscall(SYS_unlinkat, dir, path, flags);
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int bind(int fd, const struct sockaddr *to, socklen_t n)
{
	if (meet(KIND_NAME, "bind", NULL, fd, 0) < 0)
		return -1;
	return (int)syscall(SYS_bind, fd, to, n);
}

/* Only an opening that makes the file, or empties it, changes anything. */
static int open_at(int dir, const char *path, int flags, va_list rest)
{
	struct stat s;
	bool makes_one = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
	mode_t mode = makes_one ? va_arg(rest, mode_t) : 0;
	if (state && flags & (O_CREAT | O_TRUNC)) {
		bool there = syscall(SYS_newfstatat, dir, path, &s, 0) == 0;
		bool makes = flags & O_CREAT && !there;
		bool empties = flags & O_TRUNC && there && s.st_size > 0;
		if ((makes && meet(KIND_NAME, "open", path, -1, 0) < 0) ||
			(empties && meet(KIND_DROP, "open", path, -1, 0) < 0))
			return -1;
	}
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

#define OPEN_BODY(dir)                                                                   \
	do {                                                                             \
		va_list rest;                                                            \
		va_start(rest, flags);                                                   \
		int fd = open_at(dir, path, flags, rest);                                \
		va_end(rest);                                                            \
		return fd;                                                               \
	} while (0)

int open(const char *path, int flags, ...)
{
	OPEN_BODY(AT_FDCWD);
}

int open64(const char *path, int flags, ...)
{
	OPEN_BODY(AT_FDCWD);
}

int openat(int dir, const char *path, int flags, ...)
{
	OPEN_BODY(dir);
}

int openat64(int dir, const char *path, int flags, ...)
{
	OPEN_BODY(dir);
}
