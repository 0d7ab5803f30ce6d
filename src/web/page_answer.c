/* SPDX-License-Identifier: Apache-2.0
 * page_answer.c - the page to answer a notice by. Depends on: base, core, exchange, web.
 *
 * A page shows ANSWER_FINDINGS of the notice, and takes answers to these and to all that
 * is not named. What is wrong with them is said beside what was typed. */
#include "base/date.h"
#include "base/tr.h"
#include "exchange/digest.h"
#include "tpl_answer.h"
#include "web/answer_page.h"
#include "web/pages.h"

#define ANSWER_FINDINGS 25  /* on a page; with all texts full they fit into one act */
#define UNTIL_MOST	366 /* days ahead */

static const struct {
	enum answer_kind kind;
	const char *label;
} kinds[] = {
	{ ANSWER_FIXED, N_("It is fixed") },
	{ ANSWER_WORKING, N_("We are working on it") },
	{ ANSWER_NOT_MINE, N_("It is not ours") },
	{ ANSWER_WRONG_CONTACT, N_("We are the wrong people to write to") },
	{ ANSWER_HELP, N_("We need help") },
};

static const char *kind_label(enum answer_kind k)
{
	for (size_t i = 0; i < N(kinds); i++)
		if (kinds[i].kind == k)
			return kinds[i].label;
	return NULL;
}

/* ---- what was typed ---- */

struct typed {
	int64_t finding; /* 0: all */
	struct str answer, until, whose, comment;
};
/* What is wrong, and about which finding. */
struct faults {
	struct {
		int64_t finding;
		const char *text;
	} v[EACH_MAX + 1];
	size_t n;
};

static struct typed typed_of(const struct visit *v, int64_t finding)
{
	struct typed t = { .finding = finding };
	if (v->req->method != METHOD_POST)
		return t;
	if (finding == 0) {
		t.answer = visit_form(v, "answer")->text;
		t.until = visit_form(v, "until")->text;
		t.whose = visit_form(v, "whose")->text;
		t.comment = visit_form(v, "comment")->text;
		return t;
	}
	t.answer = field_each_of(visit_form(v, "a"), finding);
	t.until = field_each_of(visit_form(v, "u"), finding);
	t.whose = field_each_of(visit_form(v, "w"), finding);
	t.comment = field_each_of(visit_form(v, "c"), finding);
	return t;
}

/* One line, without what a keyboard lets slip in at its ends. */
static struct str tidy(struct arena *a, struct str s)
{
	struct str t = str_dup(a, str_trim(s));
	char *p = arena_alloc(a, t.n + 1);
	for (size_t i = 0; i < t.n; i++)
		p[i] = t.p[i] == '\t' ? ' ' : t.p[i];
	return (struct str){ p, t.n };
}

static const char *read_until(const struct visit *v, struct str s, struct opt_int *ret)
{
	int32_t day, today = day_of(v->x.now);
	s = str_trim(s);
	if (s.n == 0)
		return NULL;
	if (day_read(s, &day) < 0)
		return N_("Write the day like 2026-12-24: year, month, day.");
	if (day < today || day > today + UNTIL_MOST)
		return N_("The day must be today or within a year from now.");
	*ret = SOME(day);
	return NULL;
}

/* 1: an answer; 0: nothing was said; E_SYNTAX: no browser sends this from our page.
 * *ret_fault: what the person should mend. */
static int read_item(struct visit *v, const struct typed *t, struct answer_item *ret,
	const char **ret_fault)
{
	struct answer_item item = { .finding = t->finding };
	struct str whose = tidy(v->req->arena, t->whose);
	item.comment = tidy(v->req->arena, t->comment);
	item.whose = S("");
	if (t->answer.n == 0) {
		bool more = whose.n > 0 || item.comment.n > 0;
		*ret_fault = more ? N_("Choose an answer to go with what you wrote.")
				  : NULL;
		return 0;
	}
	if (answer_kind_read(t->answer, &item.kind) < 0)
		return E_SYNTAX;
	if (item.kind == ANSWER_WORKING)
		*ret_fault = read_until(v, t->until, &item.until);
	if (item.kind == ANSWER_NOT_MINE || item.kind == ANSWER_WRONG_CONTACT)
		item.whose = whose;
	if (item.whose.n > ANSWER_WHOSE_MAX || item.comment.n > ANSWER_COMMENT_MAX)
		*ret_fault = N_("This is too long to be kept. Please write it shorter.");
	else if (*ret_fault == NULL && answer_item_fault(&item))
		*ret_fault = N_("There is a character in it that cannot be kept. Please "
				"write it again as plain text.");
	*ret = item;
	return *ret_fault ? 0 : 1;
}

