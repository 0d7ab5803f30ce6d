/* SPDX-License-Identifier: Apache-2.0
 * fuzz_reg_header.c - any bytes as a header above good rows. Depends on: fmt/register. */
#include "reg_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(1), "fuzz_reg_header");
	struct buf file = buf_in(&a, KIB(80));
	must(buf_add(&file, (struct str){ (const char *)data, n }) == 0);
	must(buf_add(&file,
		     S("\n192.0.2.0/25,64496,A,a@b.example,b.example,XT,fr\n"
		       "A,192.0.2.128/25,64497,b.example,a@b.example,XT\n")) == 0);
	reg_walk_both("x", "", buf_str(&file), 7);
	return 0;
}
