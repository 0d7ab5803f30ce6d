/* SPDX-License-Identifier: Apache-2.0
 * preview.h - what rules would have done in the last days. Depends on: base, db.
 *
 * Computed from what is kept: in which reports findings were, what was claimed and
 * answered, when each was told before. It plays one run of drafting each morning, with
 * the reports up to the day before, as if each notice had been sent. Changes nothing. */
#pragma once
#include "core/rule.h"

#define PREVIEW_DAYS 30

struct preview {
	int32_t from, to; /* days, both of them played */
	int64_t notices;  /* one per organisation and day */
	int64_t told;	  /* findings in them: */
	int64_t new, relapsed, reminded;
	int64_t second;	   /* notices that went to the second contact */
	int64_t tasks;	   /* organisations on a person's list */
	int64_t unreached; /* findings nobody could be told about */
};
MUST int preview_run(
	struct ctx *x, const struct rules *rules, int days, struct preview *ret);
