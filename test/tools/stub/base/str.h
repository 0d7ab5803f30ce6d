/* SPDX-License-Identifier: Apache-2.0
 * Stub of base for the generators' tests: just enough to compile and run generated C. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MUST __attribute__((warn_unused_result))
enum { E_NOT_FOUND = -2, E_DB = -3, E_STOP = -4 };
struct arena;
struct str { const char *p; size_t n; };
struct opt_int { bool has; int64_t v; };
struct opt_real { bool has; double v; };

void *arena_alloc(struct arena *a, size_t n);
struct str str_dup(struct arena *a, struct str s);
static inline struct str str_c(const char *z)
{
	return (struct str){ z, strlen(z) };
}
