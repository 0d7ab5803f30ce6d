/* SPDX-License-Identifier: Apache-2.0
 * fuzz_job.c - any bytes as a message between work and parse: refused, or what was read
 * can be written and read again without change. The first byte chooses the message.
 * Depends on: fmt/job. */
#include "../test/unit/job_echo.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "fuzz.h"

static int echo_member(struct str body, struct arena *a, struct writer *w)
{
	struct str name;
	(void)a;
	int r = job_member_read(body, &name);
	if (r == 0) {
		must(name.n > 0 && name.n <= LIMIT_NAME && utf8_clean(name));
		wr_raw(w, name.p, name.n);
	}
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static echo_fn *const echoes[] = { echo_start, echo_rows, echo_end, echo_header,
		echo_refused, echo_row, echo_problem, echo_reg, echo_event, echo_member,
		echo_about, echo_answer };
	if (n == 0 || n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_job");
	echo_fn *echo = echoes[data[0] % N(echoes)];
	struct buf once = buf_in(&a, LIMIT_FRAME), twice = buf_in(&a, LIMIT_FRAME);
	struct writer w = wr_new(&once), again = wr_new(&twice);
	if (echo((struct str){ (const char *)data + 1, n - 1 }, &a, &w) < 0) {
		must(once.n == 0);
		return 0;
	}
	must(w.err == 0 && echo(buf_str(&once), &a, &again) == 0 && again.err == 0);
	must(str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}
