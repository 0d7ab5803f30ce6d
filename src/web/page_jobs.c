/* SPDX-License-Identifier: Apache-2.0
 * page_jobs.c - what work does, what waits, what ended. Depends on: base, core, web. */
#include "base/tr.h"
#include "core/audit.h"
#include "tpl_job.h"
#include "web/job.h"
#include "web/job_view.h"
#include "web/pages.h"
#include "web/visit.h"
#include "web/words.h"

#define PAST_ROWS    300 /* of the audit trail are looked through */
#define PAST_MOST    20
#define RESULTS_MOST 50
#define FIELDS_MOST  40

static const char *state_label(const struct job_info *i)
{
	if (i->state == JOB_WAITS)
		return N_("waits");
	if (i->state == JOB_RUNS)
		return N_("is being done");
	return i->err < 0 ? N_("not done") : N_("done");
}

static const char *label_of(enum act_id id)
{
	const char *label = word_act(id);
	return label ? label : act_table[id].name;
}

/* What came of it is for who asked, and for the head. */
static bool may_look(const struct visit *v, const struct job_info *i)
{
	return i->person == v->session.person.id || visit_actor(v) == ACTOR_HEAD;
}

static int64_t per_cent(int64_t done, struct opt_int total)
{
	if (!total.has || total.v <= 0)
		return 0;
	return done >= total.v ? 100 : done * 100 / total.v;
}

/* ---- the list ---- */

static void list_jobs(
	struct visit *v, const struct job_list *jobs, struct jobs_view *view)
{
	struct arena *a = v->req->arena;
	struct job_line *lines = arena_array(a, jobs->n + 1, sizeof(*lines));
	size_t n = 0;
	for (size_t i = 0; i < jobs->n; i++) {
		const struct job_info *j = &jobs->v[i];
		if (j->act == ACT_SESSION_TOUCH || j->act == ACT_ANSWER_OPENED)
			continue;
		lines[n] = (struct job_line){ .what = label_of(j->act),
			.state = state_label(j),
			.who = j->who,
			.asked = j->asked_at,
			.failed = j->state == JOB_ENDED && j->err < 0 };
		if (may_look(v, j))
			lines[n].to = url_id(a, "/jobs/", j->id);
		view->busy |= j->state != JOB_ENDED;
		n++;
	}
	view->jobs = (struct job_lines){ lines, n };
}

static void say_doing(struct visit *v, const struct job_doing *d, struct jobs_view *view)
{
	struct arena *a = v->req->arena;
	view->doing = d->has;
	if (!d->has)
		return;
	view->busy = true;
	view->what = N_("Something else");
	for (int i = 0; i < ACT_N; i++)
		if (strcmp(act_table[i].name, d->act) == 0)
			view->what = label_of((enum act_id)i);
	view->who = str_dup(a, str_c(d->who));
	view->text = str_dup(a, str_c(d->text));
	view->since = d->since;
	view->done = d->done;
	view->has_total = d->total.has;
	view->total = d->total.v;
	view->per_cent = per_cent(d->done, d->total);
}

/* The trail outlives this role: what took long, whoever asked for it. */
static int list_past(struct visit *v, struct jobs_view *view)
{
	static const enum act_id acts[] = { ACT_FILE_IMPORT, ACT_REGISTER_IMPORT,
		ACT_NOTICE_DRAFT, ACT_REBUILD, ACT_BACKUP_COPY };
	struct audit_rows rows;
	int r = audit_page(&v->x, 0, PAST_ROWS, &rows);
	if (r < 0)
		return r;
	struct past_line *lines = arena_array(v->req->arena, PAST_MOST, sizeof(*lines));
	size_t n = 0;
	for (size_t i = 0; i < rows.n && n < PAST_MOST; i++)
		for (size_t k = 0; k < N(acts) && n < PAST_MOST; k++)
			if (str_eq(rows.v[i].action, str_c(act_table[acts[k]].name)))
				lines[n++] = (struct past_line){ rows.v[i].at,
					label_of(acts[k]), rows.v[i].actor,
					rows.v[i].object, rows.v[i].detail };
	view->past = (struct past_lines){ lines, n };
	return 0;
}

