/* SPDX-License-Identifier: Apache-2.0
 * report.h - the report types the demo country gets, from the tables of data/demo/.
 * Depends on: demo/files, demo/place. */
#pragma once
#include "demo/place.h"

/* What a key is about. */
enum demo_about {
	ABOUT_ADDRESS,
	ABOUT_HOST, /* a name; the address is where it is hosted */
	ABOUT_MAIL, /* a mailbox */
	ABOUT_SITE, /* a name and an address, one to one; the key is the address */
};
/* The column in which the name drawn from the type's list stands. */
enum demo_name_in { NAME_NOWHERE, NAME_INFECTION, NAME_FAMILY, NAME_BOTH, NAME_TAG };

enum demo_rule_kind {
	RULE_EMPTY,
	RULE_TEXT,
	RULE_WORD,
	RULE_PICK,
	RULE_NUM,
	RULE_RNUM,
	RULE_HEX,
	RULE_FP,
	RULE_PAST,
	RULE_FUTURE,
	RULE_MAC,
	RULE_STAMP,
};
struct demo_rule {
	struct str type, column; /* type is absent for a rule of all types */
	enum demo_rule_kind kind;
	uint64_t group;		 /* mixed into the choice: equal groups choose alike */
	const struct str *items; /* the texts to choose from */
	uint32_t n_items, lo, hi;
};

enum demo_column_kind {
	COL_RULE,
	COL_TIME,
	COL_SEVERITY,
	COL_IP,
	COL_PORT,
	COL_PROTOCOL,
	COL_ASN,
	COL_GEO,
	COL_REGION,
	COL_CITY,
	COL_NAICS,
	COL_SECTOR,
	COL_PTR,
	COL_TAG,
	COL_INFECTION,
	COL_FAMILY,
	COL_NAME,
	COL_URL,
	COL_PATH,
	COL_OUT_IP,
	COL_OUT_PORT,
	COL_OUT_ASN,
	COL_OUT_GEO,
};
struct demo_column {
	struct str name;
	enum demo_column_kind kind;
	const struct demo_rule *rule; /* NULL: stays empty */
};

#define DEMO_PORTS 8
struct demo_report {
	struct str type, twin, rsit, identifier, severity, protocol, tag;
	enum demo_about about;
	enum demo_name_in name_in;
	enum demo_spread spread;
	bool port_in_key, weekly; /* weekly: less on rest days */
	const struct str *names;
	uint32_t n_names;
	uint16_t ports[DEMO_PORTS];
	uint32_t port_sums[DEMO_PORTS], n_ports;
	uint64_t mean;	   /* rows on an average day, fixed point */
	uint64_t distinct; /* share of the rows that are another key, fixed point */
	uint64_t death;	   /* probability to go on a day, fixed point */
	struct demo_column *columns;
	uint32_t n_columns;
	int32_t geo_column, text_column; /* where dirt can be put; -1 nowhere */
};

struct demo_reports {
	struct demo_report *v;
	uint32_t n;
	uint64_t v6; /* probability that a key of a type with a twin is IPv6, fixed point
		      */
};

MUST int demo_reports_load(
	struct arena *a, uint32_t divisor, struct why *why, struct demo_reports *ret);
/* "scan_rdp" or its twin "scan6_rdp"; NULL when unknown. */
const struct demo_report *demo_report_find(const struct demo_reports *t, struct str type);
