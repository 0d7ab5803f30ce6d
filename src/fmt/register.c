/* SPDX-License-Identifier: Apache-2.0
 * register.c - the operator's files as typed rows: see register.h. Here: the bytes' way
 * in, and the words for what is wrong. Depends on: base, fmt/csv, fmt/charset,
 * fmt/reg_int. */
#include "base/tr.h"
#include "base/utf8.h"
#include "fmt/reg_int.h"

#define HEAD_BYTES     64   /* enough to tell a delegation file */
#define DELEGATED_LINE 1024 /* a line of one; real ones are below 200 bytes */
#define SCRATCH	       MIB(64)
#define SHOWN	       200     /* of a value, in a problem */
#define PIECE	       KIB(16) /* of UTF-16, at a time */

static const struct {
	const char *text, *todo;
} faults[REG_FAULT_N] = {
	[REG_OK] = { "", "" },
	[REG_COLUMN_UNKNOWN] = { N_("this column is not known and was left out"),
		N_("Nothing, unless it should count: then give it one of the known "
		   "names.") },
	[REG_COLUMN_TWICE] = { N_("this column is there already; the second was left "
				  "out"),
		N_("Keep one of the two.") },
	[REG_CHARSET] = { N_("the file is not UTF-8; it was read as the encoding shown"),
		N_("Check names with accents; save as \"CSV UTF-8\" next time.") },
	[REG_WIDTH] = { N_("more filled cells than the first line has columns"),
		N_("Put quotes around cells that hold the separator.") },
	[REG_QUOTE] = { N_("a quotation mark opens and never closes"),
		N_("Close it, or write it twice.") },
	[REG_TOO_BIG] = { N_("longer than a row or cell may be"),
		N_("Shorten it or split the row.") },
	[REG_NO_PLACE] = { N_("neither a prefix nor an AS number"),
		N_("Fill in one of them.") },
	[REG_NO_ORGANISATION] = { N_("no organisation's name"), N_("Fill in the name.") },
	[REG_NO_ADDRESS] = { N_("neither a mail address nor a telephone number"),
		N_("Fill in one of them.") },
	[REG_NO_DOMAIN] = { N_("no domain"),
		N_("Fill in the domain, such as ministry.example.") },
	[REG_BAD_PREFIX] = { N_("not an address, prefix or range"),
		N_("Write it like 192.0.2.0/24, 2001:db8::/32 or "
		   "192.0.2.0-192.0.2.127.") },
	[REG_WIDE_PREFIX] = { N_("too large: wider than IPv4 /8 or IPv6 /16"),
		N_("Check the number after the slash.") },
	[REG_HOST_BITS] = { N_("not the first address of its network; the whole network "
			       "was taken"),
		N_("Check the number after the slash.") },
	[REG_BAD_ASN] = { N_("not an AS number"), N_("Write it like AS64500 or 64500.") },
	[REG_BAD_EMAIL] = { N_("not a mail address"),
		N_("Write it like abuse@ministry.example.") },
	[REG_BAD_PHONE] = { N_("not a telephone number"),
		N_("Write it like +999 1 234 567; format the column as text.") },
	[REG_BAD_PGP] = { N_("not a whole fingerprint"),
		N_("Write the 40 or 64 hex digits; shorter key ids can be forged.") },
	[REG_BAD_DOMAIN] = { N_("not a domain name"),
		N_("Write it like ministry.example.") },
	[REG_BAD_COUNTRY] = { N_("not a country code"),
		N_("Write the two letters of ISO 3166.") },
	[REG_BAD_LANGUAGE] = { N_("not one of the six languages"),
		N_("Write en, fr, es, ar, ru or zh; the team's own language is used "
		   "until then.") },
	[REG_BAD_TEXT] = { N_("this text could be taken for a mail header"),
		N_("Take out the \"=?\".") },
	[REG_BAD_LINE] = { N_("not a line of a delegation file"),
		N_("Fetch the file again.") },
};

const char *reg_fault_text(enum reg_fault f)
{
	return faults[f].text;
}

const char *reg_fault_todo(enum reg_fault f)
{
	return faults[f].todo;
}

