/* SPDX-License-Identifier: Apache-2.0
 * fuzz_mail_facts.c - any bytes as what parse says of a mail: refused, or what was read
 * can be written and read again without change. Depends on: fmt/mail_facts. */
#include "base/utf8.h"
#include "fmt/mail_facts.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mail_facts m, again;
	if (n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_mail_facts");
	struct buf once = buf_in(&a, LIMIT_FRAME), twice = buf_in(&a, LIMIT_FRAME);
	struct writer w = wr_new(&once), v = wr_new(&twice);
	if (mail_facts_read((struct str){ (const char *)data, n }, &a, &m) < 0)
		return 0;
	must(m.kind < MAIL_KINDS && m.n <= MAIL_RECIPIENTS && utf8_clean(m.about));
	mail_facts_write(&w, &m);
	must(w.err == 0 && mail_facts_read(buf_str(&once), &a, &again) == 0);
	mail_facts_write(&v, &again);
	must(v.err == 0 && str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}
