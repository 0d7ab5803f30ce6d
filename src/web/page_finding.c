/* SPDX-License-Identifier: Apache-2.0
 * page_finding.c - one finding: all that is known, its original rows, marking it.
 * Depends on: base, core, web. */
#include "base/date.h"
#include "base/tr.h"
#include "base/utf8.h"
#include "core/answer.h"
#include "core/finding_text.h"
#include "tpl_finding.h"
#include "web/finding_view.h"
#include "web/pages.h"
#include "web/visit.h"
#include "web/words.h"

#define PICTURE_DAYS  366 /* the latest of them */
#define PICTURE_LEAST 60
#define BAR_WIDTH     5
#define BAR_TOP	      44
#define ANSWERS_MOST  200
#define NOTICES_MOST  20
#define EVIDENCE_MOST 50

/* ---- the days ---- */

/* A bar for each day with a sighting; what lies further back stands in the table. */
static void draw(struct visit *v, const struct finding_full *f, struct finding_view *view)
{
	struct bar *bars = arena_array(v->req->arena, f->n_days + 1, sizeof(*bars));
	size_t n = 0, at = 0;
	int64_t most = 1;
	if (f->n_days == 0)
		return;
	int32_t last = f->days[f->n_days - 1].day, first = f->days[0].day;
	if (day_of(v->x.now) > last)
		last = day_of(v->x.now); /* the silence since is seen too */
	if (last - first < PICTURE_LEAST)
		first = last - PICTURE_LEAST + 1;
	if (last - first >= PICTURE_DAYS)
		first = last - PICTURE_DAYS + 1;
	while (at < f->n_days && f->days[at].day < first)
		at++;
	for (size_t i = at; i < f->n_days; i++)
		if (f->days[i].count > most)
			most = f->days[i].count;
	for (size_t i = at; i < f->n_days; i++) {
		int64_t h = f->days[i].count * BAR_TOP / most;
		if (h < 4)
			h = 4; /* one is seen beside a thousand */
		bars[n++] = (struct bar){ (int64_t)(f->days[i].day - first) * BAR_WIDTH,
			BAR_TOP + 4 - h, h };
	}
	view->width = BAR_WIDTH * ((int64_t)last - first + 1);
	view->from_day = first;
	view->to_day = last;
	view->most = most;
	view->bars = (struct bars){ bars, n };
}

static void list_days(
	struct visit *v, const struct finding_full *f, struct finding_view *view)
{
	struct day_line *d = arena_array(v->req->arena, f->n_days + 1, sizeof(*d));
	for (size_t i = 0; i < f->n_days; i++) {
		const struct finding_day *from = &f->days[f->n_days - 1 - i];
		d[i] = (struct day_line){ from->day, from->count, from->first,
			from->last };
	}
	view->day_list = (struct day_lines){ d, f->n_days };
}

/* ---- who ---- */

static void say_who(
	struct visit *v, const struct finding_row *f, struct finding_view *view)
{
	struct concerned_line *c = arena_array(
		v->req->arena, FINDING_CONCERNED, sizeof(*c));
	struct finding_concerned also[FINDING_CONCERNED];
	size_t n = finding_also_concerned(f, also);
	for (size_t i = 0; i < n; i++)
		c[i] = (struct concerned_line){ also[i].name,
			also[i].org == f->network_org ? N_("operates the network")
						      : N_("its domain is imitated") };
	view->concerned = (struct concerned_lines){ c, n };
	view->organisation = f->org_name;
	view->why = word_basis(f->basis);
	view->ref = f->basis_ref;
	if (f->imitates)
		view->imitates = f->imitates_name;
	if (f->org_name.n)
		view->of_organisation = url_with_int(
			v->req->arena, URL("findings"), "organisation", f->org);
}

