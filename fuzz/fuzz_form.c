/* SPDX-License-Identifier: Apache-2.0
 * fuzz_form.c - forms and queries: what is accepted is clean and not longer than it came.
 * Depends on: fmt/form. */
#include "fmt/form.h"
#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_form");
	struct str in = { (const char *)data, n };
	struct form f;
	size_t all = 0;
	if (form_read(in, &a, &f) < 0)
		return 0;
	for (size_t i = 0; i < f.n; i++) {
		all += f.v[i].name.n + f.v[i].value.n + 1;
		must(utf8_valid(f.v[i].value) && f.v[i].name.n > 0);
		must(str_find(f.v[i].value, '\0') == f.v[i].value.n);
	}
	must(all <= n && f.n <= FORM_FIELDS_MAX);
	return 0;
}
