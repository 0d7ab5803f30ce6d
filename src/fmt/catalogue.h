/* SPDX-License-Identifier: Apache-2.0
 * catalogue.h - what the report types and columns of feeds mean; as data, from two
 * tables. Depends on: base/event. docs/formats/shadowserver.md describes the tables.
 *
 * The program carries a text of each table; others can only be built in.
 * All text here is a view into what was read and lives as long as that. */
#pragma once
#include "base/event.h"

#define CATALOGUE_TEXT_MAX  MIB(4) /* of one table */
#define CATALOGUE_LINES_MAX 20000  /* lines of one table that are not comments */
#define CATALOGUE_LIST_MAX  32 /* columns of a choice, overrides or aliases of a type */

enum column_kind {
	KIND_TEXT,
	KIND_INT,
	KIND_PORT,
	KIND_ASN,
	KIND_IP,
	KIND_TIME,
	KIND_CC,
	KIND_HOST,
	KIND_URL,
	KIND_EMAIL,
	KIND_SEVERITY,
	KIND_TAGS,
	KIND_BOOL,
	KIND_N
};

/* A line of columns.tsv. */
struct column {
	struct str name;  /* in the header, in lower case */
	struct str field; /* IntelMQ's name, or extra.NAME */
	enum column_kind kind;
};

struct str_list {
	const struct str *p;
	size_t n;
};

/* "@infection|@family|sinkhole": the first of these columns that is not empty, else
 * word. */
struct choice {
	struct str_list columns;
	struct str word; /* absent: nothing */
};

/* "http_host=source.fqdn": the column fills another field in this type. */
struct column_override {
	struct str column, field;
};

/* A line of types.tsv. */
struct report_type {
	struct str type; /* as in file names */
	struct str name; /* for people, in English */
	struct str class, rsit_type;
	struct choice identifier;
	bool exchange;		/* identifier and type by the rule of scan_exchange */
	enum severity severity; /* of rows that do not say */
	struct str side;	/* "ip", "src", "dst", "http_referer" or empty */
	bool by_name;		/* the place is the name in one of names */
	struct str_list names;
	bool port_in_key;
	struct choice application;
	struct str transport; /* empty when it is not fixed */
	bool is_act;	      /* kind "event" */
	struct str twin;
	struct str_list family; /* columns */
	uint8_t quiet;		/* reports without a sighting until it counts as fixed */
	const struct column_override *overrides;
	size_t n_overrides;
	struct str_list aliases;
};

struct type_name {
	struct str name; /* a type's name or one of its aliases */
	const struct report_type *type;
};

struct catalogue {
	const struct report_type *types; /* as they stand in the table */
	size_t n_types;
	const struct column *columns; /* as they stand in the table: the order decides */
	size_t n_columns;
	const struct type_name *by_name; /* sorted */
	size_t n_by_name;
	const struct column **by_column; /* sorted */
};

/* Reads both tables. E_SYNTAX with the table, the line and what is wrong in why;
 * E_TOO_BIG past the limits above. */
MUST int catalogue_read(struct arena *a, struct str types, struct str columns,
	struct why *why, struct catalogue *ret);
/* The tables that the program carries. */
MUST int catalogue_default(struct arena *a, struct why *why, struct catalogue *ret);

/* By name or alias, which must be in lower case; NULL when there is none. */
const struct report_type *catalogue_type(const struct catalogue *c, struct str name);
const struct column *catalogue_column(const struct catalogue *c, struct str name);
/* What the column fills in this type: the override's field, else the table's; absent when
 * nobody knows it. t may be NULL. */
struct str catalogue_field(
	const struct catalogue *c, const struct report_type *t, struct str column);
const char *column_kind_text(enum column_kind k);
