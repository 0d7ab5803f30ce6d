/* SPDX-License-Identifier: Apache-2.0
 * morning.c - what waits for a person today: see morning.h. Depends on: base, db. */
#include "core/morning.h"

#include "core/backup.h"
#include "core/notice.h"
#include "core/outbox.h"
#include "core/trust.h"
#include "db/sql_morning.h"

/* ---- findings ---- */

/* On a morning without yesterday's reports, those of the day that did come. */
static int32_t since_when(const struct ctx *x, const struct overdue *reports)
{
	int32_t yesterday = day_of(x->now) - 1;
	bool older = reports->latest > INT32_MIN && reports->latest < yesterday;
	return older ? reports->latest : yesterday;
}

static int read_critical(struct ctx *x, struct morning *m)
{
	struct sql_morning_critical_in in = { .since = m->since };
	struct sql_morning_critical_row count;
	struct sql_morning_worst_in worst = { .since = m->since, .n = MORNING_MOST };
	struct sql_morning_worst_rows rows;
	int r = sql_morning_critical(x->db, &in, &count);
	if (r == 0)
		r = sql_morning_worst(x->db, x->arena, &worst, &rows);
	if (r < 0)
		return r;
	m->critical = count.n;
	m->worst = arena_array(x->arena, rows.n + 1, sizeof(*m->worst));
	for (size_t i = 0; i < rows.n; i++) {
		r = finding_get(x, rows.v[i].id, &m->worst[i]);
		if (r < 0)
			return r;
	}
	m->n_worst = rows.n;
	return 0;
}

/* ---- notices ---- */

struct runs {
	struct morning *m;
	int64_t last; /* the run of the last row */
};

/* A row for each run and state, the runs in order. */
static int on_run(void *ctx, const struct sql_morning_runs_row *q)
{
	struct runs *w = ctx;
	struct morning *m = w->m;
	bool held = q->state == NOTICE_HELD, another = q->run != w->last;
	m->drafts += held ? 0 : q->n;
	m->held += held ? q->n : 0;
	w->last = q->run;
	if (another && m->n_runs == MORNING_MOST)
		return 0;
	if (another)
		m->runs[m->n_runs++].id = q->run;
	struct morning_run *run = &m->runs[m->n_runs - 1];
	if (run->id == q->run && held)
		run->held = q->n;
	else if (run->id == q->run)
		run->drafts = q->n;
	return 0;
}

static int read_waiting(struct ctx *x, struct morning *m)
{
	struct runs w = { .m = m };
	struct sql_morning_held_in in = { .n = MORNING_MOST };
	struct sql_morning_held_rows helds;
	m->runs = arena_array(x->arena, MORNING_MOST, sizeof(*m->runs));
	int r = sql_morning_runs_each(x->db, on_run, &w);
	for (size_t i = 0; r == 0 && i < m->n_runs; i++) {
		struct sql_morning_run_in id = { .id = m->runs[i].id };
		struct sql_morning_run_row run;
		r = sql_morning_run(x->db, x->arena, &id, &run);
		if (r < 0)
			break;
		m->runs[i].at = run.at;
		m->runs[i].notices = run.notices;
		m->runs[i].usual = run.usual;
		m->runs[i].held_why = run.held_why;
	}
	if (r == 0)
		r = sql_morning_held(x->db, x->arena, &in, &helds);
	if (r < 0)
		return r;
	m->helds = arena_array(x->arena, helds.n + 1, sizeof(*m->helds));
	for (size_t i = 0; i < helds.n; i++)
		m->helds[m->n_helds++] = (struct morning_held){ helds.v[i].id,
			helds.v[i].org_name, helds.v[i].why };
	return 0;
}

