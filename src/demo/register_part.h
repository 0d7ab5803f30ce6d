/* SPDX-License-Identifier: Apache-2.0
 * register_part.h - shared by register.c, draw.c and register_csv.c only. */
#pragma once
#include "demo/register.h"

struct demo_size {
	uint32_t orgs; /* all together */
	uint32_t drawn,
		drawn6; /* holders drawn from the seed; how many of them with IPv6 too */
	bool all_networks; /* also those without a block in the load plan */
};

/* -1 when the table is full. */
int32_t demo_org_add(struct demo_register *g, const struct demo_org *o);
MUST int demo_prefix_add(
	struct demo_register *g, struct str text, const struct demo_prefix *p);
/* Adds the holders of a load scale, drawn from the register's seed. */
MUST int demo_holders_draw(
	struct arena *a, struct demo_register *g, const struct demo_size *size);
