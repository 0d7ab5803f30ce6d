/* SPDX-License-Identifier: Apache-2.0
 * birth.c - a new key: where it is and what it is called. See population.h.
 * Depends on: demo/place, demo/files. */
#include "demo/files.h"
#include "demo/population_part.h"

#include <stdio.h>

struct words {
	const struct str *v;
	uint32_t n;
};
struct demo_lures {
	struct words lure, end, imitation, site, given, surname;
};

static struct words words_of(struct arena *a, struct str list)
{
	struct words w;
	w.v = demo_words(a, list, &w.n);
	return w;
}

struct demo_lures *demo_lures_new(struct arena *a)
{
	struct demo_lures *l = arena_alloc(a, sizeof(*l));
	l->lure = words_of(a, S("lure"));
	l->end = words_of(a, S("lure-end"));
	l->imitation = words_of(a, S("imitation"));
	l->site = words_of(a, S("site"));
	l->given = words_of(a, S("given"));
	l->surname = words_of(a, S("surname"));
	return l;
}

static struct str draw_word(struct rng *r, const struct words *w)
{
	return w->v[rng_below(r, w->n)];
}

/* Adds h to the set; false when it was there. */
static bool take(struct demo_population *p, uint64_t h)
{
	h |= h == 0; /* 0 marks an empty place */
	if (2 * p->n_taken >= p->cap_taken) {
		size_t cap = p->cap_taken ? 2 * p->cap_taken : 4096;
		uint64_t *to = arena_array(p->arena, cap, sizeof(*to));
		for (size_t i = 0; i < p->cap_taken; i++) {
			size_t at = p->taken[i] & (cap - 1);
			while (to[at] != 0)
				at = (at + 1) & (cap - 1);
			if (p->taken[i] != 0)
				to[at] = p->taken[i];
		}
		p->taken = to;
		p->cap_taken = cap;
	}
	size_t at = h & (p->cap_taken - 1);
	for (; p->taken[at] != 0; at = (at + 1) & (p->cap_taken - 1))
		if (p->taken[at] == h)
			return false;
	p->taken[at] = h;
	p->n_taken++;
	return true;
}

/* What the program folds on: kind of thing, place, service port. It counts the malware's
 * name too; but that two keys differ by nothing else would not show in keys.csv, so it
 * does not happen here. */
static uint64_t identity(const struct demo_report *t, const struct demo_key *k)
{
	struct str identifier = t->identifier;
	if (str_eq(identifier, S("@")))
		identifier = t->names[k->name_item];
	uint64_t h = mix_text(t->rsit.p, t->rsit.n);
	h = mix64(h ^ mix_text(identifier.p, identifier.n));
	if (t->about == ABOUT_HOST || t->about == ABOUT_MAIL)
		h = mix64(h ^ mix_text(k->name.p, k->name.n));
	else
		h = mix64(h ^ mix_text((const char *)k->ip.b, sizeof(k->ip.b)));
	return mix64(h ^ (t->port_in_key ? k->port : 0u));
}

static const struct demo_org *org_of(const struct demo_population *p, uint32_t unit)
{
	const struct demo_register *g = p->places->reg;
	return unit < g->n_orgs ? &g->orgs[unit] : NULL;
}

/* A name for a bad site. Some are under a registered domain, some imitate one, most are
 * neither. What a site answers for with its address stays at the domain's owner: then
 * both ways to find who is responsible say the same. */
static struct str draw_host(struct demo_population *p, struct rng *r,
	const struct demo_report *t, uint32_t unit)
{
	const struct demo_register *g = p->places->reg;
	const struct demo_domain *d = &g->domains[rng_below(r, g->n_domains)];
	const struct demo_org *here = org_of(p, unit);
	struct buf b = buf_in(p->arena, DOMAIN_MAX);
	uint32_t roll = rng_below(r, 100), number = rng_below(r, 10000);
	struct str lure = draw_word(r, &p->lures->lure),
		   end = draw_word(r, &p->lures->end);
	struct str site = draw_word(r, &p->lures->site);
	struct str imitation = draw_word(r, &p->lures->imitation);
	struct str own = t->about == ABOUT_SITE && here != NULL ? here->domain : d->name;
	uint32_t under = str_eq(t->type, S("compromised_website")) ? 45 : 8;
	if (t->about == ABOUT_SITE && own.n == 0)
		under = 0;
	int err;
	if (roll < under)
		err = buf_addf(&b, "%.*s%u.%.*s", STR(site), number % 40, STR(own));
	else if (roll < under + 15)
		err = buf_addf(&b, "%.*s.%.*s.%.*s%u.example", STR(imitation),
			STR(d->name), STR(end), number);
	else
		err = buf_addf(&b, "%.*s-%.*s%u.example", STR(lure), STR(end), number);
	return err < 0 ? S("") : buf_str(&b);
}

