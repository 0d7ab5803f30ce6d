/* SPDX-License-Identifier: Apache-2.0
 * unpack.h - what is inside a received file: plain, gzip, zstd or zip, told apart by its
 * first bytes. Depends on: base, zlib, libzstd, libarchive (zip only). Opens no file,
 * writes nothing.
 *
 * The file comes through a read callback and goes out, member by member, through a sink,
 * in memory that does not grow with it. Plain, gzip and zstd hold one member, named as
 * the file without .gz or .zst; a zip holds many. A member's name is text for the eye and
 * for telling the report type, and never a path. Output bytes are counted as they come:
 * what a header promises is not believed. A zip whose index is damaged, or that cannot be
 * sought in, is read from front to back; then links cannot be told from files. Of a zip's
 * ways to pack only the two ordinary ones, stored and deflated, are opened.
 *
 * UTF-8 names in a zip are right only when LC_CTYPE is a UTF-8 locale, set before the
 * sandbox closes (libarchive converts them to the locale); otherwise they become
 * "member-N". */
#pragma once
#include "base/limits.h"
#include "base/str.h"

#define UNPACK_PATH_MAX 512

enum unpack_kind { UNPACK_FILE, UNPACK_FOLDER, UNPACK_LINK, UNPACK_OTHER, UNPACK_KIND_N };

enum unpack_format { UNPACK_PLAIN, UNPACK_GZIP, UNPACK_ZSTD, UNPACK_ZIP, UNPACK_FOREIGN };

struct unpack_member {
	struct str name; /* base name, escaped, at most LIMIT_NAME bytes, not empty */
	struct str path; /* as the archive writes it, escaped, at most UNPACK_PATH_MAX
			    bytes */
	enum unpack_kind kind;
};

struct unpack_src {
	void *ctx;
	int64_t size; /* of the whole file; negative: not known, and seek is never called
		       */
	/* Up to n bytes from where it stands: how many, 0 at the end, or negative E_*. */
	int64_t (*read)(void *ctx, char *to, size_t n, struct why *why);
	int (*seek)(void *ctx, int64_t to, struct why *why);
};

/* Each answers 0, or a negative E_* that stops everything and comes back from
 * unpack_run. */
struct unpack_sink {
	void *ctx;
	int (*begin)(void *ctx, const struct unpack_member *m, struct why *why);
	int (*bytes)(void *ctx, struct str bytes, struct why *why);
	/* Every begin gets its end. err 0: the member is whole. E_UNSUPPORTED: a folder,
	 * a link, encrypted, or an archive in the archive; no bytes came. Else bytes that
	 * came before are not to be kept. reason is a sentence for the log, empty when
	 * whole. */
	int (*end)(void *ctx, int err, struct str reason, struct why *why);
	/* Something that a person may want to know and that took nothing away. May be
	 * NULL. */
	void (*note)(void *ctx, struct str text);
};

struct unpack_limits {
	uint64_t bytes;	     /* of one member, and of all together */
	uint32_t entries;    /* members of any kind */
	uint32_t ratio;	     /* output bytes for one input byte ... */
	uint64_t ratio_free; /* ... looked at only past this many output bytes */
};
/* LIMIT_UNPACKED_FEED, LIMIT_ARCHIVE_ENTRIES, 200 times past 8 MiB. */
extern const struct unpack_limits unpack_limits_feed;

/* Opens what zip files need, unless that was done: before a sandbox closes, for those who
 * unpack in one. */
MUST int unpack_ready(struct why *why);
/* What these first bytes (512 are enough) begin; *ret_what names a
 * foreign format ("xz"). */
enum unpack_format unpack_sniff(struct str first, const char **ret_what);

/* 0 when the file was walked to its end; what single members lacked was told to
 * sink->end. E_SYNTAX, E_TOO_BIG, E_UNSUPPORTED when the file as a whole could not be.
 * name is the file's own, with or without folders before it. */
MUST int unpack_run(struct arena *a, const struct unpack_src *src,
	const struct unpack_sink *sink, struct str name,
	const struct unpack_limits *limits, struct why *why);
