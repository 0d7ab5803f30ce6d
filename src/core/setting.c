/* SPDX-License-Identifier: Apache-2.0
 * setting.c - what is remembered under a name: see setting.h. Depends on: base, db. */
#include "core/setting.h"

#include "db/sql_setting.h"

int setting_get(struct ctx *x, struct str name, struct str *ret)
{
	struct sql_setting_get_in in = { .name = name };
	struct sql_setting_get_row row;
	int r = sql_setting_get(x->db, x->arena, &in, &row);
	if (r == 0)
		*ret = row.value;
	return r;
}

int setting_put(struct ctx *x, struct str name, struct str value)
{
	struct sql_setting_put_in in = { .name = name, .value = value };
	return sql_setting_put(x->db, &in);
}
