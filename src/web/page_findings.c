/* SPDX-License-Identifier: Apache-2.0
 * page_findings.c - the room findings: the list, and the same as a file. Depends on:
 * base, fmt, core, web. */
#include "base/date.h"
#include "base/tr.h"
#include "core/finding_text.h"
#include "db/sql_finding_page.h"
#include "fmt/csv_out.h"
#include "tpl_finding.h"
#include "web/choice.h"
#include "web/finding_query.h"
#include "web/finding_view.h"
#include "web/pages.h"
#include "web/visit.h"
#include "web/words.h"

#define LIST_PAGE 50
#define FILE_MOST 5000
#define FILE_MAX  MIB(6)

/* ---- what can be chosen ---- */

static int choose_type(struct visit *v, struct choices *ret)
{
	struct sql_page_types_rows rows;
	struct str now = visit_query(v, "type")->text;
	int r = sql_page_types(v->x.db, v->req->arena, &rows);
	if (r < 0)
		return r;
	struct choice *c = arena_array(v->req->arena, rows.n + 1, sizeof(*c));
	c[0] = (struct choice){ .value = S(""), .label = N_("any") };
	for (size_t i = 0; i < rows.n; i++)
		c[i + 1] = (struct choice){ .value = rows.v[i].type,
			.chosen = str_eq(now, rows.v[i].type) };
	*ret = (struct choices){ c, rows.n + 1 };
	return 0;
}

static struct choices choose(
	struct visit *v, const char *field, const struct choice_word *list, size_t n)
{
	return choices_of(v->req->arena, list, n, visit_query(v, field)->text);
}

static int fill_form(struct visit *v, struct findings_view *view)
{
	static const struct choice_word states[] = { { "live", N_("open") },
		{ "any", N_("any") }, { "claimed-fixed", N_("claimed fixed") },
		{ "relapsed", N_("relapsed") }, { "fixed", N_("fixed") },
		{ "not-theirs", N_("not theirs") } };
	static const struct choice_word severities[] = { { "", N_("any") },
		{ "low", N_("low") }, { "medium", N_("medium") }, { "high", N_("high") },
		{ "critical", N_("critical") } };
	static const struct choice_word orders[] = { { "worst", N_("the worst first") },
		{ "newest", N_("seen last first") }, { "oldest", N_("seen last last") },
		{ "id", N_("by number") } };
	view->states = choose(v, "state", states, N(states));
	view->severities = choose(v, "severity", severities, N(severities));
	view->orders = choose(v, "order", orders, N(orders));
	view->organisation = visit_query(v, "organisation")->text;
	view->network = visit_query(v, "network")->text;
	view->where = visit_query(v, "where")->text;
	view->identifier = visit_query(v, "identifier")->text;
	view->family = visit_query(v, "family")->text;
	view->report = visit_query(v, "report")->text;
	view->since = visit_query(v, "new")->text;
	view->unattributed = visit_query(v, "nobody")->has;
	view->relapsed = visit_query(v, "relapsed")->has;
	return choose_type(v, &view->types);
}

/* ---- the list ---- */

static struct finding_line line_of(struct visit *v, const struct finding_row *f)
{
	struct arena *a = v->req->arena;
	return (struct finding_line){ .to = url_id(a, "/findings/", f->id),
		.what = finding_what(a, f),
		.place = finding_place(a, f),
		.organisation = f->org_name,
		.severity = word_severity(f->severity),
		.severity_word = severity_text(f->severity),
		.state = word_finding_state(f->state),
		.hot = f->state == STATE_RELAPSED,
		.first = day_of(f->first_seen),
		.last = day_of(f->last_seen),
		.days = f->days_seen };
}

static int read_lines(
	struct visit *v, const struct finding_page *page, struct finding_lines *ret)
{
	struct finding_line *lines = arena_array(
		v->req->arena, page->n + 1, sizeof(*lines));
	for (size_t i = 0; i < page->n; i++) {
		struct finding_row f;
		int r = finding_get(&v->x, page->ids[i], &f);
		if (r < 0)
			return r;
		lines[i] = line_of(v, &f);
	}
	*ret = (struct finding_lines){ lines, page->n };
	return 0;
}

