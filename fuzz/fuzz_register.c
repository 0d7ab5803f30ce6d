/* SPDX-License-Identifier: Apache-2.0
 * fuzz_register.c - any bytes as a register file. The first byte chooses the file's name,
 * the country and the pieces. Depends on: fmt/register. */
#include "reg_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "networks.csv", "holders.csv",
		"contacts.csv", "domains.csv", "country.csv", "load-prefixes.csv", "x" };
	if (n == 0 || n > KIB(64))
		return 0;
	struct str in = { (const char *)data + 1, n - 1 };
	reg_walk_both(names[data[0] % N(names)], data[0] & 128 ? "XT" : "", in,
		1u + data[0] % 29);
	return 0;
}
