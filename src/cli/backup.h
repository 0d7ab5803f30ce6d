/* SPDX-License-Identifier: Apache-2.0
 * backup.h - backups written and read, for the commands backup, backup verify and
 * restore. Depends on: base, fmt, core/backup, cli/cli.
 * docs/formats/backup.md has the format.
 *
 * Only work writes the database; the copying of files reads only, and is done by the
 * command itself. A backup is read as if a stranger had made it: media are swapped and
 * stolen. */
#pragma once
#include "cli/cli.h"
#include "core/backup.h"
#include "fmt/manifest.h"
#include "fmt/seal.h"

#define BACKUP_LIST	 "MANIFEST"
#define BACKUP_DB	 "tocsin.db.zst"
#define BACKUP_PIECE	 KIB(256)
#define BACKUP_ORIGINALS "originals/"

/* The secrets of a data directory: in sealed backups only. */
#define BACKUP_SECRET  "secret.key"
#define BACKUP_KEYS    "keys"
#define BACKUP_KEYRING "pubring.kbx"
#define BACKUP_PRIVATE "private-keys-v1.d"
#define BACKUP_REVOCS  "openpgp-revocs.d"

/* What a file behind the settings and the database is, by its name alone. */
enum backup_place {
	BACKUP_NOWHERE,	 /* no backup has it */
	BACKUP_ORIGINAL, /* "originals/ab/cdef....zst" */
	BACKUP_SEAL_KEY, /* what seals the secrets of people in the database */
	BACKUP_RING,	 /* public keys */
	BACKUP_KEY,	 /* a private key, or its revocation */
};
enum backup_place backup_place(struct str name);
bool backup_place_fits(enum backup_place place, int64_t bytes);
/* One sentence for a person: what a plain backup does not hold of what there is, and what
 * to do then. Nothing when it holds all. when: "After a restore" or "Now". */
void backup_tell_left_out(const struct backup_left *l, const char *when);

/* A line on the terminal that says how far it is; also where Ctrl-C is heard. */
struct meter {
	const char *word;
	int64_t done, total, next_ms;
	bool on, shown;
};
/* Ctrl-C and the like are held back from here on, and seen by meter_add. */
MUST int meter_begin(struct cli *cli);
struct meter meter_new(struct cli *cli, const char *word, int64_t total);
/* E_STOPPED when a person asked to stop. */
MUST int meter_add(struct meter *m, size_t bytes, struct why *why);
void meter_end(struct meter *m);

/* Reaches work, however long that takes, and waits as long for its answers from then on:
 * E_STOPPED when a person asked to stop, E_BUSY after the time of --wait. It is said that
 * it waits. */
MUST int backup_service(struct cli *cli);

/* ---- writing ---- */

struct backup_made {
	struct str path; /* as a person would name it */
	int64_t bytes;	 /* of the archive */
	int64_t files;	 /* in it and beside it */
	int64_t copied;	 /* originals that were not beside it yet */
	int64_t missing; /* originals that findings point to and that are not there */
	bool sealed;	 /* and holds the secrets */
	struct backup_left left;
	struct sha256 manifest;
	struct manifest_head head;
};
/* Writes the backup, all at once under its name or not at all, and has it noted. */
MUST int backup_write(struct cli *cli, struct str to, struct backup_made *ret);

/* ---- reading ---- */

struct backup_count {
	struct str table;
	int64_t n;
};
struct backup {
	struct cli *cli;
	int fd;	    /* the archive */
	int beside; /* the folder it lies in */
	struct str name;
	struct arena arena;
	bool sealed;
	bool has_secret, has_keys;
	size_t n_keys;
	struct seal_key key; /* the private one, when it is sealed */
	struct manifest_head head;
	struct sha256 manifest;
	struct backup_count counts[MANIFEST_COUNTS];
	size_t n_counts;
	struct manifest_file *files; /* those of the archive, then those beside it */
	size_t n_files, cap;
	size_t inside; /* how many are in the archive */
	int64_t bytes; /* of the archive */
	int64_t faults;
};
/* With the option --key when it is sealed; E_DENIED without. */
MUST int backup_open(struct cli *cli, struct str path, struct backup *ret);
void backup_close(struct backup *b);
/* Reads all of it and compares with the list. Damaged files are named on standard error
 * and counted in b->faults; E_SYNTAX when it is no backup, cut off, or damaged so that
 * nothing of it can be believed. */
MUST int backup_check(struct backup *b);
/* The database's own digest, by unpacking it to nowhere. */
MUST int backup_check_db(struct backup *b);
/* Puts the files below dir, each checked once more as it is written. tocsin.conf comes
 * back as text. */
MUST int backup_unpack(struct backup *b, int dir, struct str *ret_conf);
