/* SPDX-License-Identifier: Apache-2.0
 * secret.h - passwords, tokens, and sealing what must not lie open. Depends on: base,
 * libsodium. */
#pragma once
#include "base/hash.h"

#define PASSWORD_MIN  12
#define PASSWORD_MAX  200
#define PASSWORD_HASH 128 /* with its NUL */
#define TOKEN_HEX     32  /* 128 random bits */

/* Argon2id with 64 MiB and 3 passes: about 140 ms. false: no memory. */
bool password_hash(struct str password, char ret[PASSWORD_HASH]);
bool password_check(const char *hash, struct str password);
/* As long as password_check takes, for a name that does not exist. */
void password_waste(struct str password);
/* Why it may not be used, a sentence to translate (N_), or NULL. name: the person's. */
const char *password_fault(struct str password, struct str name);

/* 32 hex digits and a NUL. */
const char *token_make(char ret[TOKEN_HEX + 1]);
/* The form of a token; says nothing about whether it is known. */
bool token_like(struct str s);
/* What is stored of one. */
struct sha256 token_hash(struct str token);

struct seal_key {
	uint8_t b[32];
};
#define SEAL_EXTRA 40
/* XChaCha20-Poly1305, bound to what it is for. n + SEAL_EXTRA bytes, in the arena. */
struct str seal(
	struct arena *a, const struct seal_key *k, struct str use, struct str plain);
/* E_DENIED when it is not what was sealed with this key for this use. */
MUST int unseal(struct arena *a, const struct seal_key *k, struct str use,
	struct str sealed, struct str *ret);
