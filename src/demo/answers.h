/* SPDX-License-Identifier: Apache-2.0
 * answers.h - what the demo country's organisations answer, and the files about it.
 * Depends on: demo/population.
 *
 * arrivals.csv (read): day,notice,organisation,sector,reminder,identifier,address,port,
 * one line per finding of each notice that somebody got and reads. answers.csv (written
 * and read): day,notice,organisation,identifier,address,port,answer,true. outcomes.csv
 * (written): day,key,answer,true,outcome,again. A finding is named as in keys.csv. */
#pragma once
#include "demo/population.h"

struct demo_arrival {
	int32_t day;
	uint32_t reminder; /* 0: new, or back; 1: the first reminder ... */
	struct str notice, organisation, sector;
	struct demo_identity about;
	uint64_t hash; /* of about */
};
struct demo_arrivals {
	struct demo_arrival *v;
	size_t n, cap;
};
struct demo_answers {
	struct demo_answer *v;
	size_t n, cap;
};

/* Both point into text. E_SYNTAX with the line that cannot be read. */
MUST int demo_arrivals_read(
	struct arena *a, struct str text, struct why *why, struct demo_arrivals *ret);
MUST int demo_answers_read(
	struct arena *a, struct str text, struct why *why, struct demo_answers *ret);

/* All that is answered up to and including day, in the order of time. What an
 * organisation does depends on the seed, its mail and its finding alone: later arrivals
 * and the order of v change nothing about earlier days. v is sorted. */
void demo_answers_decide(struct arena *a, uint64_t seed, int32_t day,
	struct demo_arrivals *v, struct demo_answers *ret);
/* "fixed", "working", "not-mine", "wrong-contact", "need-help". */
const char *demo_word_text(enum demo_word w);

MUST int demo_answers_write(struct arena *a, const struct demo_answers *v, int dir,
	const char *name, struct why *why);
/* Gives the answers to a population that has not begun. */
void demo_answers_give(struct demo_population *p, const struct demo_answers *v);
/* What became of those that have taken effect. */
MUST int demo_outcomes_write(
	struct arena *a, const struct demo_population *p, int dir, struct why *why);
