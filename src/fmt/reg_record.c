/* SPDX-License-Identifier: Apache-2.0
 * reg_record.c - one record of a register table to typed rows. Depends on: base,
 * fmt/reg_int. */
#include "base/utf8.h"
#include "fmt/reg_int.h"

#define RECORD_MAX KIB(256) /* about 15,000 prefixes in one row */

static int say(struct reg_line *l, enum reg_weight weight, enum reg_fault fault,
	size_t column, struct str value, struct why *why)
{
	return reg_say(l->r, l->base.row, weight, fault, column, value, why);
}

static size_t place_of(const struct reg_reader *r, enum reg_column c)
{
	for (size_t i = 0; i < r->n_columns; i++)
		if (r->column[i] == c)
			return i;
	return LIMIT_COLUMNS;
}

/* The cell as clean text of any length; Windows-1252 becomes UTF-8, which is told
 * once. */
static int cell_at(struct reg_line *l, size_t at, struct why *why, struct str *ret)
{
	struct reg_reader *r = l->r;
	*ret = S("");
	if (at >= l->record->n)
		return 0;
	struct str s = l->record->fields[at];
	int e = 0;
	if (!utf8_valid(s)) {
		s = charset_from_1252(&r->scratch, s);
		if (!r->said_charset)
			e = reg_say(r, 0, REG_NOTE, REG_CHARSET, LIMIT_COLUMNS,
				S("Windows-1252"), why);
		r->said_charset = true;
	}
	*ret = reg_clean(&r->scratch, s);
	return e;
}

/* A field of text: cut to what a row may hold, and told so. */
static int text_at(struct reg_line *l, size_t at, struct why *why, struct str *ret)
{
	int e = cell_at(l, at, why, ret);
	if (e < 0 || ret->n <= LIMIT_KEY_FIELD)
		return e;
	struct str whole = *ret;
	*ret = utf8_cut(whole, LIMIT_KEY_FIELD);
	return say(l, REG_PART, REG_TOO_BIG, at, whole, why);
}

static int text_of(
	struct reg_line *l, enum reg_column c, struct why *why, struct str *ret)
{
	return text_at(l, place_of(l->r, c), why, ret);
}

static int read_asn(struct reg_line *l, enum reg_column c, struct why *why, uint32_t *ret)
{
	struct str s;
	size_t at = place_of(l->r, c);
	int e = text_at(l, at, why, &s);
	if (e < 0 || s.n == 0)
		return e;
	enum reg_fault f = reg_read_asn(s, ret);
	return f == REG_OK ? 0 : say(l, REG_PART, f, at, s, why);
}

/* Texts that need no reading, and those that are one value. */
static int read_texts(struct reg_line *l, struct why *why)
{
	struct reg_row *b = &l->base;
	struct arena *a = &l->r->scratch;
	struct str s;
	int e = text_of(l, COL_SECTOR, why, &s);
	b->sector = str_lower(a, s);
	if (e == 0)
		e = text_of(l, COL_KIND, why, &b->kind);
	if (e == 0)
		e = text_of(l, COL_ROLE, why, &b->role);
	if (e == 0)
		e = text_of(l, COL_LANGUAGE, why, &s);
	if (e == 0 && s.n > 0 && reg_read_language(s, &b->language) != REG_OK)
		e = say(l, REG_PART, REG_BAD_LANGUAGE, place_of(l->r, COL_LANGUAGE), s,
			why);
	if (e == 0)
		e = text_of(l, COL_PHONE, why, &s);
	if (e == 0 && s.n > 0 && reg_read_phone(s, &b->phone) != REG_OK)
		e = say(l, REG_PART, REG_BAD_PHONE, place_of(l->r, COL_PHONE), s, why);
	if (e == 0)
		e = text_of(l, COL_PGP, why, &s);
	if (e == 0 && s.n > 0 && reg_read_pgp(a, s, &b->pgp) != REG_OK)
		e = say(l, REG_PART, REG_BAD_PGP, place_of(l->r, COL_PGP), s, why);
	if (e == 0)
		e = read_asn(l, COL_ASN, why, &b->asn);
	return e < 0 ? e : read_asn(l, COL_INSIDE_ASN, why, &b->inside_asn);
}

