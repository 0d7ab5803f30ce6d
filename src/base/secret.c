/* SPDX-License-Identifier: Apache-2.0
 * secret.c - passwords, tokens, sealing: see secret.h. Depends on: base, libsodium. */
#include "base/secret.h"

#include "base/tr.h"

#include <sodium.h>
#include <stdio.h>

#define OPS 3
#define MEM (64ull << 20)

/* What people try first. Anything with one of these and little more is refused too. */
static const char *const common[] = { "password", "passwort", "motdepasse", "contrasena",
	"123456", "qwerty", "azerty", "111111", "abc123", "letmein", "welcome", "admin",
	"iloveyou", "monkey", "dragon", "football", "secret", "changeme", "tocsin",
	"cirt", "cert", "csirt" };

bool password_hash(struct str password, char ret[PASSWORD_HASH])
{
	_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "room for the hash");
	(void)!sodium_init(); /* chooses the fast code of this machine */
	return crypto_pwhash_str_alg(ret, password.p, password.n, OPS, MEM,
		       crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_check(const char *hash, struct str password)
{
	(void)!sodium_init();
	return crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
}

void password_waste(struct str password)
{
	char hash[PASSWORD_HASH];
	(void)password_hash(password, hash);
}

/* Without the common word, however often it stands there, is there still enough? */
static bool too_common(struct str lower, const char *word)
{
	struct str w = str_c(word);
	size_t rest = lower.n, at;
	bool found = false;
	while (w.n > 0 && (at = str_search(lower, w)) < lower.n) {
		found = true;
		rest -= w.n;
		lower = str_from(lower, at + w.n);
	}
	return found && rest < 8;
}

static bool too_few_kinds(struct str s)
{
	bool seen[256] = { false };
	int kinds = 0;
	for (size_t i = 0; i < s.n; i++) {
		kinds += !seen[(unsigned char)s.p[i]];
		seen[(unsigned char)s.p[i]] = true;
	}
	return kinds < 5;
}

const char *password_fault(struct str password, struct str name)
{
	AUTO_ARENA a = arena_new(KIB(64), "password");
	if (password.n < PASSWORD_MIN)
		return N_("A password has at least 12 characters.");
	if (password.n > PASSWORD_MAX)
		return N_("A password has at most 200 bytes.");
	struct str lower = str_lower(&a, password);
	const char *own;
	if (too_few_kinds(lower))
		return N_(
			"This password repeats a few characters: it is guessed at once.");
	for (size_t i = 0; i < N(common); i++)
		if (too_common(lower, common[i]))
			return N_("This password is too common: it is guessed at once.");
	if (str_z(&a, str_lower(&a, name), &own) == 0 && too_common(lower, own))
		return N_("This password is made of your name: it is guessed at once.");
	return NULL;
}

const char *token_make(char ret[TOKEN_HEX + 1])
{
	uint8_t b[TOKEN_HEX / 2];
	random_bytes(b, sizeof(b));
	return sodium_bin2hex(ret, TOKEN_HEX + 1, b, sizeof(b));
}

bool token_like(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') &&
			!(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return s.n == TOKEN_HEX;
}

struct sha256 token_hash(struct str token)
{
	return sha256_of(token);
}

struct str seal(
	struct arena *a, const struct seal_key *k, struct str use, struct str plain)
{
	_Static_assert(SEAL_EXTRA ==
			crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
				crypto_aead_xchacha20poly1305_ietf_ABYTES,
		"nonce and tag");
	unsigned char *out = arena_alloc(a, plain.n + SEAL_EXTRA);
	unsigned long long n = 0;
	random_bytes(out, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(
		out + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, &n,
		(const unsigned char *)plain.p, plain.n, (const unsigned char *)use.p,
		use.n, NULL, out, k->b);
	return (struct str){ (char *)out, plain.n + SEAL_EXTRA };
}

int unseal(struct arena *a, const struct seal_key *k, struct str use, struct str sealed,
	struct str *ret)
{
	size_t head = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
	if (sealed.n < SEAL_EXTRA)
		return E_DENIED;
	unsigned char *out = arena_alloc(a, sealed.n);
	unsigned long long n = 0;
	const unsigned char *in = (const unsigned char *)sealed.p;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &n, NULL, in + head,
		    sealed.n - head, (const unsigned char *)use.p, use.n, in, k->b) != 0)
		return E_DENIED;
	*ret = (struct str){ (char *)out, (size_t)n };
	return 0;
}
