/* SPDX-License-Identifier: Apache-2.0
 * place.h - where in the demo country something is found. Depends on: demo/register.
 *
 * The country is cut into units: one per organisation with addresses, of those addresses
 * whose most specific holder it is, and one of nobody's. A unit is drawn by the weight of
 * the spread, an address inside it by Zipf's law with exponent 1.1. */
#pragma once
#include "demo/register.h"

enum demo_spread {
	SPREAD_PLAIN,	   /* by the number of addresses; government 1 % */
	SPREAD_HOSTING,	   /* hosting networks 9 times their share */
	SPREAD_VULNERABLE, /* the same, and government 6 % */
	SPREAD_MOBILE,	   /* mobile networks weigh 4 times */
	SPREAD_N,
};

struct demo_unit {
	uint32_t first, n; /* its IPv4 addresses in demo_places.v4 */
	struct net v6;
	bool has_v6;
};

struct demo_places {
	const struct demo_register *reg;
	struct demo_unit *units; /* as reg->orgs, and one more: nobody's */
	uint32_t n_units;
	uint32_t *v4;	/* addresses by unit, in the order of their rank */
	uint64_t *zipf; /* running sums of rank^-1.1 */
	uint64_t *sums[SPREAD_N]
		      [2]; /* running sums of the units' weights, for IPv4 and IPv6 */
};

MUST int demo_places_make(struct arena *a, const struct demo_register *g, struct why *why,
	struct demo_places *ret);
uint32_t demo_place_unit(
	const struct demo_places *p, struct rng *r, enum demo_spread spread, bool v6);
/* An address of that unit; false when it has none of that family. With flat every address
 * is as likely: for when the often drawn ones are taken. */
bool demo_place_in(const struct demo_places *p, struct rng *r, uint32_t unit, bool v6,
	bool flat, struct ip *ret_ip);
