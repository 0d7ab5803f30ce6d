/* SPDX-License-Identifier: Apache-2.0
 * hash.h - digests and random bytes. Depends on: libcrypto (SHA-256), libsodium
 * (SipHash). */
#pragma once
#include "base/str.h"

#define SHA256_LEN 32
#define SHA256_HEX (2 * SHA256_LEN)
struct sha256 {
	uint8_t b[SHA256_LEN];
};
/* A running digest; made and ended once. */
struct hasher;
struct hasher *hasher_new(void);
void hasher_add(struct hasher *h, struct str s);
/* The digest so far; the hasher then begins anew. */
struct sha256 hasher_end(struct hasher *h);
void hasher_free(struct hasher **h);
#define AUTO_HASHER __attribute__((cleanup(hasher_free))) struct hasher *

struct sha256 sha256_of(struct str s);
/* 64 lower-case hex digits and a NUL. */
const char *sha256_text(const struct sha256 *h, char ret[SHA256_HEX + 1]);
MUST int sha256_read(struct str hex, struct sha256 *ret);

/* SipHash-2-4 with 128 bits of output: short, keyed, collision-hard for who lacks the
 * key. */
struct key128 {
	uint8_t b[16];
};
struct key128 siphash(const struct key128 *key, struct str s);

/* From the kernel; ends the process when there are none. */
void random_bytes(void *p, size_t n);
