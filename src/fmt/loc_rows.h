/* SPDX-License-Identifier: Apache-2.0
 * loc_rows.h - one country of libloc's database as rows of the register. Depends on:
 * base, fmt/loc. */
#pragma once
#include "base/reg_row.h"
#include "fmt/loc.h"

#define LOC_COUNTRY_AS_MAX 200000 /* of one country; the United States have 20,000 */

struct loc_rows {
	void *ctx;
	int (*row)(void *ctx, const struct reg_row *row, struct why *why);
};
struct loc_count {
	uint32_t entries;  /* of the country, as the database writes them */
	uint32_t prefixes; /* REG_COUNTRY rows given */
	uint32_t networks; /* REG_NETWORK rows given */
	uint32_t asns;	   /* different AS numbers in them */
};

/* country: two capital letters. Gives REG_COUNTRY (net, cc) and, where an AS number is
 * known, REG_NETWORK (net, asn, organisation: the AS's name, else "AS64500"). Rows of one
 * kind never overlap; neighbours that say the same and fill a larger network are one, up
 * to IPv4 /8 and IPv6 /16. Networks that the database has inside another country's, or
 * other countries' inside these, are cut out exactly. */
MUST int loc_read(struct loc *l, struct str country, const struct loc_rows *out,
	struct why *why, struct loc_count *ret);