int jobs_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct job_list jobs;
	struct job_doing doing;
	struct jobs_view view = { 0 };
	job_list(asks_jobs(v->web->asks), v->req->arena, &jobs, &doing);
	list_jobs(v, &jobs, &view);
	say_doing(v, &doing, &view);
	int r = list_past(v, &view);
	if (r < 0)
		return r;
	view.frame = visit_frame(v, N_("Jobs"));
	r = page_jobs(&o, &view);
	r = visit_send(v, 200, &page, r);
	if (r == 0 && view.busy)
		res_header(v->res, "Refresh", "5");
	return r;
}

/* ---- one ---- */

static const char *import_label(struct str name)
{
	static const struct {
		const char *name, *label;
	} t[] = {
		{ "file", N_("File") },
		{ "type", N_("Report type") },
		{ "day", N_("Day") },
		{ "rows", N_("Rows") },
		{ "events", N_("Events") },
		{ "new_findings", N_("New findings") },
		{ "seen_again", N_("Seen again") },
		{ "relapsed", N_("Came back") },
		{ "unattributed", N_("Nobody's") },
		{ "quarantined", N_("In quarantine") },
	};
	for (size_t i = 0; i < N(t); i++)
		if (str_eq(name, str_c(t[i].name)))
			return t[i].label;
	return NULL;
}

static struct result result_of(struct arena *a, enum act_id act, struct str record)
{
	struct result_field *f = arena_array(a, FIELDS_MOST, sizeof(*f));
	struct reader rd = rd_new(record);
	struct result result = { 0 };
	struct value value;
	size_t n = 0;
	while (n < FIELDS_MOST && rec_next(&rd, &value) == 1) {
		bool import = act == ACT_FILE_IMPORT;
		if (import && str_eq(value.name, S("error")))
			result.error = value.type == VALUE_TEXT ? value.text : S("");
		else if (import && str_eq(value.name, S("duplicate_file")))
			result.duplicate = value.n != 0;
		else if (value.type == VALUE_INT || value.type == VALUE_TEXT)
			f[n++] = (struct result_field){
				.label = import ? import_label(value.name) : NULL,
				.name = value.name,
				.text = value.text,
				.is_number = value.type == VALUE_INT,
				.n = value.n
			};
	}
	result.fields = (struct result_fields){ f, n };
	return result;
}

static void list_results(struct visit *v, const struct job_info *i, struct job_view *view)
{
	struct arena *a = v->req->arena;
	struct result *results = arena_array(a, RESULTS_MOST, sizeof(*results));
	struct str rest = i->records, record;
	size_t n = 0;
	while (n < RESULTS_MOST && job_record_next(&rest, &record))
		results[n++] = result_of(a, i->act, record);
	for (size_t k = 0; k < n; k++)
		if (results[k].error.n) /* the act came to its end, the file did not */
			view->good = false;
	view->results = (struct results){ results, n };
}

/* One that nobody knows and one that is not his look the same. After a restart of this
 * role nobody knows any; what they did is kept. */
static int show_gone(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct job_gone_view view = { visit_frame(v, N_("Job")) };
	int r = page_job_gone(&o, &view);
	return visit_send(v, 404, &page, r);
}

int job_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct arena *a = v->req->arena;
	struct job_info i;
	int r = job_find(asks_jobs(v->web->asks), a, v->object.id, &i);
	if (r == E_NOT_FOUND || (r == 0 && !may_look(v, &i)))
		return show_gone(v);
	if (r < 0)
		return r;
	bool ended = i.state == JOB_ENDED;
	struct job_view view = { .frame = visit_frame(v, N_("Job")),
		.id = i.id,
		.what = label_of(i.act),
		.who = i.who,
		.waits = i.state == JOB_WAITS,
		.runs = i.state == JOB_RUNS,
		.good = ended && i.err == 0,
		.failed = ended && i.err < 0,
		.why = i.err < 0 ? str_c(i.why.err ? i.why.text : err_text(i.err))
				 : S(""),
		.asked = i.asked_at,
		.done = i.done,
		.has_total = i.total.has,
		.total = i.total.v,
		.per_cent = per_cent(i.done, i.total),
		.import = i.act == ACT_FILE_IMPORT };
	if (!ended)
		view.again = url_id(a, "/jobs/", i.id);
	list_results(v, &i, &view);
	r = page_job(&o, &view);
	r = visit_send(v, 200, &page, r);
	if (r == 0 && !ended)
		res_header(v->res, "Refresh", "3");
	return r;
}
