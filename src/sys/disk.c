/* SPDX-License-Identifier: Apache-2.0
 * disk.c - room on the disk: see disk.h. Depends on: base. */
#include "sys/disk.h"

#include <sys/statvfs.h>

uint64_t disk_room(int folder)
{
	struct statvfs v;
	if (fstatvfs(folder, &v) < 0)
		return UINT64_MAX;
	return (uint64_t)v.f_bavail * v.f_frsize;
}
