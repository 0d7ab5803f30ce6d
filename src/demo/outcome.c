/* SPDX-License-Identifier: Apache-2.0
 * outcome.c - what answers do to the keys they are about: see population.h.
 * Depends on: demo/report. */
#include "demo/population_part.h"

#define AGAIN_WITHIN 3 /* days in which an untrue "fixed" shows */

struct demo_identity demo_key_identity(
	const struct demo_population *p, const struct demo_key *k, char text[IP_TEXT_MAX])
{
	const struct demo_report *t = &p->reports->v[k->report];
	bool by_name = t->about == ABOUT_HOST || t->about == ABOUT_MAIL;
	return (struct demo_identity){
		.identifier = str_eq(t->identifier, S("@")) ? t->names[k->name_item]
							    : t->identifier,
		.place = by_name ? k->name : str_c(ip_text(&k->ip, text)),
		.port = t->port_in_key ? k->port : 0,
	};
}

uint64_t demo_identity_hash(const struct demo_identity *d)
{
	uint64_t h = mix_text(d->identifier.p, d->identifier.n);
	h = mix64(h ^ mix_text(d->place.p, d->place.n));
	return mix64(h ^ d->port);
}

static bool same(const struct demo_identity *a, const struct demo_identity *b)
{
	return str_eq(a->identifier, b->identifier) && str_eq(a->place, b->place) &&
		a->port == b->port;
}

/* The first in by_hash that is not before that day and hash. */
static size_t first_from(const struct demo_population *p, int32_t day, uint64_t hash)
{
	size_t low = 0, high = p->n_answers;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct demo_answer *x = p->by_hash[mid];
		if (x->day < day || (x->day == day && x->hash < hash))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void take_effect(struct demo_population *p, struct demo_answer *x, uint32_t key)
{
	struct demo_key *k = &p->keys[key];
	x->key = key;
	x->outcome = OUTCOME_STAYS;
	if (x->word != WORD_FIXED)
		return;
	if (x->is_true) {
		x->outcome = k->live && !k->fixed ? OUTCOME_DIED : OUTCOME_GONE;
		k->fixed = true;
	} else if (!k->fixed) {
		x->outcome = OUTCOME_AGAIN;
		x->again = p->day +
			(int32_t)(mix64(k->hash ^ (uint64_t)x->day) % AGAIN_WITHIN);
		k->again = x->again;
		p->owed.v = demo_grow(
			p->arena, p->owed.v, p->owed.n, &p->owed.cap, sizeof(*p->owed.v));
		p->owed.v[p->owed.n++] = key;
	}
}

int demo_answers_mark(struct demo_population *p, struct why *why)
{
	int32_t day = p->day - 1;
	size_t first = first_from(p, day, 0), last = first_from(p, day + 1, 0);
	char text[IP_TEXT_MAX];
	for (size_t i = 0; first < last && i < p->n_keys; i++) {
		struct demo_identity d = demo_key_identity(p, &p->keys[i], text);
		uint64_t hash = demo_identity_hash(&d);
		for (size_t k = first_from(p, day, hash);
			k < last && p->by_hash[k]->hash == hash; k++)
			if (same(&p->by_hash[k]->about, &d))
				take_effect(p, p->by_hash[k], (uint32_t)i);
	}
	for (size_t i = first; i < last; i++) {
		const struct demo_identity *d = &p->by_hash[i]->about;
		if (p->by_hash[i]->outcome == OUTCOME_NOT_YET)
			return fail(why, E_NOT_FOUND,
				"answers: on day %d there is no %.*s at %.*s, port %u",
				day, STR(str_to(d->identifier, 60)),
				STR(str_to(d->place, 80)), (unsigned)d->port);
	}
	return 0;
}

static bool in_good_row(const struct demo_population *p, uint32_t key, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p->rows[i].key == key && p->rows[i].dirt != DIRT_BROKEN)
			return true;
	return false;
}

static void add_row(struct demo_population *p, uint32_t key, size_t n)
{
	if (n == p->cap_rows) {
		size_t cap = 2 * n + 16;
		struct demo_sighting *to = arena_array(p->arena, cap, sizeof(*to));
		for (size_t i = 0; i < n; i++)
			to[i] = p->rows[i];
		p->rows = to;
		p->cap_rows = cap;
	}
	p->rows[n] = (struct demo_sighting){ .key = key, .dirt = DIRT_NONE };
}

size_t demo_answers_apply(struct demo_population *p, uint32_t report, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (!p->keys[p->rows[i].key].fixed)
			p->rows[kept++] = p->rows[i];
	for (size_t i = 0; i < p->owed.n; i++) {
		uint32_t key = p->owed.v[i];
		const struct demo_key *k = &p->keys[key];
		if (k->report == report && k->again == p->day && !k->fixed &&
			!in_good_row(p, key, kept))
			add_row(p, key, kept++);
	}
	return kept;
}