/* The organisation's name and the contact's. *ret is false when the row is lost. */
static int read_names(struct reg_line *l, struct why *why, bool *ret)
{
	struct reg_row *b = &l->base;
	struct str org, holder, name;
	*ret = false;
	int e = text_of(l, COL_ORGANISATION, why, &org);
	if (e == 0)
		e = text_of(l, COL_HOLDER, why, &holder);
	if (e == 0)
		e = text_of(l, COL_NAME, why, &name);
	if (e < 0)
		return e;
	b->organisation = org.n ? org : holder;
	if (b->what == REG_CONTACT)
		b->name = name;
	else if (b->organisation.n == 0)
		b->organisation = name;
	/* Such text in a Subject line would be decoded by the reader's mail program. */
	if (str_search(b->organisation, S("=?")) < b->organisation.n ||
		str_search(b->name, S("=?")) < b->name.n)
		return say(
			l, REG_LOST, REG_BAD_TEXT, LIMIT_COLUMNS, b->organisation, why);
	bool needed = b->what != REG_COUNTRY && b->what != REG_PREFIX;
	if (needed && b->organisation.n == 0)
		return say(l, REG_LOST, REG_NO_ORGANISATION, LIMIT_COLUMNS, S(""), why);
	*ret = true;
	return 0;
}

/* The first good address of the cell goes into *ret, those after it
 * become contact rows. */
static int read_emails(struct reg_line *l, bool rest, struct why *why, struct str *ret)
{
	size_t at = place_of(l->r, COL_EMAIL);
	if (at == LIMIT_COLUMNS)
		at = place_of(l->r, COL_CONTACT);
	struct str list, piece, bad = { NULL, 0 };
	size_t good = 0;
	int e = cell_at(l, at, why, &list);
	struct str whole = list;
	while (e == 0 && reg_piece(&list, &piece)) {
		struct str email;
		if (reg_read_email(&l->r->scratch, piece, &email) != REG_OK) {
			/* "Name <a@b>" is an address with words before it. */
			if (str_find(piece, '@') < piece.n)
				bad = piece;
			continue;
		}
		if (good++ == 0) {
			*ret = email;
		} else if (rest) {
			struct reg_row row = { .what = REG_CONTACT,
				.row = l->base.row,
				.organisation = l->base.organisation,
				.language = l->base.language,
				.email = email };
			e = l->r->sink->row(l->r->sink->ctx, &row, why);
		}
	}
	if (e == 0 && !rest && (bad.n > 0 || (good == 0 && whole.n > 0)))
		e = say(l, REG_PART, REG_BAD_EMAIL, at, bad.n ? bad : whole, why);
	return e;
}

static int emit(struct reg_line *l, struct why *why)
{
	return l->r->sink->row(l->r->sink->ctx, &l->base, why);
}

static int emit_net(void *ctx, const struct net *n, struct why *why)
{
	struct reg_line *l = ctx;
	l->base.has_net = true;
	l->base.net = *n;
	return emit(l, why);
}

/* Every prefix of every prefix column. *ret counts pieces, good or not. */
static int emit_places(struct reg_line *l, struct why *why, size_t *ret)
{
	struct reg_reader *r = l->r;
	struct reg_nets out = { emit_net, l };
	for (size_t i = 0; i < r->n_columns; i++) {
		struct str list, piece;
		if (r->column[i] != COL_PREFIX)
			continue;
		int e = cell_at(l, i, why, &list);
		list = reg_close_up(&r->scratch, list);
		while (e == 0 && reg_piece(&list, &piece)) {
			struct ip first, last;
			enum reg_fault f = reg_read_place(piece, &first, &last);
			bool good = f == REG_OK || f == REG_HOST_BITS;
			(*ret)++;
			if (f != REG_OK)
				e = say(l, good ? REG_NOTE : REG_PART, f, i, piece, why);
			if (good && e == 0)
				e = reg_split_range(first, &last, &out, why);
		}
		if (e < 0)
			return e;
	}
	return 0;
}

