/* SPDX-License-Identifier: Apache-2.0
 * charset.h - the two encodings other than UTF-8 that spreadsheets write.
 * Depends on: base. By our own tables: iconv opens files while it works, which
 * the parse role cannot. */
#pragma once
#include "base/buf.h"

/* s as UTF-8, read as Windows-1252 (a superset of Latin-1); the five bytes that it does
 * not define become the C1 controls, for utf8_escape to show. */
struct str charset_from_1252(struct arena *a, struct str s);

/* UTF-16 in pieces. */
struct utf16 {
	bool big;
	uint8_t half; /* first byte of a unit whose second has not come */
	bool has_half;
	uint16_t high; /* a high surrogate that waits, or 0 */
};
/* Appends the piece as UTF-8; what is no character becomes U+FFFD. */
MUST int utf16_add(struct utf16 *u, struct str piece, struct buf *out);
/* What is left over at the end. */
MUST int utf16_end(struct utf16 *u, struct buf *out);
