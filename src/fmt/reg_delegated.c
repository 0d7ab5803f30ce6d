/* SPDX-License-Identifier: Apache-2.0
 * reg_delegated.c - one line of a regional registry's delegation file (the statistics
 * exchange format that all five publish): registry|CC|type|start|count|date|status|id.
 * For IPv4 the count is of addresses and need not be a power of two, for IPv6 it is the
 * prefix length, for asn how many numbers follow. Depends on: base, fmt/reg_int. */
#include "base/utf8.h"
#include "fmt/reg_int.h"

#define ASN_RUN 65536 /* the longest run of AS numbers that is believed */
#define BAD	1     /* an answer beside 0 and E_*: the line cannot be read */

struct line_out {
	struct reg_reader *r;
	struct reg_row row;
};

static int emit_net(void *ctx, const struct net *n, struct why *why)
{
	struct line_out *o = ctx;
	o->row.has_net = true;
	o->row.net = *n;
	return o->r->sink->row(o->r->sink->ctx, &o->row, why);
}

static bool count_of(struct str s, uint32_t max, uint32_t *ret)
{
	return scan_u32(&s, max, ret) && s.n == 0 && *ret > 0;
}

static int emit_ip4(
	struct line_out *o, struct str start, struct str count, struct why *why)
{
	struct ip first, last;
	uint32_t n;
	if (ip_read(start, &first) < 0 || !ip_is4(&first) ||
		!count_of(count, UINT32_MAX, &n))
		return BAD;
	uint64_t at = (uint64_t)first.b[12] << 24 | (uint64_t)first.b[13] << 16 |
		(uint64_t)first.b[14] << 8 | first.b[15];
	uint64_t end = at + n - 1;
	if (end > UINT32_MAX)
		return BAD;
	last = first;
	for (int i = 0; i < 4; i++)
		last.b[12 + i] = (uint8_t)(end >> (24 - 8 * i));
	struct reg_nets out = { emit_net, o };
	return reg_split_range(first, &last, &out, why);
}

static int emit_ip6(
	struct line_out *o, struct str start, struct str length, struct why *why)
{
	struct ip first;
	uint32_t len;
	if (ip_read(start, &first) < 0 || ip_is4(&first) || !count_of(length, 128, &len))
		return BAD;
	struct net n = net_of(&first, len);
	return emit_net(o, &n, why);
}

static int emit_asns(
	struct line_out *o, struct str start, struct str count, struct why *why)
{
	uint32_t first, n;
	int r = 0;
	if (asn_read(start, &first) < 0 || first == 0 || !count_of(count, ASN_RUN, &n) ||
		n > UINT32_MAX - first)
		return BAD;
	for (uint32_t i = 0; i < n && r == 0; i++) {
		o->row.asn = first + i;
		r = o->r->sink->row(o->r->sink->ctx, &o->row, why);
	}
	return r;
}

int reg_delegated(struct reg_reader *r, struct str line, struct why *why)
{
	enum { REGISTRY, CC, TYPE, START, COUNT, DATE, STATUS, FIELDS };
	struct str f[FIELDS] = { { NULL, 0 } }, rest = line;
	struct line_out o = { r, { .what = REG_COUNTRY, .row = r->rows } };
	size_t n = 0;
	if (line.n == 0 || line.p[0] == '#')
		return 0;
	while (n < FIELDS && str_split(&rest, '|', &f[n]))
		n++;
	/* The version line has a number in front, a summary line "*" for its country. */
	if (n > CC &&
		(str_eq(f[CC], S("*")) ||
			(f[0].n > 0 && f[0].p[0] >= '0' && f[0].p[0] <= '9')))
		return 0;
	if (n < FIELDS)
		return reg_say(
			r, r->rows, REG_LOST, REG_BAD_LINE, LIMIT_COLUMNS, line, why);
	if (!str_eq_nocase(f[CC], r->country))
		return 0;
	if (!str_eq(f[STATUS], S("allocated")) && !str_eq(f[STATUS], S("assigned")))
		return 0;
	(void)reg_read_country(&r->scratch, f[CC], &o.row.cc);
	o.row.kind = f[STATUS];
	int e = BAD;
	if (str_eq(f[TYPE], S("ipv4")))
		e = emit_ip4(&o, f[START], f[COUNT], why);
	else if (str_eq(f[TYPE], S("ipv6")))
		e = emit_ip6(&o, f[START], f[COUNT], why);
	else if (str_eq(f[TYPE], S("asn")))
		e = emit_asns(&o, f[START], f[COUNT], why);
	return e == BAD
		? reg_say(r, r->rows, REG_LOST, REG_BAD_LINE, LIMIT_COLUMNS, line, why)
		: e;
}
