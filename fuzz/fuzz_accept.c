/* SPDX-License-Identifier: Apache-2.0
 * fuzz_accept.c - Accept-Language and Accept-Encoding: any bytes give a language of ours
 * or none. Depends on: fmt/accept. */
#include "fmt/accept.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	struct str in = { (const char *)data, n };
	enum lang l = LANG_N;
	int r = accept_language(in, &l);
	must(r == 0 ? l < LANG_N : l == LANG_N);
	(void)accept_gzip(in);
	return 0;
}
