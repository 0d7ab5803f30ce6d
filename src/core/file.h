/* SPDX-License-Identifier: Apache-2.0
 * file.h - feed files taken in, and rows refused. Depends on: base, db.
 *
 * A file is the SHA-256 of its unpacked content. Its original is kept
 * compressed in originals/ab/cdef... before the row here is written, so a row
 * means the bytes are safe. */
#pragma once
#include "base/hash.h"
#include "base/opt.h"
#include "core/ctx.h"

/* FILE_ASIDE: it failed, and a person looked at it, or another of its name was read. */
enum file_state { FILE_READING, FILE_READ, FILE_FAILED, FILE_ASIDE };

struct file_row {
	int64_t id;
	struct sha256 sha;
	struct str name, feed, type_name;
	int64_t type;
	struct opt_int day; /* of the report, from its name */
	int64_t bytes, taken_at;
	enum file_state state;
	int64_t rows_done; /* records read and committed: where reading goes on */
	int64_t rows, events, quarantined;
	int64_t new_findings, seen_again, relapsed, unattributed;
	struct opt_int last_day; /* latest day of a row so far */
	struct str why;
};

/* A new row, state FILE_READING. Inside a writing transaction. */
MUST int file_add(struct ctx *x, const struct file_row *f, int64_t *ret_id);
/* Writes name, type and day back. Inside a writing transaction. */
MUST int file_set_type(struct ctx *x, const struct file_row *f);
MUST int file_by_sha(struct ctx *x, const struct sha256 *sha, struct file_row *ret);
MUST int file_get(struct ctx *x, int64_t id, struct file_row *ret);
/* Writes the counts, rows_done, state, last_day and why back. Inside a writing
 * transaction. */
MUST int file_update(struct ctx *x, const struct file_row *f);
/* A failed file is no longer told. Nothing changes for one that is aside already; E_STATE
 * for one that did not fail. */
MUST int file_aside(struct ctx *x, int64_t id);
/* So are failed ones of the name of this one, which was read: it was mended. Inside a
 * writing transaction. */
MUST int file_aside_same(struct ctx *x, const struct file_row *f);
/* The oldest file whose reading was cut off. E_NOT_FOUND when there is none. */
MUST int file_unread(struct ctx *x, struct file_row *ret);

MUST int quarantine_add(struct ctx *x, int64_t file, uint32_t row, int reason,
	struct str why, struct str text);
/* Remembers a column that the catalogue does not know. */
MUST int unknown_column_add(struct ctx *x, int64_t type, struct str name, int64_t file);

/* "originals/ab/cdef....zst" */
#define ORIGINAL_PATH_MAX 96
const char *original_path(const struct sha256 *sha, char ret[ORIGINAL_PATH_MAX]);
