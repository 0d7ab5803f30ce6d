/* SPDX-License-Identifier: Apache-2.0
 * fuzz_manifest.c - any bytes as the list of a backup: refused, or what was read gives
 * the same bytes when it is written; in whatever pieces it comes. The list's own digest
 * is made right first, or nothing would get past it. Depends on: fmt/manifest. */
#include "../test/unit/backup_echo.h"
#include "fuzz.h"

/* With an end that is true, unless it has one. */
static struct str ended(struct arena *a, struct str in)
{
	struct buf b = buf_in(a, KIB(80));
	struct sha256 sha = sha256_of(in);
	if (str_search(in, S("\nend ")) < in.n || in.n == 0)
		return in;
	must(buf_add(&b, in) == 0 && manifest_end_write(&sha, &b) == 0);
	return buf_str(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_manifest");
	struct str in = ended(&a, (struct str){ (const char *)data, n });
	struct buf whole = buf_in(&a, MIB(1)), cut = buf_in(&a, MIB(1));
	int r = manifest_echo(in, in.n + 1, &a, &whole);
	int again = manifest_echo(in, 1 + n % 9, &a, &cut);
	must(r == again && str_eq(buf_str(&whole), buf_str(&cut)));
	if (r == 0)
		must(str_eq(buf_str(&whole), in));
	return 0;
}
