/* SPDX-License-Identifier: Apache-2.0
 * zip_out.h - a zip file in memory. Depends on: base, libarchive.
 *
 * The same input gives the same bytes, wherever and whenever: no owner, mode 0644, the
 * earliest date a zip can hold. */
#pragma once
#include "base/buf.h"

struct zip_entry {
	struct str
		name; /* letters, digits and "-_." only: no folders, no other scripts */
	struct str bytes;
};

/* Opens the library: before a sandbox closes, for those who write in one. */
MUST int zip_ready(struct why *why);
/* Appends the archive. E_SYNTAX for a name, E_TOO_BIG over the buffer's ceiling. */
MUST int zip_write(
	const struct zip_entry *entries, size_t n, struct why *why, struct buf *out);
