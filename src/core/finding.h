/* SPDX-License-Identifier: Apache-2.0
 * finding.h - findings as people ask for them. Depends on: base, db. Reads only.
 *
 * A list is made in two steps: finding_find answers ids, finding_get brings one of them.
 * So no reading transaction stays open while a person looks at the list, and what a page
 * costs does not depend on how long it is looked at. */
#pragma once
#include "base/event.h"
#include "base/hash.h"
#include "base/opt.h"
#include "core/attrib.h"
#include "core/lifetime.h"
#include "core/notice.h"

enum finding_order {
	FINDING_BY_ID, /* ascending; go on with after */
	FINDING_WORST, /* severity, then last seen, then id, each descending */
	/* For finding_page only: */
	FINDING_NEWEST, /* last seen, then id, each descending */
	FINDING_OLDEST, /* the same, ascending */
};

/* Zeroed, it lets everything through. */
struct finding_filter {
	unsigned states;	     /* of 1 << enum finding_state; 0: any */
	enum severity severity;	     /* at least */
	struct str type, identifier; /* exact; empty: any */
	struct str family;	     /* exact; empty: any */
	int64_t org, network_org;    /* 0: any */
	bool unattributed;	     /* only what is nobody's */
	bool relapsed;		     /* only what came back at least once */
	bool has_net;		     /* only at this address, or inside this network */
	struct net net;		     /* when has_net */
	struct str name;	     /* exact, lower-case A-labels; empty: any */
	struct opt_int port;	     /* of the service */
	struct opt_int since, until; /* last seen at or after, before */
	struct opt_int new_since;    /* first seen at or after */
	int64_t report_type;	     /* that it was last seen in; 0: any */
	int64_t after;		     /* ids above; with FINDING_BY_ID */
	enum finding_order order;
	size_t limit; /* 0: all */
};
struct finding_list {
	const int64_t *ids; /* in the arena, in the order asked for */
	size_t n;
	/* How many match: with FINDING_WORST all of them; with FINDING_BY_ID and a limit
	 * limit + 1 when there are more, for then nobody looked further. */
	size_t matched;
};
MUST int finding_find(
	struct ctx *x, const struct finding_filter *f, struct finding_list *ret);

/* A page of a list. It costs about the same whatever the list's length and wherever the
 * page stands in it: it reads along an index and looks at a bounded number of findings.
 * A filter that lets few of very many through may so end before its page is full. */
struct finding_key {
	int64_t severity, last_seen, id;
};
struct finding_page {
	const int64_t *ids; /* in the arena, in the order asked for */
	size_t n;
	bool more;		 /* there is more behind it, or may be */
	bool partial;		 /* it ended before it was full */
	struct finding_key next; /* with more: go on after this one */
};
/* f->limit is the size of the page; f->after does not count. after: NULL at the start. */
MUST int finding_page(struct ctx *x, const struct finding_filter *f,
	const struct finding_key *after, struct finding_page *ret);

struct finding_row {
	int64_t id;
	struct str type, identifier, family;
	bool has_net, by_name, acts;
	struct net net;
	struct str name, hostname, transport, detail;
	uint16_t port; /* of the service; 0: not part of what it is */
	enum severity severity;
	int64_t org, network_org, imitates;		  /* 0: none */
	struct str org_name, network_name, imitates_name; /* absent: none */
	uint32_t asn, feed_asn;
	struct str cc;
	enum basis basis;
	struct str basis_ref;
	int64_t first_seen, last_seen, days_seen, count;
	int32_t last_report;
	struct str report_type; /* that it was last seen in */
	enum finding_state state;
	int32_t state_day;
	enum fixed_by fixed_by;
	int64_t relapses;
	struct opt_int claimed_day, noticed_at;
};
/* Strings live in x->arena. E_NOT_FOUND when there is none. */
MUST int finding_get(struct ctx *x, int64_t id, struct finding_row *ret);

/* Why its organisation is responsible, in one sentence, as attrib_reason says it. */
MUST int finding_reason(const struct finding_row *f, struct buf *out);
/* "claim", "silence"; NULL for what is not fixed. */
const char *fixed_by_text(enum fixed_by f);

/* Others concerned, and why; at most FINDING_CONCERNED. */
#define FINDING_CONCERNED 2
struct finding_concerned {
	int64_t org;
	struct str name;
	const char *why;
};
size_t finding_also_concerned(
	const struct finding_row *f, struct finding_concerned ret[FINDING_CONCERNED]);

struct finding_day {
	int32_t day;
	int64_t count, first, last;
};
/* At some time the register, or a person, gave it to somebody else. */
struct finding_move {
	int64_t at;
	struct str from, to; /* absent: nobody */
	enum basis basis;
	struct str ref;
};
struct finding_notice {
	int64_t id, at;
	enum notice_state state;
	enum notice_why why;
	struct str organisation, recipient;
};
struct finding_source {
	int64_t file, row, count; /* row: the first of them in the file */
	int32_t day;		  /* the last of them */
	struct str name;
	struct sha256 sha;
};
#define FINDING_SOURCES 20
struct finding_full {
	struct finding_row row;
	size_t n_days, n_moves, n_notices, n_sources;
	struct finding_day *days;	/* ascending */
	struct finding_move *moves;	/* oldest first */
	struct finding_notice *notices; /* oldest first */
	struct finding_source *sources; /* at most FINDING_SOURCES, latest first */
};
/* One moment's view of it. Outside transactions. */
MUST int finding_get_full(struct ctx *x, int64_t id, struct finding_full *ret);
/* The same inside a reading transaction. */
MUST int finding_read_full(struct ctx *x, int64_t id, struct finding_full *ret);

/* The report type of that name. E_NOT_FOUND when no file of it ever came. */
MUST int finding_report_type(struct ctx *x, struct str name, int64_t *ret);
