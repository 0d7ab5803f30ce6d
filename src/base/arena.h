/* SPDX-License-Identifier: Apache-2.0
 * arena.h - bump memory: one per request, job or parsed document. Depends on: libc.
 *
 * Everything taken from an arena goes at once, at arena_reset or arena_free; nothing is
 * freed by hand. arena_alloc never returns NULL: past the ceiling, or without memory, the
 * process ends with the arena's tag on stderr and its master starts it again. So a size
 * that a stranger chooses is compared with a limit before it comes here.
 * Under AddressSanitizer unused bytes are poisoned and each piece has a red zone. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *blocks; /* newest first */
	char *at, *end;		    /* free room in the newest block */
	size_t used, ceiling;	    /* bytes taken from the system */
	const char *tag;
};

/* Once, before the first arena: large blocks shall go back to the system when they are
 * freed, not stay in a heap full of holes. */
void arena_begin(void);

struct arena arena_new(size_t ceiling, const char *tag);
/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull, malloc));
/* Whether arena_alloc can give n bytes more, as far as the ceiling goes. */
bool arena_fits(const struct arena *a, size_t n);
/* n elements of size bytes; ends the process when the product overflows. */
void *arena_array(struct arena *a, size_t n, size_t size)
	__attribute__((returns_nonnull));
/* Gives everything back but keeps the first block for the next use. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#define AUTO_ARENA __attribute__((cleanup(arena_free))) struct arena
