/* SPDX-License-Identifier: Apache-2.0
 * answer_csv.c - the digest's table, sent back: see answer_file.h. Depends on: base,
 * fmt/csv, fmt/charset. */
#include "fmt/answer_file.h"

#include "base/date.h"
#include "base/utf8.h"
#include "fmt/charset.h"
#include "fmt/csv.h"

#define VALUE_SHOWN 100
#define UTF16_PIECE KIB(16)

enum column { FINDING, ANSWER, UNTIL, WHOSE, COMMENT, COLUMNS };
static const char *const names[COLUMNS] = { "finding", "answer", "until", "whose",
	"comment" };

struct table {
	const struct answer_sink *sink;
	struct arena scratch; /* of one row */
	struct csv *csv;
	bool has[COLUMNS], ready;
	size_t at[COLUMNS], width;
	uint32_t said; /* rows that are not empty */
};

/* Each row that says something costs whoever hears of it, also one that is wrong. */
static int count(struct table *t, struct why *why)
{
	if (t->said++ == LIMIT_ANSWERS)
		return fail(why, E_TOO_BIG, "more than %d answers", LIMIT_ANSWERS);
	return 0;
}

static int problem(struct table *t, uint32_t row, enum column c, struct str value,
	const char *why_not, struct why *why)
{
	int r = count(t, why);
	if (r < 0)
		return r;
	struct answer_problem p = { row, c < COLUMNS ? str_c(names[c]) : S(""),
		utf8_cut(utf8_escape(&t->scratch, str_to(value, VALUE_SHOWN)),
			VALUE_SHOWN),
		why_not };
	return t->sink->problem(t->sink->ctx, &p, why);
}

/* Without what stands around it; UTF-8, whatever the spreadsheet saved. */
static struct str cell_text(struct table *t, struct str s)
{
	s = str_trim(s);
	return utf8_valid(s) ? s : charset_from_1252(&t->scratch, s);
}

static int header(struct table *t, const struct csv_record *r, struct why *why)
{
	if (r->fault == CSV_COLUMNS || r->fault == CSV_TOO_BIG || r->fault == CSV_QUOTE)
		return fail(why, E_UNSUPPORTED,
			"its first line is no line of column "
			"names");
	t->width = r->n;
	for (size_t i = 0; i < r->n; i++) {
		struct str name = str_trim(r->fields[i]);
		for (int c = 0; c < COLUMNS; c++) {
			if (!str_eq_nocase(name, str_c(names[c])))
				continue;
			if (t->has[c])
				return fail(why, E_UNSUPPORTED,
					"it has two columns named %s", names[c]);
			t->has[c] = true;
			t->at[c] = i;
		}
	}
	for (int c = 0; c <= ANSWER; c++)
		if (!t->has[c])
			return fail(why, E_UNSUPPORTED, "it has no column named %s",
				names[c]);
	t->ready = true;
	return 0;
}

/* Line ends of all kinds become one, tabs become blanks. */
static struct str plain_lines(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i] == '\t' ? ' ' : s.p[i];
		if (c == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			continue;
		p[n++] = c == '\r' ? '\n' : c;
	}
	return (struct str){ p, n };
}

static int fill(struct table *t, const struct str cell[COLUMNS], struct answer_item *item,
	enum column *ret_bad, const char **ret_why)
{
	int32_t day;
	*ret_bad = FINDING;
	*ret_why = "not the number of a finding, nor \"all\"";
	if (!str_eq_nocase(cell[FINDING], S("all")) &&
		!str_int(cell[FINDING], 1, INT64_MAX, &item->finding))
		return E_SYNTAX;
	*ret_bad = ANSWER;
	*ret_why = "not one of fixed, working, not-mine, wrong-contact, need-help";
	if (answer_kind_read(cell[ANSWER], &item->kind) < 0)
		return E_SYNTAX;
	*ret_bad = UNTIL;
	*ret_why = "not a day: write it like 2026-12-24";
	if (cell[UNTIL].n > 0) {
		if (day_read(cell[UNTIL], &day) < 0)
			return E_SYNTAX;
		item->until = SOME(day);
	}
	item->whose = cell[WHOSE];
	item->comment = plain_lines(&t->scratch, cell[COMMENT]);
	*ret_bad = COLUMNS;
	*ret_why = answer_item_fault(item);
	return *ret_why ? E_SYNTAX : 0;
}

