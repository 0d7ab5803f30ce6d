/* SPDX-License-Identifier: Apache-2.0
 * landlock.c - which files and sockets a role can reach: see sandbox.h. Depends on: base.
 *
 * By raw system calls: Debian 12's headers know ABI 2 only, so later constants stand
 * here. What a kernel does not have is left out; the state says so. */
#include "base/auto.h"
#include "sys/sandbox.h"
#include "sys/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define ACCESS_EXECUTE	      (1u << 0)
#define ACCESS_WRITE_FILE     (1u << 1)
#define ACCESS_READ_FILE      (1u << 2)
#define ACCESS_READ_DIR	      (1u << 3)
#define ACCESS_MAKE_REG	      (1u << 8)
#define ACCESS_ABI1	      ((1u << 13) - 1) /* all up to making symbolic links */
#define ACCESS_REFER	      (1u << 13)       /* ABI 2 */
#define ACCESS_TRUNCATE	      (1u << 14)       /* ABI 3 */
#define ACCESS_IOCTL_DEV      (1u << 15)       /* ABI 5 */
#define ACCESS_BIND_TCP	      1u	       /* ABI 4 */
#define ACCESS_CONNECT_TCP    2u
#define SCOPE_ABSTRACT_SOCKET 1u /* ABI 6 */
#define SCOPE_SIGNAL	      2u
#define VERSION_ASKED	      1u
#define RULE_PATH_BENEATH     1u

struct ruleset {
	uint64_t fs, net, scoped;
};
struct beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

static int allow(int ruleset, int dir, uint64_t access, struct why *why)
{
	struct beneath rule = { access, dir };
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) < 0)
		return fail(why, E_SYS, "cannot allow a folder");
	return 0;
}

/* What getaddrinfo looks at. */
static const char *const resolver_files[] = { "/etc/resolv.conf", "/etc/hosts",
	"/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services",
	"/etc/ssl/openssl.cnf", "/run/systemd/resolve" };

/* One that is not there is no loss. */
static int allow_read(int ruleset, const char *path, struct why *why)
{
	struct stat st;
	AUTO_FD int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	uint64_t access = ACCESS_READ_FILE;
	if (S_ISDIR(st.st_mode))
		access |= ACCESS_READ_DIR;
	return allow(ruleset, fd, access, why);
}

