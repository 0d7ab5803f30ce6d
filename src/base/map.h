/* SPDX-License-Identifier: Apache-2.0
 * map.h - text to number, growing in an arena. Depends on: base/str, base/hash.
 * Keyed SipHash with a random seed, so that strangers' names cannot make it slow. */
#pragma once
#include "base/hash.h"

struct map_slot {
	struct str key; /* p == NULL: free */
	int64_t value;
};
struct map {
	struct arena *arena;
	struct key128 seed;
	struct map_slot *slots;
	size_t n, cap;
};
struct map map_in(struct arena *a);
/* The value kept under key, or NULL. */
int64_t *map_get(const struct map *m, struct str key);
/* Keeps a copy of key with value; replaces an older value. */
void map_put(struct map *m, struct str key, int64_t value);
