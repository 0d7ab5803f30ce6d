/* SPDX-License-Identifier: Apache-2.0
 * limit.c - how often one source may ask: see limit.h. Depends on: base. */
#include "web/limit.h"

#include "base/hash.h"
#include "base/net.h"

#include <pthread.h>

#define TICK_MS 100
#define WINDOW	(LIMIT_WAIT_S * 1000 / TICK_MS)
#define SETS	8192 /* for each class; 16 bytes a place */
#define WAYS	4

static const uint32_t most[RATE_N] = { [RATE_DOOR] = 20,
	[RATE_LINK] = 120,
	[RATE_FILE] = 20,
	[RATE_TOKEN] = 300,
	[RATE_TOKEN_FILE] = 20 };

struct slot {
	uint64_t key;	/* 0: free */
	uint32_t since; /* ticks */
	uint32_t n;
};
struct set {
	struct slot own[WAYS];
	struct slot rest; /* of all that found no place */
};
struct limit {
	pthread_mutex_t lock;
	struct key128 seed; /* so that nobody can aim at somebody else's place */
	struct set sets[RATE_N - 1][SETS];
};

struct limit *limit_new(struct arena *a)
{
	struct limit *l = arena_alloc(a, sizeof(*l));
	random_bytes(&l->seed, sizeof(l->seed));
	(void)pthread_mutex_init(&l->lock, NULL);
	return l;
}

/* An address becomes its network; anything else stands for itself, capitals as small
 * letters. */
static uint64_t key_of(const struct limit *l, enum rate class, struct str source)
{
	struct ip ip;
	uint8_t text[64] = { (uint8_t) class };
	size_t n = 1;
	if (ip_read(source, &ip) == 0) {
		n += ip_is4(&ip) ? 15 : 6;
		memcpy(text + 1, ip.b, n - 1);
	}
	for (size_t i = 0; n == 1 + i && i < source.n && n < sizeof(text); i++) {
		char c = source.p[i];
		text[n++] = (uint8_t)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	struct key128 k = siphash(&l->seed, (struct str){ (char *)text, n });
	uint64_t key;
	memcpy(&key, k.b, sizeof(key));
	return key | 1; /* 0: a free slot */
}

static bool is_over(const struct slot *s, uint32_t now)
{
	return s->key == 0 || (now >= s->since && now - s->since >= WINDOW);
}

/* The source's place, one that nobody needs any more, or the one for the rest. */
static struct slot *place(struct set *set, uint64_t key, uint32_t now)
{
	struct slot *free = NULL;
	for (size_t i = 0; i < WAYS; i++) {
		if (set->own[i].key == key)
			return &set->own[i];
		if (free == NULL && is_over(&set->own[i], now))
			free = &set->own[i];
	}
	return free ? free : &set->rest;
}

bool limit_take(struct limit *l, enum rate class, struct str source, int64_t now_ms)
{
	if (most[class] == 0)
		return true;
	uint64_t key = key_of(l, class, source);
	struct set *set = &l->sets[class - 1][key / 2 % SETS];
	uint32_t now = (uint32_t)(now_ms / TICK_MS);
	(void)pthread_mutex_lock(&l->lock);
	struct slot *s = place(set, key, now);
	if (is_over(s, now) || (s->key != key && s != &set->rest))
		*s = (struct slot){ .key = key,
			.since = (uint32_t)((now_ms + TICK_MS - 1) / TICK_MS) };
	bool may = s->n < most[class];
	s->n += may;
	(void)pthread_mutex_unlock(&l->lock);
	return may;
}
