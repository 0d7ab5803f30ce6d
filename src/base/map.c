/* SPDX-License-Identifier: Apache-2.0
 * map.c - text to number: see map.h. Depends on: base/str, base/hash. Open addressing. */
#include "base/map.h"

struct map map_in(struct arena *a)
{
	struct map m = { .arena = a };
	random_bytes(&m.seed, sizeof(m.seed));
	return m;
}

static struct map_slot *slot_of(const struct map *m, struct str key)
{
	struct key128 h = siphash(&m->seed, key);
	uint64_t at;
	memcpy(&at, h.b, sizeof(at));
	for (;; at++) {
		struct map_slot *s = &m->slots[at & (m->cap - 1)];
		if (s->key.p == NULL || str_eq(s->key, key))
			return s;
	}
}

int64_t *map_get(const struct map *m, struct str key)
{
	struct map_slot *s = m->cap ? slot_of(m, key) : NULL;
	return s && s->key.p ? &s->value : NULL;
}

static void grow(struct map *m)
{
	struct map old = *m;
	m->cap = old.cap ? old.cap * 2 : 64;
	m->slots = arena_array(m->arena, m->cap, sizeof(*m->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].key.p)
			*slot_of(m, old.slots[i].key) = old.slots[i];
}

void map_put(struct map *m, struct str key, int64_t value)
{
	if (m->n * 2 >= m->cap)
		grow(m);
	struct map_slot *s = slot_of(m, key);
	if (s->key.p == NULL) {
		s->key = str_dup(m->arena, key.p ? key : S(""));
		m->n++;
	}
	s->value = value;
}
