/* SPDX-License-Identifier: Apache-2.0
 * totp.h - one-time codes from a telephone: RFC 6238, SHA-1, 30 seconds, 6 digits.
 * Depends on: base, libcrypto. */
#pragma once
#include "base/str.h"

#define TOTP_SECRET 20
#define TOTP_STEP   30
#define TOTP_DIGITS 6
#define TOTP_BASE32 33 /* the secret as people type it, with a NUL */

struct totp {
	uint8_t secret[TOTP_SECRET];
};
struct totp totp_make(void);
/* The code of a step (time / TOTP_STEP), NUL-ended. */
const char *totp_code(const struct totp *t, int64_t step, char ret[TOTP_DIGITS + 1]);
/* The step whose code this is: this step, the one before or the one after, but later than
 * last. E_DENIED else; takes the same time for each wrong code. */
MUST int totp_check(const struct totp *t, struct str code, int64_t now, int64_t last,
	int64_t *ret_step);
const char *totp_base32(const struct totp *t, char ret[TOTP_BASE32]);
