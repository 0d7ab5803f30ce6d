/* SPDX-License-Identifier: Apache-2.0
 * register.c - the demo country's organisations: see register.h. Depends on: base/net,
 * demo/files. The holders of the load scales: draw.c; the files: register_csv.c. */
#include "demo/register.h"
#include "demo/files.h"
#include "demo/register_part.h"

#include <stdio.h>

static const struct {
	const char *name;
	uint32_t divisor;
	struct demo_size size;
} scales[DEMO_SCALES] = {
	[DEMO_D] = { "D", 100, { .orgs = 56 } },
	/* The twelve networks of the load plan, 40 drawn, 8 known by domain: 60; 90
	   prefixes. */
	[DEMO_L1] = { "L1", 12, { .orgs = 60, .drawn = 40, .drawn6 = 22 } },
	/* The 56 of the demo plan and 184 drawn: 240; 16 + 32 + 184 + 58 = 290
	 * prefixes. */
	[DEMO_L2] = { "L2", 1,
		{ .orgs = 240, .drawn = 184, .drawn6 = 58, .all_networks = true } },
};

int demo_scale_read(struct str s, enum demo_scale *ret)
{
	for (size_t i = 0; i < DEMO_SCALES; i++)
		if (str_eq_nocase(s, str_c(scales[i].name))) {
			*ret = (enum demo_scale)i;
			return 0;
		}
	return E_SYNTAX;
}

uint32_t demo_scale_divisor(enum demo_scale s)
{
	return scales[s].divisor;
}

int32_t demo_org_add(struct demo_register *g, const struct demo_org *o)
{
	if (g->n_orgs == g->cap_orgs)
		return -1;
	g->orgs[g->n_orgs] = *o;
	return (int32_t)g->n_orgs++;
}

int demo_prefix_add(struct demo_register *g, struct str text, const struct demo_prefix *p)
{
	struct demo_prefix q = *p;
	if (g->n_prefixes == g->cap_prefixes || net_read(text, &q.net) < 0)
		return E_SYNTAX;
	g->prefixes[g->n_prefixes++] = q;
	return 0;
}

static struct str mail_domain(struct str mail)
{
	return str_from(mail, str_find(mail, '@') + 1);
}

/* 3fff:100::/32, 3fff:200::/32 ...: each network's place in the documentation range for
 * load. */
static int add_load_v6(
	struct demo_register *g, uint32_t number, const struct demo_prefix *p)
{
	char text[IP_TEXT_MAX];
	int n = snprintf(text, sizeof(text), "3fff:%x::/32", (number + 1) * 0x40);
	return demo_prefix_add(g, (struct str){ text, (size_t)n }, p);
}

/* The blocks of the load plan that belong to asn; 0 asks for those without a holder. */
static int add_load_v4(struct arena *a, struct demo_register *g, struct str asn,
	const struct demo_prefix *p, uint32_t *ret_n)
{
	struct str rest = demo_file("load-prefixes.csv"), line, f[2];
	*ret_n = 0;
	while (demo_line(&rest, &line)) {
		demo_fields(a, line, ',', f, N(f));
		if (!str_eq(f[1], asn))
			continue;
		if (demo_prefix_add(g, f[0], p) < 0)
			return E_SYNTAX;
		++*ret_n;
	}
	return 0;
}

enum { N_ASN, N_NAME, N_KIND, N_SECTOR, N_V4, N_V6, N_LANGUAGE, N_MAIL, N_COLUMNS };

static int add_network(struct arena *a, struct demo_register *g,
	const struct demo_size *size, const struct str *f, uint32_t number)
{
	struct demo_org o = { .name = f[N_NAME],
		.sector = f[N_SECTOR],
		.language = f[N_LANGUAGE],
		.mail = f[N_MAIL],
		.kind = f[N_KIND],
		.is_network = true };
	struct demo_prefix p = { .org = (int32_t)g->n_orgs };
	uint32_t blocks = 0;
	if (asn_read(f[N_ASN], &o.asn) < 0)
		return E_SYNTAX;
	p.asn = o.asn;
	if (g->scale == DEMO_D) {
		if (demo_org_add(g, &o) < 0)
			return E_TOO_BIG;
		if (f[N_V4].n > 0 && demo_prefix_add(g, f[N_V4], &p) < 0)
			return E_SYNTAX;
		return demo_prefix_add(g, f[N_V6], &p);
	}
	int r = add_load_v4(a, g, f[N_ASN], &p, &blocks);
	if (r < 0 || (blocks == 0 && !size->all_networks))
		return r;
	if (demo_org_add(g, &o) < 0)
		return E_TOO_BIG;
	return add_load_v6(g, number, &p);
}

