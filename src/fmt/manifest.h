/* SPDX-License-Identifier: Apache-2.0
 * manifest.h - the list at the end of a backup: what belongs to it, and what it was.
 * Depends on: base.
 *
 * Lines, in this order, each exactly as the writer makes it:
 *	tocsin-backup 1
 *	program VERSION
 *	made 2026-06-03T06:00:00Z
 *	schema N
 *	database SHA256 BYTES      of tocsin.db, unpacked
 *	audit ROWS SHA256          rows and last hash of the audit trail
 *	last-day 2026-06-02        the latest report; absent when there is none
 *	count TABLE N              each table and its rows
 *	file SHA256 BYTES NAME     each file of the archive before this one, in its order
 *	beside SHA256 BYTES NAME   each original that lies beside the archive
 *	end SHA256                 of all lines before
 * The reader writes each line again and compares; so there is one way to say a thing. */
#pragma once
#include "base/hash.h"
#include "base/opt.h"
#include "fmt/tar.h"

#define MANIFEST_LINE_MAX 256
#define MANIFEST_COUNTS	  200 /* tables */

struct manifest_head {
	char program[33];
	int64_t made;
	int64_t schema;
	struct sha256 db_sha;
	int64_t db_bytes;
	int64_t audit_rows;
	struct sha256 audit_sha;
	struct opt_int last_day;
};
struct manifest_file {
	struct sha256 sha;
	int64_t bytes;
	bool beside;
	struct str name;
};

MUST int manifest_head_write(const struct manifest_head *h, struct buf *out);
MUST int manifest_count_write(struct str table, int64_t n, struct buf *out);
MUST int manifest_file_write(const struct manifest_file *f, struct buf *out);
MUST int manifest_end_write(const struct sha256 *before, struct buf *out);

/* Text lives for the call. head comes once, before the others. */
struct manifest_sink {
	void *ctx;
	int (*head)(void *ctx, const struct manifest_head *h, struct why *why);
	int (*count)(void *ctx, struct str table, int64_t n, struct why *why);
	int (*file)(void *ctx, const struct manifest_file *f, struct why *why);
};
struct manifest_reader;
/* It lives in the arena. */
struct manifest_reader *manifest_new(struct arena *a, const struct manifest_sink *sink);
void manifest_free(struct manifest_reader **m);
/* E_SYNTAX: not a manifest, or damaged. E_NEWER: of a later kind. Nothing but head, count
 * and file as handed out may be believed before manifest_end answers 0. */
MUST int manifest_bytes(struct manifest_reader *m, struct str bytes, struct why *why);
MUST int manifest_end(struct manifest_reader *m, struct why *why);

#define AUTO_MANIFEST __attribute__((cleanup(manifest_free))) struct manifest_reader *
