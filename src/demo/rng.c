/* SPDX-License-Identifier: Apache-2.0
 * rng.c - chance in whole numbers: see rng.h. Depends on: libc. The generator is
 * xoshiro256** (Blackman, Vigna 2018), seeded by splitmix64. */
#include "demo/rng.h"

uint64_t mix64(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint64_t mix_text(const char *p, size_t n)
{
	uint64_t h = n;
	for (size_t i = 0; i < n; i++)
		h = mix64(h ^ (uint8_t)p[i]);
	return h;
}

struct rng rng_new(uint64_t seed, uint64_t what, uint64_t which)
{
	struct rng r;
	uint64_t x = mix64(seed) ^ mix64(what << 32 | which);
	for (int i = 0; i < 4; i++) {
		x += 0x9e3779b97f4a7c15u;
		r.s[i] = mix64(x);
	}
	return r;
}

static uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t rng_next(struct rng *r)
{
	uint64_t out = rotl(r->s[1] * 5, 7) * 9;
	uint64_t t = r->s[1] << 17;
	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = rotl(r->s[3], 45);
	return out;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

bool rng_chance(struct rng *r, uint64_t p)
{
	return rng_next(r) >> 32 < p;
}

/* Arrivals in a time of length one: how many uniform numbers keep their product above
 * 1/e. */
static uint32_t poisson_one(struct rng *r)
{
	const uint64_t one_over_e = 1580030168; /* e^-1 x 2^32 */
	uint64_t p = FX_ONE;
	uint32_t n = 0;
	for (;;) {
		p = p * (rng_next(r) >> 32) >> 32;
		if (p <= one_over_e)
			return n;
		n++;
	}
}

uint32_t rng_poisson(struct rng *r, uint64_t mean_fx)
{
	uint32_t n = 0;
	for (uint64_t i = mean_fx >> 32; i > 0; i--)
		n += poisson_one(r);
	/* The rest of the mean: each arrival of one more unit stays with that
	 * probability. */
	for (uint32_t i = poisson_one(r); i > 0; i--)
		n += rng_chance(r, mean_fx & (FX_ONE - 1));
	return n;
}

static uint64_t root(uint64_t x)
{
	uint64_t r = 0;
	for (int bit = 32; bit >= 0; bit--) {
		uint64_t t = r | (uint64_t)1 << bit;
		if (t <= UINT32_MAX && t * t <= x)
			r = t;
	}
	return r;
}

uint64_t fx_exp2_neg(uint64_t x)
{
	uint64_t whole = x >> 32;
	uint64_t step = FX_ONE >>
		1; /* 2^-1, then 2^-(1/2), 2^-(1/4) ... by square roots */
	uint64_t y = FX_ONE;
	if (whole >= 32)
		return 0;
	for (int bit = 31; bit >= 0; bit--) {
		step = root(step << 32);
		if (x >> bit & 1)
			y = y * step >> 32;
	}
	return y >> whole;
}

uint64_t fx_log2(uint32_t k)
{
	int whole = 31 - __builtin_clz(k);
	uint64_t m = (uint64_t)k << (31 - whole); /* 1 to 2, 31 bits after the point */
	uint64_t fraction = 0;
	for (int bit = 31; bit >= 0; bit--) {
		m = m * m >> 31;
		if (m >= FX_ONE) {
			fraction |= (uint64_t)1 << bit;
			m >>= 1;
		}
	}
	return (uint64_t)whole << 32 | fraction;
}

uint64_t fx_div(uint64_t a, uint64_t b)
{
	return (a << 32) / b;
}

uint64_t fx_growth(uint32_t days)
{
	const uint64_t log2_of_growth = 533985273; /* log2 1.09 x 2^32 */
	uint64_t x = log2_of_growth * days / 365;
	uint64_t whole = (x >> 32) + 1;
	return fx_exp2_neg((whole << 32) - x) << whole;
}
