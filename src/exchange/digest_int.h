/* SPDX-License-Identifier: Apache-2.0
 * digest_int.h - what the files of the digest share. Depends on: base, core. */
#pragma once
#include "exchange/digest.h"
#include "exchange/digest_view.h"

#include "advice.h"

#define DIGEST_PLACES	10  /* of a family in the body; the table has the rest */
#define DIGEST_NAMES	12  /* different identifiers or malware families counted */
#define DIGEST_FIXES	3   /* of them with advice of their own */
#define DIGEST_FAMILIES 256 /* more than there are advice texts */

/* What the commands under "how to check" are aimed at. */
struct digest_target {
	struct str host; /* an address, or a plain host name; empty: none to show */
	struct str net;	 /* the network when it is one, else as host */
	bool is_v6;
	uint16_t port; /* 0: none */
};
/* A translated advice text with its {address} and {port} filled in. Between backquotes
 * stand commands: without a port its option goes, IPv6 gets nmap's -6 and brackets in
 * URLs. */
MUST int digest_advice(struct arena *a, enum lang lang, const char *msgid,
	const struct digest_target *t, struct str *ret);

/* An organisation's name in one line: no controls, and nothing a mail program would
 * decode. */
struct str digest_one_line(struct arena *a, struct str s);

struct digest_name {
	struct str name; /* malware family, else identifier */
	struct str identifier;
	int64_t n;
};
/* All findings that one advice text is for. */
struct digest_family {
	const struct advice *advice;
	enum severity severity; /* of the worst */
	int64_t n, by_why[WHY_N];
	bool acts;
	struct digest_place places[DIGEST_PLACES];
	size_t n_places;
	struct digest_name names[DIGEST_NAMES];
	size_t n_names;
	bool more_names;
	struct digest_target target;
};
struct digest_collect {
	struct arena *arena;
	struct digest_family *families[DIGEST_FAMILIES];
	size_t n;
};
/* Counts a line to its family. *ret_place: where the body shows it, or NULL. */
MUST int digest_count(struct digest_collect *c, const struct notice_line *line,
	struct digest_place **ret_place);
/* Worst first, then the greater. */
void digest_sort(struct digest_collect *c);
/* One family as the templates show it. */
MUST int digest_group_of(struct arena *a, enum lang lang, const struct digest_family *f,
	int64_t number, struct digest_group *ret);
/* "critical" ... as a msgid. */
const char *digest_severity(enum severity s);

/* Writes the tables of a notice as its parts and counts its findings on the way. */
struct digest_tables {
	int64_t n;	  /* parts written */
	struct str first; /* the name of the first */
};
MUST int digest_write_tables(struct ctx *x, const struct notice_draft *d,
	struct digest_collect *c, struct digest_tables *ret);
