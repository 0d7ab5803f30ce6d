/* SPDX-License-Identifier: Apache-2.0
 * register.h - the operator's own files as typed rows: who holds which network, who is to
 * be written to. Depends on: base, fmt/csv, fmt/charset.
 *
 * A table is told by its header's columns; its name only decides where two readings fit:
 *	networks       asn and name, prefixes (demo_ipv4, ipv4, ipv6, prefix ...), sector,
 *	               contact
 *	holders        prefix and holder, sector, language, contact, inside_asn
 *	contacts       organisation and email or phone, name, role, language, pgp
 *	domains        domain and organisation
 *	country        prefix and country
 *	load-prefixes  prefix and asn
 * as a spreadsheet writes them: BOM, UTF-16, Windows-1252, ; or TAB, CRLF, quotes, blank
 * lines, upper-case headers, several prefixes, ranges, mail addresses or domains in one
 * cell. A file of "registry|CC|type|start|count|date|status" lines is a regional
 * registry's delegation file, whatever the registry calls itself; only one country's rows
 * are taken from it, as REG_COUNTRY.
 *
 * What is wrong with a row is told with its place, and the rest goes on. */
#pragma once
#include "base/limits.h"
#include "base/reg_row.h"

enum reg_weight {
	REG_NOTE, /* taken; look at it */
	REG_PART, /* this cell, or this piece of it, was left out */
	REG_LOST, /* the row was left out */
	REG_WEIGHT_N
};

enum reg_fault {
	REG_OK,
	REG_COLUMN_UNKNOWN, /* row 0: the column is left out */
	REG_COLUMN_TWICE,   /* row 0: the second is left out */
	REG_CHARSET,	    /* row 0: not UTF-8; value says what it was read as */
	REG_WIDTH,	    /* more filled cells than the header has columns */
	REG_QUOTE,
	REG_TOO_BIG,
	REG_NO_PLACE, /* neither prefix nor AS number */
	REG_NO_ORGANISATION,
	REG_NO_ADDRESS, /* a contact with neither mail nor phone */
	REG_NO_DOMAIN,
	REG_BAD_PREFIX,
	REG_WIDE_PREFIX, /* wider than IPv4 /8 or IPv6 /16 */
	REG_HOST_BITS,	 /* the address is not the network's first */
	REG_BAD_ASN,
	REG_BAD_EMAIL,
	REG_BAD_PHONE,
	REG_BAD_PGP,
	REG_BAD_DOMAIN,
	REG_BAD_COUNTRY,
	REG_BAD_LANGUAGE,
	REG_BAD_TEXT, /* could be taken for a mail header */
	REG_BAD_LINE, /* of a delegation file */
	REG_FAULT_N
};

struct reg_problem {
	uint32_t row; /* 0: the header, or the file */
	enum reg_weight weight;
	enum reg_fault fault;
	struct str column; /* as the file writes it, escaped; may be empty */
	struct str value;  /* escaped, cut */
};
/* English sentences, for translation: what is wrong; what to do about it. */
const char *reg_fault_text(enum reg_fault f);
const char *reg_fault_todo(enum reg_fault f);

/* Answer 0, or a negative E_* that ends the reading and comes back from reg_bytes or
 * reg_end. */
struct reg_sink {
	void *ctx;
	int (*row)(void *ctx, const struct reg_row *row, struct why *why);
	int (*problem)(void *ctx, const struct reg_problem *p, struct why *why);
};

struct reg_reader;
/* name: the file's, a hint. country: two letters, for delegation files; may be empty.
 * Both must live as long as the reader; it lives in the arena, which must leave it
 * MIB(10). */
struct reg_reader *reg_new(struct arena *a, struct str name, struct str country,
	const struct reg_sink *sink);
void reg_free(struct reg_reader **r);
/* The file in pieces of any size. E_UNSUPPORTED: the header's columns tell nothing, or it
 * is a delegation file and no country was asked for. */
MUST int reg_bytes(struct reg_reader *r, struct str bytes, struct why *why);
MUST int reg_end(struct reg_reader *r, struct why *why);
/* What the file was, once a row came; REG_KIND_N before. Rows read, taken or not. */
enum reg_kind reg_what(const struct reg_reader *r);
uint32_t reg_rows(const struct reg_reader *r);

#define AUTO_REG __attribute__((cleanup(reg_free))) struct reg_reader *
