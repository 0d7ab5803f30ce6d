/* SPDX-License-Identifier: Apache-2.0
 * fuzz_loc_rows.c - a country out of libloc's database: rows never overlap, are clean and
 * of one country, and no byte outside the file is asked for. Depends on: fmt/loc_rows. */
#include "fmt/loc_rows.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "fuzz.h"

struct seen {
	struct str country;
	bool any[REG_KIND_N];
	struct ip last[REG_KIND_N];
	uint32_t rows;
};

static int read_at(void *ctx, uint64_t at, void *to, size_t n, struct why *why)
{
	const struct str *file = ctx;
	(void)why;
	must(at <= file->n && n <= file->n - at);
	memcpy(to, file->p + at, n);
	return 0;
}

static int on_row(void *ctx, const struct reg_row *row, struct why *why)
{
	struct seen *s = ctx;
	struct ip last = net_last(&row->net);
	struct net again = net_of(&row->net.ip, row->net.len);
	(void)why;
	must(row->has_net && (row->what == REG_COUNTRY || row->what == REG_NETWORK));
	must(ip_cmp(&again.ip, &row->net.ip) == 0);
	must(!s->any[row->what] || ip_cmp(&s->last[row->what], &row->net.ip) < 0);
	must(row->what != REG_COUNTRY || str_eq(row->cc, s->country));
	must(row->what != REG_NETWORK || (row->asn > 0 && row->organisation.n > 0));
	must(row->organisation.n <= LIMIT_KEY_FIELD && utf8_valid(row->organisation));
	s->any[row->what] = true;
	s->last[row->what] = last;
	s->rows++;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_loc_rows");
	struct str file = { (const char *)data, n };
	struct loc_src src = { &file, n, read_at };
	struct seen s = { .country = S("XT") };
	struct loc_rows out = { &s, on_row };
	struct loc_count count;
	struct why why = { 0 };
	struct loc *l;
	if (loc_open(&a, &src, &why, &l) < 0) {
		must(why.err < 0);
		return 0;
	}
	must(loc_about(l)->vendor.n <= LIMIT_KEY_FIELD &&
		utf8_valid(loc_about(l)->licence));
	if (loc_read(l, s.country, &out, &why, &count) == 0)
		must(count.prefixes + count.networks == s.rows &&
			count.asns <= count.networks);
	return 0;
}
