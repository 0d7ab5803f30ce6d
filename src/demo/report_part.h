/* SPDX-License-Identifier: Apache-2.0
 * report_part.h - shared by report.c and column.c only. */
#pragma once
#include "demo/report.h"

/* Reads column-values.tsv. */
MUST int demo_rules_load(
	struct arena *a, struct why *why, struct demo_rule **ret, uint32_t *ret_n);
/* The columns of the report, from their names separated by blanks. */
void demo_columns_make(struct arena *a, struct demo_report *t, struct str names,
	const struct demo_rule *rules, uint32_t n_rules);
