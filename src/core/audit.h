/* SPDX-License-Identifier: Apache-2.0
 * audit.h - the append-only, hash-chained trail of what was done. Depends on: base, db.
 *
 * hash = SHA-256(previous hash, seq, time, actor, action, object, detail), each field
 * framed by its length. A changed, removed or inserted row breaks the chain from there
 * on. */
#pragma once
#include "base/hash.h"
#include "core/ctx.h"

/* Adds one row in the transaction that is open: the deed and its record stand or fall
 * together. */
MUST int audit_add(
	struct ctx *x, struct str action, struct str object, struct str detail);

struct audit_head {
	int64_t rows;
	struct sha256 hash; /* of the last row: worth writing down outside the machine */
};
/* Walks the whole chain. E_DB names the first row that does not fit. */
MUST int audit_verify(struct ctx *x, struct audit_head *ret);

struct audit_row {
	int64_t seq, at;
	struct str actor, action, object, detail;
};
/* The rows below seq `before` (0: from the newest), the newest first, at most n, in the
 * arena. */
struct audit_rows {
	struct audit_row *v;
	size_t n;
};
MUST int audit_page(struct ctx *x, int64_t before, int64_t n, struct audit_rows *ret);