static int list(struct visit *v, struct finding_query *q, struct findings_view *view)
{
	struct finding_page page;
	q->filter.limit = LIST_PAGE;
	int r = finding_page(&v->x, &q->filter, q->has_after ? &q->after : NULL, &page);
	if (r == 0)
		r = read_lines(v, &page, &view->lines);
	if (r < 0)
		return r;
	view->none = page.n == 0 && !page.more;
	view->partial = page.partial;
	if (q->has_after)
		view->first = finding_query_url(v, URL("findings"), NULL);
	if (page.more)
		view->next = finding_query_url(v, URL("findings"), &page.next);
	const struct finding_key *from = q->has_after ? &q->after : NULL;
	view->csv = finding_query_url(v, URL("findings/csv"), from);
	view->jsonl = finding_query_url(v, URL("findings/jsonl"), from);
	return 0;
}

int findings_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct finding_query q;
	struct findings_view view = { .most = FILE_MOST };
	int r = finding_query_read(v, &q);
	if (r == 0)
		r = fill_form(v, &view);
	if (r == 0 && q.error == NULL)
		r = list(v, &q, &view);
	if (r < 0)
		return r;
	view.frame = visit_frame(v, N_("Findings"));
	view.error = q.error;
	view.about = q.about;
	view.more_filters = q.more;
	r = page_findings(&o, &view);
	return visit_send(v, q.error ? 400 : 200, &page, r);
}

/* ---- as a file ---- */

static void csv_day(struct csv_out *c, int64_t time)
{
	char text[DATE_TEXT_MAX];
	csv_out_text(c, str_c(time_text(time, text)));
}

static int csv_row(struct arena *a, const struct finding_row *f, struct buf *out)
{
	struct csv_out c = csv_out_new(out);
	csv_out_int(&c, f->id);
	csv_out_text(&c, str_c(severity_text(f->severity)));
	csv_out_text(&c, str_c(state_text(f->state)));
	csv_out_text(&c, f->type);
	csv_out_text(&c, f->identifier);
	csv_out_text(&c, f->family);
	csv_out_text(&c, finding_place(a, f));
	csv_out_text(&c, f->org_name.p ? f->org_name : S(""));
	csv_out_text(&c, f->network_name.p ? f->network_name : S(""));
	csv_day(&c, f->first_seen);
	csv_day(&c, f->last_seen);
	csv_out_int(&c, f->days_seen);
	csv_out_int(&c, f->count);
	csv_out_int(&c, f->relapses);
	csv_out_row(&c);
	return c.err;
}

static int csv_head(struct buf *out)
{
	static const char *const names[] = { "id", "severity", "state", "type",
		"identifier", "family", "place", "organisation", "network_holder",
		"first_seen", "last_seen", "days_seen", "count", "relapses" };
	struct csv_out c = csv_out_new(out);
	for (size_t i = 0; i < N(names); i++)
		csv_out_text(&c, str_c(names[i]));
	csv_out_row(&c);
	return c.err;
}

static int json_row(struct arena *a, const struct finding_row *f, struct buf *out)
{
	struct json j = json_new(out);
	json_open(&j, NULL, '{');
	finding_json(&j, a, f);
	json_close(&j, '{');
	return j.err < 0 ? j.err : buf_add(out, S("\n"));
}

static int write_rows(
	struct visit *v, const struct finding_page *page, bool csv, struct buf *out)
{
	AUTO_ARENA scratch = arena_new(MIB(1), "finding");
	struct arena *outer = v->x.arena;
	int r = csv ? csv_head(out) : 0;
	v->x.arena = &scratch;
	for (size_t i = 0; i < page->n && r == 0; i++) {
		struct finding_row f;
		arena_reset(&scratch);
		r = finding_get(&v->x, page->ids[i], &f);
		if (r == 0)
			r = csv ? csv_row(&scratch, &f, out)
				: json_row(&scratch, &f, out);
	}
	v->x.arena = outer;
	return r;
}

static int file(struct visit *v, bool csv)
{
	struct finding_query q;
	struct finding_page page;
	struct buf out = buf_in(v->req->arena, FILE_MAX);
	int r = finding_query_read(v, &q);
	if (r == 0 && q.error)
		r = E_USAGE;
	q.filter.limit = FILE_MOST;
	if (r == 0)
		r = finding_page(&v->x, &q.filter, q.has_after ? &q.after : NULL, &page);
	if (r == 0)
		r = write_rows(v, &page, csv, &out);
	return r < 0 ? r
		     : visit_send_file(
			       v, csv ? FILE_CSV : FILE_JSONL, "findings", buf_str(&out));
}

int findings_csv(struct visit *v)
{
	return file(v, true);
}

int findings_jsonl(struct visit *v)
{
	return file(v, false);
}
