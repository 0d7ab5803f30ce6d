/* SPDX-License-Identifier: Apache-2.0
 * out.h - a large file written in pieces. Depends on: base/fd.
 *
 * The bytes go to NAME.part; demo_out_end puts the file in its place, so a full disk
 * leaves no half file behind. The first error sticks and demo_out_end answers it. */
#pragma once
#include "base/fd.h"
#include "base/limits.h"

#define DEMO_OUT_ROOM KIB(256)

struct demo_out {
	int dir, fd, err;
	char name[LIMIT_NAME + 1];
	char *room;
	size_t n;
	uint64_t bytes;
	struct why *why;
};

MUST int demo_out_new(struct arena *a, int dir, const char *name, struct why *why,
	struct demo_out *ret);
void demo_out_str(struct demo_out *o, struct str s);
void demo_out_char(struct demo_out *o, char c);
void demo_out_num(struct demo_out *o, uint64_t v);
/* A CSV field: in quotes only where it must be. */
void demo_out_csv(struct demo_out *o, struct str s);
/* A CSV field in quotes. */
void demo_out_quoted(struct demo_out *o, struct str s);
MUST int demo_out_end(struct demo_out *o);
