/* SPDX-License-Identifier: Apache-2.0
 * test_pgp_mime.c - a mail cut in two and put together again to the byte, and what may
 * not be signed. That gpg and other people's mail readers agree is tried by
 * test/story/story_key.py. */
#include "fmt/pgp_mime.h"
#include "tap.h"

#include <stdlib.h>

#define HEAD                                                                             \
	"Date: Mon, 1 Jun 2026 10:20:30 +0000\r\n"                                       \
	"From: \"CIRT XT\" <cirt@xt.example>\r\n"                                        \
	"To: abuse@b.example\r\n"                                                        \
	"Subject: [TLP:AMBER] Two findings in a\r\n long subject\r\n"                    \
	"Message-ID: <n7@xt.example>\r\n"                                                \
	"Auto-Submitted: auto-generated\r\n"
#define COPY                                                                             \
	"Date: Mon, 1 Jun 2026 10:20:30 +0000\r\n"                                       \
	"From: \"CIRT XT\" <cirt@xt.example>\r\n"                                        \
	"To: abuse@b.example\r\n"                                                        \
	"Subject: [TLP:AMBER] Two findings in a\r\n long subject\r\n"                    \
	"Message-ID: <n7@xt.example>\r\n"
#define TYPE	  "Content-Type: text/plain; charset=utf-8"
#define PROTECTED ";\r\n protected-headers=\"v1\"\r\n"
#define CODE	  "Content-Transfer-Encoding: 7bit\r\n"
#define PART	  TYPE PROTECTED CODE COPY "\r\nHello.\r\n"

static int split(struct arena *a, const char *mail, struct pgp_mime *ret)
{
	struct why why = { 0 };
	int r = pgp_mime_split(a, str_c(mail), &why, ret);
	ok(r == why.err, "%d: %s", r, why.text);
	return r;
}

static const char *text(struct arena *a, struct str s)
{
	const char *z;
	if (str_z(a, s, &z) < 0)
		abort();
	return z;
}

static void test_bytes(struct arena *a)
{
	struct pgp_mime m;
	struct buf out = buf_in(a, KIB(8)), secret = buf_in(a, KIB(8));
	char want[4000];
	ok(split(a,
		   HEAD "MIME-Version: 1.0\r\n" TYPE
			"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello.\r\n",
		   &m) == 0,
		"a mail");
	is(text(a, m.outer), HEAD, "what stays outside");
	is(text(a, m.part), PART, "what is signed");
	ok(pgp_mime_signed(&m, S("-----BEGIN PGP SIGNATURE-----\n\nAA==\n"),
		   S("pgp-sha256"), NULL, &out) == 0,
		"signed");
	(void)snprintf(want, sizeof(want),
		HEAD
		"MIME-Version: 1.0\r\n"
		"Content-Type: multipart/signed; micalg=pgp-sha256;\r\n"
		" protocol=\"application/pgp-signature\";\r\n boundary=\"%s\"\r\n\r\n"
		"--%s\r\n" PART "\r\n--%s\r\n"
		"Content-Type: application/pgp-signature; name=\"signature.asc\"\r\n"
		"Content-Description: OpenPGP digital signature\r\n\r\n"
		"-----BEGIN PGP SIGNATURE-----\r\n\r\nAA==\r\n\r\n--%s--\r\n",
		m.boundary, m.boundary, m.boundary, m.boundary);
	is(text(a, buf_str(&out)), want, "to the byte");
	ok(pgp_mime_encrypted(
		   &m, S("-----BEGIN PGP MESSAGE-----\n\nBB==\n"), NULL, &secret) == 0,
		"encrypted");
	(void)snprintf(want, sizeof(want),
		HEAD
		"MIME-Version: 1.0\r\n"
		"Content-Type: multipart/encrypted;\r\n"
		" protocol=\"application/pgp-encrypted\";\r\n boundary=\"%s\"\r\n\r\n"
		"--%s\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
		"Version: 1\r\n\r\n--%s\r\n"
		"Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
		"Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n"
		"-----BEGIN PGP MESSAGE-----\r\n\r\nBB==\r\n\r\n--%s--\r\n",
		m.boundary, m.boundary, m.boundary, m.boundary);
	is(text(a, buf_str(&secret)), want, "to the byte");
}

static void test_refused(struct arena *a)
{
	static const char *const bad[] = { "", "Hello.\r\n", HEAD "\r\nno type\r\n",
		HEAD TYPE "\r\n", HEAD TYPE "\r\n" TYPE "\r\n\r\nx\r\n",
		TYPE "\r\n\r\nbare\n", TYPE "\r\n\r\nno end", TYPE "\r\n\r\nblank \r\n",
		TYPE "\r\n\r\ntab\t\r\n", TYPE "\r\n\r\n\xc3\xa9\r\n",
		TYPE "\r\n\r\nnul\001\r\n", TYPE "\r\nno colon\r\n\r\nx\r\n",
		TYPE "\r\n: x\r\n\r\nx\r\n", TYPE "\r\nA b: x\r\n\r\nx\r\n",
		TYPE "\r\n\r\na\rb\r\n", " " TYPE "\r\n\r\nx\r\n" };
	for (size_t i = 0; i < N(bad); i++) {
		struct pgp_mime m;
		ok(split(a, bad[i], &m) == E_SYNTAX, "%zu is refused: %s", i, bad[i]);
	}
	char line[1100] = TYPE "\r\n\r\n";
	struct pgp_mime m;
	size_t n = strlen(line);
	memset(line + n, 'x', 998);
	memcpy(line + n + 998, "\r\n", 3);
	ok(split(a, line, &m) == 0, "a line of 998");
	memset(line + n, 'x', 1010);
	memcpy(line + n + 1010, "\r\n", 3);
	ok(split(a, line, &m) == E_SYNTAX, "a longer one is refused");
}

static void test_armour(struct arena *a)
{
	static const char *const bad[] = { "", "AA==\n", "-----BEGIN PGP MESSAGE-----\n",
		"-----BEGIN PGP SIGNATURE-----\n\xff\n",
		"-----BEGIN PGP SIGNATURE-----\n\x1b\n",
		"-----BEGIN PGP SIGNATURE-----" };
	struct pgp_mime m;
	ok(split(a, TYPE "\r\n\r\nx\r\n", &m) == 0, "a mail");
	for (size_t i = 0; i < N(bad); i++) {
		struct buf out = buf_in(a, KIB(8));
		ok(pgp_mime_signed(&m, str_c(bad[i]), S("pgp-sha256"), NULL, &out) ==
				E_SYNTAX,
			"no signature: %s", bad[i]);
	}
	struct buf small = buf_in(a, 100);
	ok(pgp_mime_signed(&m, S("-----BEGIN PGP SIGNATURE-----\n"), S("pgp-sha256"),
		   NULL, &small) == E_TOO_BIG,
		"over the ceiling");
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(16), "test");
	test_bytes(&a);
	test_refused(&a);
	test_armour(&a);
	return tap_end();
}
