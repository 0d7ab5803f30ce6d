/* SPDX-License-Identifier: Apache-2.0
 * effect_sum.h - sums of spells by day, kept up with each change of a finding.
 * Depends on: base, db, core/lifetime.
 *
 * The figures of core/effect.h are read from them, so that a page costs the same whatever
 * the number of findings. A sum is of one day, or of a span of 32 days, and of one
 * organisation, network or kind. What a spell adds, and to which day:
 *
 *   its first day    begun; relapsed, unless it is its finding's first; attributed,
 *                    when it is the first and the finding has an organisation; critical,
 *                    when the finding is critical now and the spell was not ended as
 *                    "not theirs"; in_time, when it is critical, fixed, and its last
 *                    report is not of a later day than the fifth working day (of the
 *                    team: core/workday.h) after the first
 *   its first claim  claimed
 *   the day it ends  by_claim, by_silence, or otherwise; when fixed also one of the
 *                    lengths, by the days from its first report to its last, both counted
 *
 * So sums are a function of what is stored of findings. Whoever changes that brings
 * them up to date in the same transaction: takes away what it added, writes, adds. */
#pragma once
#include "core/ctx.h"
#include "core/lifetime.h"
#include "core/workday.h"

enum effect_dim { EFFECT_BY_ORG = 1, EFFECT_BY_NETWORK, EFFECT_BY_KIND };
#define EFFECT_SPAN 32

/* The lengths told apart: up to so many days, the last one any. */
#define EFFECT_LENGTHS 17
extern const int32_t effect_length[EFFECT_LENGTHS];

#define EFFECT_IN_TIME 5 /* working days */

enum effect_column {
	SUM_BEGUN,
	SUM_RELAPSED,
	SUM_ATTRIBUTED,
	SUM_CRITICAL,
	SUM_IN_TIME,
	SUM_CLAIMED,
	SUM_BY_CLAIM,
	SUM_BY_SILENCE,
	SUM_OTHERWISE,
	SUM_LENGTH,
	SUM_N = SUM_LENGTH + EFFECT_LENGTHS
};

/* Changes that are not written yet. */
struct effect_sums;
MUST int effect_sums_open(struct ctx *x, struct arena *a, struct effect_sums **ret);
void effect_sums_free(struct effect_sums *s);

/* What of a finding its spells count for. Ids are 0 for nobody. */
struct effect_of {
	int64_t org, network, kind;
	bool critical;
};
/* Adds (by 1) or takes away (by -1) spells; is_first: the first of them is the finding's
 * first. */
void effect_sum_add(struct effect_sums *s, const struct effect_of *of,
	const struct spell *spells, size_t n, bool is_first, int by);
/* All of a finding, as it is stored. Inside a writing transaction. */
MUST int effect_sum_finding(
	struct effect_sums *s, struct ctx *x, int64_t finding, int by);
/* So many that they had better be written now, to keep memory small. */
bool effect_sums_many(const struct effect_sums *s);
/* Writes them. Before the end of the transaction. */
MUST int effect_sums_write(struct effect_sums *s, struct ctx *x);
/* All of them again, from what is stored of findings. keep_up, which may be NULL, is
 * called now and then; negative ends it. Inside a writing transaction. */
MUST int effect_sums_rebuild(struct ctx *x, int (*keep_up)(void *ctx), void *ctx);

/* The working days are other ones: what was in time by these, or is by those, is counted
 * so. Inside a writing transaction. */
MUST int effect_sums_recount(
	struct ctx *x, const struct workdays *was, const struct workdays *is);

/* A finding's spells as they are stored, the one that goes on last; room in the arena. */
struct effect_stored {
	struct effect_of of;
	struct spell *spells;
	size_t n;
};
MUST int effect_stored(
	struct ctx *x, struct arena *a, int64_t finding, struct effect_stored *ret);
/* Stores spells instead of those, and brings the sums up to date; nothing is written when
 * they are the same. Inside a writing transaction. */
MUST int effect_store(struct effect_sums *s, struct ctx *x, int64_t finding,
	const struct effect_stored *was, const struct spell *spells, size_t n);
