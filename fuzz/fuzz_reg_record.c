/* SPDX-License-Identifier: Apache-2.0
 * fuzz_reg_record.c - any bytes as the rows below a good header, which the first byte
 * chooses. Depends on: fmt/register. */
#include "reg_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const headers[] = {
		"asn,name,kind,sector,demo_ipv4,demo_ipv6,language,contact\n",
		"prefix;holder;sector;language;contact;inside_asn\n",
		"organisation\tname\trole\tlanguage\temail\tphone\tpgp\n",
		"domain,organisation\n",
		"prefix,country\n",
		"prefix,asn\n",
	};
	if (n == 0 || n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(1), "fuzz_reg_record");
	struct buf file = buf_in(&a, KIB(80));
	must(buf_add(&file, str_c(headers[data[0] % N(headers)])) == 0);
	must(buf_add(&file, (struct str){ (const char *)data + 1, n - 1 }) == 0);
	reg_walk_both("x", "", buf_str(&file), 1u + data[0] % 31);
	return 0;
}
