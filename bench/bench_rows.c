/* SPDX-License-Identifier: Apache-2.0
 * bench_rows.c - writes a feed file of any size: bench_rows MEGABYTES DISTINCT.
 * Depends on: base. */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	double left = strtod(argv[1], NULL) * 1e6;
	uint32_t distinct = (uint32_t)strtoul(argv[2], NULL, 10);
	AUTO_ARENA a = arena_new(MIB(4), "rows");
	struct buf b = buf_in(&a, MIB(1));
	must(buf_add(&b, rows_header()), "header");
	for (uint32_t i = 0; left > 0; i++) {
		must(rows_add(&b, i, distinct), "row");
		if (b.n < KIB(256))
			continue;
		left -= (double)b.n;
		if (fwrite(b.p, 1, b.n, stdout) != b.n)
			return 1;
		buf_clear(&b);
	}
	return fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0;
}
