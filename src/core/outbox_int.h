/* SPDX-License-Identifier: Apache-2.0
 * outbox_int.h - what the files of the outbox share. Depends on: base, db. */
#pragma once
#include "core/outbox.h"
#include "db/sql_notice.h"
#include "db/sql_outbox.h"

#define OUTBOX_SENDING S("sending") /* the setting */

/* Within a transaction. E_STATE when it is so already. */
MUST int outbox_set_sending(struct ctx *x, bool on);
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
/* Its mail is tried no more: its bytes, and the link's token in them, are gone; the copy
 * without the token stays. */
MUST int outbox_forget(struct ctx *x, int64_t notice);
/* It never was out: of this sending nothing is kept. */
MUST int outbox_forget_last(struct ctx *x, int64_t notice);
/* It was sent once more, which did not happen: it is what it was before. why: of one that
 * is uncertain again, which a person is asked about. */
MUST int outbox_put_back(struct ctx *x, int64_t notice,
	const struct sql_outbox_get_row *o, const struct sql_outbox_notice_row *n,
	struct str why);
/* It is on its way and may not go: held, or what it was before it was sent once more;
 * where it may be out already, uncertain. With a task. */
MUST int outbox_stop(struct ctx *x, int64_t notice, struct str why);
/* E_NOT_FOUND when it is not in the outbox. */
MUST int outbox_read(struct ctx *x, int64_t notice, struct sql_outbox_get_row *o,
	struct sql_outbox_notice_row *n);
