/* SPDX-License-Identifier: Apache-2.0
 * disk.h - room on the disk. Depends on: base. */
#pragma once
#include <stdint.h>

/* Bytes that are free for us where that folder is; UINT64_MAX: it cannot be known. */
uint64_t disk_room(int folder);
