/* SPDX-License-Identifier: Apache-2.0
 * hash.c - digests and random bytes: see hash.h. Depends on: libcrypto, libsodium. */
#include "base/hash.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "tocsin: %s\n", what);
	abort();
}

/* The handle is OpenSSL's own context; the struct is never defined. */
static EVP_MD_CTX *ctx_of(struct hasher *h)
{
	return (EVP_MD_CTX *)(void *)h;
}

struct hasher *hasher_new(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	if (c == NULL || EVP_DigestInit_ex(c, EVP_sha256(), NULL) != 1)
		die("no SHA-256");
	return (struct hasher *)(void *)c;
}

void hasher_add(struct hasher *h, struct str s)
{
	if (EVP_DigestUpdate(ctx_of(h), s.p, s.n) != 1)
		die("SHA-256 failed");
}

struct sha256 hasher_end(struct hasher *h)
{
	struct sha256 r;
	if (EVP_DigestFinal_ex(ctx_of(h), r.b, NULL) != 1 ||
		EVP_DigestInit_ex(ctx_of(h), NULL, NULL) != 1)
		die("SHA-256 failed");
	return r;
}

void hasher_free(struct hasher **h)
{
	if (*h)
		EVP_MD_CTX_free(ctx_of(*h));
	*h = NULL;
}

struct sha256 sha256_of(struct str s)
{
	struct sha256 r;
	if (EVP_Digest(s.p ? s.p : "", s.n, r.b, NULL, EVP_sha256(), NULL) != 1)
		die("SHA-256 failed");
	return r;
}

const char *sha256_text(const struct sha256 *h, char ret[SHA256_HEX + 1])
{
	return sodium_bin2hex(ret, SHA256_HEX + 1, h->b, SHA256_LEN);
}

int sha256_read(struct str hex, struct sha256 *ret)
{
	struct sha256 r;
	size_t n = 0;
	if (hex.n != SHA256_HEX)
		return E_SYNTAX;
	if (sodium_hex2bin(r.b, sizeof(r.b), hex.p, hex.n, NULL, &n, NULL) != 0 ||
		n != SHA256_LEN)
		return E_SYNTAX;
	*ret = r;
	return 0;
}

struct key128 siphash(const struct key128 *key, struct str s)
{
	struct key128 r;
	_Static_assert(sizeof(r.b) == crypto_shorthash_siphashx24_BYTES, "128 bits");
	_Static_assert(
		sizeof(key->b) == crypto_shorthash_siphashx24_KEYBYTES, "128 bits");
	(void)crypto_shorthash_siphashx24(r.b, (const uint8_t *)s.p, s.n, key->b);
	return r;
}

void random_bytes(void *p, size_t n)
{
	uint8_t *to = p;
	while (n > 0) {
		ssize_t got = getrandom(to, n, 0);
		if (got <= 0)
			die("no random bytes");
		to += got;
		n -= (size_t)got;
	}
}
