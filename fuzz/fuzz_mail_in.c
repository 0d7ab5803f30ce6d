/* SPDX-License-Identifier: Apache-2.0
 * fuzz_mail_in.c - any bytes as a mail: what comes of it can be told to work, who
 * believes it. Depends on: fmt/mail_in. */
#include "fmt/mail_in.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool begun;
	struct mail_facts m, told;
	struct why why = { 0 };
	if (n > MIB(1))
		return 0;
	if (!begun)
		must(mail_in_begin(&why) == 0);
	begun = true;
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_mail_in");
	if (mail_in_read(&a, (struct str){ (const char *)data, n }, &why, &m) < 0) {
		must(why.err < 0);
		return 0;
	}
	struct buf b = buf_in(&a, LIMIT_FRAME);
	struct writer w = wr_new(&b);
	mail_facts_write(&w, &m);
	must(w.err == 0 && mail_facts_read(buf_str(&b), &a, &told) == 0);
	must(told.kind == m.kind && told.n == m.n && str_eq(told.about, m.about));
	return 0;
}
