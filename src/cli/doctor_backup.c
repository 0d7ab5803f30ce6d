/* SPDX-License-Identifier: Apache-2.0
 * doctor_backup.c - tocsin doctor: when the last backup was made, whether one was ever
 * proven, and reports that stopped while others of their type come.
 * Depends on: base, db, core/backup, core/overdue, cli/doctor. */
#include "cli/doctor.h"

#include "base/date.h"
#include "core/backup.h"
#include "core/overdue.h"

#define OLD_DAYS    7
#define UNSURE_DAYS 92

static enum doctor_state bad(const struct doctor *d)
{
	return d->cli->conf.demo ? DOCTOR_INFO : DOCTOR_WARN;
}

static int look(struct doctor *d, struct ctx *x, const char *what, int64_t days,
	const char *item, const char *never, const char *todo)
{
	struct backup_mark m;
	char when[DATE_TEXT_MAX];
	int r = backup_last(x, what, &m);
	if (r == E_NOT_FOUND) {
		doctor_row(d, "backup", item, bad(d), "%s", never);
		return 0;
	}
	if (r < 0)
		return r;
	bool old = x->now - m.at > days * DAY_SECONDS;
	doctor_row(d, "backup", item, old ? bad(d) : DOCTOR_OK, "%s UTC, %.*s%s",
		time_text_plain(m.at, when), STR(m.name), old ? todo : "");
	return 0;
}

static int look_at_parts(struct doctor *d, struct ctx *x)
{
	struct overdue_parts parts;
	char day[DATE_TEXT_MAX];
	int r = overdue_parts(x, &parts);
	if (r == 0 && parts.n > 0)
		doctor_row(d, "reports", "stopped", DOCTOR_WARN,
			"DAY-%.*s came last for %s%s, though others of its type "
			"come: what it held becomes fixed by silence; see tocsin types",
			STR(parts.v[0].name), day_text(parts.v[0].last, day),
			parts.n > 1 ? ", and there are more like it" : "");
	return r;
}

int doctor_backup(struct doctor *d)
{
	if (d->cli->datadir < 0)
		return 0;
	AUTO_ARENA a = arena_new(MIB(4), "backup");
	struct ctx x = { .arena = &a };
	int r = cli_conf(d->cli);
	if (r < 0)
		return r;
	x.now = clock_now(&d->cli->clock);
	r = db_open(d->cli->datadir, DB_READ, x.now, &x.why, &x.db);
	if (r == 0)
		r = look(d, &x, BACKUP_MADE, OLD_DAYS, "made",
			"never: tocsin backup --to A-DISK-OF-ITS-OWN",
			": older than a week; make one");
	if (r == 0)
		r = look(d, &x, BACKUP_PROVEN, UNSURE_DAYS, "proven",
			"never proven: tocsin backup verify FILE, or restore it",
			": more than three months ago; prove one");
	if (r == 0)
		r = look_at_parts(d, &x);
	db_close(&x.db);
	if (r < 0) /* the other rows are still of use */
		doctor_row(d, "backup", "made", bad(d), "cannot look: %s",
			x.why.err ? x.why.text : err_text(r));
	return 0;
}
