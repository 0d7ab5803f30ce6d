/* SPDX-License-Identifier: Apache-2.0
 * page_notice.c - one notice, as its recipient gets it, and what became of it.
 * Depends on: base, core, exchange, web. */
#include "base/tr.h"
#include "core/answer.h"
#include "core/org.h"
#include "core/outbox.h"
#include "exchange/digest.h"
#include "tpl_notices.h"
#include "web/notices.h"
#include "web/pages.h"
#include "web/words.h"

#include <inttypes.h>
#include <stdio.h>

#define TOLD_MOST  200
#define PARTS_MOST 50
#define STEPS_MOST 100

struct gather {
	struct visit *v;
	struct told_line told[TOLD_MOST];
	struct part_line parts[PARTS_MOST];
	struct step_line steps[STEPS_MOST], answers[STEPS_MOST];
	size_t n_told, n_parts, n_steps, n_answers;
	int64_t id;
};

static int on_line(void *ctx, const struct notice_line *line)
{
	struct gather *g = ctx;
	struct arena *a = g->v->req->arena;
	if (g->n_told == TOLD_MOST)
		return E_STOPPED;
	struct told_line *t = &g->told[g->n_told++];
	*t = (struct told_line){ .id = line->finding,
		.to = url_id(a, "/findings/", line->finding),
		.why = word_notice_why(line->why),
		.severity = word_severity(line->severity),
		.type = str_dup(a, line->identifier.n ? line->identifier : line->type),
		.last_seen = line->last_seen };
	return digest_where(a, line, &t->place);
}

static int on_part(void *ctx, int64_t n, struct str name, int64_t bytes)
{
	struct gather *g = ctx;
	struct arena *a = g->v->req->arena;
	char below[40];
	(void)snprintf(below, sizeof(below), "/part/%" PRId64, n);
	if (g->n_parts < PARTS_MOST)
		g->parts[g->n_parts++] = (struct part_line){ str_dup(a, name), bytes,
			url_below(a, url_id(a, "/notices/", g->id), below) };
	return 0;
}

static int on_answer(void *ctx, const struct answer_row *row)
{
	struct gather *g = ctx;
	struct arena *a = g->v->req->arena;
	if (g->n_answers < STEPS_MOST)
		g->answers[g->n_answers++] = (struct step_line){ .at = row->at,
			.what = word_answer(row->kind),
			.text = str_dup(a, row->comment.n ? row->comment : row->whose),
			.finding = row->finding.v };
	return 0;
}

static const char *step_word(struct str what)
{
	static const struct {
		const char *what, *word;
	} words[] = {
		{ DELIVERY_QUEUED, N_("taken for sending") },
		{ DELIVERY_UNDONE, N_("taken back") },
		{ DELIVERY_ACCEPTED, N_("handed over to the mail server") },
		{ DELIVERY_LATER, N_("refused for now") },
		{ DELIVERY_REFUSED, N_("refused") },
		{ DELIVERY_UNCERTAIN, N_("uncertain whether it went out") },
		{ DELIVERY_GAVE_UP, N_("given up") },
		{ DELIVERY_DELIVERED, N_("delivered") },
		{ DELIVERY_RELAYED, N_("passed on to where no reports come from") },
		{ DELIVERY_DELAYED, N_("delayed") },
		{ DELIVERY_BOUNCED, N_("came back") },
		{ DELIVERY_OTHER, N_("answered by a machine") },
	};
	for (size_t i = 0; i < N(words); i++)
		if (str_eq(what, str_c(words[i].what)))
			return words[i].word;
	return N_("unknown");
}

static int on_step(void *ctx, int64_t at, struct str what, struct str code,
	struct str words, struct opt_int mail)
{
	struct gather *g = ctx;
	struct arena *a = g->v->req->arena;
	(void)mail;
	if (g->n_steps < STEPS_MOST)
		g->steps[g->n_steps++] = (struct step_line){ .at = at,
			.what = step_word(what),
			.code = str_dup(a, code),
			.text = str_dup(a, words) };
	return 0;
}

/* Marks of direction cannot be seen in a mail; here each line finds its own side. */
static struct str without_marks(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	while (s.n > 0) {
		if (scan_lit(&s, "\xe2\x80\x8e") || scan_lit(&s, "\xe2\x80\x8f"))
			continue;
		out[n++] = s.p[0];
		s = str_from(s, 1);
	}
	return (struct str){ out, n };
}

