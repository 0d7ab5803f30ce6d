/* SPDX-License-Identifier: Apache-2.0
 * fuzz_answer_json.c - any bytes as a program's answers, by the way in that tells the two
 * forms apart. Depends on: fmt/answer_file. */
#include "fuzz_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(64))
		return 0;
	answer_walk(answer_json_read, data, n);
	answer_walk(answer_file_read, data, n);
	return 0;
}
