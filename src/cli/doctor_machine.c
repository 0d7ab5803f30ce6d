/* SPDX-License-Identifier: Apache-2.0
 * doctor_machine.c - tocsin doctor: the kernel, the data directory and its disk.
 * Depends on: base, cli/doctor. */
#include "cli/doctor.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LOW_SPACE GIB(1)

/* File systems that answer fsync and locks from somewhere else, or forget. */
static const struct {
	unsigned long magic;
	enum doctor_state state;
	const char *name, *why;
} file_systems[] = {
	{ EXT4_SUPER_MAGIC, DOCTOR_OK, "ext4", "" },
	{ XFS_SUPER_MAGIC, DOCTOR_OK, "xfs", "" },
	{ BTRFS_SUPER_MAGIC, DOCTOR_OK, "btrfs", "" },
	{ F2FS_SUPER_MAGIC, DOCTOR_OK, "f2fs", "" },
	{ 0x2fc12fc1, DOCTOR_OK, "zfs", "" },
	{ OVERLAYFS_SUPER_MAGIC, DOCTOR_WARN, "overlay",
		"a container's own layer goes with the container; mount a volume" },
	{ TMPFS_MAGIC, DOCTOR_WARN, "tmpfs", "it is empty after a restart; use a disk" },
	{ RAMFS_MAGIC, DOCTOR_WARN, "ramfs", "it is empty after a restart; use a disk" },
	{ NFS_SUPER_MAGIC, DOCTOR_WARN, "nfs",
		"locks and fsync are not sure there; use a local disk" },
	{ SMB_SUPER_MAGIC, DOCTOR_WARN, "smb",
		"locks and fsync are not sure there; use a local disk" },
	{ 0xfe534d42, DOCTOR_WARN, "smb",
		"locks and fsync are not sure there; use a local disk" },
	{ CIFS_SUPER_MAGIC, DOCTOR_WARN, "cifs",
		"locks and fsync are not sure there; use a local disk" },
	{ V9FS_MAGIC, DOCTOR_WARN, "9p",
		"locks and fsync are not sure there; use a local disk" },
	{ FUSE_SUPER_MAGIC, DOCTOR_WARN, "fuse",
		"fsync depends on the program behind it" },
	{ MSDOS_SUPER_MAGIC, DOCTOR_WARN, "fat",
		"it has no owners and no rights; use ext4 or xfs" },
};

static void check_kernel(struct doctor *d)
{
	struct utsname u;
	if (uname(&u) == 0)
		doctor_row(d, "machine", "kernel", DOCTOR_INFO, "%s %s", u.sysname,
			u.release);
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	if (abi > 0)
		doctor_row(d, "machine", "landlock", DOCTOR_OK, "ABI %ld", abi);
	else
		doctor_row(d, "machine", "landlock", DOCTOR_WARN,
			"none, or off: add landlock to lsm= in the kernel's options");
	if (prctl(PR_GET_SECCOMP) >= 0)
		doctor_row(d, "machine", "seccomp", DOCTOR_OK, "available");
	else
		doctor_row(d, "machine", "seccomp", DOCTOR_WARN,
			"this kernel filters no calls");
}

static void check_rights(struct doctor *d)
{
	struct stat st;
	if (fstat(d->cli->datadir, &st) < 0)
		return;
	doctor_row(d, "directory", "owner", DOCTOR_INFO, "user %u", (unsigned)st.st_uid);
	if (st.st_mode & 077)
		doctor_row(d, "directory", "rights", DOCTOR_WARN,
			"%03o: others can look in; chmod 700 it",
			(unsigned)(st.st_mode & 0777));
	else
		doctor_row(d, "directory", "rights", DOCTOR_OK, "%03o",
			(unsigned)(st.st_mode & 0777));
}

static void check_disk(struct doctor *d)
{
	struct statfs fs;
	struct statvfs v;
	if (fstatfs(d->cli->datadir, &fs) < 0 || fstatvfs(d->cli->datadir, &v) < 0) {
		doctor_row(d, "directory", "disk", DOCTOR_WARN, "cannot look: %s",
			strerror(errno));
		return;
	}
	size_t i = 0;
	while (i < N(file_systems) && file_systems[i].magic != (unsigned long)fs.f_type)
		i++;
	if (i == N(file_systems))
		doctor_row(d, "directory", "file system", DOCTOR_WARN,
			"type %lx is not known to be safe", (unsigned long)fs.f_type);
	else
		doctor_row(d, "directory", "file system", file_systems[i].state, "%s%s%s",
			file_systems[i].name, file_systems[i].why[0] ? ": " : "",
			file_systems[i].why);
	if (v.f_flag & ST_RDONLY)
		doctor_row(d, "directory", "writable", DOCTOR_WARN,
			"it is mounted read-only");
	uint64_t room = (uint64_t)v.f_bavail * v.f_frsize;
	bool low = room < LOW_SPACE;
	doctor_row(d, "directory", "room", low ? DOCTOR_WARN : DOCTOR_OK,
		"%.1f GiB free%s", (double)room / (double)GIB(1),
		low ? ": feeds will soon not fit" : "");
}

int doctor_machine(struct doctor *d)
{
	doctor_row(d, "machine", "tocsin", DOCTOR_INFO, "version %s", TOCSIN_VERSION);
	check_kernel(d);
	if (d->cli->datadir < 0)
		return 0;
	check_rights(d);
	check_disk(d);
	return 0;
}
