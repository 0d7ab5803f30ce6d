/* SPDX-License-Identifier: Apache-2.0
 * backup_echo.h - a tar or a list of a backup, read and written again: for the unit test
 * and the fuzz targets. Depends on: fmt. */
#pragma once
#include "fmt/manifest.h"

struct echo {
	struct buf *out;
	int64_t size;
	int64_t time; /* of all files: the reader does not tell it */
};

__attribute__((unused)) static int echo_begin(
	void *ctx, struct str name, int64_t size, struct why *why)
{
	struct echo *e = ctx;
	char header[TAR_BLOCK];
	(void)why;
	e->size = size;
	int r = tar_header(name, size, e->time, header);
	return r < 0 ? r : buf_add(e->out, (struct str){ header, sizeof(header) });
}

__attribute__((unused)) static int echo_data(void *ctx, struct str bytes, struct why *why)
{
	(void)why;
	return buf_add(((struct echo *)ctx)->out, bytes);
}

__attribute__((unused)) static int echo_end(void *ctx, struct why *why)
{
	static const char zeros[TAR_BLOCK];
	struct echo *e = ctx;
	(void)why;
	return buf_add(e->out, (struct str){ zeros, tar_padding(e->size) });
}

/* In pieces of so many bytes; each piece is copied, so that no byte behind it is read
 * unseen. */
__attribute__((unused)) static int tar_echo(
	struct str in, size_t piece, int64_t time, struct arena *a, struct buf *out)
{
	static const char zeros[2 * TAR_BLOCK];
	struct echo e = { .out = out, .time = time };
	const struct tar_sink sink = { &e, echo_begin, echo_data, echo_end };
	struct tar_reader t = tar_new(&sink);
	int r = 0;
	while (r == 0 && in.n > 0) {
		r = tar_bytes(&t, str_dup(a, str_to(in, piece)), NULL);
		in = str_from(in, piece);
	}
	if (r == 0)
		r = tar_end(&t, NULL);
	return r < 0 ? r : buf_add(out, (struct str){ zeros, sizeof(zeros) });
}

__attribute__((unused)) static int echo_head(
	void *ctx, const struct manifest_head *h, struct why *why)
{
	(void)why;
	return manifest_head_write(h, ctx);
}

__attribute__((unused)) static int echo_count(
	void *ctx, struct str table, int64_t n, struct why *why)
{
	(void)why;
	return manifest_count_write(table, n, ctx);
}

__attribute__((unused)) static int echo_file(
	void *ctx, const struct manifest_file *f, struct why *why)
{
	(void)why;
	return manifest_file_write(f, ctx);
}

__attribute__((unused)) static int manifest_echo(
	struct str in, size_t piece, struct arena *a, struct buf *out)
{
	const struct manifest_sink sink = { out, echo_head, echo_count, echo_file };
	AUTO_MANIFEST m = manifest_new(a, &sink);
	int r = 0;
	while (r == 0 && in.n > 0) {
		r = manifest_bytes(m, str_dup(a, str_to(in, piece)), NULL);
		in = str_from(in, piece);
	}
	if (r == 0)
		r = manifest_end(m, NULL);
	if (r < 0)
		return r;
	struct sha256 sha = sha256_of(buf_str(out));
	return manifest_end_write(&sha, out);
}
