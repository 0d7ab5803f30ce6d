/* SPDX-License-Identifier: Apache-2.0
 * fuzz_key_job.c - any bytes as a message between work and key: refused, or what was read
 * can be written and read again without change. The first byte chooses the message.
 * Depends on: fmt/key_job. */
#include "../test/unit/key_echo.h"
#include "base/utf8.h"
#include "fuzz.h"

static void check_info(struct str body)
{
	struct key_info k;
	if (key_info_read(body, &k) < 0)
		return;
	must(key_fingerprint_ok(k.fingerprint) && utf8_clean(k.uid));
	must(k.mails.n == 0 || str_ends(k.mails, S("\n")));
	must(k.state < KEY_STATES && key_state_text(k.state) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static key_echo_fn *const echoes[] = { key_echo_job, key_echo_info,
		key_echo_done };
	if (n == 0 || n > KIB(128))
		return 0;
	AUTO_ARENA a = arena_new(MIB(4), "fuzz_key_job");
	key_echo_fn *echo = echoes[data[0] % N(echoes)];
	struct str body = { (const char *)data + 1, n - 1 };
	struct buf once = buf_in(&a, MIB(1)), twice = buf_in(&a, MIB(1));
	struct writer w = wr_new(&once), again = wr_new(&twice);
	check_info(body);
	if (echo(body, &w) < 0) {
		must(once.n == 0);
		return 0;
	}
	must(w.err == 0 && str_eq(buf_str(&once), body));
	must(echo(buf_str(&once), &again) == 0 &&
		str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}
