/* SPDX-License-Identifier: Apache-2.0
 * page_orgs.c - the room organisations: the list, and one of them. Depends on: base,
 * core, web. */
#include "base/tr.h"
#include "core/answer.h"
#include "tpl_orgs.h"
#include "web/choice.h"
#include "web/orgs.h"
#include "web/pages.h"
#include "web/words.h"

#include <inttypes.h>
#include <stdio.h>

#define ORGS_PAGE 50
#define LATEST	  10

static struct str text(struct str s)
{
	return s.p ? s : S("");
}

/* ---- choices ---- */

static int choices_sectors(struct visit *v, struct str chosen, struct choices *ret)
{
	struct org_words words;
	int r = org_sectors(&v->x, &words);
	if (r < 0)
		return r;
	struct choice *c = arena_array(v->req->arena, words.n + 1, sizeof(*c));
	size_t n = 0;
	c[n++] = (struct choice){ .value = S(""), .label = N_("all sectors") };
	for (size_t i = 0; i < words.n; i++)
		c[n++] = (struct choice){ .value = words.v[i],
			.chosen = str_eq(words.v[i], text(chosen)) };
	*ret = (struct choices){ c, n };
	return 0;
}

static const struct {
	struct str word;
	const char *label;
	enum org_only only;
} only[] = {
	{ { "", 0 }, N_("all of them"), ORG_ALL },
	{ { "open", 4 }, N_("with open findings"), ORG_OPEN },
	{ { "no-contact", 10 }, N_("without a contact"), ORG_NO_CONTACT },
	{ { "in-doubt", 8 }, N_("with a contact in doubt"), ORG_IN_DOUBT },
};

static struct choices choices_only(struct visit *v, struct str chosen, enum org_only *ret)
{
	struct choice *c = arena_array(v->req->arena, N(only), sizeof(*c));
	*ret = ORG_ALL;
	for (size_t i = 0; i < N(only); i++) {
		c[i] = (struct choice){ .value = only[i].word,
			.label = only[i].label,
			.chosen = str_eq(only[i].word, text(chosen)) };
		if (c[i].chosen)
			*ret = only[i].only;
	}
	return (struct choices){ c, N(only) };
}

struct url org_url(struct visit *v, int64_t id, const char *below)
{
	struct arena *a = v->req->arena;
	return url_below(a, url_id(a, "/organisations/", id), below);
}

/* ---- the list ---- */

int orgs_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct org_rows rows;
	struct org_filter f = { .word = text(visit_query(v, "word")->text),
		.sector = text(visit_query(v, "sector")->text),
		.language = text(visit_query(v, "language")->text),
		.after = text(visit_query(v, "after")->text),
		.n = ORGS_PAGE };
	struct orgs_view view = { .word = f.word,
		.languages = choices_languages(
			v->req->arena, f.language, N_("all languages")),
		.only = choices_only(v, visit_query(v, "only")->text, &f.only),
		.may_edit = visit_actor(v) & auth_who(OBJECT_ORG, OBJECT_CHANGE) };
	int r = choices_sectors(v, f.sector, &view.sectors);
	if (r == 0)
		r = org_list(&v->x, &f, &rows);
	if (r < 0)
		return r;
	struct org_line *lines = arena_array(v->req->arena, rows.n + 1, sizeof(*lines));
	for (size_t i = 0; i < rows.n; i++)
		lines[i] = (struct org_line){ .to = org_url(v, rows.v[i].id, ""),
			.name = rows.v[i].name,
			.sector = rows.v[i].sector,
			.language = word_language(rows.v[i].language),
			.open = rows.v[i].open,
			.contacts = rows.v[i].contacts };
	view.frame = visit_frame(v, N_("Organisations"));
	view.lines = (struct org_lines){ lines, rows.n };
	view.more = rows.more;
	if (rows.more)
		view.next = url_with(v->req->arena,
			visit_list_url(v, URL("organisations"), "after"), "after",
			rows.v[rows.n - 1].name);
	r = page_orgs(&o, &view);
	return visit_send(v, 200, &page, r);
}

/* ---- one of them ---- */

static struct str as_text(struct visit *v, int64_t asn)
{
	char t[40];
	(void)snprintf(t, sizeof(t), "AS%" PRId64, asn);
	return str_dup(v->req->arena, str_c(t));
}

static struct entry_line *lines_for(struct visit *v, size_t n)
{
	return arena_array(v->req->arena, n + 1, sizeof(struct entry_line));
}

struct entry_lines org_lines_nets(struct visit *v, const struct org_full *f)
{
	struct entry_line *l = lines_for(v, f->n_nets);
	for (size_t i = 0; i < f->n_nets; i++) {
		const struct org_net *n = &f->nets[i];
		char net[IP_TEXT_MAX];
		l[i] = (struct entry_line){ .text = str_dup(v->req->arena,
						    str_c(net_text(&n->net, net))),
			.role = n->holder ? N_("uses it") : N_("operates it"),
			.in = n->in.has ? as_text(v, n->in.v) : S(""),
			.imported = n->imported,
			.what = n->holder ? S("holder") : S("operator") };
	}
	return (struct entry_lines){ l, f->n_nets };
}

