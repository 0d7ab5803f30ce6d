/* SPDX-License-Identifier: Apache-2.0
 * morning.c - what waits for a person today: see morning.h. Depends on: base, db. */
#include "core/morning.h"

#include "db/sql_morning.h"

int morning_read(struct ctx *x, struct morning *ret)
{
	struct sql_morning_notices_row notices;
	struct sql_morning_failed_row failed;
	struct sql_morning_tasks_row tasks;
	int r = sql_morning_notices(x->db, &notices);
	if (r == 0)
		r = sql_morning_failed(x->db, &failed);
	if (r == 0)
		r = sql_morning_tasks(x->db, &tasks);
	if (r == 0)
		*ret = (struct morning){ notices.drafts, notices.held, failed.n,
			tasks.n };
	return r;
}