static int read_sending(struct ctx *x, struct morning *m)
{
	struct sql_morning_retrying_row retrying;
	struct sql_morning_reply_row reply;
	struct sql_morning_back_in since = { x->now - MORNING_BACK * DAY_SECONDS };
	struct sql_morning_back_row back;
	struct sql_morning_stuck_in before = { x->now - MORNING_STUCK };
	struct sql_morning_stuck_row stuck;
	int r = sending_get(x, &m->sending);
	if (r == 0)
		r = outbox_count(x, NOTICE_APPROVED, &m->approved);
	if (r == 0)
		r = outbox_count(x, NOTICE_WAITING, &m->waiting);
	if (r == 0)
		r = outbox_count(x, NOTICE_UNCERTAIN, &m->uncertain);
	if (r == 0)
		r = sql_morning_back(x->db, &since, &back);
	if (r == 0)
		r = sql_morning_retrying(x->db, &retrying);
	if (r == 0)
		r = sql_morning_stuck(x->db, &before, &stuck);
	if (r < 0)
		return r;
	m->bounced = back.bounced;
	m->refused = back.refused;
	m->retrying = retrying.n;
	m->stuck = stuck.n;
	r = sql_morning_reply(x->db, x->arena, &reply);
	if (r == 0)
		m->reply = reply.reply;
	return r == E_NOT_FOUND ? 0 : r;
}

/* ---- tasks and contacts ---- */

static int read_tasks(struct ctx *x, struct morning *m)
{
	struct sql_morning_tasks_rows rows;
	int r = sql_morning_tasks(x->db, x->arena, &rows);
	if (r < 0)
		return r;
	m->tasks = arena_array(x->arena, rows.n + 1, sizeof(*m->tasks));
	for (size_t i = 0; i < rows.n; i++) {
		m->tasks[m->n_tasks++] = (struct morning_count){ rows.v[i].kind,
			rows.v[i].n };
		m->open_tasks += rows.v[i].n;
	}
	return 0;
}

static int on_contact(void *ctx, const struct contact_row *row)
{
	struct morning *m = ctx;
	m->contacts++;
	m->doubt += row->trust == TRUST_DOUBT;
	return 0;
}

/* ---- the machine ---- */

static int read_files(struct ctx *x, struct morning *m)
{
	struct sql_morning_failed_row failed;
	struct sql_morning_files_in in = { .n = MORNING_MOST };
	struct sql_morning_files_rows rows;
	int r = sql_morning_failed(x->db, &failed);
	if (r == 0)
		r = sql_morning_files(x->db, x->arena, &in, &rows);
	if (r < 0)
		return r;
	m->failed = failed.n;
	m->files = arena_array(x->arena, rows.n + 1, sizeof(*m->files));
	for (size_t i = 0; i < rows.n; i++)
		m->files[m->n_files++] = (struct morning_file){ rows.v[i].id,
			rows.v[i].name, rows.v[i].why };
	return 0;
}

static int read_backup(struct ctx *x, const char *what, struct opt_int *ret)
{
	struct backup_mark mark;
	int r = backup_last(x, what, &mark);
	if (r == 0)
		*ret = SOME(mark.at);
	return r == E_NOT_FOUND ? 0 : r;
}

int morning_read(struct ctx *x, bool cases, struct morning *ret)
{
	struct morning m = { 0 };
	int r = overdue_read(x, &m.reports);
	m.since = since_when(x, &m.reports);
	if (r == 0 && cases)
		r = read_critical(x, &m);
	if (r == 0 && cases)
		r = read_waiting(x, &m);
	if (r == 0)
		r = read_sending(x, &m);
	if (r == 0 && cases)
		r = read_tasks(x, &m);
	if (r == 0 && cases)
		r = contacts_judge(x, on_contact, &m);
	if (r == 0)
		r = read_files(x, &m);
	if (r == 0)
		r = read_backup(x, BACKUP_MADE, &m.backup);
	if (r == 0)
		r = read_backup(x, BACKUP_PROVEN, &m.proven);
	if (r == 0)
		*ret = m;
	return r;
}
