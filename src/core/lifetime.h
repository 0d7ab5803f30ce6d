/* SPDX-License-Identifier: Apache-2.0
 * lifetime.h - what state a finding is in. Depends on: base.
 *
 * The state is a function of three things only: the reports it was seen in, the reports
 * of those types that arrived, and the claims that it is fixed, but for claims of a day
 * that has not come. So late and shuffled
 * files give the same end as files in order, and `tocsin rebuild` can compute it again.
 *
 *   open -> claimed fixed  somebody said so, on or after the day of the last report it
 *                          was in
 *   -> fixed               then, or without a claim, `quiet` reports of its type arrived
 *                          without it: by claim or by silence
 *   -> relapsed            seen again after it was fixed, or in a report of a later day
 *                          than a claim
 *   not theirs             a person decided; sightings and relapses go on being counted
 */
#pragma once
#include "base/opt.h"
#include "core/arrival.h"

enum finding_state {
	STATE_OPEN,
	STATE_CLAIMED,
	STATE_FIXED,
	STATE_RELAPSED,
	STATE_NOT_THEIRS,
	STATE_N
};
enum fixed_by { FIXED_NOT, FIXED_BY_CLAIM, FIXED_BY_SILENCE };

const char *state_text(enum finding_state s);
MUST int state_read(struct str s, enum finding_state *ret);

/* One report it was seen in; of two types on one day the greater name
 * stands for the day. */
struct life_report {
	int32_t day;
	const struct report_type *type;
};
struct life {
	enum finding_state state;
	int32_t state_day;
	enum fixed_by fixed_by;
	int relapses;
};
/* Days on which somebody said that it is fixed, ascending. */
struct claims {
	const int32_t *days;
	size_t n;
};
/* reports ascending by day, one per day, at least one. */
struct life life_of(const struct life_report *reports, size_t n, const struct claims *c);
/* Does seeing it in a report of day to, after the last of day from, make it a relapse by
 * silence alone? */
bool life_was_silent(const struct report_type *type, int32_t from, int32_t to);

/* A spell: a time in which it was there, from the first report it was in to the day on
 * which it was over. A finding has one, and one more with each relapse. The values are in
 * the database. */
enum spell_end {
	SPELL_GOES_ON,	/* to_day and last_day mean nothing */
	SPELL_BY_CLAIM, /* fixed, as life_of says it */
	SPELL_BY_SILENCE,
	SPELL_REFUTED, /* claimed fixed, and seen again: the next one begins that day */
	SPELL_NOT_THEIRS, /* a person decided */
};
struct spell {
	int32_t from_day;
	int32_t last_day;	  /* of the last report it was in */
	int32_t to_day;		  /* on which it was over */
	struct opt_int claim_day; /* the first claim in it */
	enum spell_end how;
};
/* Room for n spells at ret; how many there are. The last one goes on, unless life_of
 * answers fixed; there is one more than life_of counts relapses. */
size_t life_spells(const struct life_report *reports, size_t n, const struct claims *c,
	struct spell *ret);
/* The same after a person decided on a day that it is not theirs: what went on then ends,
 * later ones do not count. The new number. */
size_t life_cut(struct spell *spells, size_t n, int32_t day);
