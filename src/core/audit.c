/* SPDX-License-Identifier: Apache-2.0
 * audit.c - the append-only trail: see audit.h. Depends on: base, db. */
#include "core/audit.h"

#include "base/wire.h"
#include "db/sql_audit.h"

#define DETAIL_MAX KIB(16)

struct entry {
	int64_t seq, at;
	struct str actor, action, object, detail;
};

static int entry_hash(
	struct arena *a, struct str prev, const struct entry *e, struct sha256 *ret)
{
	struct buf b = buf_in(a, 4 * DETAIL_MAX);
	struct writer w = wr_new(&b);
	wr_str(&w, prev);
	wr_i64(&w, e->seq);
	wr_i64(&w, e->at);
	wr_str(&w, e->actor);
	wr_str(&w, e->action);
	wr_str(&w, e->object);
	wr_str(&w, e->detail);
	if (w.err < 0)
		return w.err;
	*ret = sha256_of(buf_str(&b));
	return 0;
}

int audit_add(struct ctx *x, struct str action, struct str object, struct str detail)
{
	struct sql_audit_last_row last = { 0 };
	struct sha256 h;
	int r = sql_audit_last(x->db, x->arena, &last);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	if (r == E_NOT_FOUND)
		last.hash = S("");
	if (detail.n > DETAIL_MAX)
		detail = str_to(detail, DETAIL_MAX);
	struct entry e = { last.seq + 1, x->now, x->actor, action, object, detail };
	r = entry_hash(x->arena, last.hash, &e, &h);
	if (r < 0)
		return fail(&x->why, r, "audit entry");
	struct sql_audit_insert_in in = { .seq = e.seq,
		.at = e.at,
		.actor = e.actor,
		.action = action,
		.object = object,
		.detail = detail,
		.hash = { (const char *)h.b, sizeof(h.b) } };
	return sql_audit_insert(x->db, &in);
}

struct walk {
	struct ctx *x;
	struct arena scratch;
	struct audit_head head;
};

static int check_entry(void *ctx, const struct sql_audit_walk_row *row)
{
	struct walk *w = ctx;
	struct sha256 h;
	struct str prev = { (const char *)w->head.hash.b, w->head.rows ? SHA256_LEN : 0 };
	struct entry e = { row->seq, row->at, row->actor, row->action, row->object,
		row->detail };
	arena_reset(&w->scratch);
	int r = entry_hash(&w->scratch, prev, &e, &h);
	if (r < 0)
		return r;
	if (row->seq != w->head.rows + 1)
		return fail(&w->x->why, E_DB, "audit row %lld is missing",
			(long long)w->head.rows + 1);
	if (!str_eq(row->hash, (struct str){ (const char *)h.b, sizeof(h.b) }))
		return fail(&w->x->why, E_DB, "audit row %lld was changed",
			(long long)row->seq);
	w->head.rows++;
	w->head.hash = h;
	return 0;
}

int audit_verify(struct ctx *x, struct audit_head *ret)
{
	struct walk w = { .x = x, .scratch = arena_new(MIB(1), "audit") };
	int r = sql_audit_walk_each(x->db, check_entry, &w);
	arena_free(&w.scratch);
	if (r < 0)
		return r;
	*ret = w.head;
	return 0;
}

struct page {
	struct ctx *x;
	struct audit_rows rows;
};

static int keep_row(void *ctx, const struct sql_audit_list_row *row)
{
	struct page *p = ctx;
	struct arena *a = p->x->arena;
	p->rows.v[p->rows.n++] = (struct audit_row){ .seq = row->seq,
		.at = row->at,
		.actor = str_dup(a, row->actor),
		.action = str_dup(a, row->action),
		.object = str_dup(a, row->object),
		.detail = str_dup(a, row->detail) };
	return 0;
}

int audit_page(struct ctx *x, int64_t before, int64_t n, struct audit_rows *ret)
{
	struct sql_audit_list_in in = { .before = before > 0 ? before : INT64_MAX,
		.n = n };
	struct page p = { .x = x };
	p.rows.v = arena_array(x->arena, (size_t)n + 1, sizeof(*p.rows.v));
	int r = sql_audit_list_each(x->db, &in, keep_row, &p);
	if (r == 0)
		*ret = p.rows;
	return r;
}
