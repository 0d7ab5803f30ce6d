/* SPDX-License-Identifier: Apache-2.0
 * fuzz_unpack.c - any bytes as a received file: limits hold, names are clean, every
 * member has its end, and how the file is cut into reads makes no difference. The first
 * byte chooses name, step and whether the source can seek. Depends on: fmt/unpack. */
#include "unpack_walk.h"

#include <locale.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0 || n > KIB(256))
		return 0;
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_unpack");
	struct str in = { (const char *)data + 1, n - 1 };
	const char *name = data[0] & 1 ? "a.csv.gz" : "a.zip";
	struct walk one, other;
	int r = walk_unpack(&a, in, name, data[0] & 2, KIB(64), &one);
	int s = walk_unpack(&a, in, name, data[0] & 2, 1u + data[0] % 61, &other);
	must((r < 0) == (s < 0) && str_eq(buf_str(&one.log), buf_str(&other.log)));
	return 0;
}