static struct str draw_mail(struct demo_population *p, struct rng *r)
{
	const struct demo_register *g = p->places->reg;
	struct buf b = buf_in(p->arena, LIMIT_NAME);
	struct str given = draw_word(r, &p->lures->given),
		   sur = draw_word(r, &p->lures->surname);
	struct str domain = g->domains[rng_below(r, g->n_domains)].name;
	uint32_t number = rng_below(r, 400);
	int err = buf_addf(&b, "%.*s.%.*s", STR(given), STR(sur));
	if (err == 0 && number > 100)
		err = buf_addf(&b, "%u", number);
	if (err == 0 && rng_below(r, 100) < 85)
		err = buf_addf(&b, "@%.*s", STR(domain));
	else if (err == 0)
		err = buf_addf(&b, "@mail%u.example", rng_below(r, 30));
	return err < 0 ? S("") : buf_str(&b);
}

static uint16_t draw_port(struct rng *r, const struct demo_report *t)
{
	if (t->n_ports == 0)
		return 0;
	uint32_t x = rng_below(r, t->port_sums[t->n_ports - 1]), i = 0;
	while (t->port_sums[i] <= x)
		i++;
	return t->ports[i];
}

/* Who is responsible: the owner of a site's or mailbox's domain, else the address's
 * holder. */
static void set_holder(
	struct demo_population *p, const struct demo_report *t, struct demo_key *k)
{
	const struct demo_register *g = p->places->reg;
	const struct demo_org *here = org_of(p, k->unit);
	k->holder = here ? (int32_t)k->unit : -1;
	k->asn = here ? here->asn : 0;
	if (t->about == ABOUT_HOST) {
		int32_t owner = demo_register_domain(g, k->name);
		k->holder = owner >= 0 ? owner : k->holder;
	} else if (t->about == ABOUT_MAIL) {
		k->holder = demo_register_domain(
			g, str_from(k->name, str_find(k->name, '@') + 1));
		k->asn = 0;
	}
}

/* A name, port and address in the key's unit that nobody has yet. */
static bool settle(struct demo_population *p, struct rng *r, struct demo_key *k)
{
	enum { BY_RANK = 60, TRIES = 150 };
	const struct demo_report *t = &p->reports->v[k->report];
	for (int i = 0; i < TRIES; i++) {
		/* Where the often drawn addresses are all taken, any will do. */
		if (t->about != ABOUT_MAIL &&
			!demo_place_in(
				p->places, r, k->unit, k->v6, i >= BY_RANK, &k->ip))
			return false;
		k->port = draw_port(r, t);
		k->name_item = t->n_names > 0 ? (int32_t)rng_below(r, t->n_names) : -1;
		if (t->about == ABOUT_MAIL)
			k->name = draw_mail(p, r);
		else if (t->about != ABOUT_ADDRESS)
			k->name = draw_host(p, r, t, k->unit);
		k->hash = identity(t, k);
		if (!take(p, k->hash))
			continue;
		if (t->about != ABOUT_SITE || take(p, mix_text(k->name.p, k->name.n)))
			return true;
	}
	return false;
}

bool demo_key_bear(
	struct demo_population *p, struct rng *r, uint32_t report, uint32_t *ret_key)
{
	const struct demo_report *t = &p->reports->v[report];
	struct demo_key k = { .report = (uint16_t)report };
	k.v6 = t->twin.n > 0 && rng_chance(r, p->reports->v6);
	/* The unit first, and once: trying again elsewhere would give the small and empty
	 * ones more than their share. */
	for (int units = 0; units < 20; units++) {
		k.unit = demo_place_unit(p->places, r, t->spread, k.v6);
		if (!settle(p, r, &k))
			continue;
		set_holder(p, t, &k);
		k.days = arena_array(p->arena, (size_t)p->last / 64 + 1, sizeof(*k.days));
		k.serial = (uint32_t)p->stock[report].all.n;
		p->keys = demo_grow(
			p->arena, p->keys, p->n_keys, &p->cap_keys, sizeof(*p->keys));
		p->keys[p->n_keys] = k;
		*ret_key = (uint32_t)p->n_keys++;
		return true;
	}
	return false;
}
