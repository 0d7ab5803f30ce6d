/* SPDX-License-Identifier: Apache-2.0
 * inbox.h - what appears in DIR/in is taken in. Depends on: base, work/work.
 *
 * A file is settled when its size and time stayed the same for INBOX_SETTLE_MS; then it
 * is imported as by `tocsin import` and moved to DIR/in/done, or to DIR/in/failed with a
 * NAME.why beside it. A kill in between does no harm: content that is known changes
 * nothing when it is imported again. */
#pragma once
#include "work/work.h"

#define INBOX_SETTLE_MS 5000

/* Makes DIR/in and what is below it, and DIR/spool for the web role's uploads. */
MUST int inbox_ready(int datadir, struct why *why);
/* Looks once; takes at most one file. E_SYNC must end the role; all else is logged. */
MUST int inbox_tick(struct work *w, int64_t now);
