/* SPDX-License-Identifier: Apache-2.0
 * rng.h - chance that is the same on every machine. Depends on: libc.
 *
 * All in whole numbers: no libm, no floating point, so that one seed gives the same bytes
 * everywhere. A stream is made from a seed and numbers that name its use; streams do not
 * disturb each other. Not for secrets. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FX_ONE ((uint64_t)1 << 32) /* 1.0 with 32 bits after the point */

struct rng {
	uint64_t s[4];
};

/* Spreads 64 bits over 64 bits (the finalizer of splitmix64). */
uint64_t mix64(uint64_t x);
uint64_t mix_text(const char *p, size_t n);

struct rng rng_new(uint64_t seed, uint64_t what, uint64_t which);
uint64_t rng_next(struct rng *r);
/* 0 to n - 1; n must not be 0. */
uint32_t rng_below(struct rng *r, uint32_t n);
/* True with probability p, 0 to FX_ONE. */
bool rng_chance(struct rng *r, uint64_t p);
uint32_t rng_poisson(struct rng *r, uint64_t mean_fx);

/* 2^-x and log2 k, in fixed point; k is not 0. */
uint64_t fx_exp2_neg(uint64_t x);
uint64_t fx_log2(uint32_t k);
/* a / b in fixed point; b is not 0, a below 2^32. */
uint64_t fx_div(uint64_t a, uint64_t b);
/* 1.09^(days/365): the feeds grow by 9 % a year. */
uint64_t fx_growth(uint32_t days);
