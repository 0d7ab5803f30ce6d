/* SPDX-License-Identifier: Apache-2.0
 * fuzz_tar.c - any bytes as the archive of a backup: refused, or what was read gives the
 * same bytes when it is written; in whatever pieces it comes. Depends on: fmt/tar. */
#include "../test/unit/backup_echo.h"
#include "fuzz.h"

/* The time of the first header; the others must have it too for this comparison. */
static int64_t time_of(struct str s)
{
	int64_t v = 0;
	for (size_t i = 136; i < 147 && i < s.n; i++)
		v = v << 3 | (s.p[i] & 7);
	return v;
}

static bool one_time(struct str in)
{
	for (size_t at = 0; at + TAR_BLOCK <= in.n; at += TAR_BLOCK)
		if (memcmp(in.p + at + 257, "ustar", 5) == 0 &&
			memcmp(in.p + at + 136, in.p + 136, 12) != 0)
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const size_t pieces[] = { 1, 7, 511, 512, 513 };
	struct str in = { (const char *)data, n };
	if (n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_tar");
	struct buf whole = buf_in(&a, MIB(1)), cut = buf_in(&a, MIB(1));
	int r = tar_echo(in, n + 1, time_of(in), &a, &whole);
	int again = tar_echo(in, pieces[n % N(pieces)], time_of(in), &a, &cut);
	must(r == again && str_eq(buf_str(&whole), buf_str(&cut)));
	if (r == 0 && one_time(in))
		must(str_eq(buf_str(&whole), in));
	return 0;
}
