/* SPDX-License-Identifier: Apache-2.0
 * csv_walk.h - for tests and fuzz targets: reads a file through fmt/csv in pieces of
 * chosen sizes and writes down what came out. Depends on: fmt/csv. */
#pragma once
#include "base/buf.h"
#include "fmt/csv.h"

#include <stdio.h>

/* A NUL is written as \0, so that a note can stand in a C string. */
static inline int walk_text(struct buf *out, struct str s)
{
	struct str part;
	int e = 0;
	for (bool first = true; e == 0 && str_split(&s, '\0', &part); first = false) {
		if (!first)
			e = buf_add(out, S("\\0"));
		if (e == 0)
			e = buf_add(out, part);
	}
	return e;
}

/* One line per record: number, fault, fields in brackets, and if asked the raw text. */
static inline void walk_note(struct buf *out, const struct csv_record *r, bool raw)
{
	static const char *const faults[] = { "", " WIDTH", " QUOTE", " TOO_BIG",
		" COLUMNS" };
	int e = buf_addf(out, "%u%s ", r->number, faults[r->fault]);
	for (size_t i = 0; e == 0 && i < r->n; i++) {
		e = buf_addc(out, '[');
		if (e == 0)
			e = walk_text(out, r->fields[i]);
		if (e == 0)
			e = buf_addc(out, ']');
	}
	if (e == 0 && raw)
		e = buf_add(out, r->raw);
	if (e == 0)
		e = buf_addc(out, '\n');
	(void)e; /* a full note compares as it stands */
}

/* piece(turn, left, seed) says how many bytes come next. */
static inline struct str walk_csv(struct arena *a, struct str in,
	size_t (*piece)(size_t, size_t, uint64_t), uint64_t seed, bool raw)
{
	struct csv *c = csv_new(a);
	struct buf out = buf_in(a, MIB(64));
	struct csv_record r;
	for (size_t turn = 0;; turn++) {
		size_t room, n = in.n;
		if (in.n == 0) {
			csv_end(c);
		} else {
			char *to = csv_room(c, &room);
			n = piece(turn, in.n, seed);
			n = n < room ? n : room;
			memcpy(to, in.p, n);
			csv_wrote(c, n);
			in = str_from(in, n);
		}
		int got;
		while ((got = csv_next(c, &r)) > 0)
			walk_note(&out, &r, raw);
		if (n == 0 || got < 0)
			break;
	}
	return buf_str(&out);
}

static inline size_t piece_all(size_t turn, size_t left, uint64_t seed)
{
	(void)turn;
	(void)seed;
	return left;
}

static inline size_t piece_one(size_t turn, size_t left, uint64_t seed)
{
	(void)turn;
	(void)left;
	(void)seed;
	return 1;
}

/* From 1 byte to a few thousand, all orders of size alike. */
static inline size_t piece_some(size_t turn, size_t left, uint64_t seed)
{
	uint64_t x = (seed + turn) * 0x9e3779b97f4a7c15ull;
	x ^= x >> 29;
	size_t n = 1 + (size_t)((x >> 8) % (1u << (x % 13)));
	return n < left ? n : left;
}
