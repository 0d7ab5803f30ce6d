/* SPDX-License-Identifier: Apache-2.0
 * limit.c - how often one source may ask: see limit.h. Depends on: base. */
#include "web/limit.h"

#include "base/hash.h"
#include "base/net.h"

#include <pthread.h>

#define WINDOW_MS (LIMIT_WAIT_S * 1000)
#define SETS	  1024
#define WAYS	  4

static const uint32_t most[RATE_N] = {
	[RATE_DOOR] = 20, [RATE_LINK] = 120, [RATE_TOKEN] = 300, [RATE_FILE] = 20
};

struct slot {
	uint64_t key;
	int64_t since;
	uint32_t n;
};
struct limit {
	pthread_mutex_t lock;
	struct key128 seed; /* so that nobody can aim at somebody else's place */
	struct slot slots[SETS][WAYS];
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

bool limit_take(struct limit *l, enum rate class, struct str source, int64_t now_ms)
{
	if (most[class] == 0)
		return true;
	uint64_t key = key_of(l, class, source);
	struct slot *set = l->slots[key / 2 % SETS], *s = &set[0];
	(void)pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key) {
			s = &set[i];
			break;
		}
		if (set[i].since < s->since || set[i].key == 0)
			s = &set[i];
	}
	if (s->key != key || now_ms - s->since >= WINDOW_MS)
		*s = (struct slot){ .key = key, .since = now_ms };
	bool may = s->n < most[class];
	s->n += may;
	(void)pthread_mutex_unlock(&l->lock);
	return may;
}
