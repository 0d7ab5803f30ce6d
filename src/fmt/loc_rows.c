/* SPDX-License-Identifier: Apache-2.0
 * loc_rows.c - see loc_rows.h. Depends on: base, fmt/loc. */
#include "fmt/loc_rows.h"

#include "base/limits.h"
#include "base/map.h"

#include <stdio.h>

enum { IP4_BITS = 96, IP4_WIDEST = IP4_BITS + 8, IP6_WIDEST = 16 };

/* Networks of one meaning that may still become a larger one: each is the lower half of
 * its parent, and each after the first lies in the upper half of the one before, so that
 * there are never more than an address has bits. */
struct pending {
	uint32_t meaning;
	unsigned n;
	struct net nets[129];
};

struct reading {
	struct loc *l;
	struct str country;
	const struct loc_rows *out;
	struct pending by_asn, by_country;
	struct arena names; /* of one row */
	struct arena seen_room;
	struct map seen; /* AS numbers */
	struct loc_count count;
};

static bool is_upper_half(const struct net *n)
{
	unsigned bit = n->len - 1u;
	return n->ip.b[bit / 8] & 0x80u >> bit % 8;
}

static struct net upper_half_beside(struct net n)
{
	unsigned bit = n.len - 1u;
	n.ip.b[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	return n;
}

static bool is_widest(const struct net *n)
{
	return n->len <= (ip_is4(&n->ip) ? IP4_WIDEST : IP6_WIDEST);
}

static int give_country(struct reading *g, const struct net *n, struct why *why)
{
	struct reg_row row = { .what = REG_COUNTRY,
		.row = ++g->count.prefixes,
		.has_net = true,
		.net = *n,
		.cc = g->country };
	return g->out->row(g->out->ctx, &row, why);
}

static int count_asn(struct reading *g, uint32_t asn, struct why *why)
{
	struct str key = { (const char *)&asn, sizeof(asn) };
	if (map_get(&g->seen, key))
		return 0;
	if (g->count.asns == LOC_COUNTRY_AS_MAX)
		return fail(why, E_TOO_BIG,
			"location database: too many AS numbers in %.*s",
			STR(g->country));
	map_put(&g->seen, key, 1);
	g->count.asns++;
	return 0;
}

static int give_network(
	struct reading *g, const struct net *n, uint32_t asn, struct why *why)
{
	char number[16];
	struct str name;
	arena_reset(&g->names);
	int r = loc_as_name(g->l, asn, &g->names, why, &name);
	if (r == 0)
		r = count_asn(g, asn, why);
	if (r < 0)
		return r;
	if (name.n == 0) {
		(void)snprintf(number, sizeof(number), "AS%u", asn);
		name = str_c(number);
	}
	struct reg_row row = { .what = REG_NETWORK,
		.row = ++g->count.networks,
		.has_net = true,
		.net = *n,
		.asn = asn,
		.organisation = name };
	return g->out->row(g->out->ctx, &row, why);
}

static int give_all(struct reading *g, struct pending *p, struct why *why)
{
	int r = 0;
	for (unsigned i = 0; r == 0 && i < p->n; i++) {
		r = p == &g->by_asn ? give_network(g, &p->nets[i], p->meaning, why)
				    : give_country(g, &p->nets[i], why);
	}
	p->n = 0;
	return r;
}

/* Pieces come in the order of their addresses. So one that does not begin where the last
 * one's other half begins shows that nothing that waits can grow any more. */
static int add(struct reading *g, struct pending *p, const struct net *net,
	uint32_t meaning, struct why *why)
{
	if (p->n > 0) {
		struct net next = upper_half_beside(p->nets[p->n - 1]);
		int r = 0;
		if (meaning != p->meaning || ip_cmp(&next.ip, &net->ip) != 0)
			r = give_all(g, p, why);
		if (r < 0)
			return r;
	}
	p->meaning = meaning;
	p->nets[p->n++] = *net;
	struct net *last = &p->nets[p->n - 1];
	while (p->n > 1 && last->len == last[-1].len && !is_widest(last)) {
		p->n--;
		last--;
		last->len--;
	}
	return is_widest(last) || is_upper_half(last) ? give_all(g, p, why) : 0;
}

static bool is_ours(const struct reading *g, const struct loc_net *n)
{
	return memcmp(n->cc, g->country.p, sizeof(n->cc)) == 0;
}

static int on_entry(void *ctx, const struct loc_net *n, struct why *why)
{
	struct reading *g = ctx;
	(void)why;
	g->count.entries += is_ours(g, n);
	return 0;
}

static int on_piece(void *ctx, const struct loc_net *n, struct why *why)
{
	static const struct net ip4 = { { { [10] = 0xff, [11] = 0xff } }, IP4_BITS };
	struct reading *g = ctx;
	if (!is_ours(g, n))
		return 0;
	if (n->net.len < IP4_BITS && net_has(&n->net, &ip4.ip))
		return fail(why, E_SYNTAX,
			"location database: one network holds all of IPv4");
	int r = add(g, &g->by_country, &n->net, 0, why);
	return r < 0 || n->asn == 0 ? r : add(g, &g->by_asn, &n->net, n->asn, why);
}

int loc_read(struct loc *l, struct str country, const struct loc_rows *out,
	struct why *why, struct loc_count *ret)
{
	struct loc_sink sink = { NULL, on_entry, on_piece };
	if (country.n != 2 || country.p[0] < 'A' || country.p[0] > 'Z' ||
		country.p[1] < 'A' || country.p[1] > 'Z')
		return fail(why, E_USAGE, "a country is two capital letters");
	struct reading g = { .l = l, .country = country, .out = out };
	g.names = arena_new(KIB(64), "AS name");
	g.seen_room = arena_new(MIB(64), "AS numbers of a country");
	g.seen = map_in(&g.seen_room);
	sink.ctx = &g;
	int r = loc_walk(l, &sink, why);
	if (r == 0)
		r = give_all(&g, &g.by_country, why);
	if (r == 0)
		r = give_all(&g, &g.by_asn, why);
	arena_free(&g.names);
	arena_free(&g.seen_room);
	if (r == 0)
		*ret = g.count;
	return r;
}
