/* SPDX-License-Identifier: Apache-2.0
 * fuzz_unpack_zip.c - a zip that we wrote, with a changed byte: it never breaks the
 * reader, and a member that counts as whole is what was packed. Depends on: fmt/unpack,
 * fmt/zip_out. */
#include "fmt/zip_out.h"
#include "unpack_walk.h"

#include <locale.h>

/* The first four bytes: where and what is changed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *what;
	if (n < 4 || n > KIB(64))
		return 0;
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_unpack_zip");
	struct str in = { (const char *)data + 4, n - 4 };
	struct buf zip = buf_in(&a, MIB(1));
	struct zip_entry entries[] = { { S("first.csv"), S("a,b\n") },
		{ S("b.csv"), in } };
	struct why why = { 0 };
	struct walk w;
	must(zip_write(entries, 2, &why, &zip) == 0);
	bool plain = unpack_sniff(in, &what) == UNPACK_PLAIN;
	for (int pipe = 0; pipe < 2; pipe++) {
		must(walk_unpack(&a, buf_str(&zip), "x", pipe, 1u + data[3], &w) == 0);
		must(w.begun == 2);
		must(plain ? str_eq(buf_str(&w.content), in) : w.content.n == 0);
	}
	size_t at = (data[0] | (size_t)data[1] << 8) % zip.n;
	zip.p[at] = (char)(zip.p[at] ^ data[2]);
	for (int pipe = 0; pipe < 2; pipe++)
		(void)walk_unpack(&a, buf_str(&zip), "x.zip", pipe, KIB(64), &w);
	return 0;
}