static int read_one(struct visit *v, int64_t finding, struct answer_item *items,
	size_t *n, struct faults *f)
{
	const char *fault = NULL;
	struct typed t = typed_of(v, finding);
	int r = read_item(v, &t, &items[*n], &fault);
	if (r < 0)
		return r;
	*n += r > 0;
	if (fault == NULL)
		return 0;
	if (f->n == N(f->v))
		return E_TOO_BIG;
	f->v[f->n].finding = finding;
	f->v[f->n++].text = fault;
	return 0;
}

/* All that was said; items has room for EACH_MAX + 1. */
static int read_items(
	struct visit *v, struct answer_item *items, size_t *ret_n, struct faults *f)
{
	static const char *const names[] = { "a", "w", "c" };
	const struct field_value *a = visit_form(v, "a");
	size_t n = 0;
	int r = read_one(v, 0, items, &n, f);
	for (size_t k = 0; k < N(names); k++) {
		const struct field_value *each = visit_form(v, names[k]);
		for (size_t i = 0; i < each->n_each && r == 0; i++) {
			int64_t id = each->each[i].id;
			if (each == a || field_each_of(a, id).p == NULL)
				r = read_one(v, id, items, &n, f);
		}
	}
	*ret_n = n;
	return r;
}

/* ---- showing ---- */

struct showing {
	struct visit *v;
	const struct notice_row *notice;
	const struct faults *faults;
	struct answer_group *groups;
	struct answer_finding **findings; /* of each group */
	const char **ids;		  /* what each group is about */
	size_t n, shown;
	bool more;
	int64_t last;
};

static struct answer_fields fields_of(
	struct visit *v, int64_t finding, const struct faults *faults)
{
	struct typed t = typed_of(v, finding);
	struct choice *c = arena_array(v->req->arena, N(kinds), sizeof(*c));
	for (size_t i = 0; i < N(kinds); i++) {
		struct str word = str_c(answer_kind_text(kinds[i].kind));
		c[i] = (struct choice){ .value = word,
			.label = kinds[i].label,
			.chosen = str_eq(t.answer, word) };
	}
	struct answer_fields f = { { c, N(kinds) }, t.until, t.whose, t.comment, NULL };
	for (size_t i = 0; faults && i < faults->n; i++)
		if (faults->v[i].finding == finding)
			f.fault = faults->v[i].text;
	return f;
}

/* Commands stand between backquotes. */
static struct answer_pieces pieces_of(struct arena *a, struct str s)
{
	size_t most = 1, n = 0;
	for (size_t i = 0; i < s.n; i++)
		most += s.p[i] == '`';
	struct answer_piece *p = arena_array(a, most, sizeof(*p));
	struct str part;
	for (bool code = false; n < most && str_split(&s, '`', &part); code = !code)
		p[n++] = (struct answer_piece){ part, code };
	return (struct answer_pieces){ p, n };
}

/* The group that a finding stands in; new ones in the order in which they come. */
static int group_of(struct showing *s, const struct notice_line *line, size_t *ret)
{
	struct arena *a = s->v->req->arena;
	struct digest_words w;
	int r = digest_words_of(a, s->v->lang, line, &w);
	if (r < 0)
		return r;
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->ids[i], w.id) == 0) {
			*ret = i;
			return 0;
		}
	}
	s->ids[s->n] = w.id;
	s->findings[s->n] = arena_array(a, ANSWER_FINDINGS, sizeof(**s->findings));
	s->groups[s->n] = (struct answer_group){ .title = w.title,
		.severity = w.severity,
		.what = w.what,
		.why = w.why,
		.check = pieces_of(a, w.check),
		.fix = pieces_of(a, w.fix),
		.more = pieces_of(a, w.more),
		.hot = line->severity >= SEV_HIGH };
	*ret = s->n++;
	return 0;
}

