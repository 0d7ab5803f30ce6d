/* SPDX-License-Identifier: Apache-2.0
 * bench_rows.c - writes a feed file of any size: bench_rows MEGABYTES DISTINCT.
 * Depends on: base. */
#include "rows.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	int64_t left, distinct;
	must(str_int(str_c(argv[1]), 1, 100000, &left), argv[1]);
	must(str_int(str_c(argv[2]), 1, UINT32_MAX, &distinct), argv[2]);
	left *= 1000000;
	AUTO_ARENA a = arena_new(MIB(4), "rows");
	struct buf b = buf_in(&a, MIB(1));
	must(buf_add(&b, rows_header()), "header");
	for (uint32_t i = 0; left > 0; i++) {
		must(rows_add(&b, i, (uint32_t)distinct), "row");
		if (b.n < KIB(256))
			continue;
		left -= (int64_t)b.n;
		if (fwrite(b.p, 1, b.n, stdout) != b.n)
			return 1;
		buf_clear(&b);
	}
	return fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0;
}
