/* SPDX-License-Identifier: Apache-2.0
 * register.h - who is responsible for what in the demo country, at a scale.
 * Depends on: base/net, demo/files, demo/rng.
 *
 * Scale D is the country's demo plan: 32 networks and 24 holders in documentation
 * addresses. L1 and L2 live in the load plan, with holders drawn from the seed inside its
 * networks. */
#pragma once
#include "base/net.h"
#include "demo/out.h"
#include "demo/rng.h"

enum demo_scale { DEMO_D, DEMO_L1, DEMO_L2, DEMO_SCALES };
MUST int demo_scale_read(struct str s, enum demo_scale *ret);
/* How many times smaller than the country's average day: 100, 12, 1. */
uint32_t demo_scale_divisor(enum demo_scale s);

struct demo_org {
	struct str name, sector, language, mail;
	struct str domain; /* registered for it; absent when none is */
	struct str kind;   /* a network operator's, else of the network around it */
	uint32_t asn;	   /* of its network; 0 when it has no address here */
	bool is_network;
	bool by_domain_only; /* known by contact and domain, without a prefix */
};

struct demo_prefix {
	struct net net;
	uint32_t asn;	     /* 0: the country's, with no holder registered */
	int32_t org;	     /* -1: nobody's */
	uint32_t inside_asn; /* of a holder's prefix; 0 for a network's own */
};

struct demo_domain {
	struct str name;
	int32_t org;
};

struct demo_register {
	enum demo_scale scale;
	uint64_t seed;
	struct demo_org *orgs;
	uint32_t n_orgs, cap_orgs;
	struct demo_prefix *prefixes; /* networks' first, then holders' */
	uint32_t n_prefixes, cap_prefixes;
	struct demo_domain *domains;
	uint32_t n_domains;
};

MUST int demo_register_make(struct arena *a, enum demo_scale scale, uint64_t seed,
	struct why *why, struct demo_register *ret);
/* The organisation that registered the longest suffix of name, or -1. */
int32_t demo_register_domain(const struct demo_register *g, struct str name);
/* Writes networks.csv, holders.csv, contacts.csv, domains.csv and country.csv. */
MUST int demo_register_write(
	struct arena *a, const struct demo_register *g, int dir, struct why *why);