static const char *row_fault(const struct table *t, const struct csv_record *r)
{
	if (r->fault == CSV_QUOTE)
		return "a quotation mark opens and never closes";
	if (r->fault == CSV_TOO_BIG)
		return "longer than a row may be";
	for (size_t i = t->width; i < r->n; i++)
		if (str_trim(r->fields[i]).n > 0)
			return "more filled cells than the first line has columns";
	return NULL;
}

/* A line without an answer is none. */
static int row(struct table *t, const struct csv_record *r, struct why *why)
{
	struct str cell[COLUMNS];
	struct answer_item item = { .row = r->number };
	enum column bad;
	const char *why_not = row_fault(t, r);
	if (why_not)
		return problem(t, r->number, COLUMNS, r->raw, why_not, why);
	for (int c = 0; c < COLUMNS; c++)
		cell[c] = t->has[c] && t->at[c] < r->n ? cell_text(t, r->fields[t->at[c]])
						       : S("");
	if (cell[ANSWER].n == 0) {
		bool said = cell[UNTIL].n || cell[WHOSE].n || cell[COMMENT].n;
		return said ? problem(t, r->number, ANSWER, S(""),
				      "something is filled in, but no answer", why)
			    : 0;
	}
	if (fill(t, cell, &item, &bad, &why_not) < 0)
		return problem(t, r->number, bad, bad < COLUMNS ? cell[bad] : S(""),
			why_not, why);
	int e = count(t, why);
	return e < 0 ? e : t->sink->item(t->sink->ctx, &item, why);
}

static int drain(struct table *t, struct why *why)
{
	struct csv_record record;
	for (;;) {
		int e = csv_next(t->csv, &record);
		if (e <= 0)
			return e < 0 ? fail(why, e, "more rows than a table may have")
				     : 0;
		arena_reset(&t->scratch);
		e = record.number == 0 ? header(t, &record, why) : row(t, &record, why);
		if (e < 0)
			return e;
	}
}

static int all_bytes(struct table *t, struct str s, struct why *why)
{
	int e = 0;
	while (s.n > 0 && e == 0) {
		size_t n;
		char *to = csv_room(t->csv, &n);
		n = n < s.n ? n : s.n;
		memcpy(to, s.p, n);
		csv_wrote(t->csv, n);
		s = str_from(s, n);
		e = drain(t, why);
	}
	return e;
}

static int all_utf16(struct table *t, struct str s, bool big, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(512), "utf-16");
	struct utf16 u = { .big = big };
	int e = 0;
	for (bool more = true; more && e == 0;) {
		arena_reset(&a);
		struct buf b = buf_in(&a, 4 * UTF16_PIECE);
		more = s.n > 0;
		e = more ? utf16_add(&u, str_to(s, UTF16_PIECE), &b) : utf16_end(&u, &b);
		if (e == 0)
			e = all_bytes(t, buf_str(&b), why);
		s = str_from(s, UTF16_PIECE);
	}
	return e;
}

int answer_csv_read(struct str text, const struct answer_sink *sink, struct why *why)
{
	AUTO_ARENA memory = arena_new(10 * LIMIT_RECORD, "answers");
	struct table t = { .sink = sink };
	bool big = str_starts(text, S("\xfe\xff"));
	t.scratch = arena_new(8 * LIMIT_RECORD, "a row of answers");
	t.csv = csv_new(&memory);
	int e = big || str_starts(text, S("\xff\xfe")) ? all_utf16(&t, text, big, why)
						       : all_bytes(&t, text, why);
	if (e == 0) {
		csv_end(t.csv);
		e = drain(&t, why);
	}
	arena_free(&t.scratch);
	if (e == 0 && !t.ready)
		return fail(why, E_UNSUPPORTED, "the file is empty");
	return e;
}

int answer_file_read(struct str text, const struct answer_sink *sink, struct why *why)
{
	struct str rest = text;
	if (text.n > LIMIT_ANSWER_FILE)
		return fail(why, E_TOO_BIG, "larger than %zu bytes", LIMIT_ANSWER_FILE);
	(void)scan_lit(&rest, "\xef\xbb\xbf");
	rest = str_trim(rest);
	bool json = rest.n > 0 && (*rest.p == '{' || *rest.p == '[');
	return json ? answer_json_read(rest, sink, why)
		    : answer_csv_read(text, sink, why);
}
