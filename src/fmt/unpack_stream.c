/* SPDX-License-Identifier: Apache-2.0
 * unpack_stream.c - gzip (RFC 1952) and zstd (RFC 8878): one stream of bytes out, however
 * many pieces the file is joined from. Depends on: fmt/unpack_int, zlib, libzstd. */
#include "fmt/unpack_int.h"

#include <inttypes.h>
#include <zlib.h>
#include <zstd.h>

/* 32 MiB of window: what zstd makes without --long. */
#define ZSTD_WINDOW_LOG 25

/* After a whole piece: true when another begins, else what is left is noted and let
 * go. */
static int another(struct unpack *u, enum unpack_format format, bool *ret)
{
	const char *what;
	int r = unpack_fill(u, 4);
	if (r < 0)
		return r;
	struct str left = unpack_window(u);
	*ret = left.n > 0 && unpack_sniff(left, &what) == format;
	if (left.n > 0 && !*ret)
		unpack_note(u, "bytes after the end of the packed data were left out");
	return 0;
}

/* Gives on what the decoder wrote when the room is full or nothing more will come. */
static int flush(struct unpack *u, struct why *m, size_t *n, bool all)
{
	if (*n < UNPACK_CHUNK && !all)
		return 0;
	int r = unpack_bytes(u, m, (struct str){ u->out, *n });
	*n = 0;
	return r;
}

static int cut_short(struct unpack *u, struct why *m, const char *what)
{
	return fail(m, E_SYNTAX,
		"the %s file is cut short: it ends after %" PRIu64 " bytes", what,
		u->in_bytes);
}

static int gzip_step(
	struct unpack *u, struct why *m, z_stream *z, size_t *n, bool *ret_more)
{
	int r = unpack_fill(u, 1);
	if (r < 0)
		return r;
	struct str in = unpack_window(u);
	if (in.n == 0)
		return cut_short(u, m, "gzip");
	z->next_in = (Bytef *)u->in + u->in_at;
	z->avail_in = (uInt)in.n;
	z->next_out = (Bytef *)u->out + *n;
	z->avail_out = (uInt)(UNPACK_CHUNK - *n);
	int zr = inflate(z, Z_NO_FLUSH);
	u->in_at += in.n - z->avail_in;
	*n = UNPACK_CHUNK - z->avail_out;
	if (zr != Z_OK && zr != Z_STREAM_END && zr != Z_BUF_ERROR)
		return fail(m, E_SYNTAX, "the gzip file is damaged: %s",
			z->msg ? z->msg : "bad header");
	*ret_more = true;
	if (zr != Z_STREAM_END)
		return flush(u, m, n, false);
	(void)inflateReset(z);
	return another(u, UNPACK_GZIP, ret_more);
}

int unpack_gzip(struct unpack *u, struct why *m)
{
	z_stream z = { 0 };
	size_t n = 0;
	bool more = true;
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return fail(m, E_SYS, "no memory for gzip");
	int r = 0;
	while (r == 0 && more)
		r = gzip_step(u, m, &z, &n, &more);
	(void)inflateEnd(&z);
	return r < 0 ? r : flush(u, m, &n, true);
}

static int zstd_step(
	struct unpack *u, struct why *m, ZSTD_DStream *z, size_t *n, bool *ret_more)
{
	int r = unpack_fill(u, 1);
	if (r < 0)
		return r;
	struct str s = unpack_window(u);
	if (s.n == 0)
		return cut_short(u, m, "zstd");
	ZSTD_inBuffer in = { s.p, s.n, 0 };
	ZSTD_outBuffer out = { u->out, UNPACK_CHUNK, *n };
	size_t left = ZSTD_decompressStream(z, &out, &in);
	u->in_at += in.pos;
	*n = out.pos;
	if (ZSTD_isError(left))
		return fail(m, E_SYNTAX,
			"the zstd file is damaged or needs too much memory: %s",
			ZSTD_getErrorName(left));
	*ret_more = true;
	if (left > 0)
		return flush(u, m, n, false);
	return another(u, UNPACK_ZSTD, ret_more);
}

int unpack_zstd(struct unpack *u, struct why *m)
{
	ZSTD_DStream *z = ZSTD_createDStream();
	size_t n = 0;
	bool more = true;
	if (z == NULL ||
		ZSTD_isError(ZSTD_DCtx_setParameter(
			z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG))) {
		ZSTD_freeDStream(z);
		return fail(m, E_SYS, "no memory for zstd");
	}
	int r = 0;
	while (r == 0 && more)
		r = zstd_step(u, m, z, &n, &more);
	ZSTD_freeDStream(z);
	return r < 0 ? r : flush(u, m, &n, true);
}