static const char *state_words(enum finding_state s)
{
	static const char *const words[STATE_N] = {
		[STATE_FIXED] = N_("Fixed: our reports do not show it any more."),
		[STATE_RELAPSED] = N_("It was seen again after it had been fixed."),
		[STATE_NOT_THEIRS] = N_("We have noted that this one is not yours."),
	};
	return words[s];
}

static struct answer_said said_of(const struct answer_state *s)
{
	return (struct answer_said){ kind_label(s->kind), s->at, s->until, s->whose,
		s->comment };
}

static int on_line(void *ctx, const struct notice_line *line)
{
	struct showing *s = ctx;
	struct visit *v = s->v;
	const struct notice_row *n = s->notice;
	struct answer_look look;
	size_t g = 0;
	s->more = s->shown == ANSWER_FINDINGS; /* one more was asked for */
	if (s->more)
		return 0;
	int r = answer_look(&v->x, n->id, n->org, line->finding, &look);
	if (r == 0)
		r = group_of(s, line, &g);
	if (r < 0)
		return r;
	struct answer_finding *f = &s->findings[g][s->groups[g].findings.n++];
	s->groups[g].findings.v = s->findings[g];
	*f = (struct answer_finding){ .id = line->finding,
		.why = digest_why(line->why),
		.state = state_words(look.state),
		.first = day_of(line->first_seen),
		.last = day_of(line->last_seen),
		.count = line->count,
		.theirs = look.theirs,
		.said = said_of(&look.said),
		.fields = fields_of(v, line->finding, s->faults) };
	/* Two findings may be in one place. */
	f->what = str_dup(
		v->req->arena, line->family.n ? line->family : line->identifier);
	s->shown++;
	s->last = line->n;
	return digest_where(v->req->arena, line, &f->where);
}

static int on_last(void *ctx, const struct answer_row *row)
{
	int64_t *at = ctx;
	*at = row->at;
	return 0;
}

struct url answer_with_lang(struct visit *v, struct url u)
{
	return v->lang_asked
		? url_with(v->req->arena, u, "lang", str_c(lang_code(v->lang)))
		: u;
}

struct url answer_url_of(struct visit *v, const char *prefix, const char *more)
{
	struct arena *a = v->req->arena;
	return answer_with_lang(v, url_below(a, url_word(a, prefix, v->word), more));
}

static struct url after(struct visit *v, int64_t n)
{
	struct url here = URL_HERE;
	return n > 0 ? url_with_int(v->req->arena, here, "after", n) : here;
}

static int place_in(struct visit *v, struct showing *s, struct answer_page *p)
{
	int64_t begin = visit_query(v, "after")->n;
	int64_t before = begin > ANSWER_FINDINGS ? begin - ANSWER_FINDINGS : 0;
	p->from = begin + 1;
	p->to = s->last;
	p->has_earlier = begin > 0;
	p->has_later = s->more;
	p->has_more = p->has_earlier || p->has_later;
	v->here = after(v, begin);
	p->send = answer_with_lang(v, v->here);
	p->earlier = answer_with_lang(v, after(v, before));
	p->later = answer_with_lang(v, after(v, s->last));
	return s->shown == 0 && begin > 0 ? E_NOT_FOUND : 0;
}

/* How many groups and lines there are is bounded by the page. */
static int collect(struct visit *v, struct showing *s)
{
	struct arena *a = v->req->arena;
	s->groups = arena_array(a, ANSWER_FINDINGS, sizeof(*s->groups));
	s->findings = arena_array(a, ANSWER_FINDINGS, sizeof(struct answer_finding *));
	s->ids = arena_array(a, ANSWER_FINDINGS, sizeof(const char *));
	return notice_lines_page(&v->x, v->object.id, visit_query(v, "after")->n,
		ANSWER_FINDINGS + 1, on_line, s);
}

