/* SPDX-License-Identifier: Apache-2.0
 * multipart.h - a form with a file in it: multipart/form-data, as it comes in.
 * Depends on: base. RFC 7578 as browsers write it; anything else is refused.
 *
 * The bytes of a file are handed on without being looked at. Memory: one window of
 * MULTIPART_WINDOW bytes, whatever the body's size. */
#pragma once
#include "base/buf.h"

#define MULTIPART_HEAD_MAX  KIB(4)
#define MULTIPART_PARTS_MAX 20
#define MULTIPART_WINDOW    KIB(64)

struct multipart_part {
	struct str name;
	bool is_file;
	struct str file_name; /* as the browser said; a label, never a path */
};
struct multipart_sink {
	void *ctx;
	/* Views for the call; a negative answer ends the reading with it. */
	int (*part)(void *ctx, const struct multipart_part *part);
	int (*data)(void *ctx, struct str bytes);
};
struct multipart;

/* content_type: the header's value. E_SYNTAX when it names no boundary. */
MUST int multipart_new(struct arena *a, struct str content_type,
	const struct multipart_sink *sink, struct multipart **ret);
/* The next bytes of the body, however they are cut. After an error it stays failed. */
MUST int multipart_feed(struct multipart *m, struct str bytes);
/* E_SYNTAX when the last boundary did not come. */
MUST int multipart_end(struct multipart *m);
