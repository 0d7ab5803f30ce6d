/* SPDX-License-Identifier: Apache-2.0
 * mime_out.h - writing one mail message: RFC 5322, 2045 to 2047, 2231. Depends on: base.
 *
 * The same input gives the same bytes: date, Message-ID and boundary are the caller's.
 * Lines end in CRLF and are at most 76 characters long, 998 in a header that cannot be
 * folded. Nothing that came from outside can make a header of its own: values with line
 * ends, controls or what a mail program would decode are refused, not mended. */
#pragma once
#include "base/buf.h"

#define MIME_VALUE_MAX 900 /* bytes of one header value */

/* An addr-spec that can be written without quoting: a dot-atom of ASCII, "@", a domain of
 * lower-case A-labels; at most 254 bytes. */
bool mime_address_ok(struct str s);
/* Text that may stand in a header: UTF-8 without controls and line ends of any kind,
 * without "=?", at most MIME_VALUE_MAX bytes. */
bool mime_text_ok(struct str s);

struct mime_address {
	struct str name; /* may be empty */
	struct str address;
};
struct mime_header {
	struct str name; /* letters, digits and "-" */
	struct str value;
};
struct mime_attachment {
	struct str file_name; /* any script; no slashes */
	struct str type;      /* "text/csv", "application/zip" */
	struct str bytes;
};

struct mime_message {
	struct mime_address from, reply_to; /* reply_to.address may be empty */
	const struct mime_address *to;
	size_t n_to;
	struct str subject;
	int64_t date;
	struct str message_id;		 /* "local@domain", without brackets */
	struct str language;		 /* Content-Language of the text; may be empty */
	const struct mime_header *extra; /* Auto-Submitted, X-..., in this order */
	size_t n_extra;
	struct str text; /* UTF-8, lines end in LF */
	const struct mime_attachment *attachments;
	size_t n_attachments;
	struct str boundary; /* needed with attachments: up to 60 letters, digits and
				"=_-." */
};

/* Appends the message. E_SYNTAX: something in it may not be written, why says what;
 * E_TOO_BIG: over the buffer's ceiling. *out is then not to be used. */
MUST int mime_write(const struct mime_message *m, struct why *why, struct buf *out);
