/* SPDX-License-Identifier: Apache-2.0
 * effect.h - what became of it: the figures of the effect page. Depends on: base, db.
 *
 * All days are UTC. A finding's day is that of the report it was in, not of its import.
 * The period begins with the day `since` and has no end: it is up to what is known now.
 * A *spell* is a time in which a finding was there, from the first report it was in to
 * the day it became fixed; it has one more with each relapse (core/lifetime.h).
 * Everything is by the present attribution, severity and kind of the finding, and can
 * be computed again from what is kept: test/story/story_effect.py does.
 *
 * Counted in notices, by the day on which they went out:
 *   sent        went out, or may have (core/outbox.h); or, while nothing went out, opened
 *               or answered all the same: somebody brought it another way; then by the
 *               day of the draft
 *   delivered   a positive delivery report came
 *   bounced     came back
 *   uncertain   one of those sent, and nobody knows whether it went out
 *   opened      its link was opened, whenever; mail scanners do that too, so it is not
 *               "read"
 *   answered    at least one answer came, whenever, by whatever way
 *   undelivered not of those sent: refused, or not handed over in time, for good; by the
 *               day of the last try, or else of the draft
 * Counted in spells:
 *   found       began in the period; of them
 *   new         the first of its finding, and
 *   relapsed    a later one
 *   attributed  of the new ones: their finding has an organisation responsible
 *   claimed     whose first claim "fixed" is of the period; one claim a spell counts
 *   by_claim    became fixed in the period, and there was a claim
 *   by_silence  became fixed in the period without one: not in the last reports of its
 *               type
 *   otherwise   ended in the period, but not fixed: the claim was wrong, so another spell
 *               begins the same day, or a person decided that it is not theirs
 *   open        go on now; claimed fixed ones too, until reports confirm it
 *   there       were there at any time of the period: open + by_claim + by_silence +
 *               otherwise
 *   lengths     of those fixed in the period, from the first report they were in to the
 *               last, both days counted: not to the day on which that is known, which is
 *               `quiet` reports later
 *   median      the smallest length of effect_length that at least half of them do not
 *               exceed: exact up to 7 days, then "within 10", "within 14" ...
 *   critical    began in the period, of a finding that is critical now, and it is known
 *               whether they were fixed in time: five working days and
 *               EFFECT_KNOWN_AFTER days are over. Without those of SPELL_NOT_THEIRS
 *   in_time     of them: fixed, and their last report is not of a later day than the
 *               fifth working day after the first, by the team's days of the week and its
 *               holidays (core/workday.h)
 */
#pragma once
#include "core/effect_sum.h"
#include "core/rsit.h"

/* So many days after five working days it is known what was fixed by then. */
#define EFFECT_KNOWN_AFTER 7

struct effect_figures {
	bool has_notices; /* else these are not counted in this way of grouping */
	int64_t sent, delivered, bounced, uncertain, opened, answered, undelivered;
	int64_t found, relapsed, attributed, claimed, by_claim, by_silence, otherwise,
		open;
	int64_t critical, in_time;
	int64_t lengths[EFFECT_LENGTHS];
};
int64_t effect_new(const struct effect_figures *f);
int64_t effect_fixed(const struct effect_figures *f);
int64_t effect_there(const struct effect_figures *f);
/* Days; absent when nothing was fixed. INT32_MAX: longer than all steps. */
struct opt_int effect_median(const struct effect_figures *f);
/* Of n: per cent, to the nearest, but 0 only for none and 100 only for all; absent when
 * n is 0. */
struct opt_int effect_share(int64_t part, int64_t n);

enum effect_by {
	EFFECT_ALL,
	EFFECT_ORGANISATION,
	EFFECT_SECTOR,
	EFFECT_NETWORK, /* its operator */
	EFFECT_TYPE,	/* RSIT */
};
MUST int effect_by_read(struct str s, enum effect_by *ret);
const char *effect_by_text(enum effect_by by);

struct effect_row {
	struct str name;   /* foreign text; empty: nobody, no sector, not known */
	int64_t org;	   /* by organisation or network: its id, else 0 */
	struct str sector; /* by organisation: its own; foreign text */
	struct effect_figures f;
};
struct effect_table {
	struct effect_row *v;
	size_t n;
};
/* One row for EFFECT_ALL. Else those that have anything to show, the one with most open
 * first. In x->arena. */
MUST int effect_read(
	struct ctx *x, enum effect_by by, int32_t since, struct effect_table *ret);

/* All rows of a table by organisation or sector together: what EFFECT_ALL answers. */
struct effect_figures effect_total(const struct effect_table *t);

/* A table by organisation as one by sector: what EFFECT_SECTOR answers. In a. */
struct effect_table effect_by_sector(struct arena *a, const struct effect_table *t);

/* How many findings were open at the end of each day, by class, up to x->now's day. */
struct effect_days {
	int32_t first;
	size_t n;
	int64_t *open[RSIT_N]; /* n numbers each, in x->arena */
};
MUST int effect_days(struct ctx *x, int32_t since, struct effect_days *ret);

/* What the figures do not see: sentences, msgids. */
#define EFFECT_BLIND 6
extern const char *const effect_blind[EFFECT_BLIND];

/* True while work must make spells and sums for what an older schema left. */
MUST int effect_is_stale(struct ctx *x, bool *ret);