struct reg_reader *reg_new(
	struct arena *a, struct str name, struct str country, const struct reg_sink *sink)
{
	struct reg_reader *r = arena_alloc(a, sizeof(*r));
	r->arena = a;
	r->scratch = arena_new(SCRATCH, "register row");
	r->name = name;
	r->country = country;
	r->sink = sink;
	r->what = REG_KIND_N;
	r->head = buf_in(a, 2 * HEAD_BYTES + 8);
	r->line = buf_in(a, DELEGATED_LINE);
	return r;
}

void reg_free(struct reg_reader **r)
{
	if (*r)
		arena_free(&(*r)->scratch);
	*r = NULL;
}

enum reg_kind reg_what(const struct reg_reader *r)
{
	return r->what;
}

uint32_t reg_rows(const struct reg_reader *r)
{
	return r->rows;
}

int reg_say(struct reg_reader *r, uint32_t row, enum reg_weight weight,
	enum reg_fault fault, size_t column, struct str value, struct why *why)
{
	struct reg_problem p = { row, weight, fault, S(""), S("") };
	if (column < r->n_columns)
		p.column = r->header[column];
	p.value = utf8_cut(utf8_escape(&r->scratch, str_to(value, SHOWN)), SHOWN);
	return r->sink->problem(r->sink->ctx, &p, why);
}

static int drain(struct reg_reader *r, struct why *why)
{
	struct csv_record record;
	for (;;) {
		int e = csv_next(r->csv, &record);
		if (e == E_TOO_BIG)
			return fail(why, e, "more than %d rows", LIMIT_ROWS);
		if (e <= 0)
			return e;
		arena_reset(&r->scratch);
		e = record.number == 0 ? reg_header(r, &record, why)
				       : reg_record(r, &record, why);
		if (e < 0)
			return e;
	}
}

static int table_bytes(struct reg_reader *r, struct str s, struct why *why)
{
	while (s.n > 0) {
		size_t n;
		char *to = csv_room(r->csv, &n);
		if (n > s.n)
			n = s.n;
		memcpy(to, s.p, n);
		csv_wrote(r->csv, n);
		s = str_from(s, n);
		int e = drain(r, why);
		if (e < 0)
			return e;
	}
	return 0;
}

static int end_line(struct reg_reader *r, struct why *why)
{
	struct str line = buf_str(&r->line);
	bool too_long = r->line_too_long;
	r->line_too_long = false;
	buf_clear(&r->line);
	arena_reset(&r->scratch);
	r->rows++;
	if (too_long)
		return reg_say(
			r, r->rows, REG_LOST, REG_TOO_BIG, LIMIT_COLUMNS, line, why);
	return reg_delegated(r, str_trim(line), why);
}

static int line_bytes(struct reg_reader *r, struct str s, struct why *why)
{
	while (s.n > 0) {
		size_t n = str_find(s, '\n'), room = DELEGATED_LINE - r->line.n;
		/* The start of a line that is too long is kept, to be shown. */
		if (n > room)
			r->line_too_long = true;
		int e = buf_add(&r->line, str_to(s, n < room ? n : room));
		if (e < 0)
			return e;
		if (n == s.n)
			return 0;
		s = str_from(s, n + 1);
		e = end_line(r, why);
		if (e < 0)
			return e;
	}
	return 0;
}

static int utf8_bytes(struct reg_reader *r, struct str s, struct why *why)
{
	return r->form == FORM_TABLE ? table_bytes(r, s, why) : line_bytes(r, s, why);
}

static int utf16_bytes(struct reg_reader *r, struct str s, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(512), "utf-16");
	while (s.n > 0) {
		arena_reset(&a);
		struct buf b = buf_in(&a, 2 * PIECE + 8);
		int e = utf16_add(&r->utf16, str_to(s, PIECE), &b);
		if (e == 0)
			e = utf8_bytes(r, buf_str(&b), why);
		if (e < 0)
			return e;
		s = str_from(s, PIECE);
	}
	return 0;
}

