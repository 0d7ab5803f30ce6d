/* SPDX-License-Identifier: Apache-2.0
 * fuzz_answer_csv.c - any bytes as the digest's table sent back.
 * Depends on: fmt/answer_file. */
#include "fuzz_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n <= KIB(64))
		answer_walk(answer_csv_read, data, n);
	return 0;
}
