/* SPDX-License-Identifier: Apache-2.0
 * seal.h - a backup that only who holds the private key can read. Depends on: base,
 * libsodium.
 *
 *	"tocsin-sealed 1\n"
 *	80 bytes: the stream's key in a sealed box (X25519) for the public key
 *	24 bytes: the stream's header
 *	pieces of 65,536 bytes and 17 more each, XChaCha20-Poly1305 (secretstream);
 *	the last, which may be shorter or empty, says that it is the last
 * Whoever writes a backup needs the public key alone: a stolen machine does not give its
 * backups away. A piece that was changed, left out, moved or cut off is found. */
#pragma once
#include "base/buf.h"

#define SEAL_KEY_TEXT  64 /* hex digits of either key */
#define SEAL_HEAD      (16 + 80 + 24)
#define SEAL_PIECE     65536
#define SEAL_PIECE_OUT (SEAL_PIECE + 17)

struct seal_key {
	unsigned char b[32];
};
void seal_key_new(struct seal_key *ret_public, struct seal_key *ret_private);
MUST int seal_key_read(struct str hex, struct seal_key *ret);
const char *seal_key_text(const struct seal_key *k, char ret[SEAL_KEY_TEXT + 1]);
/* The public part of a private key. */
MUST int seal_key_public(const struct seal_key *private_key, struct seal_key *ret);
bool seal_is(struct str head);

struct seal; /* lives in the arena; its key is wiped by seal_end */
/* Writing: the head is appended to out. */
MUST int seal_begin(struct arena *a, const struct seal_key *public_key, struct buf *out,
	struct seal **ret);
/* SEAL_PIECE bytes; the last piece at most that. */
MUST int seal_piece(struct seal *s, struct str plain, bool last, struct buf *out);
/* Reading: head has SEAL_HEAD bytes. E_DENIED when the key does not fit. */
MUST int seal_open(struct arena *a, const struct seal_key *private_key, struct str head,
	struct why *why, struct seal **ret);
/* One piece as seal_piece wrote it. E_SYNTAX: it is not the next one, or damaged. */
MUST int seal_open_piece(struct seal *s, struct str sealed, struct why *why,
	struct buf *out, bool *ret_last);
void seal_end(struct seal **s);
