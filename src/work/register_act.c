/* SPDX-License-Identifier: Apache-2.0
 * register_act.c - register files in, or what they would change. See work.h. Depends on:
 * base, sys, db, fmt, core. The whole file is one transaction; a dry run undoes it. */
#include "work/work.h"

#include "base/date.h"
#include "core/audit.h"
#include "core/register.h"

#define TOLD_MAX 200 /* changes listed one by one; a dry run lists all */

struct import {
	struct call *c;
	struct register_job job;
	bool dry_run;
	int64_t told, problems;
	int64_t asns_alone; /* a delegation file's AS numbers: it does not say whose */
	struct str from;  /* for the audit trail: public data's maker, day and licence */
	bool about;	  /* the data's maker was told */
	struct buf *said; /* removals, for the audit trail */
	struct arena scratch;
};

static int tell_change(void *ctx, struct str line)
{
	struct import *im = ctx;
	AUTO_ARENA a = arena_new(KIB(64), "change");
	struct buf b = buf_in(&a, KIB(8));
	struct writer w = wr_new(&b);
	if (!im->dry_run && im->told >= TOLD_MAX)
		return 0;
	im->told++;
	if (im->said && buf_addf(im->said, "%.*s; ", STR(str_to(line, 1000))) < 0)
		return E_TOO_BIG;
	rec_text(&w, "change", line);
	return call_record(im->c, &w);
}

static int take_problem(struct import *im, struct str body)
{
	AUTO_ARENA a = arena_new(KIB(64), "problem");
	struct buf b = buf_in(&a, KIB(16));
	struct writer w = wr_new(&b);
	struct job_problem p;
	int r = job_problem_read(body, &p);
	if (r < 0)
		return r;
	im->problems++;
	rec_text(&w, "problem", p.why);
	rec_int(&w, "row", p.row);
	rec_text(&w, "column", p.column);
	rec_text(&w, "value", p.value);
	rec_text(&w, "todo", p.todo);
	rec_int(&w, "weight", p.weight);
	return call_record(im->c, &w);
}

static int take_rows(struct import *im, struct str body)
{
	struct reader rd = rd_new(body);
	uint32_t n = rd_u32(&rd);
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < n; i++) {
		struct reg_row row;
		r = reg_row_read(&rd, &row);
		bool asn_alone = r == 0 && row.what == REG_COUNTRY && !row.has_net;
		im->asns_alone += asn_alone;
		if (r == 0 && !asn_alone)
			r = register_apply(&im->job, &row);
	}
	arena_reset(im->c->x.arena);
	return r < 0 ? r : rd_end(&rd);
}

static int take_about(struct import *im, struct str body)
{
	char made[DATE_TEXT_MAX];
	struct buf b = buf_in(&im->scratch, KIB(8)), from = buf_in(&im->scratch, KIB(4));
	struct writer w = wr_new(&b);
	struct job_about about;
	int r = im->about ? E_SYNTAX : job_about_read(body, &about);
	im->about = true;
	if (r == 0)
		r = buf_addf(&from, "; data of %.*s of %s, %.*s", STR(about.vendor),
			day_text(day_of(about.created), made), STR(about.licence));
	if (r < 0)
		return r;
	im->from = buf_str(&from);
	rec_text(&w, "vendor", about.vendor);
	rec_text(&w, "licence", about.licence);
	rec_text(&w, "data_of", str_c(made));
	rec_int(&w, "entries", about.entries);
	rec_int(&w, "country_prefixes", about.prefixes);
	rec_int(&w, "networks", about.networks);
	rec_int(&w, "as_numbers", about.asns);
	return call_record(im->c, &w);
}

static int take(void *ctx, uint16_t type, struct str body)
{
	struct import *im = ctx;
	switch (type) {
	case JOB_REG_BATCH:
		return take_rows(im, body);
	case JOB_REG_PROBLEM:
		return take_problem(im, body);
	case JOB_REG_ABOUT:
		return take_about(im, body);
	default:
		return E_SYNTAX;
	}
}

