/* SPDX-License-Identifier: Apache-2.0
 * arrival.h - which daily reports of which type arrived. Depends on: base, db.
 *
 * Silence is counted in reports that arrived, so that a missing feed fixes nothing. All
 * of it is in memory: some 200 types with a few hundred days each. */
#pragma once
#include "core/ctx.h"

#define QUIET_DEFAULT 7

struct report_type {
	int64_t id;
	struct str name;
	bool known;    /* to the catalogue */
	int quiet;     /* reports without a sighting that make a finding fixed */
	int32_t *days; /* arrived, ascending */
	size_t n_days, cap_days;
};
struct arrivals {
	struct arena *arena;
	struct report_type *types;
	size_t n, cap;
};

MUST int arrivals_load(struct ctx *x, struct arena *a, struct arrivals *ret);
struct report_type *arrivals_type(const struct arrivals *v, int64_t id);
struct report_type *arrivals_by_name(const struct arrivals *v, struct str name);
/* The type, made when it is new. Inside a writing transaction. */
MUST int arrivals_add_type(struct ctx *x, struct arrivals *v, struct str name, bool known,
	int quiet, int64_t *ret_id);
/* Notes that the report of that day arrived. *ret_late: a newer one had arrived before;
 * *ret_new: it had not arrived before. Inside a writing transaction. */
MUST int arrivals_add(struct ctx *x, struct arrivals *v, int64_t type, int32_t day,
	bool *ret_new, bool *ret_late);
/* Did the report of that day arrive? */
bool arrivals_has(const struct report_type *t, int32_t day);
/* Reports that arrived after day from and before day to. */
size_t arrivals_between(const struct report_type *t, int32_t from, int32_t to);
/* The day of the n-th report that arrived after day; INT32_MAX when there are fewer. */
int32_t arrivals_nth_after(const struct report_type *t, int32_t day, size_t n);
/* The latest day that arrived, INT32_MIN when none did. */
int32_t arrivals_latest(const struct report_type *t);