static void list_moves(
	struct visit *v, const struct finding_full *f, struct finding_view *view)
{
	struct move_line *m = arena_array(v->req->arena, f->n_moves + 1, sizeof(*m));
	for (size_t i = 0; i < f->n_moves; i++)
		m[i] = (struct move_line){ f->moves[i].at, f->moves[i].from,
			f->moves[i].to, f->moves[i].ref, word_basis(f->moves[i].basis) };
	view->moves = (struct move_lines){ m, f->n_moves };
}

/* ---- notices and answers ---- */

static void list_notices(
	struct visit *v, const struct finding_full *f, struct finding_view *view)
{
	struct arena *a = v->req->arena;
	struct stood_line *s = arena_array(a, f->n_notices + 1, sizeof(*s));
	for (size_t i = 0; i < f->n_notices; i++) {
		const struct finding_notice *n = &f->notices[i];
		s[i] = (struct stood_line){ url_id(a, "/notices/", n->id), n->id, n->at,
			word_notice_state(n->state), word_notice_why(n->why),
			n->organisation, n->recipient };
	}
	view->notices = (struct stood_lines){ s, f->n_notices };
}

struct said {
	struct visit *v;
	int64_t finding;
	struct said_line *lines;
	size_t n;
};

static int on_answer(void *ctx, const struct answer_row *row)
{
	struct said *s = ctx;
	struct arena *a = s->v->req->arena;
	if (s->n == ANSWERS_MOST)
		return E_STOPPED;
	if (row->finding.has && row->finding.v != s->finding)
		return 0;
	s->lines[s->n++] = (struct said_line){ .at = row->at,
		.notice = row->notice,
		.what = word_answer(row->kind),
		.all = !row->finding.has,
		.until = row->until,
		.until_day = row->until.v,
		.whose = str_dup(a, row->whose),
		.comment = str_dup(a, row->comment) };
	return 0;
}

/* Of the latest notices that it stood in. */
static int list_said(
	struct visit *v, const struct finding_full *f, struct finding_view *view)
{
	struct said s = { .v = v, .finding = f->row.id };
	int r = 0;
	s.lines = arena_array(v->req->arena, ANSWERS_MOST, sizeof(*s.lines));
	for (size_t i = f->n_notices; i > 0 && f->n_notices - i < NOTICES_MOST; i--) {
		struct answer_filter filter = { .notice = f->notices[i - 1].id,
			.n = ANSWERS_MOST };
		r = answers_each(&v->x, &filter, on_answer, &s);
		if (r < 0)
			break;
	}
	view->said = (struct said_lines){ s.lines, s.n };
	return r == E_STOPPED ? 0 : r;
}

static void list_sources(
	struct visit *v, const struct finding_full *f, struct finding_view *view)
{
	struct source_line *s = arena_array(v->req->arena, f->n_sources + 1, sizeof(*s));
	for (size_t i = 0; i < f->n_sources; i++) {
		const struct finding_source *from = &f->sources[i];
		s[i] = (struct source_line){ from->name, from->row, from->count,
			from->day };
	}
	view->sources = (struct source_lines){ s, f->n_sources };
}

/* ---- the page ---- */

static struct str address_of(struct arena *a, const struct finding_row *f)
{
	char room[IP_TEXT_MAX];
	return f->has_net ? str_dup(a, str_c(net_text(&f->net, room))) : S("");
}

