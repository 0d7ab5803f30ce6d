/* SPDX-License-Identifier: Apache-2.0
 * fuzz_charset.c - any bytes as Windows-1252 and as UTF-16: what comes out is UTF-8,
 * whatever the pieces. Depends on: fmt/charset. */
#include "base/utf8.h"
#include "fmt/charset.h"
#include "fuzz.h"

static struct str utf16(struct arena *a, struct str in, bool big, size_t step)
{
	struct utf16 u = { .big = big };
	struct buf b = buf_in(a, KIB(64));
	while (in.n > 0) {
		must(utf16_add(&u, str_to(in, step), &b) == 0);
		in = str_from(in, step);
	}
	must(utf16_end(&u, &b) == 0 && !u.has_half && !u.high);
	return buf_str(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(4), "fuzz_charset");
	struct str in = { (const char *)data, n };
	struct str latin = charset_from_1252(&a, in), rest = latin;
	size_t characters = 0;
	uint32_t c;
	for (int k; rest.n > 0; rest = str_from(rest, (size_t)k), characters++)
		must((k = utf8_next(rest, &c)) > 0);
	must(characters == n);
	for (int big = 0; big < 2; big++) {
		struct str whole = utf16(&a, in, big, KIB(16));
		must(utf8_clean(utf8_escape(&a, whole)) &&
			str_eq(whole, utf16(&a, in, big, 1)));
		for (rest = whole; rest.n > 0;) {
			int k = utf8_next(rest, &c);
			must(k > 0);
			rest = str_from(rest, (size_t)k);
		}
	}
	return 0;
}
