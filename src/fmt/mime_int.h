/* SPDX-License-Identifier: Apache-2.0
 * mime_int.h - shared by the two files of mime_out, for nobody else. Depends on:
 * fmt/mime_out. */
#pragma once
#include "fmt/mime_out.h"

#define MIME_LINE 76

struct mime_writer {
	struct buf *out;
	struct why *why;
	int err;    /* the first one; nothing is written after it */
	size_t col; /* characters on the line so far */
};

void mime_put(struct mime_writer *w, struct str s);
/* lines: in lines of 76, each ended; else in one run. */
void mime_put_base64(struct mime_writer *w, struct str s, bool lines);
/* Content headers, blank line and body of a text, in the encoding that suits it. */
void mime_put_text_part(struct mime_writer *w, struct str text, struct str language);