static void fill(struct visit *v, const struct finding_row *f, struct finding_view *view)
{
	struct arena *a = v->req->arena;
	struct url here = url_id(a, "/findings/", f->id);
	bool by_name = f->by_name && f->name.n;
	view->id = f->id;
	view->what = finding_what(a, f);
	view->place = finding_place(a, f);
	view->type = f->type;
	view->identifier = f->identifier;
	view->family = f->family;
	view->address = address_of(a, f);
	view->name = f->name;
	view->hostname = f->hostname;
	view->detail = f->detail;
	view->transport = f->transport;
	view->report = f->report_type;
	view->cc = f->cc;
	view->asn = f->asn;
	view->feed_asn = f->asn ? 0 : f->feed_asn;
	view->severity = word_severity(f->severity);
	view->severity_word = severity_text(f->severity);
	view->state = word_finding_state(f->state);
	if (f->state == STATE_FIXED)
		view->fixed_by = f->fixed_by == FIXED_BY_CLAIM
			? N_("as was claimed, and no report contradicts it")
			: N_("by silence: the reports came without it");
	view->state_day = f->state_day;
	view->claimed = f->claimed_day.has;
	view->claimed_day = f->claimed_day.v;
	view->first = f->first_seen;
	view->last = f->last_seen;
	view->count = f->count;
	view->days = f->days_seen;
	view->relapses = f->relapses;
	view->live = f->state == STATE_OPEN || f->state == STATE_RELAPSED;
	view->may_mark = auth_who(OBJECT_FINDING, OBJECT_CHANGE) &
		(unsigned)visit_actor(v);
	view->evidence = url_below(a, here, "/evidence");
	view->mark = url_below(a, here, "/mark");
	view->of_place = url_with(a,
		url_with(a, URL("findings"), "where", by_name ? f->name : view->address),
		"state", S("any"));
}

static const char *done_text(int64_t n)
{
	static const char *const done[] = { NULL,
		N_("It is marked as said to be fixed. The next report decides."),
		N_("It is marked as not theirs. Sightings go on being counted."),
		N_("What was said of it is taken back.") };
	return n > 0 && (size_t)n < N(done) ? done[n] : NULL;
}

int finding_one_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct finding_full f;
	struct finding_view view = { 0 };
	int r = finding_read_full(&v->x, v->object.id, &f);
	if (r < 0)
		return r;
	view.frame = visit_frame(v, N_("Finding"));
	view.done = done_text(visit_query(v, "done")->n);
	fill(v, &f.row, &view);
	draw(v, &f, &view);
	list_days(v, &f, &view);
	say_who(v, &f.row, &view);
	list_notices(v, &f, &view);
	list_moves(v, &f, &view);
	list_sources(v, &f, &view);
	r = list_said(v, &f, &view);
	if (r < 0)
		return r;
	r = page_finding(&o, &view);
	return visit_send(v, 200, &page, r);
}

int finding_mark(struct visit *v)
{
	static const char *const words[] = { NULL, "fixed", "not-theirs", "open" };
	struct ask a;
	struct str word = visit_form(v, "state")->text;
	int64_t done = 0;
	for (size_t i = 1; i < N(words); i++)
		if (str_eq(word, str_c(words[i])))
			done = (int64_t)i;
	if (done == 0)
		return E_USAGE;
	ask_begin(v, &a, ACT_FINDING_MARK);
	rec_int(&a.w, "finding", v->object.id);
	rec_text(&a.w, "state", word);
	if (visit_form(v, "comment")->has)
		rec_text(&a.w, "comment", visit_form(v, "comment")->text);
	int r = ask_send(v, &a, NULL, NULL);
	if (r < 0)
		return r;
	struct url here = url_id(v->req->arena, "/findings/", v->object.id);
	return visit_redirect(v, url_with_int(v->req->arena, here, "done", done));
}

/* ---- original rows ---- */

/* Strangers choose how long a cell is, and how much longer it gets. */
#define EVIDENCE_ROOM MIB(3)   /* of the page, for names and values */
#define WORST	      6	       /* bytes on the page for one: a quotation mark */
#define CELL_ROOM     80       /* its tags */
#define CUT	      "\u2026" /* stands where something is left out */

struct rows {
	struct arena *arena;
	struct evidence_row *v;
	size_t n, left; /* of the room */
	bool cut;
};

