/* SPDX-License-Identifier: Apache-2.0
 * fuzz_feed_name.c - names of feed files: there is always a type, of plain letters,
 * and it does not change with the folder, the capitals or the packing. Depends on:
 * fmt/feed. */
#include "fmt/feed.h"
#include "fuzz.h"

/* Read once for all inputs: it takes longer than most of them. */
static const struct catalogue *our_catalogue(void)
{
	static struct arena arena;
	static struct catalogue catalogue;
	struct why why = { 0 };
	if (catalogue.n_types == 0) {
		arena = arena_new(MIB(8), "fuzz_feed_name catalogue");
		must(catalogue_default(&arena, &why, &catalogue) == 0);
	}
	return &catalogue;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 1000)
		return 0;
	AUTO_ARENA a = arena_new(MIB(4), "fuzz_feed_name");
	struct str in = { (const char *)data, n };
	const struct catalogue *c = our_catalogue();
	struct feed_name name, again;
	struct buf b = buf_in(&a, KIB(4));
	feed_name_read(&a, c, in, &name);
	must(name.type.n > 0 && name.type.n <= TYPE_NAME_MAX);
	for (size_t i = 0; i < name.type.n; i++)
		must(strchr("abcdefghijklmnopqrstuvwxyz0123456789_", name.type.p[i]) !=
			NULL);
	must(name.known == NULL || str_eq(name.known->type, name.type));
	must(buf_add(&b, S("/in/2001-01-01-blocklist/")) == 0);
	for (size_t i = 0; i < n; i++) {
		char upper = (char)(in.p[i] >= 'a' && in.p[i] <= 'z' ? in.p[i] - 32
								     : in.p[i]);
		must(buf_addc(&b, upper) == 0);
	}
	must(buf_add(&b, S(".CSV.gz")) == 0);
	feed_name_read(&a, c, buf_str(&b), &again);
	must(str_eq(name.type, again.type) && name.known == again.known);
	must(name.has_day == again.has_day && name.day == again.day);
	return 0;
}
