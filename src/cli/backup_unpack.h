/* SPDX-License-Identifier: Apache-2.0
 * backup_unpack.h - what the two readings of a backup share. Depends on: base, fmt,
 * cli/backup. */
#pragma once
#include "cli/backup.h"

/* The whole archive through the reader; *enough, when given, ends it early. */
MUST int backup_read_tar(struct backup *b, const struct tar_sink *sink,
	struct meter *meter, const bool *enough);
/* One original that lies beside the archive, to `to` or, with -1, to nowhere. piece has
 * BACKUP_PIECE bytes. *ret_good: it is there, as long as listed, and undamaged. */
MUST int backup_read_beside(struct backup *b, const struct manifest_file *f, int to,
	char *piece, struct meter *meter, bool *ret_good);
