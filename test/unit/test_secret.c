/* SPDX-License-Identifier: Apache-2.0
 * test_secret.c - one-time codes by RFC 6238's vectors, passwords, tokens, sealing. */
#include "base/secret.h"
#include "base/totp.h"
#include "tap.h"

static void test_totp(void)
{
	/* RFC 6238, appendix B, SHA-1: the last six of its eight digits. */
	static const struct {
		int64_t time;
		const char *code;
	} t[] = {
		{ 59, "287082" },
		{ 1111111109, "081804" },
		{ 1111111111, "050471" },
		{ 1234567890, "005924" },
		{ 2000000000, "279037" },
		{ 20000000000, "353130" },
	};
	struct totp k;
	char code[TOTP_DIGITS + 1], text[TOTP_BASE32];
	int64_t step;
	memcpy(k.secret, "12345678901234567890", TOTP_SECRET);
	for (size_t i = 0; i < N(t); i++)
		is(totp_code(&k, t[i].time / TOTP_STEP, code), t[i].code,
			"a vector of RFC 6238");
	is(totp_base32(&k, text), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
		"the secret as typed");
	for (int off = -3; off <= 3; off++) {
		int64_t at = 1111111111 + off * TOTP_STEP;
		int r = totp_check(&k, S("050471"), at, 0, &step);
		ok(r == (off >= -1 && off <= 1 ? 0 : E_DENIED), "%d steps away", off);
		ok(r < 0 || step == 1111111111 / TOTP_STEP, "whose step it is");
	}
	ok(totp_check(&k, S("050471"), 1111111111, 1111111111 / TOTP_STEP, &step) ==
			E_DENIED,
		"a code works once");
	ok(totp_check(&k, S("050471"), 1111111111, 1111111111 / TOTP_STEP - 1, &step) ==
			0,
		"the one after it works");
	ok(totp_check(&k, S("50471"), 1111111111, 0, &step) == E_DENIED &&
			totp_check(&k, S(""), 1111111111, 0, &step) == E_DENIED &&
			totp_check(&k, S("0504711"), 1111111111, 0, &step) == E_DENIED,
		"six digits, not more and not fewer");
	struct totp a = totp_make(), b = totp_make();
	ok(memcmp(&a, &b, sizeof(a)) != 0, "each secret is another");
}

static void test_password(void)
{
	static const struct {
		const char *password;
		bool good;
	} t[] = {
		{ "correct horse battery", true },
		{ "a sentence that is long", true },
		{ "длинный пароль", true },
		{ "short", false },
		{ "elevenchars", false },
		{ "aaaaaaaaaaaaaaaaaaaa", false },
		{ "abababababababab", false },
		{ "Password12345!", false },
		{ "qwerty-qwerty1", false },
		{ "annabell-annabell", true },
		{ "annabelle2026!", false },
		{ "passwords are a nuisance to all", true },
	};
	char hash[PASSWORD_HASH], other[PASSWORD_HASH];
	for (size_t i = 0; i < N(t); i++)
		ok((password_fault(str_c(t[i].password), S("annabelle")) == NULL) ==
				t[i].good,
			"%s: %s", t[i].password, t[i].good ? "good" : "refused");
	char big[PASSWORD_MAX + 2];
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 26);
	ok(password_fault((struct str){ big, PASSWORD_MAX }, S("x")) == NULL,
		"the longest");
	ok(password_fault((struct str){ big, PASSWORD_MAX + 1 }, S("x")) != NULL,
		"one more");
	ok(password_hash(S("correct horse"), hash) &&
			password_hash(S("correct horse"), other),
		"hashed");
	ok(strncmp(hash, "$argon2id$v=19$m=65536,t=3,p=1$", 31) == 0, "by Argon2id: %s",
		hash);
	ok(strcmp(hash, other) != 0, "each time with another salt");
	ok(password_check(hash, S("correct horse")), "the right one");
	ok(!password_check(hash, S("correct horsf")) && !password_check(hash, S("")),
		"a wrong one");
	ok(!password_check("", S("correct horse")) && !password_check("x", S("")),
		"what is no hash fits nothing");
}

static void test_token(void)
{
	char a[TOKEN_HEX + 1], b[TOKEN_HEX + 1];
	ok(token_like(str_c(token_make(a))) && strcmp(a, token_make(b)) != 0, "tokens");
	ok(!token_like(S("")) && !token_like(str_from(str_c(a), 1)) &&
			!token_like(S("0123456789ABCDEF0123456789abcdef")) &&
			!token_like(S("0123456789abcdef0123456789abcdeg")),
		"what is none");
}

static void test_seal(void)
{
	struct arena a = arena_new(MIB(1), "test");
	struct seal_key k = { { 1, 2, 3 } }, other = { { 1, 2, 4 } };
	struct str s = seal(&a, &k, S("totp"), S("secret")),
		   t = seal(&a, &k, S("totp"), S("secret"));
	struct str plain = S("");
	ok(s.n == 6 + SEAL_EXTRA && !str_eq(s, t), "sealed, each time otherwise");
	ok(str_search(s, S("secret")) == s.n, "and not to be read");
	ok(unseal(&a, &k, S("totp"), s, &plain) == 0 && str_eq(plain, S("secret")),
		"opened");
	ok(unseal(&a, &other, S("totp"), s, &plain) == E_DENIED, "not with another key");
	ok(unseal(&a, &k, S("mail"), s, &plain) == E_DENIED, "not for another use");
	for (size_t i = 0; i < s.n; i++) {
		char *bad = arena_alloc(&a, s.n);
		memcpy(bad, s.p, s.n);
		bad[i] ^= 1;
		if (unseal(&a, &k, S("totp"), (struct str){ bad, s.n }, &plain) !=
			E_DENIED)
			ok(false, "byte %zu changed", i);
	}
	ok(unseal(&a, &k, S("totp"), str_to(s, SEAL_EXTRA - 1), &plain) == E_DENIED &&
			unseal(&a, &k, S("totp"), S(""), &plain) == E_DENIED,
		"cut short");
	arena_free(&a);
}

int main(void)
{
	test_totp();
	test_password();
	test_token();
	test_seal();
	return tap_end();
}
