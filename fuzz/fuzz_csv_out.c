/* SPDX-License-Identifier: Apache-2.0
 * fuzz_csv_out.c - any texts as cells: our reader gives them back but for apostrophes,
 * and nothing that is written begins a formula, also where a semicolon, a tab or the end
 * of a line begins a cell. Cells end at NUL, rows at 0x1e. Depends on: fmt/csv_out,
 * fmt/csv. */
#include "fmt/csv.h"
#include "fmt/csv_out.h"
#include "fuzz.h"

#define CELLS 3

static bool is_break(char c)
{
	return c == ';' || c == '\t' || c == '\r' || c == '\n';
}

/* got is meant, with an apostrophe in front of whatever would begin a formula. */
static void compare(struct str got, struct str meant)
{
	bool whole = csv_out_is_formula(meant);
	do {
		size_t n = 0;
		while (n < meant.n && !is_break(meant.p[n]))
			n++;
		if (whole || csv_out_is_formula(str_to(meant, n))) {
			must(str_starts(got, S("'")));
			got = str_from(got, 1);
		}
		whole = false;
		n += n < meant.n; /* the break, too */
		must(str_starts(got, str_to(meant, n)));
		got = str_from(got, n);
		meant = str_from(meant, n);
	} while (meant.n > 0);
	must(got.n == 0);
}

static void read_back(struct arena *a, struct str file, const struct str *cells, size_t n)
{
	struct csv *c = csv_new(a);
	struct csv_record r;
	size_t at = 0;
	while (file.n > 0) {
		size_t room;
		char *to = csv_room(c, &room);
		if (room > file.n)
			room = file.n;
		memcpy(to, file.p, room);
		csv_wrote(c, room);
		file = str_from(file, room);
		if (file.n == 0)
			csv_end(c);
		int got;
		while ((got = csv_next(c, &r)) > 0) {
			must(r.fault == CSV_FINE && r.n == CELLS);
			for (size_t i = 0; i < CELLS && r.number > 0; i++, at++) {
				must(at < n);
				compare(r.fields[i], cells[at]);
			}
		}
		must(got == 0);
	}
	must(at == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(32), "fuzz_csv_out");
	struct str rest = { (const char *)data, n }, cell;
	struct buf b = buf_in(&a, MIB(1));
	struct csv_out out = csv_out_new(&b);
	struct str *cells = arena_array(&a, n + 2 * CELLS, sizeof(*cells));
	size_t n_cells = 0;
	csv_out_texts(&out, (struct str[]){ S("a"), S("b"), S("c") }, CELLS);
	if (n == 0)
		return 0;
	while (str_split(&rest, '\0', &cell))
		cells[n_cells++] = cell;
	while (n_cells % CELLS)
		cells[n_cells++] = S("");
	for (size_t i = 0; i < n_cells; i += CELLS)
		csv_out_texts(&out, cells + i, CELLS);
	must(out.err == 0);
	read_back(&a, buf_str(&b), cells, n_cells);
	return 0;
}
