/* SPDX-License-Identifier: Apache-2.0
 * page_settings.c - the room settings: rules, with what they would have done; the options
 * of tocsin.conf, to read. Depends on: base, sys, core, web. */
#include "base/tr.h"
#include "core/person.h"
#include "core/preview.h"
#include "core/rule.h"
#include "tpl_settings.h"
#include "web/pages.h"
#include "web/settings_view.h"
#include "web/visit.h"
#include "web/words.h"

#define RULES_MOST   64
#define OPTIONS_MOST 100

/* ---- rules ---- */

struct rule_list {
	struct visit *v;
	struct rule_line lines[RULES_MOST];
	size_t n;
};

static const struct {
	const char *name, *what;
} rule_texts[] = {
	{ "notify", N_("Are organisations told of these? 1: yes, 0: never") },
	{ "remind", N_("Days until a reminder; 0: never") },
	{ "second",
		N_("Reminders without an answer, then the second contact; 0: never") },
	{ "person", N_("Reminders without an answer, then a person's list; 0: never") },
	{ "link-days", N_("Days that an answer link is good") },
	{ "rest-max-days",
		N_("\"Working on it\" rests reminders for at most so many days") },
	{ "rest-asked-days",
		N_("An answer that asks for a person, or names no day, rests reminders "
		   "for so many days") },
	{ "check-days",
		N_("A contact that was not heard of for so many days is asked to "
		   "confirm") },
	{ "check-grace-days",
		N_("It is in doubt when it does not confirm within so many "
		   "days") },
	{ "silent-notices",
		N_("A contact is in doubt when so many notices in a row went "
		   "unanswered") },
	{ "check-by-itself",
		N_("Does the day's draft also ask the contacts that are due? 1: yes, 0: "
		   "only when somebody asks for it") },
};

static const char *rule_text(struct str name)
{
	for (size_t i = 0; i < N(rule_texts); i++)
		if (str_eq(name, str_c(rule_texts[i].name)))
			return rule_texts[i].what;
	return N_("Another rule");
}

static struct rule_line rule_line_of(struct visit *v, const struct rule_row *row)
{
	struct str name = str_dup(v->req->arena, str_c(row->name)), rest = name, word;
	struct rule_line l = { .name = name,
		.what = rule_text(name),
		.value = row->value,
		.min = row->min,
		.max = row->max };
	(void)str_split(&rest, '-', &word);
	for (int s = 0; s < SEV_N && rest.p; s++) {
		if (!str_eq(rest, str_c(severity_text((enum severity)s))))
			continue;
		l.severity = word_severity((enum severity)s);
		l.what = rule_text(word);
	}
	return l;
}

static int on_rule(void *ctx, const struct rule_row *row)
{
	struct rule_list *l = ctx;
	if (l->n < RULES_MOST)
		l->lines[l->n++] = rule_line_of(l->v, row);
	return 0;
}

static int read_rules(struct visit *v, struct rules *rules, struct rule_list **ret)
{
	struct rule_list *l = arena_alloc(v->req->arena, sizeof(*l));
	*l = (struct rule_list){ .v = v };
	int r = rules_load(&v->x, rules);
	if (r == 0)
		r = rules_each(rules, on_rule, l);
	*ret = l;
	return r;
}

/* ---- options ---- */

/* Where a secret is, not the secret; but which file holds it is nobody's business. */
static bool is_secret(struct str name)
{
	return str_search(name, S("password")) < name.n ||
		str_search(name, S("passphrase")) < name.n;
}

static int read_options(struct visit *v, struct option_lines *ret)
{
	struct option_line *l = arena_array(v->req->arena, OPTIONS_MOST, sizeof(*l));
	size_t n = 0;
	for (const struct conf_item *i = conf_items; i->name && n < OPTIONS_MOST; i++) {
		struct buf b = buf_in(v->req->arena, KIB(2));
		int r = conf_value(v->web->o.conf, i, &b);
		if (r < 0)
			return r;
		l[n++] = (struct option_line){ .name = str_c(i->name),
			.value = buf_str(&b),
			.help = i->help,
			.secret = is_secret(str_c(i->name)) && b.n > 0 };
	}
	*ret = (struct option_lines){ l, n };
	return 0;
}

static int count_person(void *ctx, const struct person *p)
{
	*(int64_t *)ctx += !p->revoked_at.has;
	return 0;
}

int settings_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct settings_view view = { 0 };
	struct rules rules;
	struct rule_list *l;
	int r = read_rules(v, &rules, &l);
	if (r == 0)
		r = read_options(v, &view.options);
	if (r == 0)
		r = person_each(&v->x, count_person, &view.people);
	if (r < 0)
		return r;
	view.frame = visit_frame(v, N_("Settings"));
	view.done = visit_query(v, "done")->has;
	view.rules = (struct rule_lines){ l->lines, l->n };
	r = page_settings(&o, &view);
	return visit_send(v, 200, &page, r);
}

/* ---- a changed rule ---- */

static struct preview_column column_of(const struct preview *p)
{
	return (struct preview_column){ p->notices, p->told, p->new, p->relapsed,
		p->reminded, p->second, p->tasks };
}

static int play(struct visit *v, const struct rules *now, const struct rules *then,
	struct rule_view *view)
{
	const struct rules *const both[] = { now, then };
	struct preview p[N(both)];
	struct preview_part part;
	struct arena *a = v->req->arena;
	int64_t most = visit_query(v, "all")->has ? 0 : PREVIEW_SOON;
	int r = preview_run(&v->x, both, N(both), PREVIEW_DAYS, most, p, &part);
	if (r < 0)
		return r;
	view->before = column_of(&p[0]);
	view->after = column_of(&p[1]);
	view->from = p[0].from;
	view->to = p[0].to;
	view->part = part.counted < part.all;
	view->counted = part.counted;
	view->all = part.all;
	view->count_all = url_with(a, URL("settings/rule"), "name", view->name);
	view->count_all = url_with_int(a, view->count_all, "value", view->wanted);
	view->count_all = url_with_int(a, view->count_all, "all", 1);
	return 0;
}

int rule_page_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct str name = visit_query(v, "name")->text;
	int64_t value = visit_query(v, "value")->n;
	struct rule_view view = { .name = name, .wanted = value };
	struct rules now, then;
	struct rule_list *l;
	int r = read_rules(v, &now, &l);
	if (r < 0)
		return r;
	then = now;
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->lines[i].name, name))
			view.line = &l->lines[i];
	if (view.line == NULL)
		return E_NOT_FOUND;
	r = rule_change(&then, name, value, &v->x.why);
	if (r < 0)
		return r;
	view.now = view.line->value;
	view.same = view.now == value;
	r = view.same ? 0 : play(v, &now, &then, &view);
	if (r < 0)
		return r;
	view.frame = visit_frame(v, N_("A changed rule"));
	r = page_rule(&o, &view);
	return visit_send(v, 200, &page, r);
}

int rule_page_post(struct visit *v)
{
	struct ask a;
	ask_begin(v, &a, ACT_RULE_SET);
	rec_text(&a.w, "name", visit_form(v, "name")->text);
	rec_int(&a.w, "value", visit_form(v, "value")->n);
	int r = ask_send(v, &a, NULL, NULL);
	return r < 0 ? r
		     : visit_redirect(v,
			       url_with_int(v->req->arena, URL("settings"), "done", 1));
}