static bool all_within(struct str s, const char *letters)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(letters, s.p[i]) == NULL || s.p[i] == '\0')
			return false;
	return s.n > 0;
}

/* By the shape of its first line, whatever the registry calls itself:
 * "2|afrinic|20260601|" is a version line, "afrinic|XT|ipv4|192.0.2.0|" and
 * "afrinic|*|ipv4|*|" are others. The comment such files may begin with says so only
 * where a country was asked for. */
static bool is_delegation(const struct reg_reader *r, struct str s)
{
	static const char *const types[] = { "ipv4", "ipv6", "asn" };
	enum { REGISTRY, CC, TYPE, START, FIELDS };
	static const char digits[] = "0123456789",
			  small[] = "abcdefghijklmnopqrstuvwxyz-";
	struct str f[FIELDS] = { { NULL, 0 } }, line;
	if (s.n > 0 && *s.p == '#')
		return r->country.n == 2;
	(void)str_split(&s, '\n', &line);
	for (size_t i = 0; i < FIELDS; i++)
		if (!str_split(&line, '|', &f[i]))
			return false;
	if (all_within(f[0], "0123456789."))
		return all_within(f[1], small) && all_within(f[2], digits);
	bool typed = false;
	for (size_t i = 0; i < N(types); i++)
		typed = typed || str_eq(f[TYPE], str_c(types[i]));
	/* A table may have the header "name|cc|ipv4|ipv6"; here an address follows, a
	 * number or a star. */
	return typed && all_within(f[REGISTRY], small) &&
		(f[CC].n == 2 || f[CC].n == 0 || str_eq(f[CC], S("*"))) &&
		all_within(f[START], "*.:0123456789abcdefABCDEF") &&
		!all_within(f[START], small);
}

static int decide(struct reg_reader *r, struct why *why)
{
	struct str head = buf_str(&r->head);
	r->form = FORM_TABLE;
	r->utf16.big = str_starts(head, S("\xfe\xff"));
	r->is16 = r->utf16.big || str_starts(head, S("\xff\xfe"));
	if (!r->is16 && is_delegation(r, head))
		r->form = FORM_DELEGATED;
	if (r->form == FORM_TABLE)
		r->csv = csv_new(r->arena);
	else
		r->what = REG_COUNTRY;
	if (r->form == FORM_DELEGATED && r->country.n != 2)
		return fail(why, E_USAGE,
			"this is a registry's delegation file: say which country to take "
			"from it");
	if (!r->is16)
		return utf8_bytes(r, head, why);
	int e = reg_say(r, 0, REG_NOTE, REG_CHARSET, LIMIT_COLUMNS, S("UTF-16"), why);
	return e < 0 ? e : utf16_bytes(r, head, why);
}

int reg_bytes(struct reg_reader *r, struct str bytes, struct why *why)
{
	if (r->form == FORM_UNDECIDED) {
		size_t need = HEAD_BYTES - r->head.n;
		int e = buf_add(&r->head, str_to(bytes, need));
		if (e < 0 || r->head.n < HEAD_BYTES)
			return e;
		bytes = str_from(bytes, need);
		e = decide(r, why);
		if (e < 0)
			return e;
	}
	return r->is16 ? utf16_bytes(r, bytes, why) : utf8_bytes(r, bytes, why);
}

int reg_end(struct reg_reader *r, struct why *why)
{
	int e = 0;
	if (r->form == FORM_UNDECIDED)
		e = decide(r, why);
	if (e == 0 && r->is16) {
		char room[8];
		struct buf b = {
			.p = room, .cap = sizeof(room), .ceiling = sizeof(room) - 1
		};
		e = utf16_end(&r->utf16, &b);
		if (e == 0)
			e = utf8_bytes(r, buf_str(&b), why);
	}
	if (e < 0)
		return e;
	if (r->form == FORM_DELEGATED)
		return r->line.n > 0 || r->line_too_long ? end_line(r, why) : 0;
	csv_end(r->csv);
	e = drain(r, why);
	if (e == 0 && r->what == REG_KIND_N)
		return fail(why, E_UNSUPPORTED,
			"the file is empty: not even a line of column names");
	return e;
}
