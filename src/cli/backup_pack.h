/* SPDX-License-Identifier: Apache-2.0
 * backup_pack.h - the archive of a backup being written, file by file. Depends on: base,
 * fmt, cli/backup. Only backup_write.c uses it. */
#pragma once
#include "base/fd.h"
#include "cli/backup.h"
#include "core/file.h"
#include "fmt/seal.h"

struct pack {
	struct cli *cli;
	struct backup_made *made;
	struct arena arena;
	char *piece;	  /* BACKUP_PIECE bytes */
	const char *name; /* of the archive, in the folder target */
	bool beside;	  /* originals are kept once, beside the archives */
	bool in_list;	  /* what is put gets its line */
	bool begun;	  /* there is an unfinished archive */
	int folder;	  /* BACKUP_FOLDER */
	int target;
	int out;   /* the archive, under a name that says it is not finished */
	int lines; /* the list's lines of files so far */
	int store; /* originals/ beside the archive */
	struct buf line;
	struct seal *seal; /* NULL: not sealed */
	struct buf plain, sealed;
	struct meter meter;
};

MUST int pack_open(struct pack *p);
/* How much there is to read. */
MUST int pack_measure(struct pack *p);
/* The file from its beginning, under that name. */
MUST int pack_put(struct pack *p, struct str name, int fd);
MUST int pack_originals(struct pack *p);
/* The key home, and the file secret.key: when it is sealed, else nothing. */
MUST int pack_keys(struct pack *p);
MUST int pack_secret(struct pack *p);
/* From in to out, with the digest and length of what went in. */
MUST int pack_compress(
	struct pack *p, int in, int out, struct sha256 *ret_sha, int64_t *ret_bytes);
/* head, then the lines so far, into fd and h. */
MUST int pack_list_write(struct pack *p, int fd, struct str head, struct hasher *h);
/* All of it is on the disk, then it gets its name. */
MUST int pack_close(struct pack *p);
/* Takes away what is not finished. */
void pack_drop(struct pack *p);
void pack_free(struct pack *p);
