/* SPDX-License-Identifier: Apache-2.0
 * place.c - where something is found: see place.h. Depends on:
 * demo/register, demo/rng. */
#include "demo/place.h"

#define V6_RANKS 8192 /* addresses of a unit that IPv6 rows are drawn from */

static uint32_t v4_value(const struct ip *ip)
{
	const uint8_t *b = ip->b + 12;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t net_size(const struct net *n)
{
	return (uint32_t)1 << (128 - n->len);
}

/* Who holds each address: networks first, then holders from the widest prefix to the
 * narrowest, so that the most specific stands at the end. Addresses are numbered block
 * after block. */
static void paint(const struct demo_register *g, uint32_t *owner, uint32_t *value)
{
	for (int len = 96; len <= 128; len++)
		for (uint32_t i = 0; i < g->n_prefixes; i++) {
			const struct demo_prefix *p = &g->prefixes[i];
			uint32_t unit = p->org < 0 ? g->n_orgs : (uint32_t)p->org, at = 0;
			if (p->net.len != len || !ip_is4(&p->net.ip))
				continue;
			for (uint32_t k = 0; k < g->n_prefixes; k++) {
				const struct demo_prefix *block = &g->prefixes[k];
				if (block->inside_asn != 0 || !ip_is4(&block->net.ip))
					continue;
				if (net_has(&block->net, &p->net.ip)) {
					at += v4_value(&p->net.ip) -
						v4_value(&block->net.ip);
					break;
				}
				at += net_size(&block->net);
			}
			for (uint32_t k = 0; k < net_size(&p->net); k++) {
				owner[at + k] = unit;
				value[at + k] = v4_value(&p->net.ip) + k;
			}
		}
}

/* Puts the addresses in order of their unit, and inside it in an order drawn from the
 * seed: that is their rank. */
static void rank_v4(struct arena *a, struct demo_places *p, uint32_t n)
{
	uint32_t *owner = arena_array(a, n, sizeof(*owner));
	uint32_t *value = arena_array(a, n, sizeof(*value));
	uint32_t at = 0;
	paint(p->reg, owner, value);
	for (uint32_t i = 0; i < n; i++)
		p->units[owner[i]].n++;
	for (uint32_t u = 0; u < p->n_units; u++) {
		p->units[u].first = at;
		at += p->units[u].n;
		p->units[u].n = 0;
	}
	for (uint32_t i = 0; i < n; i++) {
		struct demo_unit *u = &p->units[owner[i]];
		p->v4[u->first + u->n++] = value[i];
	}
	for (uint32_t k = 0; k < p->n_units; k++) {
		struct demo_unit *u = &p->units[k];
		struct rng r = rng_new(p->reg->seed, 'r', k);
		for (uint32_t i = u->n; i > 1; i--) {
			uint32_t other = rng_below(&r, i);
			uint32_t was = p->v4[u->first + i - 1];
			p->v4[u->first + i - 1] = p->v4[u->first + other];
			p->v4[u->first + other] = was;
		}
	}
}

static void take_v6(struct demo_places *p)
{
	const struct demo_register *g = p->reg;
	for (uint32_t i = 0; i < g->n_prefixes; i++) {
		const struct demo_prefix *q = &g->prefixes[i];
		if (q->org < 0 || ip_is4(&q->net.ip))
			continue;
		p->units[q->org].v6 = q->net;
		p->units[q->org].has_v6 = true;
	}
	if (g->scale != DEMO_D)
		return;
	/* The demo plan leaves this /40 to nobody: what is unattributed must be seen
	 * too. */
	struct demo_unit *nobody = &p->units[g->n_orgs];
	nobody->has_v6 = net_read(S("2001:db8:2100::/40"), &nobody->v6) == 0;
}

/* How much of the IPv6 rows is at the unit: those with no IPv4 live from it. */
static uint64_t v6_weight(const struct demo_places *p, uint32_t unit)
{
	const struct demo_unit *u = &p->units[unit];
	if (!u->has_v6)
		return 0;
	if (unit == p->reg->n_orgs)
		return 4;
	if (p->reg->scale == DEMO_D)
		return u->n == 0 ? 24 : 4;
	return u->n == 0 ? 64 : u->n;
}

enum group { G_OTHER, G_MOBILE, G_HOSTING, G_GOVERNMENT, G_N };

static enum group group_of(const struct demo_register *g, uint32_t unit)
{
	if (unit == g->n_orgs)
		return G_OTHER;
	const struct demo_org *o = &g->orgs[unit];
	if (str_eq(o->sector, S("government")))
		return G_GOVERNMENT;
	if (str_eq(o->kind, S("hosting")))
		return G_HOSTING;
	return str_starts(o->kind, S("mobile operator")) ? G_MOBILE : G_OTHER;
}

/* In millionths of all rows: what government and hosting networks get together. */
static uint64_t target(enum demo_spread s, enum group g, uint64_t base, uint64_t all)
{
	bool vulnerable = s == SPREAD_VULNERABLE,
	     hosting = vulnerable || s == SPREAD_HOSTING;
	if (base == 0)
		return 0;
	if (g == G_GOVERNMENT)
		return vulnerable ? 60000 : 10000;
	uint64_t share = base * 1000000 / all;
	return !hosting ? share : share * 9 < 700000 ? share * 9 : 700000;
}

static void weigh(struct arena *a, struct demo_places *p, enum demo_spread s, bool v6)
{
	uint64_t *sums = arena_array(a, p->n_units, sizeof(*sums));
	uint64_t base[G_N] = { 0 }, want[G_N], all = 0, sum = 0;
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t u = 0; u < p->n_units; u++) {
			enum group g = group_of(p->reg, u);
			uint64_t w = v6 ? v6_weight(p, u) : p->units[u].n;
			if (pass == 0) {
				base[g] += w;
				all += w;
			} else if (g == G_OTHER || g == G_MOBILE) {
				/* Not four times the share, which would be more than all
				 * there is. */
				uint64_t rest = base[G_OTHER] +
					base[G_MOBILE] * (s == SPREAD_MOBILE ? 4 : 1);
				w *= g == G_MOBILE && s == SPREAD_MOBILE ? 4 : 1;
				want[g] = 1000000 -
					target(s, G_HOSTING, base[G_HOSTING], all) -
					target(s, G_GOVERNMENT, base[G_GOVERNMENT], all);
				sum += w * want[g] * 1024 / rest;
				sums[u] = sum;
			} else {
				want[g] = target(s, g, base[g], all);
				sum += base[g] > 0 ? w * want[g] * 1024 / base[g] : 0;
				sums[u] = sum;
			}
		}
	p->sums[s][v6] = sums;
}

