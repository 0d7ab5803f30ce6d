/* SPDX-License-Identifier: Apache-2.0
 * morning.h - what waits for a person today. Depends on: base, db. */
#pragma once
#include "core/ctx.h"

struct morning {
	int64_t drafts, held; /* notices */
	int64_t failed;	      /* files */
	int64_t tasks;
};
MUST int morning_read(struct ctx *x, struct morning *ret);
