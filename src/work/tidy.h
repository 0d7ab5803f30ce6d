/* SPDX-License-Identifier: Apache-2.0
 * tidy.h - what nobody needs any more goes, so that the disk does not fill by itself.
 * Depends on: work/work.
 *
 * DIR/in/done: files that were taken TIDY_DONE_DAYS ago, when their very bytes are kept
 * under their SHA-256 in originals. What came compressed stays: it takes little room, and
 * to look inside is not this role's. DIR/dry-run: mails written TIDY_DRY_DAYS ago; they
 * can be written again. in/failed is a person's. */
#pragma once
#include "work/work.h"

#define TIDY_DONE_DAYS 14
#define TIDY_DRY_DAYS  30

/* Looks twice a day, for about a second at a time. */
MUST int tidy_tick(struct work *w, struct ctx *x);
