/* SPDX-License-Identifier: Apache-2.0
 * fuzz_seal.c - any bytes as a sealed backup: nobody but the holder of the key makes one,
 * so all are refused; and any bytes sealed come out as they were, and not when a bit of
 * them was turned over. Depends on: fmt/seal. */
#include "fmt/seal.h"
#include "fuzz.h"

#define HEX "0123456789abcdef"

static void must_refuse(struct arena *a, const struct seal_key *key, struct str in)
{
	struct seal *s = NULL;
	struct buf plain = buf_in(a, MIB(1));
	bool last = false;
	int r = seal_open(a, key, str_to(in, SEAL_HEAD), NULL, &s);
	if (r == 0)
		r = seal_open_piece(s, str_from(in, SEAL_HEAD), NULL, &plain, &last);
	must(r < 0);
	seal_end(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str in = { (const char *)data, n };
	struct seal_key private_key, public_key;
	struct seal *s = NULL;
	bool last = false;
	if (n == 0 || n > SEAL_PIECE)
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_seal");
	must(seal_key_read(S(HEX HEX HEX HEX), &private_key) == 0 &&
		seal_key_public(&private_key, &public_key) == 0);
	must_refuse(&a, &private_key, in);
	struct buf out = buf_in(&a, MIB(1)), plain = buf_in(&a, MIB(1));
	must(seal_begin(&a, &public_key, &out, &s) == 0 &&
		seal_piece(s, in, true, &out) == 0);
	seal_end(&s);
	struct str sealed = buf_str(&out);
	must(sealed.n == SEAL_HEAD + n + 17);
	must(seal_open(&a, &private_key, str_to(sealed, SEAL_HEAD), NULL, &s) == 0 &&
		seal_open_piece(s, str_from(sealed, SEAL_HEAD), NULL, &plain, &last) ==
			0 &&
		last && str_eq(buf_str(&plain), in));
	seal_end(&s);
	out.p[data[0] * 977u % out.n] ^= (char)(1 << data[0] % 8);
	must_refuse(&a, &private_key, buf_str(&out));
	return 0;
}
