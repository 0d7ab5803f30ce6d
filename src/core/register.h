/* SPDX-License-Identifier: Apache-2.0
 * register.h - whose network, whose domain, whom to write to. Depends on: base, db.
 *
 * Rows are added or replace what the same key said before; nothing is deleted by an
 * import. A person takes a wrong entry out with register_remove. Afterwards open findings
 * are attributed again: one that moved is new for its new organisation, and its history
 * keeps where it was. */
#pragma once
#include "base/reg_row.h"
#include "core/attrib.h"

/* 0: from public data (RIR files), 1: the team's own. */
enum origin { ORIGIN_IMPORTED, ORIGIN_TEAM };

struct register_change {
	int64_t rows, added, changed, same, removed;
	int64_t moved; /* findings that got another organisation */
};
struct register_job {
	struct ctx *x;
	enum origin origin;
	/* Told of each change: "new prefix 192.0.2.0/24: Zelvora Mobile"; may be NULL. */
	int (*tell)(void *ctx, struct str line);
	/* Called now and then while findings are attributed; negative ends
	 * the work; may be NULL. */
	int (*keep_up)(void *ctx);
	void *tell_ctx; /* of both */
	struct register_change change;
};

/* One row. Inside a writing transaction; rows of one file may come in any order. */
MUST int register_apply(struct register_job *j, const struct reg_row *row);
/* After the last row, in the same transaction: open findings are attributed again. */
MUST int register_finish(struct register_job *j);

/* Takes one entry out: a network or address (whatever says whose it is: the team's own
 * entries, or when there are none the imported ones), an AS number, a domain, or a
 * contact by its mail address. organisation: needed, exact, when several have that
 * contact; else empty. A contact that was written to stays known to its notices. Each
 * entry is told with what it said. E_NOT_FOUND when there is none. Inside a writing
 * transaction; register_finish follows. */
MUST int register_remove(
	struct register_job *j, struct str key, struct str organisation);
