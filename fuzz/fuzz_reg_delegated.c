/* SPDX-License-Identifier: Apache-2.0
 * fuzz_reg_delegated.c - any bytes as the lines of a registry's delegation file.
 * Depends on: fmt/register. */
#include "reg_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(1), "fuzz_reg_delegated");
	struct buf file = buf_in(&a, KIB(80));
	must(buf_add(&file, S("2|afrinic|20260601|4|19700101|20260601|+0000\n")) == 0);
	must(buf_add(&file, (struct str){ (const char *)data, n }) == 0);
	reg_walk_both("delegated", "XT", buf_str(&file), 5);
	return 0;
}
