/* SPDX-License-Identifier: Apache-2.0
 * original.h - keeping what was received, compressed, under its digest. Depends on: base,
 * core/file, libzstd.
 *
 * A file's content is hashed and compressed as it comes in, synced, and only
 * then put under its name originals/ab/cdef....zst: a name always stands for
 * exactly that content. */
#pragma once
#include "core/file.h"

struct original; /* one being written */

/* Once, before the others: the folder is there, and what it holds is durable. */
MUST int originals_ready(int datadir, struct why *why);
/* most: bytes of content, E_TOO_BIG past them. E_NO_SPACE and E_SYNC as in db.h. */
MUST int original_begin(
	int datadir, uint64_t most, struct why *why, struct original **ret);
MUST int original_add(struct original *o, struct str bytes, struct why *why);
/* Done: *ret_sha is the content's digest, *ret_bytes its length; it is in place and
 * durable. */
MUST int original_end(
	struct original *o, struct why *why, struct sha256 *ret_sha, int64_t *ret_bytes);
/* Throws away what was not ended. */
void original_free(struct original **o);
MUST int original_open(
	int datadir, const struct sha256 *sha, struct why *why, int *ret_fd);

#define AUTO_ORIGINAL __attribute__((cleanup(original_free))) struct original *
