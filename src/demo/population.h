/* SPDX-License-Identifier: Apache-2.0
 * population.h - the keys that live in the demo country, day after day.
 * Depends on: demo/report, demo/place.
 *
 * A key is what the program folds rows to: the same kind of thing in the same place. Keys
 * are born, show most days, die, and one in five returns after 8 to 20 days. Days are
 * played in order from 0; what a day holds depends on the seed and the day, and on the
 * answers given on earlier days.
 *
 * A key that was truly fixed keeps its place until it would have died by itself, so that
 * nothing is born instead of it: a day with answers is the day without them, less the
 * rows of what was fixed, and with rows of what was only said to be. */
#pragma once
#include "demo/report.h"

struct demo_key {
	uint64_t hash; /* of what it is about; also draws the values of its columns */
	struct ip ip;
	struct str name;   /* host or mailbox; absent for an address */
	uint64_t *days;	   /* a bit for each day on which it was seen in a good row */
	uint32_t serial;   /* among the keys of its report, from 0 */
	uint32_t unit;	   /* of its address, as in demo_places */
	int32_t holder;	   /* the responsible organisation, or -1 */
	uint32_t asn;	   /* of its address; 0 when there is none */
	int32_t name_item; /* in the report's names, or -1 */
	uint16_t report, port;
	bool v6, live;
	bool fixed;    /* by its owner, for good: it is not seen any more */
	int32_t again; /* said to be fixed, but to be seen that day; 0: nothing of it */
};

/* What a key is called outside: as keys.csv writes it, and as the program shows a
 * finding. port is 0 when it does not belong to the key. */
struct demo_identity {
	struct str identifier, place; /* an address or a name */
	uint16_t port;
};

enum demo_dirt { DIRT_NONE, DIRT_CHARSET, DIRT_GEO, DIRT_BROKEN };
struct demo_sighting {
	uint32_t key;
	enum demo_dirt dirt;
};

enum demo_word {
	WORD_FIXED,
	WORD_WORKING,
	WORD_NOT_MINE,
	WORD_WRONG_CONTACT,
	WORD_HELP,
	WORD_N
};
enum demo_outcome {
	OUTCOME_NOT_YET, /* its day lies ahead */
	OUTCOME_STAYS,	 /* the answer changed nothing about the key */
	OUTCOME_DIED,	 /* it lived, and is not seen from the next day on */
	OUTCOME_GONE,	 /* it was gone already, and does not come back */
	OUTCOME_AGAIN,	 /* "fixed", and not true: it is seen again */
	OUTCOME_N
};
/* What an organisation said on that day about a key. */
struct demo_answer {
	int32_t day;
	enum demo_word word;
	bool is_true; /* of "fixed" */
	struct demo_identity about;
	struct str notice, organisation;
	uint64_t hash; /* of about */
	/* Known once the next day was played: */
	enum demo_outcome outcome;
	uint32_t key;
	int32_t again; /* the day on which it is seen again */
};

struct demo_list {
	uint32_t *v;
	size_t n, cap;
};
struct demo_away {
	uint32_t key;
	int32_t back; /* the day it returns */
};
struct demo_stock { /* of one report */
	struct demo_list all, live;
	struct demo_away *away;
	size_t n_away, cap_away;
};

struct demo_population {
	struct arena *arena;
	const struct demo_reports *reports;
	const struct demo_places *places;
	uint64_t seed;
	int32_t day, last; /* the next day to play; the last for which there is room */
	struct demo_key *keys;
	size_t n_keys, cap_keys;
	struct demo_stock *stock; /* one per report */
	uint64_t *taken;	  /* open-addressed set of identities */
	size_t n_taken, cap_taken;
	struct demo_answer *answers;
	struct demo_answer **by_hash; /* sorted by day and hash */
	size_t n_answers;
	struct demo_list owed;	    /* keys that were to be seen again */
	struct demo_sighting *rows; /* room for one report's day */
	size_t cap_rows;
	uint32_t born; /* on the day played last */
	struct demo_lures *lures;
};

void demo_population_new(struct arena *a, const struct demo_reports *t,
	const struct demo_places *p, uint64_t seed, int32_t last,
	struct demo_population *ret);

/* Called for each report of a day with its rows, in the order of the file. */
struct demo_day_sink {
	int (*report)(
		void *me, uint32_t report, const struct demo_sighting *rows, size_t n);
	void *me;
};
/* Plays the next day; sink may be NULL. */
MUST int demo_population_play(
	struct demo_population *p, const struct demo_day_sink *sink, struct why *why);
bool demo_key_seen(const struct demo_key *k, int32_t day);
/* text is room for an address; the result points there or to the key's name. */
struct demo_identity demo_key_identity(const struct demo_population *p,
	const struct demo_key *k, char text[IP_TEXT_MAX]);
uint64_t demo_identity_hash(const struct demo_identity *d);
/* Expected rows of the report on that day, in fixed point. */
uint64_t demo_report_mean(const struct demo_report *t, int32_t day);

/* One more element: a larger copy in the arena when there is no room. */
void *demo_grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size);
