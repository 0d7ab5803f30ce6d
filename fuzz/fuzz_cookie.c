/* SPDX-License-Identifier: Apache-2.0
 * fuzz_cookie.c - the Cookie header: what is found stands there once.
 * Depends on: fmt/cookie. */
#include "fmt/cookie.h"
#include "base/buf.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(1), "fuzz_cookie");
	struct str in = { (const char *)data, n }, v, again;
	if (cookie_find(in, S("tocsin"), &v) < 0)
		return 0;
	must(v.p >= in.p && v.p + v.n <= in.p + in.n && str_find(v, ';') == v.n);
	struct buf twice = buf_in(&a, KIB(64));
	must(buf_add(&twice, in) == 0 && buf_add(&twice, S("; tocsin=x")) == 0);
	must(cookie_find(buf_str(&twice), S("tocsin"), &again) == E_SYNTAX);
	return 0;
}
