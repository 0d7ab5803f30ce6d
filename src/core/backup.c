/* SPDX-License-Identifier: Apache-2.0
 * backup.c - what is known of backups: see backup.h. Depends on: base, db. */
#include "core/backup.h"

#include "base/wire.h"
#include "core/audit.h"
#include "core/keys.h"
#include "core/setting.h"
#include "db/sql_backup.h"

#define MARK_MAX KIB(1)

static struct str setting_of(const char *what)
{
	if (strcmp(what, BACKUP_MADE) == 0)
		return S("backup.made");
	return strcmp(what, BACKUP_PROVEN) == 0 ? S("backup.proven")
						: (struct str){ NULL, 0 };
}

int backup_note(struct ctx *x, const char *what, const struct backup_mark *m)
{
	char hex[SHA256_HEX + 1];
	struct buf b = buf_in(x->arena, MARK_MAX);
	struct writer w = wr_new(&b);
	struct str setting = setting_of(what);
	if (setting.p == NULL)
		return fail(&x->why, E_USAGE,
			"a backup is '" BACKUP_MADE "' or "
			"'" BACKUP_PROVEN "'");
	wr_i64(&w, m->at);
	wr_str(&w, m->name);
	wr_raw(&w, m->manifest.b, sizeof(m->manifest.b));
	if (w.err < 0)
		return fail(&x->why, w.err, "the backup's name is too long");
	int r = setting_put(x, setting, buf_str(&b));
	return r < 0
		? r
		: audit_add(x, setting, m->name, str_c(sha256_text(&m->manifest, hex)));
}

int backup_last(struct ctx *x, const char *what, struct backup_mark *ret)
{
	struct str name = setting_of(what), value;
	struct backup_mark m;
	int r = name.p ? setting_get(x, name, &value) : E_USAGE;
	if (r < 0)
		return r;
	struct reader rd = rd_new(value);
	m.at = rd_i64(&rd);
	m.name = rd_str(&rd);
	rd_raw(&rd, m.manifest.b, sizeof(m.manifest.b));
	r = rd_end(&rd);
	if (r < 0)
		return fail(&x->why, E_DB, "the note of the last backup is damaged");
	*ret = m;
	return 0;
}

int backup_sign_out(struct ctx *x)
{
	int r = sql_backup_sessions_clear(x->db);
	return r < 0 ? r : sql_backup_enrolments_clear(x->db);
}

int backup_last_day(struct ctx *x, struct opt_int *ret)
{
	struct sql_backup_last_day_row row;
	int r = sql_backup_last_day(x->db, &row);
	if (r < 0)
		return r;
	*ret = row.day;
	return 0;
}

int backup_left_out(struct ctx *x, struct backup_left *ret)
{
	struct sql_backup_people_row people;
	struct str key;
	int r = sql_backup_people(x->db, &people);
	if (r == 0)
		r = keys_team(x, &key);
	if (r < 0)
		return r;
	*ret = (struct backup_left){ people.n, key.n > 0 };
	return 0;
}

struct walk {
	struct ctx *x;
	int (*each)(void *ctx, const struct sha256 *sha);
	void *ctx;
};

static int on_original(void *ctx, const struct sql_backup_originals_row *row)
{
	struct walk *w = ctx;
	struct sha256 sha;
	if (row->sha256.n != sizeof(sha.b))
		return fail(&w->x->why, E_DB, "a file's digest is damaged");
	memcpy(sha.b, row->sha256.p, sizeof(sha.b));
	return w->each(w->ctx, &sha);
}

int backup_originals(
	struct ctx *x, int (*each)(void *ctx, const struct sha256 *sha), void *ctx)
{
	struct walk w = { x, each, ctx };
	return sql_backup_originals_each(x->db, on_original, &w);
}

int backup_is_ours(struct ctx *x, int64_t audit_rows, const struct sha256 *audit)
{
	struct sql_backup_audit_hash_in in = { .seq = audit_rows };
	struct sql_backup_audit_hash_row row;
	int r = sql_backup_audit_hash(x->db, x->arena, &in, &row);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	if (r == 0 &&
		str_eq(row.hash, (struct str){ (const char *)audit->b, SHA256_LEN }))
		return 0;
	return fail(&x->why, E_STATE, "the backup is whole, but of another directory");
}
