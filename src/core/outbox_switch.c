/* SPDX-License-Identifier: Apache-2.0
 * outbox_switch.c - sending on and off, and what waited meanwhile: see outbox.h.
 * Depends on: base, db. */
#include "core/outbox.h"
#include "db/sql_outbox_switch.h"

/* Hours and holidays put a mail off by days, caps by a day. */
#define FAR (366 * INT64_C(86400))

/* What waited while sending was off would leave in the same second. First, so that no
 * crash comes between. */
static int give_time(struct ctx *x, int64_t undo_s)
{
	struct sql_switch_delay_in in = { .at = x->now + undo_s };
	struct tx t;
	int r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, sql_switch_delay(x->db, &in));
}

int sending_on(struct ctx *x, int64_t undo_s, struct sending_waits *ret)
{
	struct sql_switch_waits_row row;
	bool is;
	int r = sending_get(x, &is);
	if (r == 0 && !is)
		r = give_time(x, undo_s);
	if (r == 0)
		r = sending_set(x, true);
	if (r == 0)
		r = sql_switch_waits(x->db, &row);
	if (r == 0)
		*ret = (struct sending_waits){ row.n, row.oldest, row.first };
	return r;
}

int outbox_near(struct ctx *x, int64_t undo_s)
{
	struct sql_switch_latest_row latest;
	struct sql_switch_near_in in = { .far = x->now + FAR, .at = x->now + undo_s };
	struct tx t;
	int r = sql_switch_latest(x->db, &latest);
	if (r < 0 || !latest.next_at.has || latest.next_at.v <= in.far)
		return r;
	r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, sql_switch_near(x->db, &in));
}
