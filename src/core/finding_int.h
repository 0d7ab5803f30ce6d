/* SPDX-License-Identifier: Apache-2.0
 * finding_int.h - what a filter looks at: for finding.c and finding_page.c. Depends on:
 * base, db. */
#pragma once
#include "core/finding.h"

struct candidate {
	int64_t id, kind, org, network_org, first_seen, last_seen, type, relapses;
	struct str net, name, family;
	int64_t len, port, severity, state;
};
/* The kinds that a filter's type and identifier mean. */
struct finding_kinds {
	bool any;   /* the filter names neither */
	int64_t *v; /* ascending */
	size_t n, cap;
};
MUST int finding_kinds_load(struct ctx *x, struct arena *a,
	const struct finding_filter *f, struct finding_kinds *ret);
bool finding_matches(const struct finding_filter *f, const struct finding_kinds *kinds,
	const struct candidate *c);

/* The statements' rows have one shape but many types. */
#define FINDING_CANDIDATE(q)                                                             \
	{                                                                                \
		(q)->id, (q)->kind, (q)->org.v, (q)->network_org.v, (q)->first_seen,     \
			(q)->last_seen, (q)->last_type, (q)->relapses, (q)->net,         \
			(q)->name, (q)->family, (q)->len, (q)->port, (q)->severity,      \
			(q)->state                                                       \
	}
