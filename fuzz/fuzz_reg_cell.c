/* SPDX-License-Identifier: Apache-2.0
 * fuzz_reg_cell.c - one cell of a register file: what is read is in its one right form,
 * and reading that again changes nothing. Depends on: fmt/reg_int. */
#include "base/utf8.h"
#include "fmt/mime_out.h"
#include "fmt/reg_int.h"
#include "fuzz.h"

struct cover {
	struct ip first, last, next;
	uint32_t n;
};

/* The networks follow each other without a gap, from first to last. */
static int on_net(void *ctx, const struct net *n, struct why *why)
{
	struct cover *c = ctx;
	(void)why;
	must(ip_cmp(&n->ip, &c->next) == 0);
	c->next = net_last(n);
	must(ip_cmp(&c->next, &c->last) <= 0);
	for (int i = 15; i >= 0 && ++c->next.b[i] == 0; i--)
		continue;
	must(++c->n <= 256);
	return 0;
}

static void check_place(struct str s)
{
	struct ip first, last;
	enum reg_fault f = reg_read_place(s, &first, &last);
	if (f != REG_OK && f != REG_HOST_BITS)
		return;
	struct cover c = { first, last, first, 0 };
	must(ip_cmp(&first, &last) <= 0);
	must(reg_split_range(first, &last, &(struct reg_nets){ on_net, &c }, NULL) == 0);
	struct ip end = last;
	for (int i = 15; i >= 0 && ++end.b[i] == 0; i--)
		continue;
	must(ip_cmp(&end, &c.next) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(4))
		return 0;
	AUTO_ARENA a = arena_new(MIB(4), "fuzz_reg_cell");
	struct str in = { (const char *)data, n }, out, again, piece;
	uint32_t asn;
	struct str clean = reg_clean(&a, in);
	must(utf8_clean(clean) && str_eq(reg_clean(&a, clean), clean));
	struct str list = reg_close_up(&a, clean);
	must(list.n <= clean.n);
	while (reg_piece(&list, &piece))
		check_place(piece);
	if (reg_read_email(&a, clean, &out) == REG_OK)
		must(mime_address_ok(out) && reg_read_email(&a, out, &again) == REG_OK &&
			str_eq(out, again));
	if (reg_read_domain(&a, clean, &out) == REG_OK)
		must(domain_is_plain(out) && reg_read_domain(&a, out, &again) == REG_OK &&
			str_eq(out, again));
	if (reg_read_pgp(&a, clean, &out) == REG_OK)
		must(out.n == 40 || out.n == 64);
	if (reg_read_country(&a, clean, &out) == REG_OK)
		must(out.n == 2 && reg_read_country(&a, out, &again) == REG_OK &&
			str_eq(out, again));
	if (reg_read_phone(clean, &out) == REG_OK)
		must(out.n <= 40);
	if (reg_read_language(clean, &out) == REG_OK)
		must(out.n == 2);
	if (reg_read_asn(clean, &asn) == REG_OK)
		must(asn > 0 && asn < UINT32_MAX);
	return 0;
}
