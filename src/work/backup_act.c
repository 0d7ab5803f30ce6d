/* SPDX-License-Identifier: Apache-2.0
 * backup_act.c - work's part of a backup: a consistent copy of the database, and the note
 * that one was made or proven. See work.h. Depends on: base, core. The rest of a backup
 * only reads, and the command does it. */
#include "work/work.h"

#include "core/audit.h"
#include "core/backup.h"

/* The copy holds the audit row that says it was made. */
int act_backup_copy(struct call *c)
{
	struct buf b = buf_in(&c->keep, KIB(1));
	struct writer w = wr_new(&b);
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = tx_end(&t, audit_add(&c->x, S("backup.copy"), S(""), S("")));
	if (r == 0)
		r = call_progress(c, 0, NONE, S("copying the database"));
	if (r == 0)
		r = db_backup(c->w->db, c->w->datadir, BACKUP_COPY, &c->x.why);
	if (r < 0)
		return r;
	rec_int(&w, "at", c->x.now);
	return call_record(c, &w);
}

int act_backup_note(struct call *c)
{
	const char *what;
	struct backup_mark m = { .at = c->x.now, .name = act_get(&c->act, 1)->text };
	struct tx t;
	int r = str_z(&c->keep, act_get(&c->act, 0)->text, &what);
	if (r < 0 || sha256_read(act_get(&c->act, 2)->text, &m.manifest) < 0)
		return fail(&c->x.why, E_USAGE, "this is no note of a backup");
	r = tx_begin(&t, c->w->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, backup_note(&c->x, what, &m));
}
