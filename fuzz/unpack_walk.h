/* SPDX-License-Identifier: Apache-2.0
 * unpack_walk.h - for the unpack targets: runs the reader over bytes in memory and keeps
 * what came out: names, ends, a digest of the bytes. Depends on: fmt/unpack, zlib. */
#pragma once
#include "base/hash.h"
#include "base/utf8.h"
#include "fmt/unpack.h"
#include "fuzz.h"

#define WALK_BYTES MIB(1)

struct walk {
	struct str in;
	size_t at, step;
	struct arena *arena;
	struct buf log; /* "kind name err bytes digest" of each member */
	struct hasher *hasher;
	uint64_t bytes, total, keep_max;
	struct buf content; /* of the last member, while it fits */
	int begun, ended;
};

static inline int64_t walk_read(void *ctx, char *to, size_t n, struct why *why)
{
	struct walk *w = ctx;
	(void)why;
	if (n > w->step)
		n = w->step;
	if (n > w->in.n - w->at)
		n = w->in.n - w->at;
	if (n)
		memcpy(to, w->in.p + w->at, n);
	w->at += n;
	return (int64_t)n;
}

static inline int walk_seek(void *ctx, int64_t to, struct why *why)
{
	struct walk *w = ctx;
	(void)why;
	must(to >= 0 && (uint64_t)to <= w->in.n);
	w->at = (size_t)to;
	return 0;
}

static inline int walk_begin(void *ctx, const struct unpack_member *m, struct why *why)
{
	struct walk *w = ctx;
	(void)why;
	must(w->begun++ == w->ended);
	must(m->name.n > 0 && m->name.n <= LIMIT_NAME && utf8_clean(m->name));
	must(m->path.n <= UNPACK_PATH_MAX && utf8_clean(m->path));
	must(str_find(m->name, '/') == m->name.n && m->kind < UNPACK_KIND_N);
	w->bytes = 0;
	buf_clear(&w->content);
	return buf_addf(&w->log, "%d %.*s ", (int)m->kind, STR(m->name));
}

static inline int walk_bytes(void *ctx, struct str bytes, struct why *why)
{
	struct walk *w = ctx;
	(void)why;
	must(w->begun == w->ended + 1 && bytes.n > 0);
	w->bytes += bytes.n;
	w->total += bytes.n;
	must(w->total <= WALK_BYTES);
	hasher_add(w->hasher, bytes);
	return buf_add(&w->content, bytes);
}

static inline int walk_end(void *ctx, int err, struct str reason, struct why *why)
{
	struct walk *w = ctx;
	char hex[SHA256_HEX + 1];
	(void)why;
	must(++w->ended == w->begun);
	must((err == 0) == (reason.n == 0) && err > E_END && err <= 0);
	must(err != E_UNSUPPORTED || w->bytes == 0);
	struct sha256 h = hasher_end(w->hasher);
	/* Of two faults the one that is seen first may depend on the pieces, and so does
	 * how much came before. */
	if (err == E_SYNTAX || err == E_TOO_BIG)
		return buf_addf(&w->log, "bad-;");
	if (err < 0)
		return buf_addf(&w->log, "%d;", err);
	return buf_addf(&w->log, "0 %llu %s;", (unsigned long long)w->bytes,
		sha256_text(&h, hex));
}

/* pipe: cannot be sought in. The answer of unpack_run; *w keeps the rest. */
static inline int walk_unpack(struct arena *a, struct str in, const char *name, bool pipe,
	size_t step, struct walk *w)
{
	static const struct unpack_limits limits = { WALK_BYTES, 20, 200, KIB(64) };
	struct why why = { 0 };
	*w = (struct walk){ .in = in,
		.step = step,
		.arena = a,
		.hasher = hasher_new(),
		.log = buf_in(a, MIB(1)),
		.content = buf_in(a, WALK_BYTES) };
	struct unpack_src src = { w, pipe ? -1 : (int64_t)in.n, walk_read, walk_seek };
	struct unpack_sink sink = { w, walk_begin, walk_bytes, walk_end, NULL };
	int r = unpack_run(a, &src, &sink, str_c(name), &limits, &why);
	must(w->begun == w->ended && (r == 0) == (why.err == 0) && r == why.err);
	hasher_free(&w->hasher);
	return r;
}
