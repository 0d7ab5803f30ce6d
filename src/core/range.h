/* SPDX-License-Identifier: Apache-2.0
 * range.h - which prefix does an address lie in? Depends on: base/net.
 *
 * Any number of nested prefixes, flattened into sorted ranges: one binary search finds
 * the prefix that wins, which is the longest, but one of the team's own before any
 * imported one. */
#pragma once
#include "base/net.h"

struct range_in {
	struct net net;
	bool team;	/* from the team's register: goes before imported data */
	uint32_t value; /* the caller's; comes back from range_find; never UINT32_MAX */
};
#define RANGE_NONE UINT32_MAX

struct range6 {
	uint64_t hi, lo;
};
struct range_table {
	size_t n4, n6;
	uint32_t *start4, *value4;
	struct range6 *start6;
	uint32_t *value6;
	uint32_t index4[65537]; /* where each /16 begins in start4 */
};

/* Sorts in[] in place. The table lives in the arena. */
struct range_table *range_build(struct arena *a, struct range_in *in, size_t n);
uint32_t range_find(const struct range_table *t, const struct ip *ip);
