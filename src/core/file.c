/* SPDX-License-Identifier: Apache-2.0
 * file.c - feed files taken in: see file.h. Depends on: base, db. */
#include "core/file.h"

#include "core/audit.h"
#include "db/sql_file.h"

#include <inttypes.h>
#include <stdio.h>

int file_add(struct ctx *x, const struct file_row *f, int64_t *ret_id)
{
	struct sql_file_insert_in in = { .sha256 = { (const char *)f->sha.b, SHA256_LEN },
		.name = f->name,
		.feed = f->feed,
		.type = f->type,
		.day = f->day,
		.bytes = f->bytes,
		.at = x->now };
	struct sql_file_insert_row row;
	int r = sql_file_insert(x->db, &in, &row);
	if (r == 0)
		*ret_id = row.id;
	return r;
}

int file_get(struct ctx *x, int64_t id, struct file_row *ret)
{
	struct sql_file_get_in in = { .id = id };
	struct sql_file_get_row q;
	int r = sql_file_get(x->db, x->arena, &in, &q);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "no file %lld", (long long)id);
	if (r < 0)
		return r;
	struct file_row f = { .id = q.id,
		.name = q.name,
		.feed = q.feed,
		.type_name = q.type_name,
		.type = q.type,
		.day = q.day,
		.bytes = q.bytes,
		.taken_at = q.taken_at,
		.state = (enum file_state)q.state,
		.rows_done = q.rows_done,
		.rows = q.rows,
		.events = q.events,
		.quarantined = q.quarantined,
		.new_findings = q.new_findings,
		.seen_again = q.seen_again,
		.relapsed = q.relapsed,
		.unattributed = q.unattributed,
		.last_day = q.last_day,
		.why = q.why };
	if (q.sha256.n != SHA256_LEN)
		return fail(&x->why, E_DB, "file %lld has no digest", (long long)id);
	memcpy(f.sha.b, q.sha256.p, SHA256_LEN);
	*ret = f;
	return 0;
}

int file_by_sha(struct ctx *x, const struct sha256 *sha, struct file_row *ret)
{
	struct sql_file_by_sha_in in = { .sha256 = { (const char *)sha->b, SHA256_LEN } };
	struct sql_file_by_sha_row row;
	int r = sql_file_by_sha(x->db, &in, &row);
	return r < 0 ? r : file_get(x, row.id, ret);
}

int file_unread(struct ctx *x, struct file_row *ret)
{
	struct sql_file_next_unread_row row;
	int r = sql_file_next_unread(x->db, &row);
	return r < 0 ? r : file_get(x, row.id, ret);
}

int file_update(struct ctx *x, const struct file_row *f)
{
	struct sql_file_update_in in = { .id = f->id,
		.state = f->state,
		.rows_done = f->rows_done,
		.rows = f->rows,
		.events = f->events,
		.quarantined = f->quarantined,
		.new_findings = f->new_findings,
		.seen_again = f->seen_again,
		.relapsed = f->relapsed,
		.unattributed = f->unattributed,
		.last_day = f->last_day,
		.why = f->why };
	return sql_file_update(x->db, &in);
}

int file_aside(struct ctx *x, int64_t id)
{
	struct file_row f;
	struct tx t;
	char text[32];
	int r = file_get(x, id, &f);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "there is no file %" PRId64, id);
	if (r < 0 || f.state == FILE_ASIDE)
		return r;
	if (f.state != FILE_FAILED)
		return fail(&x->why, E_STATE, "file %" PRId64 " did not fail", id);
	(void)snprintf(text, sizeof(text), "%" PRId64, id);
	f.state = FILE_ASIDE;
	r = tx_begin(&t, x->db, TX_WRITE);
	if (r < 0)
		return r;
	r = file_update(x, &f);
	if (r == 0)
		r = audit_add(x, S("file.aside"), str_c(text), f.name);
	return tx_end(&t, r);
}

int file_aside_same(struct ctx *x, const struct file_row *f)
{
	struct sql_file_aside_same_in in = { .id = f->id, .name = f->name };
	return sql_file_aside_same(x->db, &in);
}

int file_set_type(struct ctx *x, const struct file_row *f)
{
	struct sql_file_set_type_in in = {
		.id = f->id, .name = f->name, .type = f->type, .day = f->day
	};
	return sql_file_set_type(x->db, &in);
}

int quarantine_add(struct ctx *x, int64_t file, uint32_t row, int reason, struct str why,
	struct str text)
{
	struct sql_quarantine_insert_in in = {
		.file = file, .row = row, .reason = reason, .why = why, .text = text
	};
	return sql_quarantine_insert(x->db, &in);
}

int unknown_column_add(struct ctx *x, int64_t type, struct str name, int64_t file)
{
	struct sql_unknown_column_insert_in in = {
		.type = type, .name = name, .file = file
	};
	return sql_unknown_column_insert(x->db, &in);
}

const char *original_path(const struct sha256 *sha, char ret[ORIGINAL_PATH_MAX])
{
	char hex[SHA256_HEX + 1];
	sha256_text(sha, hex);
	(void)snprintf(ret, ORIGINAL_PATH_MAX, "originals/%.2s/%s.zst", hex, hex + 2);
	return ret;
}
