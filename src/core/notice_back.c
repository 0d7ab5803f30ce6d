/* SPDX-License-Identifier: Apache-2.0
 * notice_back.c - notices that told nobody give their findings back: see notice.h.
 * Depends on: base, db. */
#include "core/notice.h"

#include "db/sql_notice.h"
#include "db/sql_notice_back.h"

#include <inttypes.h>
#include <stdio.h>

/* The content changes, too: the same may be drafted anew. */
int notice_give_back(struct ctx *x, int64_t id)
{
	struct sql_notice_state_of_in of = { .id = id };
	struct sql_notice_state_of_row n;
	char unique[40];
	int r = sql_notice_state_of(x->db, x->arena, &of, &n);
	if (r < 0)
		return r;
	struct sql_back_give_in in = { .notice = id, .at = n.at, .org = n.org };
	r = sql_back_give(x->db, &in);
	if (r < 0)
		return r;
	(void)snprintf(unique, sizeof(unique), "given back %" PRId64, id);
	AUTO_HASHER h = hasher_new();
	hasher_add(h, n.content);
	hasher_add(h, str_c(unique));
	struct sha256 content = hasher_end(h);
	struct sql_back_content_in set = { .id = id,
		.content = { (const char *)content.b, SHA256_LEN } };
	return sql_back_content(x->db, &set);
}

int notice_came_back(struct ctx *x, int64_t id, bool *ret)
{
	struct sql_back_others_in in = { .notice = id };
	struct sql_back_others_row others;
	int r = sql_back_others(x->db, &in, &others);
	bool has_findings = r == 0 && others.kind.v == NOTICE_FINDINGS;
	if (has_findings && others.n > 0)
		r = notice_give_back(x, id);
	if (r == 0)
		*ret = !has_findings || others.n > 0;
	return r;
}

int notice_leaves(struct ctx *x, int64_t id)
{
	struct sql_back_given_in in = { .notice = id };
	struct sql_back_given_row given;
	int r = sql_back_given(x->db, &in, &given);
	if (r < 0 || given.n == 0)
		return r;
	struct sql_back_file_in at = { .at = given.at.v };
	struct sql_back_file_row file;
	r = sql_back_file(x->db, &at, &file);
	struct sql_back_take_in take = {
		.notice = id, .at = given.at.v, .org = given.org.v, .file = file.id
	};
	return r < 0 ? r : sql_back_take(x->db, &take);
}