static int read_country(struct reg_line *l, struct why *why, bool *ret)
{
	struct str s;
	size_t at = place_of(l->r, COL_COUNTRY);
	*ret = true;
	if (at == LIMIT_COLUMNS)
		return 0;
	int e = text_at(l, at, why, &s);
	if (e < 0 || (s.n == 0 && l->base.what != REG_COUNTRY))
		return e;
	if (reg_read_country(&l->r->scratch, s, &l->base.cc) == REG_OK)
		return 0;
	*ret = l->base.what != REG_COUNTRY;
	return say(l, *ret ? REG_PART : REG_LOST, REG_BAD_COUNTRY, at, s, why);
}

static int record_place(struct reg_line *l, struct why *why)
{
	struct reg_row *b = &l->base;
	size_t pieces = 0;
	bool ours;
	int e = read_country(l, why, &ours);
	if (e < 0 || !ours)
		return e;
	e = read_emails(l, false, why, &b->email);
	if (e == 0)
		e = emit_places(l, why, &pieces);
	if (e < 0)
		return e;
	bool needs_net = b->what == REG_PREFIX || b->what == REG_HOLDER;
	if (pieces == 0 && (b->asn == 0 || needs_net))
		return say(l, REG_LOST, REG_NO_PLACE, LIMIT_COLUMNS, S(""), why);
	if (pieces == 0)
		e = emit(l, why);
	struct str first;
	return e < 0 ? e : read_emails(l, true, why, &first);
}

static int record_contact(struct reg_line *l, struct why *why)
{
	struct str first;
	int e = read_emails(l, false, why, &l->base.email);
	if (e < 0)
		return e;
	if (l->base.email.n == 0 && l->base.phone.n == 0)
		return say(l, REG_LOST, REG_NO_ADDRESS, LIMIT_COLUMNS, S(""), why);
	e = emit(l, why);
	return e < 0 ? e : read_emails(l, true, why, &first);
}

static int record_domain(struct reg_line *l, struct why *why)
{
	struct str list, piece;
	size_t pieces = 0, at = place_of(l->r, COL_DOMAIN);
	int e = cell_at(l, at, why, &list);
	while (e == 0 && reg_piece(&list, &piece)) {
		enum reg_fault f = reg_read_domain(
			&l->r->scratch, piece, &l->base.domain);
		pieces++;
		e = f == REG_OK ? emit(l, why) : say(l, REG_PART, f, at, piece, why);
	}
	if (e == 0 && pieces == 0)
		e = say(l, REG_LOST, REG_NO_DOMAIN, at, S(""), why);
	return e;
}

/* Spreadsheets write empty cells where nothing is: rows of them, and beyond the last
 * column. */
static bool only_blank(const struct csv_record *record, size_t from)
{
	for (size_t i = from; i < record->n; i++)
		if (str_trim(record->fields[i]).n > 0)
			return false;
	return record->found <= LIMIT_COLUMNS;
}

int reg_record(struct reg_reader *r, const struct csv_record *record, struct why *why)
{
	struct reg_line l = { r, record, { .what = r->what, .row = record->number } };
	bool named = false;
	if (record->fault == CSV_QUOTE)
		return say(&l, REG_LOST, REG_QUOTE, LIMIT_COLUMNS, record->raw, why);
	if (record->fault == CSV_TOO_BIG || record->raw.n > RECORD_MAX)
		return say(&l, REG_LOST, REG_TOO_BIG, LIMIT_COLUMNS, record->raw, why);
	if (only_blank(record, 0))
		return 0;
	r->rows++;
	if (!only_blank(record, r->n_columns))
		return say(&l, REG_LOST, REG_WIDTH, LIMIT_COLUMNS, record->raw, why);
	int e = read_texts(&l, why);
	if (e == 0)
		e = read_names(&l, why, &named);
	if (e < 0 || !named)
		return e;
	if (r->what == REG_CONTACT)
		return record_contact(&l, why);
	return r->what == REG_DOMAIN ? record_domain(&l, why) : record_place(&l, why);
}
