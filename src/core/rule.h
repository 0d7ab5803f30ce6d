/* SPDX-License-Identifier: Apache-2.0
 * rule.h - the rules of the loop as data: who is told, reminded, and asked again.
 * Depends on: base, db.
 *
 * Each rule is one number with a name: "remind-critical", "link-days". They are read
 * anew for each use, changed by an act, and a preview (core/preview.h) says what a
 * change would have done. */
#pragma once
#include "core/notice.h"

enum rule_number {
	RULE_LINK_DAYS,
	RULE_REST_MAX,
	RULE_REST_ASKED,
	RULE_CHECK_DAYS,
	RULE_CHECK_GRACE,
	RULE_SILENT,
	RULE_CHECK_SELF,
	RULE_NUMBERS
};
struct escalation {
	int64_t second_after; /* reminders without an answer, then the second contact */
	int64_t person_after; /* and then a person's list; 0: never */
};
struct rules {
	struct notice_rules notice;
	struct escalation escalate[SEV_N];
	int64_t number[RULE_NUMBERS];
};
MUST int rules_load(struct ctx *x, struct rules *ret);

/* Changes one in memory. E_NOT_FOUND for a name that is no rule, E_USAGE for a value out
 * of its range; the sentence names what there is. */
MUST int rule_change(struct rules *r, struct str name, int64_t value, struct why *why);
/* Changes one for good, with its audit row. Inside a writing transaction. */
MUST int rule_set(struct ctx *x, struct str name, int64_t value);

struct rule_row {
	const char *name;
	int64_t value, min, max;
	const char *help; /* English, not translated: the API's */
};
typedef int rule_row_fn(void *ctx, const struct rule_row *row);
MUST int rules_each(const struct rules *r, rule_row_fn *fn, void *ctx);
