/* SPDX-License-Identifier: Apache-2.0
 * pgp_mime.h - a mail signed or encrypted: RFC 3156. Depends on: base.
 *
 * The mail is cut in two: its outer headers, which stay as they are, and the part that is
 * protected, which has the content headers, a copy of From, To, Date, Subject and
 * Message-ID (protected headers, version 1), and the body. The part is canonical: lines
 * end in CRLF, are of 7-bit characters and end in no blank: no relay changes it. */
#pragma once
#include "base/buf.h"

#define PGP_BOUNDARY 48

struct pgp_mime {
	struct str outer; /* headers, without MIME-Version and Content-... */
	struct str part;  /* exactly the bytes to sign or to encrypt */
	char boundary[PGP_BOUNDARY];
};

/* In the arena. E_SYNTAX for what is no mail, or whose part is not canonical. */
MUST int pgp_mime_split(
	struct arena *a, struct str mail, struct why *why, struct pgp_mime *ret);
/* multipart/signed; signature is gpg's armour, micalg as in "pgp-sha512". */
MUST int pgp_mime_signed(const struct pgp_mime *m, struct str signature,
	struct str micalg, struct why *why, struct buf *out);
/* multipart/encrypted; message is gpg's armour. */
MUST int pgp_mime_encrypted(
	const struct pgp_mime *m, struct str message, struct why *why, struct buf *out);
