/* SPDX-License-Identifier: Apache-2.0
 * reattrib.h - findings attributed again. Depends on: base, db, core/attrib.
 *
 * After a change of the register all open findings are; a finding that is closed stays as
 * it was and is attributed again when it opens. One that gets another organisation is new
 * for it, and its history keeps whose it was. That somebody said it is not theirs was
 * about whom it had: it ends with the move. */
#pragma once
#include "core/attrib.h"
#include "core/effect_sum.h"

struct reattrib {
	int64_t org; /* 0 none */
	bool moved;  /* it is another than before */
	bool opened; /* and it was said to be not theirs: fold_state_again is next */
};
/* One finding. Its sums move with it, in sums, which the caller writes. Inside a writing
 * transaction. */
MUST int reattrib_one(struct ctx *x, const struct attrib_table *t,
	struct effect_sums *sums, int64_t finding, struct reattrib *ret);
/* All open ones. keep_up, which may be NULL, is called now and then; negative ends it.
 * Inside a writing transaction. */
MUST int reattrib_open(struct ctx *x, const struct attrib_table *t,
	int (*keep_up)(void *ctx), void *ctx, int64_t *ret_moved);
