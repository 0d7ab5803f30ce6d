/* SPDX-License-Identifier: Apache-2.0
 * outbox_int.h - what the files of the outbox share. Depends on: base, db. */
#pragma once
#include "core/outbox.h"
#include "db/sql_notice.h"
#include "db/sql_outbox.h"

MUST int outbox_event(struct ctx *x, int64_t notice, const char *what, struct str code,
	struct str text, struct opt_int mail);
MUST int outbox_state(struct ctx *x, int64_t notice, enum notice_state s, struct str why);
/* "notice 12", in x->arena. */
struct str outbox_object(struct ctx *x, int64_t notice);
MUST int outbox_task(struct ctx *x, const char *kind, int64_t notice,
	const struct sql_outbox_notice_row *n, struct str detail);
/* Its contact is in doubt. */
MUST int outbox_doubt(
	struct ctx *x, const struct sql_outbox_notice_row *n, struct str why);
/* Its mail has come to an end: its bytes, and the link's token in them, are gone; the
 * copy without the token stays. */
MUST int outbox_forget(struct ctx *x, int64_t notice);
/* E_NOT_FOUND when it is not in the outbox. */
MUST int outbox_read(struct ctx *x, int64_t notice, struct sql_outbox_get_row *o,
	struct sql_outbox_notice_row *n);
