/* SPDX-License-Identifier: Apache-2.0
 * page_answer_file.c - a notice's table, taken and sent back; JSON; and the page of links
 * that lead nowhere. Depends on: base, core, web.
 *
 * What was sent in goes on to work, and to parse, as a descriptor: nobody here looks at
 * it. Machines get JSON, browsers a page. */
#include "base/json.h"
#include "base/limits.h"
#include "base/tr.h"
#include "tpl_answer.h"
#include "web/answer_page.h"
#include "web/pages.h"
#include "web/upload.h"

#define PROBLEMS_SHOWN 200 /* on a page; all that are told in JSON */

/* ---- the table ---- */

int answer_table_get(struct visit *v)
{
	const struct field_value *n = visit_query(v, "part");
	struct notice_row notice;
	struct notice_part part;
	int r = notice_row_get(&v->x, v->object.id, &notice);
	if (r == 0)
		r = notice_part_get(&v->x, v->object.id, n->has ? n->n : 1, &part);
	return r < 0 ? r
		     : visit_download(v, notice.tlp, part.type, part.name, part.content);
}

/* ---- answers in a file ---- */

struct outcome {
	struct arena *arena;
	struct answer_problem *problems;
	size_t n, most;
	int64_t taken, unchanged, refused, findings, claimed, tasks;
};

static int on_record(void *ctx, struct str record)
{
	struct outcome *o = ctx;
	struct value problem;
	if (!record_find(record, "problem", &problem)) {
		o->taken = record_int(record, "taken");
		o->unchanged = record_int(record, "unchanged");
		o->refused = record_int(record, "refused");
		o->findings = record_int(record, "findings");
		o->claimed = record_int(record, "claimed");
		o->tasks = record_int(record, "tasks");
		return 0;
	}
	if (o->n < o->most)
		o->problems[o->n++] = (struct answer_problem){ .row = record_int(
								       record, "row"),
			.finding = record_int(record, "finding"),
			.column = str_dup(o->arena, record_text(record, "column")),
			.value = str_dup(
				o->arena, str_to(record_text(record, "value"), 200)),
			.problem = str_dup(o->arena, problem.text) };
	return 0;
}

static int send_file(struct visit *v, const char *name, size_t most, struct outcome *ret)
{
	struct ask a;
	*ret = (struct outcome){ .arena = v->req->arena, .most = most };
	ret->problems = arena_array(v->req->arena, most, sizeof(*ret->problems));
	ask_begin(v, &a, ACT_ANSWER_FILE);
	rec_text(&a.w, "name", str_c(name));
	a.fd = v->upload->fd;
	return ask_send(v, &a, on_record, ret);
}

/* What the sender can do something about. */
static bool their_fault(int r)
{
	return r == E_SYNTAX || r == E_USAGE || r == E_TOO_BIG || r == E_UNSUPPORTED ||
		r == E_STATE;
}

static int fail_json(struct visit *v, int r)
{
	struct buf b = buf_in(v->req->arena, KIB(8));
	struct json j = json_new(&b);
	json_open(&j, NULL, '{');
	json_text(&j, "error", v->x.why.err ? str_c(v->x.why.text) : str_c(err_text(r)));
	json_close(&j, '{');
	return j.err < 0 ? j.err
			 : visit_send_raw(v, r == E_TOO_BIG ? 413 : 400,
				   "application/json", buf_str(&b));
}

static int send_json(struct visit *v, const struct outcome *o)
{
	struct buf b = buf_in(v->req->arena, MIB(4));
	struct json j = json_new(&b);
	json_open(&j, NULL, '{');
	json_int(&j, "notice", v->object.id);
	json_int(&j, "taken", o->taken);
	json_int(&j, "unchanged", o->unchanged);
	json_int(&j, "refused", o->refused);
	json_int(&j, "findings", o->findings);
	json_int(&j, "claimed", o->claimed);
	json_int(&j, "tasks", o->tasks);
	json_open(&j, "problems", '[');
	/* The answers were taken: that is told, whatever room the problems need. */
	for (size_t i = 0; i < o->n && b.n < MIB(3); i++) {
		const struct answer_problem *p = &o->problems[i];
		json_open(&j, NULL, '{');
		json_text(&j, "problem", p->problem);
		if (p->row)
			json_int(&j, "row", p->row);
		if (p->finding)
			json_int(&j, "finding", p->finding);
		if (p->column.n)
			json_text(&j, "column", p->column);
		if (p->value.n)
			json_text(&j, "value", p->value);
		json_close(&j, '{');
	}
	json_close(&j, '[');
	json_close(&j, '{');
	if (j.err == 0)
		j.err = buf_addc(&b, '\n');
	return j.err < 0 ? j.err
			 : visit_send_raw(v, 200, "application/json", buf_str(&b));
}

static int machine(struct visit *v, const char *name)
{
	struct outcome got;
	int r = v->upload->bytes > 0 ? send_file(v, name, LIMIT_PROBLEMS, &got)
				     : fail(&v->x.why, E_USAGE, "the body is empty");
	if (r < 0)
		return their_fault(r) ? fail_json(v, r) : r;
	return send_json(v, &got);
}

int answer_json_post(struct visit *v)
{
	return machine(v, "answers.json");
}

/* For who sent the table with a browser. */
static int show_outcome(
	struct visit *v, int status, const struct outcome *got, const char *error)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	v->here = answer_url_of(v, "/a/", "");
	struct answer_outcome view = { .frame = visit_frame(v, N_("Your table")),
		.back = answer_url_of(v, "/a/", ""),
		.error = error,
		.reason = error && v->x.why.err ? str_c(v->x.why.text) : S(""),
		.taken = got->taken,
		.unchanged = got->unchanged,
		.refused = got->refused,
		.more = got->refused > (int64_t)got->n };
	view.problems.v = got->problems;
	view.problems.n = got->n;
	int r = page_outcome(&o, &view);
	return visit_send(v, status, &page, r);
}

int answer_table_post(struct visit *v)
{
	static const struct outcome nothing = { 0 };
	struct notice_row notice;
	struct outcome got;
	if (v->upload->whole)
		return machine(v, "answers.csv");
	int r = answer_open_notice(v, &notice);
	if (r < 0)
		return r;
	if (v->upload->bytes == 0)
		return show_outcome(v, 400, &nothing,
			N_("No file came, or an empty one. Go back and choose the table "
			   "on your machine."));
	r = send_file(v, "answers.csv", PROBLEMS_SHOWN, &got);
	if (r == 0)
		return show_outcome(v, 200, &got, NULL);
	if (!their_fault(r))
		return r;
	return show_outcome(v, 400, &nothing,
		N_("The table could not be read, so nothing of it was taken. Take our "
		   "table again, fill in its last four columns, and save it as CSV."));
}

/* ---- links that lead nowhere ---- */

int link_dead(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	v->here = URL_HERE; /* no byte of it depends on the token */
	struct link_dead_view view = { .frame = visit_frame(
					       v, N_("This link leads nowhere")),
		.mail = v->web->o.conf->team_mail,
		.phone = v->web->o.conf->team_phone };
	int r = page_link_dead(&o, &view);
	return visit_send(v, 404, &page, r);
}