static int add_networks(
	struct arena *a, struct demo_register *g, const struct demo_size *size)
{
	struct str rest = demo_file("networks.csv"), line, f[N_COLUMNS];
	uint32_t number = 0;
	(void)demo_line(&rest, &line); /* the header */
	for (; demo_line(&rest, &line); number++) {
		if (demo_fields(a, line, ',', f, N(f)) != N(f))
			return E_SYNTAX;
		int r = add_network(a, g, size, f, number);
		if (r < 0)
			return r;
	}
	if (g->scale == DEMO_D)
		return 0;
	uint32_t holes;
	return add_load_v4(a, g, S(""), &(struct demo_prefix){ .org = -1 }, &holes);
}

static const struct demo_org *network_of(const struct demo_register *g, uint32_t asn)
{
	for (uint32_t i = 0; i < g->n_orgs; i++)
		if (g->orgs[i].is_network && g->orgs[i].asn == asn)
			return &g->orgs[i];
	return NULL;
}

/* The holders of the demo plan: with their prefixes at scale D, else by their domains
 * only. */
static int add_demo_holders(struct arena *a, struct demo_register *g, uint32_t until)
{
	struct str rest = demo_file("holders.csv"), line, f[6];
	(void)demo_line(&rest, &line);
	while (g->n_orgs < until && demo_line(&rest, &line)) {
		struct demo_org o = { 0 };
		uint32_t asn;
		if (demo_fields(a, line, ',', f, N(f)) != N(f) ||
			asn_read(f[5], &asn) < 0)
			return E_SYNTAX;
		o = (struct demo_org){ .name = f[1],
			.sector = f[2],
			.language = f[3],
			.mail = f[4],
			.by_domain_only = g->scale != DEMO_D };
		struct demo_prefix p = {
			.asn = asn, .inside_asn = asn, .org = (int32_t)g->n_orgs
		};
		if (g->scale == DEMO_D) {
			const struct demo_org *around = network_of(g, asn);
			if (around == NULL || demo_prefix_add(g, f[0], &p) < 0)
				return E_SYNTAX;
			o.asn = asn;
			o.kind = around->kind;
		}
		if (demo_org_add(g, &o) < 0)
			return E_TOO_BIG;
	}
	return 0;
}

static void add_domain(struct demo_register *g, struct str name, int32_t org)
{
	g->domains[g->n_domains++] = (struct demo_domain){ name, org };
	g->orgs[org].domain = name;
}

/* Two organisations share a mail domain: domains.csv says whose it is. */
static bool is_others(struct arena *a, struct str domain, struct str org)
{
	struct str rest = demo_file("domains.csv"), line, f[2];
	while (demo_line(&rest, &line)) {
		demo_fields(a, line, ',', f, N(f));
		if (str_eq(f[0], domain))
			return !str_eq(f[1], org);
	}
	return false;
}

static void add_domains(struct arena *a, struct demo_register *g, uint32_t drawn_from)
{
	g->domains = arena_array(a, g->n_orgs, sizeof(*g->domains));
	for (uint32_t i = 0; i < g->n_orgs; i++) {
		struct str d = mail_domain(g->orgs[i].mail);
		/* On day one not every organisation's domain is known: 212 of 240. */
		bool unknown = i >= drawn_from && (i - drawn_from) % 7 == 0;
		if (!unknown && !is_others(a, d, g->orgs[i].name))
			add_domain(g, d, (int32_t)i);
	}
}

int demo_register_make(struct arena *a, enum demo_scale scale, uint64_t seed,
	struct why *why, struct demo_register *ret)
{
	const struct demo_size *size = &scales[scale].size;
	struct demo_register g = {
		.scale = scale, .seed = seed, .cap_orgs = 256, .cap_prefixes = 512
	};
	g.orgs = arena_array(a, g.cap_orgs, sizeof(*g.orgs));
	g.prefixes = arena_array(a, g.cap_prefixes, sizeof(*g.prefixes));
	int r = add_networks(a, &g, size);
	if (r == 0)
		r = add_demo_holders(a, &g, size->orgs - size->drawn);
	uint32_t drawn_from = g.n_orgs;
	if (r == 0 && size->drawn > 0)
		r = demo_holders_draw(a, &g, size);
	if (r < 0)
		return fail(why, r, "the demo country's register does not fit together");
	add_domains(a, &g, drawn_from);
	*ret = g;
	return 0;
}

int32_t demo_register_domain(const struct demo_register *g, struct str name)
{
	const struct demo_domain *best = NULL;
	for (uint32_t i = 0; i < g->n_domains; i++) {
		const struct demo_domain *d = &g->domains[i];
		if (domain_under(name, d->name) &&
			(best == NULL || d->name.n > best->name.n))
			best = d;
	}
	return best ? best->org : -1;
}