static int read_file(struct import *im)
{
	struct call *c = im->c;
	const struct call_job job = { .type = JOB_REGISTER,
		.start = { .name = act_get(&c->act, 0)->text,
			.country = act_text(&c->act, 3) },
		.fd = c->fd,
		.take = take,
		.ctx = im };
	struct job_end end;
	return call_job(c, &job, &end);
}

static int summary(struct import *im)
{
	const struct register_change *n = &im->job.change;
	struct buf b = buf_in(&im->scratch, KIB(4));
	struct writer w = wr_new(&b);
	rec_text(&w, "file", act_get(&im->c->act, 0)->text);
	rec_bool(&w, "dry_run", im->dry_run);
	rec_int(&w, "rows", n->rows);
	rec_int(&w, "added", n->added);
	rec_int(&w, "changed", n->changed);
	rec_int(&w, "same", n->same);
	rec_int(&w, "problems", im->problems);
	rec_int(&w, "findings_moved", n->moved);
	rec_int(&w, "as_numbers_left_out", im->asns_alone);
	rec_int(&w, "not_listed", n->added + n->changed - im->told);
	return call_record(im->c, &w);
}

static int remove_entry(struct import *im)
{
	struct call *c = im->c;
	struct str key = act_get(&c->act, 0)->text;
	struct buf detail = buf_in(&im->scratch, KIB(8)),
		   b = buf_in(&im->scratch, KIB(4));
	struct writer w = wr_new(&b);
	struct tx t;
	im->said = &detail;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = register_remove(&im->job, key, act_text(&c->act, 1));
	if (r == 0)
		r = register_finish(&im->job);
	const struct register_change *n = &im->job.change;
	if (r == 0)
		r = buf_addf(&detail, "findings moved %lld", (long long)n->moved);
	if (r == 0)
		r = audit_add(&c->x, S("register.remove"), key, buf_str(&detail));
	rec_text(&w, "key", key);
	rec_bool(&w, "dry_run", im->dry_run);
	rec_int(&w, "removed", n->removed);
	rec_int(&w, "findings_moved", n->moved);
	if (r == 0)
		r = call_record(c, &w);
	return im->dry_run ? tx_undo(&t, r) : tx_end(&t, r);
}

static int import(struct import *im)
{
	struct call *c = im->c;
	struct buf detail = buf_in(&im->scratch, KIB(4));
	struct tx t;
	int r = tx_begin(&t, c->w->db, TX_WRITE);
	if (r < 0)
		return r;
	r = read_file(im);
	if (r == 0)
		r = register_finish(&im->job);
	const struct register_change *n = &im->job.change;
	if (r == 0)
		r = buf_addf(&detail, "added %lld, changed %lld, findings moved %lld%.*s",
			(long long)n->added, (long long)n->changed, (long long)n->moved,
			STR(im->from));
	if (r == 0)
		r = audit_add(&c->x, S("register.import"), act_get(&c->act, 0)->text,
			buf_str(&detail));
	if (r == 0)
		r = summary(im);
	return im->dry_run ? tx_undo(&t, r) : tx_end(&t, r);
}

int act_register_import(struct call *c)
{
	struct import im = { .c = c,
		.scratch = arena_new(MIB(1), "register import"),
		.dry_run = act_get(&c->act, 1)->n > 0 };
	im.job = (struct register_job){ .x = &c->x,
		.tell = tell_change,
		.tell_ctx = &im,
		.origin = act_get(&c->act, 2)->n > 0 ? ORIGIN_IMPORTED : ORIGIN_TEAM };
	/* What was cut off is read first, by the register it came under; a dry run
	 * changes nothing at all. */
	int r = im.dry_run ? 0 : import_resume(c);
	if (r == 0)
		r = import(&im);
	arena_free(&im.scratch);
	work_stale(c->w);
	return r;
}

int act_register_remove(struct call *c)
{
	struct import im = { .c = c,
		.scratch = arena_new(MIB(1), "register removal"),
		.dry_run = act_get(&c->act, 2)->n > 0 };
	im.job = (struct register_job){
		.x = &c->x, .tell = tell_change, .tell_ctx = &im, .origin = ORIGIN_TEAM
	};
	int r = im.dry_run ? 0 : import_resume(c);
	if (r == 0)
		r = remove_entry(&im);
	arena_free(&im.scratch);
	work_stale(c->w);
	return r;
}
