/* SPDX-License-Identifier: Apache-2.0
 * fuzz_csv.c - the CSV reader: cuts do not matter, no byte is lost, what is written in
 * quotes is read back the same. The first byte of the input chooses the cuts. Depends on:
 * fmt/csv. */
#include "../test/unit/csv_walk.h"
#include "fuzz.h"

struct rewrite {
	struct arena *arena;
	struct buf bytes; /* all raw text without line ends */
	struct buf file;  /* the good records, all fields quoted */
	struct buf note;  /* what reading that must give */
	uint32_t records;
};

static void add_without_line_ends(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\n' && s.p[i] != '\r')
			must(buf_addc(b, s.p[i]) == 0);
}

static void add_quoted(struct buf *b, struct str s)
{
	must(buf_addc(b, '"') == 0);
	for (size_t i = 0; i < s.n; i++)
		must(buf_addc(b, s.p[i]) == 0 &&
			(s.p[i] != '"' || buf_addc(b, '"') == 0));
	must(buf_addc(b, '"') == 0);
}

static void on_record(struct rewrite *w, const struct csv_record *r)
{
	must(r->n <= LIMIT_COLUMNS && r->found >= r->n && r->n > 0);
	must(r->raw.n <= LIMIT_RECORD);
	add_without_line_ends(&w->bytes, r->raw);
	if (r->fault != CSV_FINE || (w->records == 0 && r->number > 0))
		return;
	struct csv_record again = *r;
	again.number = w->records++;
	walk_note(&w->note, &again, false);
	for (size_t i = 0; i < r->n; i++) {
		must(i == 0 || buf_addc(&w->file, ',') == 0);
		add_quoted(&w->file, r->fields[i]);
	}
	must(buf_add(&w->file, S("\r\n")) == 0);
}

static void read_once(struct rewrite *w, struct str in)
{
	struct csv *c = csv_new(w->arena);
	struct csv_record r;
	for (size_t n = 1; n > 0; in = str_from(in, n)) {
		size_t room;
		char *to = csv_room(c, &room);
		must(room >= CSV_STEP);
		n = in.n < room ? in.n : room;
		if (n > 0)
			memcpy(to, in.p, n);
		csv_wrote(c, n);
		if (n == 0)
			csv_end(c);
		int got;
		while ((got = csv_next(c, &r)) > 0)
			on_record(w, &r);
		must(got == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0 || n > LIMIT_RECORD)
		return 0;
	AUTO_ARENA a = arena_new(MIB(512), "fuzz_csv");
	struct str in = { (const char *)data + 1, n - 1 };
	struct str whole = walk_csv(&a, in, piece_all, 0, true);
	must(str_eq(whole, walk_csv(&a, in, piece_some, data[0], true)));
	if (n < 2000)
		must(str_eq(whole, walk_csv(&a, in, piece_one, 0, true)));

	struct rewrite w = { .arena = &a,
		.bytes = buf_in(&a, MIB(4)),
		.file = buf_in(&a, MIB(16)),
		.note = buf_in(&a, MIB(64)) };
	read_once(&w, in);
	struct buf all = buf_in(&a, MIB(4));
	add_without_line_ends(
		&all, str_starts(in, S("\xef\xbb\xbf")) ? str_from(in, 3) : in);
	must(str_eq(buf_str(&all), buf_str(&w.bytes)));
	must(str_eq(
		walk_csv(&a, buf_str(&w.file), piece_all, 0, false), buf_str(&w.note)));
	return 0;
}
