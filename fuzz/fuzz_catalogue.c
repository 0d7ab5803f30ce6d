/* SPDX-License-Identifier: Apache-2.0
 * fuzz_catalogue.c - the catalogue's tables: what is taken can be found again, what is
 * refused says why. A NUL parts the two tables. Depends on: fmt/catalogue. */
#include "base/utf8.h"
#include "fmt/catalogue.h"
#include "fuzz.h"

static void check_type(const struct catalogue *c, const struct report_type *t)
{
	must(catalogue_type(c, t->type) == t);
	for (size_t i = 0; i < t->aliases.n; i++)
		must(catalogue_type(c, t->aliases.p[i]) == t);
	for (size_t i = t->n_overrides; i-- > 0;) {
		struct str field = catalogue_field(c, t, t->overrides[i].column);
		must(field.n > 0);
	}
	must(t->severity > SEV_UNKNOWN && t->severity < SEV_N && t->quiet > 0);
	must(utf8_valid(t->name) && t->class.n > 0 && t->rsit_type.n > 0);
	must(t->exchange || t->identifier.columns.n + t->identifier.word.n > 0);
	must(!t->by_name || t->names.n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > MIB(1))
		return 0;
	AUTO_ARENA a = arena_new(MIB(256), "fuzz_catalogue");
	struct str in = { (const char *)data, n };
	struct why why = { 0 };
	struct catalogue c;
	size_t nul = str_find(in, '\0');
	int r = catalogue_read(&a, str_to(in, nul), str_from(in, nul + 1), &why, &c);
	if (r < 0) {
		must(why.err == r && why.text[0] != '\0');
		return 0;
	}
	for (size_t i = 0; i < c.n_types; i++)
		check_type(&c, &c.types[i]);
	for (size_t i = 0; i < c.n_columns; i++)
		must(catalogue_column(&c, c.columns[i].name) == &c.columns[i]);
	return 0;
}
