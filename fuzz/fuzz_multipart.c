/* SPDX-License-Identifier: Apache-2.0
 * fuzz_multipart.c - forms with files: however the bytes are cut, the same comes out.
 * Depends on: fmt/multipart. */
#include "fmt/multipart.h"
#include "fuzz.h"

#define TYPE "multipart/form-data; boundary=XyZ"

static int on_part(void *ctx, const struct multipart_part *p)
{
	return buf_addf(ctx, "[%.*s:%.*s]", STR(p->name), STR(p->file_name));
}

static int on_data(void *ctx, struct str bytes)
{
	return buf_add(ctx, bytes);
}

static int read_all(struct arena *a, struct str in, size_t piece, struct buf *out)
{
	const struct multipart_sink sink = { out, on_part, on_data };
	struct multipart *m;
	int r = multipart_new(a, S(TYPE), &sink, &m);
	for (; r == 0 && in.n > 0; in = str_from(in, piece))
		r = multipart_feed(m, str_to(in, piece));
	return r == 0 ? multipart_end(m) : r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > KIB(16))
		return 0;
	AUTO_ARENA a = arena_new(MIB(16), "fuzz_multipart");
	struct str in = { (const char *)data, n };
	struct buf whole = buf_in(&a, MIB(1)), cut = buf_in(&a, MIB(1));
	int r = read_all(&a, in, n + 1, &whole);
	int s = read_all(&a, in, 7, &cut);
	must((r == 0) == (s == 0));
	must(r < 0 || (str_eq(buf_str(&whole), buf_str(&cut)) && whole.n <= n + 100));
	return 0;
}