/* As the mail has it, but for the link: its token is not in the database. */
static int body_of(
	struct visit *v, enum notice_kind kind, struct str body, struct str *ret)
{
	struct buf masked = buf_in(v->req->arena, ANSWER_URL_MAX);
	struct str url = v->web->o.conf->web_url;
	int r = url.n ? (kind == NOTICE_CHECK ? contact_url : answer_url)(
				url, ANSWER_MASK, &masked)
		      : 0;
	if (r == 0)
		r = answer_place(v->req->arena, body, buf_str(&masked), &body);
	if (r == 0)
		*ret = without_marks(v->req->arena, body);
	return r;
}

static int via_name(struct visit *v, int64_t via, struct str *ret)
{
	struct org_ref ref = { 0 };
	int r = via ? org_by_id(&v->x, via, &ref) : 0;
	*ret = ref.name.p ? ref.name : S("");
	return r;
}

static void may_what(struct visit *v, int64_t state, struct notice_view *view)
{
	view->may_decide = visit_actor(v) & ACTOR_HANDLES;
	view->held = state == NOTICE_HELD;
	view->may_approve = state == NOTICE_DRAFT || state == NOTICE_HELD;
	view->may_hold = state == NOTICE_DRAFT || state == NOTICE_APPROVED;
	view->may_cancel = view->may_approve || view->may_hold;
	view->may_send = state == NOTICE_APPROVED;
	view->may_undo = state == NOTICE_WAITING;
	view->may_again = view->may_decide &&
		(state == NOTICE_UNCERTAIN || state == NOTICE_BOUNCED ||
			state == NOTICE_REFUSED);
	view->may_decide = view->may_decide && notice_is_open(state);
}

static int read_all(struct visit *v, struct gather *g)
{
	struct answer_filter f = { .notice = g->id, .n = STEPS_MOST };
	int r = notice_lines_each(&v->x, g->id, on_line, g);
	if (r == 0 || r == E_STOPPED)
		r = notice_part_sizes_each(&v->x, g->id, on_part, g);
	if (r == 0)
		r = delivery_each(&v->x, g->id, on_step, g);
	if (r == 0)
		r = answers_each(&v->x, &f, on_answer, g);
	return r;
}

int notice_page_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct arena *a = v->req->arena;
	struct gather *g = arena_alloc(a, sizeof(*g));
	struct notice_full n;
	struct run_line run;
	*g = (struct gather){ .v = v, .id = v->object.id };
	int r = notice_get(&v->x, g->id, &n);
	if (r == 0)
		r = run_line_of(v, n.row.run, &run);
	if (r == 0)
		r = read_all(v, g);
	if (r < 0)
		return r;
	struct notice_view view = { .frame = visit_frame(v, N_("Notice")),
		.id = g->id,
		.run = n.row.run,
		.run_url = run.to,
		.at = n.row.at,
		.subject = without_marks(a, n.row.subject),
		.recipient = n.row.recipient,
		.sender = v->web->o.conf->team_mail,
		.org_name = n.row.org_name,
		.org = url_id(a, "/organisations/", n.row.org),
		.body_lang = lang_code(n.row.lang),
		.body_dir = lang_rtl(n.row.lang) ? "rtl" : "ltr",
		.state = word_notice_state(n.row.state),
		.why = notice_held_text(n.row.state_why),
		.notices = run.notices,
		.usual = run.usual,
		.check = n.row.kind == NOTICE_CHECK,
		.findings = n.row.findings,
		.critical = n.row.critical,
		.new = n.row.new,
		.relapsed = n.row.relapsed,
		.reminded = n.row.reminded,
		.parts = { g->parts, g->n_parts },
		.told = { g->told, g->n_told },
		.told_more = n.row.findings - (int64_t)g->n_told,
		.steps = { g->steps, g->n_steps },
		.answers = { g->answers, g->n_answers } };
	view.word = view.why ? S("") : n.row.state_why;
	may_what(v, n.row.state, &view);
	r = body_of(v, n.row.kind, n.body, &view.body);
	if (r == 0)
		r = via_name(v, n.row.via, &view.via_name);
	if (r == 0)
		r = page_notice(&o, &view);
	return visit_send(v, 200, &page, r);
}

int notice_part_page_get(struct visit *v)
{
	struct notice_row notice;
	struct notice_part part;
	int64_t n;
	if (!str_int(v->word, 1, 100000, &n))
		return E_NOT_FOUND;
	int r = notice_row_get(&v->x, v->object.id, &notice);
	if (r == 0)
		r = notice_part_get(&v->x, v->object.id, n, &part);
	return r < 0 ? r
		     : visit_download(v, notice.tlp, part.type, part.name, part.content);
}