int demo_places_make(struct arena *a, const struct demo_register *g, struct why *why,
	struct demo_places *ret)
{
	struct demo_places p = { .reg = g, .n_units = g->n_orgs + 1 };
	uint32_t n = 0;
	uint64_t sum = 0;
	for (uint32_t i = 0; i < g->n_prefixes; i++)
		if (g->prefixes[i].inside_asn == 0 && ip_is4(&g->prefixes[i].net.ip))
			n += net_size(&g->prefixes[i].net);
	if (n == 0 || n > 1u << 20)
		return fail(why, E_TOO_BIG, "the demo country's address plan is wrong");
	uint32_t ranks = n > V6_RANKS ? n : V6_RANKS;
	p.units = arena_array(a, p.n_units, sizeof(*p.units));
	p.v4 = arena_array(a, n, sizeof(*p.v4));
	p.zipf = arena_array(a, ranks, sizeof(*p.zipf));
	for (uint32_t k = 0; k < ranks; k++) {
		sum += fx_exp2_neg(fx_log2(k + 1) * 11 / 10);
		p.zipf[k] = sum;
	}
	rank_v4(a, &p, n);
	take_v6(&p);
	for (int s = 0; s < SPREAD_N; s++) {
		weigh(a, &p, (enum demo_spread)s, false);
		weigh(a, &p, (enum demo_spread)s, true);
	}
	*ret = p;
	return 0;
}

/* The first of n running sums above a number drawn below the last. */
static uint32_t draw_sum(struct rng *r, const uint64_t *sums, uint32_t n)
{
	uint64_t total = sums[n - 1], x;
	uint32_t low = 0, high = n - 1;
	do
		x = rng_next(r) >> __builtin_clzll(total);
	while (x >= total);
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (sums[mid] > x)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static struct ip v6_at(const struct demo_places *p, uint32_t unit, uint32_t rank)
{
	const struct demo_unit *u = &p->units[unit];
	struct ip ip = u->v6.ip;
	uint64_t h = mix64(p->reg->seed ^ (uint64_t)unit << 32 ^ rank);
	for (unsigned i = u->v6.len / 8; i < 8; i++)
		ip.b[i] = (uint8_t)(h >> (8 * i));
	if (u->v6.len == 32)
		ip.b[4] &= 0x7f; /* the upper half is for holders inside */
	h = mix64(h);
	bool small = h >> 62 != 0; /* ::12 rather than a long random half */
	for (unsigned i = small ? 14 : 8; i < 16; i++)
		ip.b[i] = (uint8_t)(h >> (8 * (i % 8)));
	if (ip.b[15] == 0)
		ip.b[15] = 1;
	return ip;
}

bool demo_place_in(const struct demo_places *p, struct rng *r, uint32_t unit, bool v6,
	bool flat, struct ip *ret_ip)
{
	const struct demo_unit *u = &p->units[unit];
	uint32_t n = v6 ? (u->has_v6 ? V6_RANKS : 0) : u->n;
	if (n == 0)
		return false;
	uint32_t rank = flat ? rng_below(r, n) : draw_sum(r, p->zipf, n);
	if (v6) {
		*ret_ip = v6_at(p, unit, rank);
		return true;
	}
	uint32_t v = p->v4[u->first + rank];
	*ret_ip = (struct ip){ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff,
		(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v } };
	return true;
}

uint32_t demo_place_unit(
	const struct demo_places *p, struct rng *r, enum demo_spread spread, bool v6)
{
	return draw_sum(r, p->sums[spread][v6], p->n_units);
}
