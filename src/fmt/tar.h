/* SPDX-License-Identifier: Apache-2.0
 * tar.h - the tar files that this program writes, and no others. Depends on: base.
 *
 * A backup is a POSIX tar (ustar) of plain files: every tar program lists and unpacks it.
 * The reader takes only what the writer makes, byte for byte: from a header's name, size
 * and time it makes the header again and compares. Links, folders, devices, owners,
 * extensions, absolute names and ".." cannot be expressed, and no bit of a header can
 * turn over unseen. A size over 8 GiB stands in binary, as GNU tar writes it. */
#pragma once
#include "base/buf.h"

#define TAR_BLOCK    512
#define TAR_NAME_MAX 99
#define TAR_SIZE_MAX ((int64_t)1 << 46)

/* Lower-case letters, digits, "-_." and capitals; folders by "/", none of them empty or
 * beginning with a point. */
bool tar_name_ok(struct str name);
/* The header of one file. E_SYNTAX for a name or number that cannot be. */
MUST int tar_header(struct str name, int64_t size, int64_t time, char ret[TAR_BLOCK]);
/* How many zero bytes follow a file of that size; two zero blocks end the whole. */
static inline size_t tar_padding(int64_t size)
{
	return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

/* What a reader hands out; negative answers end the reading. */
struct tar_sink {
	void *ctx;
	int (*begin)(void *ctx, struct str name, int64_t size, struct why *why);
	int (*data)(void *ctx, struct str bytes, struct why *why);
	int (*end)(void *ctx, struct why *why);
};
struct tar_reader {
	struct tar_sink sink;
	char block[TAR_BLOCK]; /* the header being collected */
	size_t have;
	char name[TAR_NAME_MAX + 1]; /* the file in hand, or the last one */
	int64_t left;		     /* of its bytes */
	size_t padding;		     /* zero bytes still to come */
	int zero_blocks;
	bool inside;
};
struct tar_reader tar_new(const struct tar_sink *sink);
/* The archive in pieces of any size. E_SYNTAX names where it is damaged. */
MUST int tar_bytes(struct tar_reader *t, struct str bytes, struct why *why);
/* E_SYNTAX when the end was not reached. */
MUST int tar_end(const struct tar_reader *t, struct why *why);
