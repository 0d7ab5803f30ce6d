/* SPDX-License-Identifier: Apache-2.0
 * notice_look.c - what a person looks at before deciding on notices: see notice.h.
 * Depends on: base, db. */
#include "core/notice.h"
#include "db/sql_notice.h"

int notice_part_get(struct ctx *x, int64_t notice, int64_t n, struct notice_part *ret)
{
	struct sql_notice_part_get_in in = { notice, n };
	struct sql_notice_part_get_row row;
	int r = sql_notice_part_get(x->db, x->arena, &in, &row);
	if (r == 0)
		*ret = (struct notice_part){ n, row.name, row.type, row.content };
	return r;
}

struct sizes {
	notice_part_size_fn *fn;
	void *ctx;
};

static int on_size(void *ctx, const struct sql_notice_part_sizes_row *row)
{
	const struct sizes *s = ctx;
	return s->fn(s->ctx, row->n, row->name, row->bytes);
}

int notice_part_sizes_each(
	struct ctx *x, int64_t notice, notice_part_size_fn *fn, void *ctx)
{
	struct sizes s = { fn, ctx };
	struct sql_notice_part_sizes_in in = { notice };
	return sql_notice_part_sizes_each(x->db, &in, on_size, &s);
}

int notice_previous(
	struct ctx *x, int64_t org, int64_t before, struct opt_int *ret_findings)
{
	struct sql_notice_previous_in in = { org, before };
	struct sql_notice_previous_row row;
	int r = sql_notice_previous(x->db, &in, &row);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	*ret_findings = r == 0 ? SOME(row.findings) : NONE;
	return 0;
}

int notice_run_size(
	struct ctx *x, int64_t run, int64_t *ret_notices, int64_t *ret_findings)
{
	struct sql_notice_run_count_in in = { run };
	struct sql_notice_run_count_row row;
	int r = sql_notice_run_count(x->db, &in, &row);
	if (r < 0)
		return r;
	*ret_notices = row.notices;
	*ret_findings = row.findings;
	return 0;
}
