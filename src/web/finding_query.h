/* SPDX-License-Identifier: Apache-2.0
 * finding_query.h - the query of a list of findings: its fields, the filter they mean,
 * and the address of the same list. Depends on: base, core, web. */
#pragma once
#include "core/finding.h"
#include "web/route.h"

extern const struct field finding_query_fields[];

struct finding_query {
	struct finding_filter filter;
	struct finding_key after;
	bool has_after;
	const char *error; /* with {what}: it cannot be understood; NULL: it is */
	struct str about;
	bool more; /* one of the fields that are mostly empty is used */
};
/* Reads the visit's query; words that are none of ours are E_USAGE. */
MUST int finding_query_read(struct visit *v, struct finding_query *ret);
/* The same list at another address, from its beginning or behind a finding. */
struct url finding_query_url(
	struct visit *v, struct url base, const struct finding_key *after);
