/* SPDX-License-Identifier: Apache-2.0
 * fold_kit.h - made feed files for the tests of fold and lifetime.
 * Depends on: core_kit.h. */
#pragma once
#include "core_kit.h"

static uint64_t kit_random_state;

/* SplitMix64: the same numbers on every machine. */
__attribute__((unused)) static unsigned below(unsigned n)
{
	uint64_t z = (kit_random_state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (unsigned)((z ^ z >> 31) % n);
}

__attribute__((unused)) static int64_t kit_type(
	struct kit *k, const char *name, int quiet)
{
	int64_t id = 0;
	kit_must(k,
		arrivals_add_type(
			&k->x, fold_arrivals(k->fold), str_c(name), true, quiet, &id),
		name);
	return id;
}

/* A file's row; its digest is made of its name. Inside a transaction. */
__attribute__((unused)) static struct file_row kit_file(
	struct kit *k, const char *name, int64_t type, struct opt_int day)
{
	struct file_row f = { .sha = sha256_of(str_c(name)),
		.name = str_c(name),
		.feed = S(""),
		.type = type,
		.day = day,
		.why = S("") };
	kit_must(k, file_add(&k->x, &f, &f.id), name);
	return f;
}

/* At an address: text "192.0.2.1"; day and second in it. */
__attribute__((unused)) static struct event kit_event(
	struct kit *k, uint32_t row, const char *net, int day, int second)
{
	struct event e = { .row = row,
		.flags = EVENT_HAS_NET,
		.severity = SEV_HIGH,
		.time = day_start(day) + second,
		.cc = S(""),
		.name = S(""),
		.type = S("scanner"),
		.identifier = S("test"),
		.family = S(""),
		.hostname = S(""),
		.transport = S("tcp"),
		.detail = S("") };
	kit_must(k, net_read(str_c(net), &e.net), net);
	return e;
}

/* All events, in chunks of so many, and the file's end. Inside a transaction. */
__attribute__((unused)) static void kit_fold(struct kit *k, struct file_row *f,
	const struct event *events, size_t n, size_t chunk)
{
	for (size_t i = 0; i < n; i += chunk) {
		size_t m = n - i < chunk ? n - i : chunk;
		kit_must(k, fold_chunk(k->fold, &k->x, k->table, f, events + i, m),
			"fold_chunk");
	}
	f->state = FILE_READ;
	kit_must(k, fold_finish(k->fold, &k->x, f), "fold_finish");
	kit_must(k, fold_write(k->fold, &k->x), "fold_write");
	kit_must(k, file_update(&k->x, f), "file_update");
}
