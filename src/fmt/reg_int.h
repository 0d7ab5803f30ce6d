/* SPDX-License-Identifier: Apache-2.0
 * reg_int.h - shared by the files of register, for nobody else. Depends on:
 * fmt/register. */
#pragma once
#include "fmt/charset.h"
#include "fmt/csv.h"
#include "fmt/register.h"

/* What a column means, whatever it is called. */
enum reg_column {
	COL_NONE,
	COL_PREFIX, /* any number of columns; all others once */
	COL_ASN,
	COL_INSIDE_ASN,
	COL_NAME,
	COL_ORGANISATION,
	COL_HOLDER,
	COL_SECTOR,
	COL_KIND,
	COL_LANGUAGE,
	COL_CONTACT,
	COL_EMAIL,
	COL_ROLE,
	COL_PHONE,
	COL_PGP,
	COL_DOMAIN,
	COL_COUNTRY,
	COL_N
};

enum reg_form { FORM_UNDECIDED, FORM_TABLE, FORM_DELEGATED };

struct reg_reader {
	struct arena *arena;
	struct arena scratch; /* of one record */
	struct str name, country;
	const struct reg_sink *sink;
	enum reg_form form;
	struct buf head; /* the first bytes, until the form is known */
	bool is16, said_charset;
	struct utf16 utf16;
	struct csv *csv;
	struct buf line; /* of a delegation file, not ended yet */
	bool line_too_long;
	enum reg_kind what;
	uint32_t rows;
	size_t n_columns;
	uint8_t column[LIMIT_COLUMNS];	  /* enum reg_column */
	struct str header[LIMIT_COLUMNS]; /* as written, escaped */
};

/* The row in hand: its cells, and what its rows out have in common. */
struct reg_line {
	struct reg_reader *r;
	const struct csv_record *record;
	struct reg_row base;
};

/* column: its place in the file, or LIMIT_COLUMNS for none. */
MUST int reg_say(struct reg_reader *r, uint32_t row, enum reg_weight weight,
	enum reg_fault fault, size_t column, struct str value, struct why *why);

/* Reads the header: columns and what the file is. */
MUST int reg_header(
	struct reg_reader *r, const struct csv_record *record, struct why *why);
/* One record of a table. */
MUST int reg_record(
	struct reg_reader *r, const struct csv_record *record, struct why *why);
/* One line of a delegation file, without its end. */
MUST int reg_delegated(struct reg_reader *r, struct str line, struct why *why);

/* Blanks of all kinds in one, ends trimmed, strange bytes escaped; s must be UTF-8
 * already. */
struct str reg_clean(struct arena *a, struct str s);
/* A list cell with "a - b" and "a /24" closed up, ready for reg_piece. */
struct str reg_close_up(struct arena *a, struct str s);
/* Cuts the next piece of a list off *s: between blanks, ; , or |. */
bool reg_piece(struct str *s, struct str *ret);
/* The prefixes that first to last make, the largest first; calls back for each. */
struct reg_nets {
	int (*net)(void *ctx, const struct net *n, struct why *why);
	void *ctx;
};
MUST int reg_split_range(struct ip first, const struct ip *last,
	const struct reg_nets *out, struct why *why);
/* A prefix, an address or "first-last". REG_HOST_BITS: read, but not its first
 * address. */
enum reg_fault reg_read_place(struct str s, struct ip *ret_first, struct ip *ret_last);
enum reg_fault reg_read_asn(struct str s, uint32_t *ret);
enum reg_fault reg_read_email(struct arena *a, struct str s, struct str *ret);
enum reg_fault reg_read_phone(struct str s, struct str *ret);
enum reg_fault reg_read_pgp(struct arena *a, struct str s, struct str *ret);
enum reg_fault reg_read_domain(struct arena *a, struct str s, struct str *ret);
/* "ZZ" for an empty cell or a dash. */
enum reg_fault reg_read_country(struct arena *a, struct str s, struct str *ret);
enum reg_fault reg_read_language(struct str s, struct str *ret);
