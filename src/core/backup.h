/* SPDX-License-Identifier: Apache-2.0
 * backup.h - backups: what is known of them, and what a copy must hold. Depends on:
 * base, db. How a backup is written and read is the command's: cli/backup.h. */
#pragma once
#include "base/hash.h"
#include "base/opt.h"
#include "core/ctx.h"

/* Where work puts the copy of the database for the command that packs it, below the data
 * directory. The command makes the folder and takes it away. */
#define BACKUP_FOLDER "backup.new"
#define BACKUP_COPY   BACKUP_FOLDER "/tocsin.db"

/* What a backup went through: made, or proven: read to its end, or brought back. */
#define BACKUP_MADE   "made"
#define BACKUP_PROVEN "proven"
struct backup_mark {
	int64_t at;
	struct str name;	/* of the file */
	struct sha256 manifest; /* of its list: which backup it is */
};
/* Notes it, with its audit row; inside a writing transaction. E_USAGE for another what.
 */
MUST int backup_note(struct ctx *x, const char *what, const struct backup_mark *m);
/* The last of its kind; text lives in the arena. E_NOT_FOUND: never. */
MUST int backup_last(struct ctx *x, const char *what, struct backup_mark *ret);

/* What of the database is of use only with the secrets beside it: secret.key, and the key
 * home. */
struct backup_left {
	int64_t people; /* who can sign in, or are asked to enrol */
	bool team_key;
};
MUST int backup_left_out(struct ctx *x, struct backup_left *ret);

/* Ends all sessions and links to enrol: in a restored directory those that ended since
 * would be good again. Inside a writing transaction. */
MUST int backup_sign_out(struct ctx *x);

/* The latest day whose report arrived. */
MUST int backup_last_day(struct ctx *x, struct opt_int *ret);
/* Each content that the database points to. */
MUST int backup_originals(
	struct ctx *x, int (*each)(void *ctx, const struct sha256 *sha), void *ctx);
/* Is the audit trail, as long as it was then, the one that ended so? E_STATE: no, the
 * backup is of another directory. */
MUST int backup_is_ours(struct ctx *x, int64_t audit_rows, const struct sha256 *audit);
