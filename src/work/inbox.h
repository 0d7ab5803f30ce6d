/* SPDX-License-Identifier: Apache-2.0
 * inbox.h - what appears in DIR/in is taken in. Depends on: base, work/work.
 *
 * A file is settled when its size and time stayed the same for INBOX_SETTLE_MS; then it
 * is imported as by `tocsin import` and moved to DIR/in/done, or to DIR/in/failed with a
 * NAME.why beside it. A kill in between does no harm: content that is known changes
 * nothing when it is imported again. Names that begin with a dot or end with .part or
 * .tmp are left alone, and so are folders, of which the log tells once. */
#pragma once
#include "work/work.h"

/* Is the name still the file that was read, and that file as it was then? A new one under
 * the same name, or more of it, was not taken in and must not be put aside. */
struct stat;
bool inbox_same(int dir, const char *name, int fd, const struct stat *then);

#define INBOX_SETTLE_MS 5000
#define INBOX_FILES	2000 /* looked at in one turn; the rest comes later */

/* Makes DIR/in and what is below it, and DIR/spool for the web role's uploads. */
MUST int inbox_ready(int datadir, struct why *why);
/* Looks once, and takes what is settled, for about a second. E_SYNC must end the role. */
MUST int inbox_tick(struct work *w, struct ctx *x);
/* Does a file lie there that will be taken in, or is still coming? As of the last look;
 * one that could not be opened or moved does not count. */
bool inbox_waits(const struct inbox *in);
void inbox_free(struct inbox **in);