struct entry_lines org_lines_asns(struct visit *v, const struct org_full *f)
{
	struct entry_line *l = lines_for(v, f->n_asns);
	for (size_t i = 0; i < f->n_asns; i++)
		l[i] = (struct entry_line){ .text = as_text(v, f->asns[i].asn),
			.imported = f->asns[i].imported,
			.what = S("asn") };
	return (struct entry_lines){ l, f->n_asns };
}

struct entry_lines org_lines_domains(struct visit *v, const struct org_full *f)
{
	struct entry_line *l = lines_for(v, f->n_domains);
	for (size_t i = 0; i < f->n_domains; i++)
		l[i] = (struct entry_line){ .text = f->domains[i].name,
			.imported = f->domains[i].imported,
			.what = S("domain") };
	return (struct entry_lines){ l, f->n_domains };
}

static struct doubt_lines doubts(struct visit *v, unsigned why)
{
	struct doubt_line *l = arena_array(v->req->arena, 32, sizeof(*l));
	size_t n = 0;
	for (unsigned bit = 1; bit && bit <= why; bit <<= 1)
		if (why & bit)
			l[n++] = (struct doubt_line){ word_doubt(bit) };
	return (struct doubt_lines){ l, n };
}

struct contact_lines org_lines_contacts(struct visit *v, const struct org_full *f)
{
	struct contact_line *l = arena_array(v->req->arena, f->n_people + 1, sizeof(*l));
	bool may = visit_actor(v) & auth_who(OBJECT_ORG, OBJECT_CHANGE);
	for (size_t i = 0; i < f->n_people; i++) {
		const struct org_contact *c = &f->people[i];
		l[i] = (struct contact_line){ .id = c->id,
			.email = c->email,
			.name = c->name,
			.role = c->role,
			.phone = c->phone,
			.pgp = c->pgp,
			.language = word_language(c->language),
			.trust = word_trust(c->trust),
			.doubt = c->trust == TRUST_DOUBT,
			.why = doubts(v, c->why),
			.sent = c->sent,
			.may_edit = may,
			.edit = url_with_int(v->req->arena,
				org_url(v, f->row.id, "/edit"), "contact", c->id) };
	}
	return (struct contact_lines){ l, f->n_people };
}

struct latest {
	struct visit *v;
	struct org_notice_line notices[LATEST];
	struct org_answer_line answers[LATEST];
	size_t n_notices, n_answers;
};

static int on_notice(void *ctx, const struct notice_row *row)
{
	struct latest *l = ctx;
	if (l->n_notices < LATEST)
		l->notices[l->n_notices++] = (struct org_notice_line){
			url_id(l->v->req->arena, "/notices/", row->id), row->id, row->at,
			row->findings, word_notice_state(row->state)
		};
	return 0;
}

static int on_answer(void *ctx, const struct answer_row *row)
{
	struct latest *l = ctx;
	if (l->n_answers < LATEST)
		l->answers[l->n_answers++] = (struct org_answer_line){ row->at,
			word_answer(row->kind), str_dup(l->v->req->arena, row->comment),
			url_id(l->v->req->arena, "/notices/", row->notice), row->notice };
	return 0;
}

static int read_latest(struct visit *v, struct latest **ret)
{
	struct latest *l = arena_alloc(v->req->arena, sizeof(*l));
	struct notice_filter nf = { .org = v->object.id, .n = LATEST };
	struct answer_filter af = { .org = v->object.id, .n = LATEST };
	*l = (struct latest){ .v = v };
	int r = notice_list_each(&v->x, &nf, on_notice, l);
	if (r == 0)
		r = answers_each(&v->x, &af, on_answer, l);
	*ret = l;
	return r;
}

int org_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct arena *a = v->req->arena;
	struct org_full f;
	struct latest *l;
	int64_t id = v->object.id;
	int r = org_full_get(&v->x, id, &f);
	if (r == 0)
		r = read_latest(v, &l);
	if (r < 0)
		return r;
	struct org_view view = { .frame = visit_frame(v, N_("Organisation")),
		.id = id,
		.name = f.row.name,
		.kind = f.row.kind,
		.sector = f.row.sector,
		.language = word_language(f.row.language),
		.imported = f.imported,
		.may_edit = visit_actor(v) & auth_who(OBJECT_ORG, OBJECT_CHANGE),
		.open = f.row.open,
		.sent = f.sent,
		.answered = f.answered,
		.edit = org_url(v, id, "/edit"),
		.findings = url_with_int(a, URL("findings"), "organisation", id),
		.notices = url_with_int(a, URL("notices"), "organisation", id),
		.answers = url_with_int(a, URL("answers"), "organisation", id),
		.nets = org_lines_nets(v, &f),
		.asns = org_lines_asns(v, &f),
		.domains = org_lines_domains(v, &f),
		.contacts = org_lines_contacts(v, &f),
		.last_notices = { l->notices, l->n_notices },
		.last_answers = { l->answers, l->n_answers } };
	r = page_org(&o, &view);
	return visit_send(v, 200, &page, r);
}
