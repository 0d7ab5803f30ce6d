/* SPDX-License-Identifier: Apache-2.0
 * arena.c - bump memory: see arena.h. Depends on: libc. The only callers of malloc. */
#include "base/arena.h"

#include <assert.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   __asan_poison_memory_region(p, n)
#define UNPOISON(p, n) __asan_unpoison_memory_region(p, n)
#define RED_ZONE       16
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define RED_ZONE       0
#endif

#define ALIGN	     16
#define FIRST_BLOCK  16384
#define LARGEST_STEP (1 << 20)

struct arena_block {
	struct arena_block *older;
	size_t size; /* of data */
	_Alignas(ALIGN) char data[];
};

static _Noreturn void die(const struct arena *a, size_t n)
{
	fprintf(stderr, "arena '%s': cannot take %zu more bytes (%zu of %zu used)\n",
		a->tag, n, a->used, a->ceiling);
	abort();
}

void arena_begin(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}

struct arena arena_new(size_t ceiling, const char *tag)
{
	return (struct arena){ .ceiling = ceiling, .tag = tag };
}

static void grow(struct arena *a, size_t n)
{
	size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;
	if (size > LARGEST_STEP)
		size = LARGEST_STEP;
	if (size < n)
		size = n;
	if (size > a->ceiling - a->used)
		size = n;
	if (n > a->ceiling - a->used)
		die(a, n);
	struct arena_block *b = malloc(sizeof(*b) + size);
	if (b == NULL)
		die(a, n);
	b->older = a->blocks;
	b->size = size;
	POISON(b->data, size);
	a->blocks = b;
	a->used += size;
	a->at = b->data;
	a->end = b->data + size;
}

/* With the red zone, aligned. */
static size_t whole(size_t n)
{
	size_t take = (n + RED_ZONE + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	return take ? take : ALIGN;
}

bool arena_fits(const struct arena *a, size_t n)
{
	if (n > a->ceiling)
		return false;
	size_t take = whole(n);
	return take <= (size_t)(a->end - a->at) || take <= a->ceiling - a->used;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > a->ceiling)
		die(a, n);
	size_t take = whole(n);
	if (take > (size_t)(a->end - a->at))
		grow(a, take);
	char *p = a->at;
	a->at += take;
	UNPOISON(p, n);
	return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		die(a, n);
	return arena_alloc(a, bytes);
}

static void free_down_to(struct arena *a, struct arena_block *keep)
{
	while (a->blocks != keep) {
		struct arena_block *b = a->blocks;
		a->blocks = b->older;
		a->used -= b->size;
		UNPOISON(b->data, b->size);
		free(b);
	}
}

void arena_reset(struct arena *a)
{
	struct arena_block *first = a->blocks;
	while (first && first->older)
		first = first->older;
	free_down_to(a, first);
	if (first) {
		POISON(first->data, first->size);
		a->at = first->data;
		a->end = first->data + first->size;
	}
}

void arena_free(struct arena *a)
{
	free_down_to(a, NULL);
	a->at = a->end = NULL;
}