/* What the web role sees of the data directory. Neither secret.key nor originals. */
static int allow_reading(int set, int datadir, struct why *why)
{
	static const struct {
		const char *name;
		uint64_t access;
	} seen[] = {
		{ "tocsin.conf", ACCESS_READ_FILE },
		{ "tocsin.db", ACCESS_READ_FILE },
		{ "tocsin.db-wal", ACCESS_READ_FILE },
		{ "tocsin.db-shm", ACCESS_READ_FILE },
		{ "spool", ACCESS_READ_FILE | ACCESS_WRITE_FILE | ACCESS_MAKE_REG },
	};
	int r = 0;
	for (size_t i = 0; i < N(seen) && r == 0; i++) {
		AUTO_FD int fd = openat(
			datadir, seen[i].name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			r = allow(set, fd, seen[i].access, why);
		else if (errno != ENOENT)
			r = fail(why, E_SYS, "cannot open '%s'", seen[i].name);
	}
	return r;
}

static struct ruleset all_of(long abi, bool signals, bool connects)
{
	struct ruleset all = { .fs = ACCESS_ABI1 };
	if (abi >= 2)
		all.fs |= ACCESS_REFER;
	if (abi >= 3)
		all.fs |= ACCESS_TRUNCATE;
	if (abi >= 4)
		all.net = connects ? ACCESS_BIND_TCP
				   : ACCESS_BIND_TCP | ACCESS_CONNECT_TCP;
	if (abi >= 5)
		all.fs |= ACCESS_IOCTL_DEV;
	if (abi >= 6)
		all.scoped = SCOPE_ABSTRACT_SOCKET | (signals ? SCOPE_SIGNAL : 0);
	return all;
}

/* What gpg and its agent need besides the key home; what is not there is passed over. The
 * first programs of a process are the loaders of the architectures Debian has. */
static const struct {
	const char *path;
	uint32_t access;
} gpg_needs[] = {
	{ "/usr/bin/gpg", ACCESS_EXECUTE | ACCESS_READ_FILE },
	{ "/usr/bin/gpg-agent", ACCESS_EXECUTE | ACCESS_READ_FILE },
	{ "/lib64/ld-linux-x86-64.so.2", ACCESS_EXECUTE | ACCESS_READ_FILE },
	{ "/lib/ld-linux-aarch64.so.1", ACCESS_EXECUTE | ACCESS_READ_FILE },
	{ "/lib/ld-linux-armhf.so.3", ACCESS_EXECUTE | ACCESS_READ_FILE },
	{ "/lib/ld-linux.so.2", ACCESS_EXECUTE | ACCESS_READ_FILE },
	{ "/lib64/ld64.so.2", ACCESS_EXECUTE | ACCESS_READ_FILE },
	{ "/lib/ld-linux-riscv64-lp64d.so.1", ACCESS_EXECUTE | ACCESS_READ_FILE },
	{ "/usr/lib", ACCESS_READ_FILE | ACCESS_READ_DIR },
	{ "/lib", ACCESS_READ_FILE | ACCESS_READ_DIR },
	{ "/lib64", ACCESS_READ_FILE | ACCESS_READ_DIR },
	{ "/etc/ld.so.cache", ACCESS_READ_FILE },
	{ "/dev/null", ACCESS_READ_FILE | ACCESS_WRITE_FILE },
	{ "/dev/urandom", ACCESS_READ_FILE },
	{ "/dev/random", ACCESS_READ_FILE },
};

static int allow_gpg(int set, struct why *why)
{
	int r = 0;
	for (size_t i = 0; i < N(gpg_needs) && r == 0; i++) {
		AUTO_FD int fd = open(gpg_needs[i].path, O_PATH | O_CLOEXEC);
		if (fd >= 0)
			r = allow(set, fd, gpg_needs[i].access, why);
	}
	return r;
}

static int allow_anything_but_writing(int set, struct why *why)
{
	AUTO_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fail(why, E_SYS, "cannot open '/'");
	int r = allow(
		set, root, ACCESS_EXECUTE | ACCESS_READ_FILE | ACCESS_READ_DIR, why);
	/* What it starts is held to this too, and gpg writes there. */
	AUTO_FD int null = open("/dev/null", O_PATH | O_CLOEXEC);
	if (r == 0 && null >= 0)
		r = allow(set, null, ACCESS_READ_FILE | ACCESS_WRITE_FILE, why);
	return r;
}

/* dir: all that one may do in the data directory. */
static int allow_files(
	enum sandbox_files files, int set, int datadir, uint64_t dir, struct why *why)
{
	int r = 0;
	switch (files) {
	case FILES_START:
		r = allow(set, datadir, dir, why);
		return r < 0 ? r : allow_anything_but_writing(set, why);
	case FILES_DIR:
		r = allow(set, datadir, dir, why);
		return r < 0 ? r : allow_read(set, ZONE_FOLDER, why); /* sending hours */
	case FILES_READ:
		return allow_reading(set, datadir, why);
	case FILES_KEYS:
		r = allow(set, datadir, dir, why);
		return r < 0 ? r : allow_gpg(set, why);
	case FILES_NET:
		for (size_t i = 0; i < N(resolver_files) && r == 0; i++)
			r = allow_read(set, resolver_files[i], why);
		return r;
	case FILES_NONE:
		break;
	}
	return 0;
}

int sandbox_landlock(const struct sandbox_plan *p, int datadir, struct why *why,
	struct sandbox_state *s)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_ASKED);
	if (abi <= 0)
		return 0; /* an old kernel, or switched off: the state says 0 */
	s->landlock_abi = abi > UINT8_MAX ? UINT8_MAX : (uint8_t)abi;
	bool signals = p->calls != CALLS_START;
	struct ruleset all = all_of(abi, signals, p->connects);
	AUTO_FD int set = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (set < 0)
		return fail(why, E_SYS, "cannot make a set of file rules");
	int r = allow_files(
		p->files, set, datadir, all.fs & ~(uint64_t)ACCESS_EXECUTE, why);
	if (r < 0)
		return r;
	if (syscall(SYS_landlock_restrict_self, set, 0) < 0)
		return fail(why, E_SYS, "cannot close the file system");
	s->files_closed = true;
	s->tcp_closed = abi >= 4;
	s->signals_closed = abi >= 6 && signals;
	return 0;
}
