/* SPDX-License-Identifier: Apache-2.0
 * totp.c - one-time codes: see totp.h. Depends on: base, libcrypto. */
#include "base/totp.h"

#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>

struct totp totp_make(void)
{
	struct totp t;
	random_bytes(&t, sizeof(t));
	return t;
}

const char *totp_code(const struct totp *t, int64_t step, char ret[TOTP_DIGITS + 1])
{
	uint8_t counter[8], mac[EVP_MAX_MD_SIZE] = { 0 };
	unsigned n = 0;
	for (int i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	(void)HMAC(EVP_sha1(), t->secret, sizeof(t->secret), counter, sizeof(counter),
		mac, &n);
	unsigned at = mac[19] & 15u;
	uint32_t v = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
		(uint32_t)mac[at + 2] << 8 | mac[at + 3];
	(void)snprintf(ret, TOTP_DIGITS + 1, "%06u", v % 1000000);
	return ret;
}

int totp_check(const struct totp *t, struct str code, int64_t now, int64_t last,
	int64_t *ret_step)
{
	int64_t found = -1;
	char want[TOTP_DIGITS + 1];
	if (code.n != TOTP_DIGITS)
		return E_DENIED;
	for (int64_t step = now / TOTP_STEP - 1; step <= now / TOTP_STEP + 1; step++)
		if (sodium_memcmp(totp_code(t, step, want), code.p, TOTP_DIGITS) == 0 &&
			step > last)
			found = step;
	if (found < 0)
		return E_DENIED;
	*ret_step = found;
	return 0;
}

const char *totp_base32(const struct totp *t, char ret[TOTP_BASE32])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	for (size_t i = 0; i < TOTP_BASE32 - 1; i++) {
		size_t bit = i * 5;
		unsigned pair = (unsigned)t->secret[bit / 8] << 8;
		if (bit / 8 + 1 < TOTP_SECRET)
			pair |= t->secret[bit / 8 + 1];
		ret[i] = letters[pair >> (11 - bit % 8) & 31];
	}
	ret[TOTP_BASE32 - 1] = '\0';
	return ret;
}
