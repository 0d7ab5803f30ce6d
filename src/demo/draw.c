/* SPDX-License-Identifier: Apache-2.0
 * draw.c - the holders of the load scales, drawn from the seed: see register.h.
 * Depends on: demo/files, demo/rng. */
#include "demo/files.h"
#include "demo/register_part.h"

#include <stdio.h>

enum {
	K_KIND,
	K_SECTOR,
	K_COUNT,
	K_NAME,
	K_WORDS,
	K_FROM,
	K_DOMAIN,
	K_MAILBOX,
	K_ROLE,
	K_COLUMNS
};

/* pattern with word for its star; lower also makes it a label of a domain name. */
static struct str fill(struct arena *a, struct str pattern, struct str word, bool lower)
{
	struct buf b = buf_in(a, LIMIT_NAME);
	size_t star = str_find(pattern, '*');
	struct str w = lower ? str_lower(a, word) : word;
	if (buf_add(&b, str_to(pattern, star)) < 0 || buf_add(&b, w) < 0 ||
		buf_add(&b, str_from(pattern, star + 1)) < 0)
		return (struct str){ NULL, 0 };
	for (size_t i = star; lower && i < star + w.n; i++)
		if (b.p[i] == ' ')
			b.p[i] = '-';
	return buf_str(&b);
}

static struct str draw_language(struct rng *r)
{
	uint32_t roll = rng_below(r, 100);
	return roll < 58 ? S("fr") : roll < 81 ? S("en") : S("ar");
}

/* All 184 of the plan, in its order: *ret has room for cap. */
static uint32_t list_kinds(
	struct arena *a, struct rng *r, struct demo_org *ret, uint32_t cap)
{
	struct str rest = demo_file("holder-kinds.csv"), line, f[K_COLUMNS];
	uint32_t n = 0;
	(void)demo_line(&rest, &line);
	while (demo_line(&rest, &line)) {
		int64_t count = 0, from = 0;
		uint32_t n_words;
		if (demo_fields(a, line, ',', f, N(f)) != N(f) ||
			!str_int(f[K_COUNT], 0, 200, &count) ||
			!str_int(f[K_FROM], 0, 200, &from))
			return 0;
		const struct str *words = demo_words(a, f[K_WORDS], &n_words);
		for (int64_t i = 0; i < count && from + i < n_words && n < cap; i++) {
			struct str word = words[from + i];
			struct buf mail = buf_in(a, LIMIT_NAME);
			struct str domain = fill(a, f[K_DOMAIN], word, true);
			if (buf_addf(&mail, "%.*s@%.*s", STR(f[K_MAILBOX]), STR(domain)) <
				0)
				return 0;
			ret[n++] = (struct demo_org){ .name = fill(
							      a, f[K_NAME], word, false),
				.sector = f[K_SECTOR],
				.language = draw_language(r),
				.mail = buf_str(&mail) };
		}
	}
	return n;
}

/* A network's block for a holder: government mostly at the government network,
 * universities at the research network, the others anywhere, larger blocks more often. */
static const struct demo_prefix *draw_block(struct rng *r, const struct demo_register *g,
	uint32_t n_networks, struct str sector)
{
	uint32_t home = str_eq(sector, S("government")) && rng_below(r, 10) < 4 ? 64508
										: 0;
	if (str_eq(sector, S("academic")) && rng_below(r, 10) < 6)
		home = 64506;
	for (;;) {
		const struct demo_prefix *p = &g->prefixes[rng_below(r, n_networks)];
		if (p->org < 0 || !ip_is4(&p->net.ip) || (home != 0 && p->asn != home))
			continue;
		/* A /17 always, a /18 half the time, a /21 one time in sixteen. */
		if (home != 0 || rng_below(r, 1u << (p->net.len - 96 - 17)) == 0)
			return p;
	}
}

static bool taken(const struct demo_register *g, const struct net *n)
{
	for (uint32_t i = 0; i < g->n_prefixes; i++)
		if (g->prefixes[i].net.len == n->len &&
			ip_cmp(&g->prefixes[i].net.ip, &n->ip) == 0)
			return true;
	return false;
}

/* A /24 to /30 inside the block. It may lie inside another holder's or around it: the
 * longest prefix decides, and that is worth a test. */
static struct net draw_net(
	struct rng *r, const struct demo_register *g, const struct net *block)
{
	for (;;) {
		unsigned len = 96 + 24 + rng_below(r, 7);
		uint32_t inside = rng_below(r, 1u << (128 - block->len));
		struct ip ip = block->ip;
		for (unsigned i = 0; i < 4; i++)
			ip.b[12 + i] |= (uint8_t)(inside >> (24 - 8 * i));
		struct net n = net_of(&ip, len);
		if (!taken(g, &n))
			return n;
	}
}

/* The /48 number i of the upper half of the network's /32; its lower half stays the
 * network's. */
static int add_v6(struct demo_register *g, struct demo_prefix p, uint32_t i)
{
	for (uint32_t k = 0; k < g->n_prefixes; k++) {
		const struct demo_prefix *q = &g->prefixes[k];
		if (q->asn != p.asn || q->inside_asn != 0 || ip_is4(&q->net.ip))
			continue;
		p.net = q->net;
		p.net.len = 48;
		p.net.ip.b[4] = 0x80;
		p.net.ip.b[5] = (uint8_t)i;
		if (g->n_prefixes == g->cap_prefixes)
			return E_TOO_BIG;
		g->prefixes[g->n_prefixes++] = p;
		return 0;
	}
	return E_NOT_FOUND;
}

int demo_holders_draw(
	struct arena *a, struct demo_register *g, const struct demo_size *size)
{
	struct rng r = rng_new(g->seed, 'h', 0);
	enum { MOST = 200 };
	struct demo_org *list = arena_array(a, MOST, sizeof(*list));
	uint32_t n = list_kinds(a, &r, list, MOST), n_networks = g->n_prefixes;
	if (n < size->drawn)
		return E_NOT_FOUND;
	for (uint32_t i = n - 1; i > 0; i--) {
		uint32_t k = rng_below(&r, i + 1);
		struct demo_org o = list[i];
		list[i] = list[k];
		list[k] = o;
	}
	for (uint32_t i = 0; i < size->drawn; i++) {
		const struct demo_prefix *block = draw_block(
			&r, g, n_networks, list[i].sector);
		struct demo_prefix p = { .net = draw_net(&r, g, &block->net),
			.asn = block->asn,
			.inside_asn = block->asn,
			.org = (int32_t)g->n_orgs };
		list[i].asn = block->asn;
		list[i].kind = g->orgs[block->org].kind;
		if (demo_org_add(g, &list[i]) < 0 || g->n_prefixes == g->cap_prefixes)
			return E_TOO_BIG;
		g->prefixes[g->n_prefixes++] = p;
		int err = i < size->drawn6 ? add_v6(g, p, i) : 0;
		if (err < 0)
			return err;
	}
	return 0;
}