static int show(struct visit *v, int status, const struct notice_row *n,
	const struct faults *faults, const char *error)
{
	static const char *const done[] = { NULL,
		N_("You can change it here as long as the link is good."),
		N_("Some could not be taken: another organisation is responsible for "
		   "them by now.") };
	const struct conf *conf = v->web->o.conf;
	struct answer_filter last = { .notice = n->id, .n = 1 };
	struct showing s = { .v = v, .notice = n, .faults = faults };
	struct answer_page p = { .error = error,
		.tlp = tlp_text(n->tlp),
		.tlp_means = digest_tlp_means(n->tlp),
		.org = n->org_name,
		.mail = conf->team_mail,
		.phone = conf->team_phone,
		.notice = n->id,
		.at = n->at,
		.n = n->findings,
		.expires = day_of(v->link.expires_at),
		.several = n->findings > 1,
		.all = fields_of(v, 0, faults),
		.table = answer_url_of(v, "/a/", "/csv"),
		.upload = answer_url_of(v, "/a/", "/csv") };
	struct buf page;
	int64_t number = visit_query(v, "done")->n;
	int r = collect(v, &s);
	if (r == 0)
		r = place_in(v, &s, &p);
	if (r == 0)
		r = answers_each(&v->x, &last, on_last, &p.done_at);
	if (r < 0)
		return r;
	for (size_t i = 0; i < s.n; i++)
		s.groups[i].findings.v = s.findings[i];
	p.groups.v = s.groups;
	p.groups.n = s.n;
	if (p.done_at && number > 0 && (size_t)number < N(done))
		p.done = done[number];
	struct textout o = visit_out(v, &page);
	p.frame = visit_frame(v, N_("Answer a notice"));
	r = page_answer(&o, &p);
	return visit_send(v, status, &page, r);
}

int answer_open_notice(struct visit *v, struct notice_row *ret)
{
	int r = notice_row_get(&v->x, v->object.id, ret);
	if (r == 0 && !v->lang_asked)
		v->lang = ret->lang;
	return r < 0 ? r : visit_may_leave(v, ret->tlp);
}

/* Pages further on, other languages, and who only asks for the head, are no visit. */
void answer_note_opened(struct visit *v)
{
	struct ask a;
	bool again = v->link.last_opened.has &&
		v->x.now - v->link.last_opened.v < ANSWER_VISIT;
	if (v->req->method != METHOD_GET || v->req->query.p || again)
		return;
	ask_begin(v, &a, ACT_ANSWER_OPENED);
	(void)!ask_send(v, &a, NULL, NULL);
}

int answer_get(struct visit *v)
{
	struct notice_row notice;
	int r = answer_open_notice(v, &notice);
	if (r == 0)
		r = show(v, 200, &notice, NULL, NULL);
	if (r == 0)
		answer_note_opened(v);
	return r;
}

/* ---- taking ---- */

static int on_record(void *ctx, struct str record)
{
	int64_t *refused = ctx;
	struct value value;
	if (record_find(record, "taken", &value))
		*refused = record_int(record, "refused");
	return 0;
}

static int give(
	struct visit *v, const struct answer_item *items, size_t n, int64_t *ret_refused)
{
	struct buf b = buf_in(v->req->arena, KIB(64));
	struct writer w = wr_new(&b);
	struct ask a;
	wr_u32(&w, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		answer_item_write(&w, &items[i]);
	if (w.err < 0)
		return w.err;
	ask_begin(v, &a, ACT_ANSWER_GIVE);
	rec_text(&a.w, "items", buf_str(&b));
	return ask_send(v, &a, on_record, ret_refused);
}

int answer_post(struct visit *v)
{
	struct answer_item items[EACH_MAX + 4];
	struct faults faults = { .n = 0 };
	struct notice_row notice;
	size_t n = 0;
	int64_t refused = 0;
	int r = answer_open_notice(v, &notice);
	if (r == 0)
		r = read_items(v, items, &n, &faults);
	if (r < 0)
		return r;
	if (faults.n > 0)
		return show(v, 400, &notice, &faults,
			N_("Nothing was sent yet: something below must be mended."));
	if (n == 0)
		return show(v, 400, &notice, NULL,
			N_("Nothing was sent yet: choose at least one answer."));
	r = give(v, items, n, &refused);
	if (r == E_NOT_FOUND || r == E_TOO_BIG)
		return r;
	if (r < 0) {
		v->web->o.log("answer.give failed: the visitor was asked to try again");
		return show(v, 503, &notice, NULL,
			N_("Your answer could not be kept just now. It still stands "
			   "below: please send it again in a minute."));
	}
	struct arena *a = v->req->arena;
	struct url back = url_word(a, "/a/", v->word);
	if (visit_query(v, "after")->n > 0)
		back = url_with_int(a, back, "after", visit_query(v, "after")->n);
	back = url_with_int(a, back, "done", refused ? 2 : 1);
	return visit_redirect(v, answer_with_lang(v, back));
}
