/* SPDX-License-Identifier: Apache-2.0
 * preview.h - what rules would have done in the last days. Depends on: base, db.
 *
 * Computed from what is kept: in which reports findings were, what was claimed and
 * answered, when each was told before. It plays one run of drafting each morning, with
 * the reports up to the day before, as if each notice had been sent. Changes nothing.
 *
 * It goes through the organisations one by one, and reads of each only what was open in
 * these days. Several rules are played in one pass. A page that must answer soon sets a
 * bound: then whole organisations are counted, in an order that has nothing to do with
 * their findings, as long as they fit, and it says how many. */
#pragma once
#include "core/rule.h"

#define PREVIEW_DAYS 30
#define PREVIEW_SOON 2000 /* findings: what a page counts while somebody waits */
#define PREVIEW_MOST 2	  /* rules beside each other */

struct preview {
	int32_t from, to; /* days, both of them played */
	int64_t notices;  /* one per organisation and day */
	int64_t told;	  /* findings in them: */
	int64_t new, relapsed, reminded;
	int64_t second;	   /* notices that went to the second contact */
	int64_t tasks;	   /* organisations on a person's list */
	int64_t unreached; /* findings nobody could be told about */
};
struct preview_part {
	int64_t counted, all; /* organisations with such findings */
};
/* The rules of v, n of them, up to PREVIEW_MOST; ret has n, too. most: of findings; 0:
 * all are counted. ret_part may be NULL. */
MUST int preview_run(struct ctx *x, const struct rules *const v[], size_t n, int days,
	int64_t most, struct preview ret[], struct preview_part *ret_part);
