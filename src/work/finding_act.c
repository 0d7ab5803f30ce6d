/* SPDX-License-Identifier: Apache-2.0
 * finding_act.c - marking a finding, showing its original rows, computing all states
 * again. See work.h. Depends on: base, sys, db, fmt, core. */
#include "work/work.h"

#include "base/auto.h"
#include "base/date.h"
#include "core/audit.h"
#include "core/lifetime.h"
#include "core/reattrib.h"
#include "db/sql_finding_act.h"
#include "work/original.h"

#include <inttypes.h>
#include <stdio.h>

#define EVIDENCE_ROWS 100
#define PAGE	      1000

/* A claim is kept and "open" takes back what stands; "not theirs" is a state
 * of its own, all others follow from sightings and claims. A finding that
 * opens is attributed again. */
static int set_mark(struct call *c, int64_t finding, enum finding_state state,
	const struct sql_mark_get_row *was)
{
	int32_t today = day_of(c->x.now);
	struct sql_mark_claim_in claim = { .finding = finding, .day = today };
	struct sql_mark_unclaim_in unclaim = { finding, was->last_report };
	struct sql_mark_finding_in in = { .id = finding,
		.state = state == STATE_NOT_THEIRS ? STATE_NOT_THEIRS : STATE_OPEN,
		.day = today };
	struct life now;
	struct reattrib whose;
	int r = 0;
	if (state == STATE_CLAIMED)
		r = sql_mark_claim(c->w->db, &claim);
	else if (state == STATE_OPEN)
		r = sql_mark_unclaim(c->w->db, &unclaim);
	if (r == 0)
		r = sql_mark_finding(c->w->db, &in);
	if (r == 0)
		r = fold_state_again(c->w->fold, &c->x, finding, &now);
	bool was_closed = was->state == STATE_FIXED || was->state == STATE_NOT_THEIRS;
	if (r < 0 || !was_closed || now.state == STATE_FIXED ||
		now.state == STATE_NOT_THEIRS)
		return r;
	r = reattrib_one(&c->x, c->w->table, fold_sums(c->w->fold), finding, &whose);
	return r == 0 ? fold_write(c->w->fold, &c->x) : r;
}

/* In the trail: the word, and what the person added. */
static int audit_mark(struct call *c, int64_t finding, struct str word)
{
	const struct act_value *comment = act_get(&c->act, 2);
	struct buf detail = buf_in(&c->keep, KIB(4));
	char object[24];
	(void)snprintf(object, sizeof(object), "finding %" PRId64, finding);
	int r = buf_add(&detail, word);
	if (r == 0 && comment->has && comment->text.n)
		r = buf_addf(&detail, ": %.*s", STR(comment->text));
	return r < 0
		? r
		: audit_add(&c->x, S("finding.mark"), str_c(object), buf_str(&detail));
}

int act_finding_mark(struct call *c)
{
	int64_t finding = act_get(&c->act, 0)->n;
	struct str word = act_get(&c->act, 1)->text;
	struct sql_mark_get_in key = { .id = finding };
	struct sql_mark_get_row was;
	struct tx t;
	enum finding_state state = str_eq(word, S("fixed")) ? STATE_CLAIMED
		: str_eq(word, S("not-theirs"))		    ? STATE_NOT_THEIRS
							    : STATE_OPEN;
	if (state == STATE_OPEN && !str_eq(word, S("open")))
		return fail(&c->x.why, E_USAGE,
			"a finding is marked fixed, not-theirs or open");
	int r = work_ready(c);
	if (r == 0)
		r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = sql_mark_get(c->w->db, &key, &was);
	if (r == E_NOT_FOUND)
		r = fail(&c->x.why, r, "there is no finding %" PRId64, finding);
	if (r == 0)
		r = set_mark(c, finding, state, &was);
	if (r == 0)
		r = audit_mark(c, finding, word);
	return tx_end(&t, r);
}

int call_claim(struct call *c, int64_t finding, bool fixed)
{
	struct sql_mark_get_in key = { .id = finding };
	struct sql_mark_get_row was;
	int r = sql_mark_get(c->w->db, &key, &was);
	return r < 0 ? r : set_mark(c, finding, fixed ? STATE_CLAIMED : STATE_OPEN, &was);
}

/* ---- evidence ---- */

struct showing {
	struct call *c;
	struct file_row file;
	const uint32_t *rows; /* that were asked for and have not come */
	uint32_t n;
};

