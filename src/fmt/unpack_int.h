/* SPDX-License-Identifier: Apache-2.0
 * unpack_int.h - shared by the three files of unpack, for nobody else. Depends on:
 * fmt/unpack. */
#pragma once
#include "fmt/unpack.h"

#define UNPACK_CHUNK KIB(64)

struct unpack {
	struct arena *arena;
	const struct unpack_src *src;
	const struct unpack_sink *sink;
	const struct unpack_limits *limits;
	struct why *why;
	char *in; /* input window: in_at .. in_n are not used yet */
	size_t in_at, in_n;
	bool in_end;	   /* the source has no more */
	uint64_t in_bytes; /* that the source gave, all in all */
	char *out;	   /* UNPACK_CHUNK bytes for the decoders */
	uint32_t entries;
	uint64_t total;	 /* output bytes of all members */
	uint64_t member; /* output bytes of this member */
	uint64_t
		member_in; /* in_bytes when it began, without what the window then held */
	bool stopped;	  /* the sink or the source failed: no more calls, give it back */
	bool whole_limit; /* the total is reached: no later member can help */
};

/* Makes sure the window holds n bytes (at most UNPACK_CHUNK) unless the source ends
 * before. */
MUST int unpack_fill(struct unpack *u, size_t n);
struct str unpack_window(const struct unpack *u);
/* Goes to a place in a source that can seek; the window is then empty. */
MUST int unpack_seek(struct unpack *u, int64_t to);
/* One member's frame; begin counts it against the limit, end reports and forgets *m. */
MUST int unpack_begin(struct unpack *u, struct str path, enum unpack_kind kind);
MUST int unpack_bytes(struct unpack *u, struct why *m, struct str bytes);
MUST int unpack_end(struct unpack *u, int err, const struct why *m);
void unpack_note(struct unpack *u, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The member's bytes; *m gets the reason of a failure. */
MUST int unpack_gzip(struct unpack *u, struct why *m);
MUST int unpack_zstd(struct unpack *u, struct why *m);
/* All members of the archive. */
MUST int unpack_zip(struct unpack *u);
/* True when the file ends as a zip does, with an index that stands where it says; the
 * source is then, either way, at its beginning again. */
MUST int unpack_zip_tail(struct unpack *u, bool *ret);
