/* SPDX-License-Identifier: Apache-2.0
 * fuzz_pgp_mime.c - any bytes as a mail to sign: refused, or cut into outer headers and a
 * part that no relay has reason to change, which is then found again, byte for byte, in
 * what is written. Depends on: fmt/pgp_mime. */
#include "fmt/pgp_mime.h"
#include "fuzz.h"

static void check_lines(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		must(c < 0x7f && (c >= ' ' || c == '\t' || c == '\r' || c == '\n'));
		must(c != '\n' || (i > 0 && s.p[i - 1] == '\r'));
		must(c != '\r' || (i + 1 < s.n && s.p[i + 1] == '\n'));
		must(c != '\r' || i == 0 || (s.p[i - 1] != ' ' && s.p[i - 1] != '\t'));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(256))
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_pgp_mime");
	struct str mail = { (const char *)data, n };
	struct pgp_mime m;
	struct why why = { 0 };
	struct buf out = buf_in(&a, MIB(2)), secret = buf_in(&a, MIB(2));
	if (pgp_mime_split(&a, mail, &why, &m) < 0) {
		must(why.err < 0);
		return 0;
	}
	check_lines(m.part);
	check_lines(m.outer);
	must(str_search(m.outer, S("\r\n\r\n")) == m.outer.n);
	must(str_search(m.part, str_c(m.boundary)) == m.part.n);
	must(pgp_mime_signed(&m, S("-----BEGIN PGP SIGNATURE-----\n\nAA==\n"),
		     S("pgp-sha512"), &why, &out) == 0);
	must(str_search(buf_str(&out), m.part) < out.n);
	must(str_starts(buf_str(&out), m.outer));
	must(pgp_mime_encrypted(
		     &m, S("-----BEGIN PGP MESSAGE-----\n\nAA==\n"), &why, &secret) == 0);
	must(pgp_mime_encrypted(&m, S("x"), &why, &secret) < 0);
	return 0;
}
