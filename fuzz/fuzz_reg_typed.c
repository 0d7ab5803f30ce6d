/* SPDX-License-Identifier: Apache-2.0
 * fuzz_reg_typed.c - values of the register as a person types them: what is accepted is
 * clean, and reads again as the same. Depends on: fmt/reg_typed. */
#include "fmt/reg_typed.h"
#include "base/utf8.h"
#include "fuzz.h"

static void again(struct arena *a, struct str first)
{
	struct str second;
	must(reg_typed_email(a, first, &second) == 0 && str_eq(first, second));
}

static void nets(struct str in)
{
	char text[IP_TEXT_MAX];
	struct net n, m;
	if (reg_typed_net(in, &n) < 0)
		return;
	must(reg_typed_net(str_c(net_text(&n, text)), &m) == 0);
	must(m.len == n.len && ip_cmp(&m.ip, &n.ip) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(4))
		return 0;
	AUTO_ARENA a = arena_new(MIB(4), "fuzz_reg_typed");
	struct str in = { (const char *)data, n }, s;
	uint32_t asn;
	nets(in);
	if (reg_typed_asn(in, &asn) == 0)
		must(asn > 0 && asn < UINT32_MAX);
	if (reg_typed_domain(&a, in, &s) == 0)
		must(domain_is_plain(s) && s.n <= DOMAIN_MAX);
	if (reg_typed_email(&a, in, &s) == 0)
		again(&a, s);
	if (reg_typed_words(&a, in, 300, &s) == 0)
		must(utf8_valid(s) && s.n <= 300 && str_find(s, '\n') == s.n);
	if (reg_typed_pgp(&a, in, &s) == 0)
		must(s.n == 0 || s.n == 40 || s.n == 64);
	if (reg_typed_phone(in, &s) == 0)
		must(s.n <= 40);
	if (reg_typed_language(in, &s) == 0)
		must(s.n == 0 || s.n == 2);
	return 0;
}
