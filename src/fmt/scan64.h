/* SPDX-License-Identifier: Apache-2.0
 * scan64.h - where a byte stands among 64, as bits. Depends on: nothing. For csv.c only.
 *
 * Bit i of the answer is set when p[i] is c. Reads 64 bytes: the caller has them
 * allocated, whatever is in them. Two bodies with one meaning: SSE2, which every x86-64
 * has, and plain C for other machines (or with TOCSIN_PORTABLE, so that it is tested here
 * too). */
#pragma once
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(TOCSIN_PORTABLE)
#include <emmintrin.h>

static inline uint64_t scan64(const char *p, char c)
{
	const __m128i want = _mm_set1_epi8(c);
	uint64_t bits = 0;
	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, want))
			<< (16 * i);
	}
	return bits;
}
#else
static inline uint64_t scan64(const char *p, char c)
{
	const uint64_t lanes = 0x0101010101010101ull, low = 0x7f * lanes;
	uint64_t bits = 0;
	for (unsigned i = 0; i < 8; i++) {
		uint64_t v;
		memcpy(&v, p + 8 * i, sizeof(v));
		v ^= lanes * (uint8_t)c;
		/* The top bit of each lane that is zero now; no carry leaves its lane. */
		v = ~(((v & low) + low) | v | low);
		/* Gathers the eight top bits into one byte, the first lane lowest. */
		bits |= ((v >> 7) * 0x0102040810204080ull >> 56) << (8 * i);
	}
	return bits;
}
#endif

/* Bit i of the answer is set when an odd number of bits up to i is set in v. */
static inline uint64_t odd_so_far(uint64_t v)
{
	for (unsigned step = 1; step < 64; step *= 2)
		v ^= v << step;
	return v;
}
