/* SPDX-License-Identifier: Apache-2.0
 * fuzz_unpack_stream.c - what gzip and zstd packed comes out as it was; joined pieces as
 * one; a changed byte never gives other bytes that count as whole. The first two bytes
 * choose the format, the change and its place. Depends on: fmt/unpack, zlib, libzstd. */
#include "unpack_walk.h"

#include <zlib.h>
#include <zstd.h>

static struct str pack_gzip(struct arena *a, struct str s)
{
	z_stream z = { 0 };
	size_t room = s.n + s.n / 100 + KIB(1);
	char *p = arena_alloc(a, room), *from = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(from, s.p, s.n);
	must(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) ==
		Z_OK);
	z.next_in = (Bytef *)from;
	z.avail_in = (uInt)s.n;
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)room;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	size_t n = room - z.avail_out;
	(void)deflateEnd(&z);
	return (struct str){ p, n };
}

static struct str pack_zstd(struct arena *a, struct str s)
{
	size_t room = ZSTD_compressBound(s.n);
	char *p = arena_alloc(a, room);
	ZSTD_CCtx *z = ZSTD_createCCtx();
	must(z && !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1)));
	size_t n = ZSTD_compress2(z, p, room, s.p, s.n);
	must(!ZSTD_isError(n));
	(void)ZSTD_freeCCtx(z);
	return (struct str){ p, n };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *what;
	if (n < 2 || n > KIB(64))
		return 0;
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_unpack_stream");
	struct str in = { (const char *)data + 2, n - 2 };
	struct str packed = data[0] & 1 ? pack_gzip(&a, in) : pack_zstd(&a, in);
	struct buf twice = buf_in(&a, MIB(1));
	must(buf_add(&twice, packed) == 0 && buf_add(&twice, packed) == 0);
	bool plain = unpack_sniff(in, &what) == UNPACK_PLAIN;
	struct walk w;
	must(walk_unpack(&a, packed, "x", data[0] & 2, 1u + data[1], &w) == 0);
	must(plain ? str_eq(buf_str(&w.content), in) : w.content.n == 0);
	must(walk_unpack(&a, buf_str(&twice), "x", data[0] & 2, KIB(64), &w) == 0);
	struct buf both = buf_in(
		&a, MIB(1)); /* may look like something else than its half */
	must(buf_add(&both, in) == 0 && buf_add(&both, in) == 0);
	if (unpack_sniff(buf_str(&both), &what) == UNPACK_PLAIN)
		must(str_eq(buf_str(&w.content), buf_str(&both)));

	char *changed = arena_alloc(&a, packed.n + 1);
	memcpy(changed, packed.p, packed.n);
	size_t at = (data[0] / 4u * 256u + data[1]) % packed.n;
	changed[at] = (char)(changed[at] ^ (1 << (data[1] & 7)));
	(void)walk_unpack(&a, (struct str){ changed, packed.n }, "x", true, KIB(64), &w);
	/* A changed magic makes it a plain file, which is then whole as it stands. */
	bool same = str_eq(buf_str(&w.content), in);
	bool as_is = str_eq(buf_str(&w.content), (struct str){ changed, packed.n });
	must(same || as_is || w.ended == 0 || str_find(buf_str(&w.log), '-') < w.log.n);
	return 0;
}