static int send_row(void *ctx, uint16_t type, struct str body)
{
	struct showing *s = ctx;
	AUTO_ARENA a = arena_new(MIB(8), "evidence row");
	struct buf b = buf_in(&a, LIMIT_FRAME);
	struct writer w = wr_new(&b);
	struct job_row row;
	char hex[SHA256_HEX + 1], id[40], name[REC_NAME_MAX + 1];
	int r = type == JOB_ROW ? job_row_read(body, &a, &row) : E_SYNTAX;
	if (r < 0)
		return r;
	if (s->n == 0 || row.row != *s->rows)
		return E_SYNTAX;
	s->rows++;
	s->n--;
	(void)snprintf(
		id, sizeof(id), "%.12s-%u", sha256_text(&s->file.sha, hex), row.row);
	rec_text(&w, "evidence", str_c(id));
	rec_text(&w, "file", s->file.name);
	rec_int(&w, "row", row.row);
	for (uint32_t i = 0; i < row.n; i++) {
		(void)snprintf(name, sizeof(name), "%.*s",
			STR(str_to(row.fields[i].column, 40)));
		rec_text(&w, name, row.fields[i].value);
	}
	return call_record(s->c, &w);
}

static int rows_of_file(struct call *c, int64_t id, uint32_t *rows, uint32_t n)
{
	struct showing s = { .c = c, .rows = rows, .n = n };
	struct job_end end;
	AUTO_FD int fd = -1;
	int r = file_get(&c->x, id, &s.file);
	if (r == 0)
		r = original_open(c->w->datadir, &s.file.sha, &c->x.why, &fd);
	if (r < 0)
		return r;
	const struct job_rows which = { .name = s.file.name, .n = n, .rows = rows };
	const struct call_job job = {
		.type = JOB_ROWS, .rows = &which, .fd = fd, .take = send_row, .ctx = &s
	};
	return call_job(c, &job, &end);
}

int act_evidence(struct call *c)
{
	const struct act_value *limit = act_get(&c->act, 1);
	struct sql_evidence_rows_in in = { .finding = act_get(&c->act, 0)->n,
		.n = limit->has ? limit->n : EVIDENCE_ROWS };
	struct sql_evidence_rows_rows at;
	int r = sql_evidence_rows(c->w->db, &c->keep, &in, &at);
	if (r == 0 && at.n == 0)
		return fail(&c->x.why, E_NOT_FOUND, "there is no finding %" PRId64,
			in.finding);
	uint32_t *rows = arena_array(&c->keep, at.n + 1, sizeof(*rows));
	for (size_t i = 0, next; r == 0 && i < at.n; i = next) {
		uint32_t n = 0;
		for (next = i; next < at.n && at.v[next].file == at.v[i].file &&
			n < JOB_ROWS_MAX;
			next++)
			if (n == 0 || rows[n - 1] != (uint32_t)at.v[next].row)
				rows[n++] = (uint32_t)at.v[next].row;
		r = rows_of_file(c, at.v[i].file, rows, n);
	}
	return r;
}

/* ---- rebuild ---- */

static int sums_progress(void *ctx)
{
	return call_progress(ctx, 0, NONE, S("sums"));
}

/* The sums at once, so that nobody sees half of them. */
static int rebuild_sums(struct call *c)
{
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = effect_sums_rebuild(&c->x, sums_progress, c);
	if (r == 0)
		r = sql_rebuild_done(c->w->db);
	if (r == 0)
		r = audit_add(&c->x, S("rebuild"), S("finding"), S(""));
	r = tx_end(&t, r);
	return r < 0 ? r : work_checkpoint(c->w, false, &c->x.why);
}

int act_rebuild(struct call *c)
{
	int64_t after = 0, done = 0;
	int r = import_resume(c);
	if (r == 0)
		r = work_ready(c);
	while (r == 0) {
		struct sql_rebuild_page_in in = { .after = after, .n = PAGE };
		struct sql_rebuild_page_rows page;
		struct tx t;
		arena_reset(c->x.arena);
		r = tx_begin(&t, c->w->db, TX_WRITE);
		if (r < 0)
			return r;
		r = sql_rebuild_page(c->w->db, c->x.arena, &in, &page);
		for (size_t i = 0; r == 0 && i < page.n; i++) {
			after = page.v[i].id;
			r = fold_state_again(c->w->fold, &c->x, after, NULL);
		}
		size_t n = page.n;
		r = tx_end(&t, r);
		if (r == 0 && n == 0)
			return rebuild_sums(c);
		if (r < 0)
			return r;
		done += (int64_t)n;
		r = work_checkpoint(c->w, false, &c->x.why);
		if (r == 0)
			r = call_progress(c, done, NONE, S("findings"));
	}
	return r;
}