/* "http" becomes "hxxp", "://" and the dots of hosts lose what makes them work. */
static struct str defang(struct arena *a, struct str s)
{
	struct buf b = buf_in(a, 3 * s.n + 16); /* a dot becomes three bytes */
	bool link = str_search(s, S("://")) < s.n;
	bool bad = false;
	if (!link)
		return s;
	while (s.n > 0 && !bad) {
		size_t at = str_search(s, S("://"));
		struct str before = str_to(s, at);
		bool http = at < s.n && before.n >= 4 &&
			(str_ends(before, S("http")) || str_ends(before, S("https")));
		size_t cut = http ? before.n - (str_ends(before, S("https")) ? 5 : 4)
				  : before.n;
		bad = buf_add(&b, str_to(before, cut)) < 0;
		if (http)
			bad |= buf_add(&b, S("hxxp")) < 0 ||
				buf_add(&b, str_from(before, cut + 4)) < 0;
		if (at == s.n)
			break;
		bad |= buf_add(&b, S("[://]")) < 0;
		s = str_from(s, at + 3);
		size_t host = 0;
		while (host < s.n && !memchr("/?# \t", s.p[host], 5)) {
			bad |= buf_add(&b,
				       s.p[host] == '.'
					       ? S("[.]")
					       : str_to(str_from(s, host), 1)) < 0;
			host++;
		}
		s = str_from(s, host);
	}
	return bad ? S("") : buf_str(&b);
}

/* As much of it as there is room for. */
static struct str shown(struct rows *rows, struct str s)
{
	struct str part = utf8_cut(s, rows->left / WORST);
	struct str safe = defang(rows->arena, part);
	rows->left -= part.n * WORST;
	if (part.n == s.n)
		return safe;
	rows->cut = true;
	struct buf b = buf_in(rows->arena, safe.n + sizeof(CUT));
	return buf_add(&b, safe) < 0 || buf_add(&b, S(CUT)) < 0 ? S(CUT) : buf_str(&b);
}

static void add_cell(
	struct rows *rows, struct cells *to, struct cell *room, const struct value *value)
{
	size_t name = value->name.n * WORST + CELL_ROOM;
	if (name > rows->left) {
		rows->cut = true;
		return;
	}
	rows->left -= name;
	room[to->n++] = (struct cell){ value->name, shown(rows, value->text) };
}

static int on_row(void *ctx, struct str record)
{
	struct rows *rows = ctx;
	struct reader rd = rd_new(record);
	struct value value;
	struct evidence_row row = { 0 };
	size_t most = 0;
	if (rows->n == EVIDENCE_MOST || rows->cut)
		return 0;
	while (rec_next(&rd, &value) == 1)
		most++;
	struct cell *cells = arena_array(rows->arena, most + 1, sizeof(*cells));
	rd = rd_new(record);
	size_t place = 0;
	row.cells.v = cells;
	while (rec_next(&rd, &value) == 1) {
		place++;
		if (place == 1)
			row.id = value.text;
		else if (place == 2)
			row.file = value.text;
		else if (place == 3)
			row.row = value.n;
		else if (value.type == VALUE_TEXT && value.text.n)
			add_cell(rows, &row.cells, cells, &value);
	}
	rows->v[rows->n++] = row;
	return 0;
}

int finding_evidence(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct arena *a = v->req->arena;
	struct rows rows = { .arena = a, .left = EVIDENCE_ROOM };
	struct ask ask;
	rows.v = arena_array(a, EVIDENCE_MOST, sizeof(*rows.v));
	ask_begin(v, &ask, ACT_EVIDENCE);
	rec_int(&ask.w, "finding", v->object.id);
	rec_int(&ask.w, "limit", EVIDENCE_MOST);
	int r = ask_send(v, &ask, on_row, &rows);
	if (r < 0)
		return r;
	struct evidence_view view = { .frame = visit_frame(v, N_("The original rows")),
		.id = v->object.id,
		.back = url_id(a, "/findings/", v->object.id),
		.rows = { rows.v, rows.n },
		.more = rows.n == EVIDENCE_MOST || rows.cut,
		.most = (int64_t)rows.n };
	r = page_evidence(&o, &view);
	return visit_send(v, 200, &page, r);
}
