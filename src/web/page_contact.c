/* SPDX-License-Identifier: Apache-2.0
 * page_contact.c - the yearly question to a contact: is this still right? Depends on:
 * base, core, web. What it says about changes becomes a task: a person edits the
 * register. */
#include "base/date.h"
#include "base/tr.h"
#include "core/trust.h"
#include "tpl_contact.h"
#include "web/answer_page.h"
#include "web/choice.h"
#include "web/contact_view.h"
#include "web/pages.h"
#include "web/words.h"

static const struct choice_word rights[] = { { "yes", N_("Yes, all of it") },
	{ "changed", N_("Yes, but something has changed") },
	{ "no", N_("No, no longer") } };

static int open_card(struct visit *v, struct contact_card *ret)
{
	enum lang own;
	int r = contact_card_get(&v->x, v->object.id, ret);
	if (r == 0 && !v->lang_asked)
		v->lang = lang_parse(ret->language, &own) == 0
			? own
			: v->web->o.conf->team_language;
	return r;
}

static struct str typed(const struct visit *v, const char *name, struct str else_)
{
	return v->req->method == METHOD_POST ? visit_form(v, name)->text : else_;
}

static int show(struct visit *v, int status, const struct contact_card *c,
	const char *done, const char *error)
{
	struct buf page;
	struct contact_view view = { .done = done,
		.error = error,
		.send = answer_with_lang(v, URL_HERE),
		.org = c->org_name,
		.mail = v->web->o.conf->team_mail,
		.phone = v->web->o.conf->team_phone,
		.old_name = c->name,
		.old_role = c->role,
		.old_email = c->email,
		.old_phone = c->phone,
		.old_language = word_language(c->language),
		.rights = choices_of(
			v->req->arena, rights, N(rights), typed(v, "right", S(""))),
		.name = typed(v, "name", c->name),
		.role = typed(v, "role", c->role),
		.email = typed(v, "email", c->email),
		.telephone = typed(v, "phone", c->phone),
		.comment = typed(v, "comment", S("")),
		.languages = choices_languages(
			v->req->arena, typed(v, "language", c->language), NULL) };
	struct textout o = visit_out(v, &page);
	view.frame = visit_frame(v, N_("Is this still right?"));
	int r = page_contact(&o, &view);
	return visit_send(v, status, &page, r);
}

int contact_get(struct visit *v)
{
	struct contact_card c;
	bool done = visit_query(v, "done")->n == 1;
	int r = open_card(v, &c);
	if (r == 0)
		r = show(v, 200, &c,
			done ? N_("We received your answer. Thank you. What changed is "
				  "put right by one of us.")
			     : NULL,
			NULL);
	if (r == 0)
		answer_note_opened(v);
	return r;
}

/* "phone: +999 1; comment", for the person who edits the register. */
static int add_change(struct buf *b, const char *name, struct str old, struct str new)
{
	new = str_trim(new);
	if (str_eq(old, new))
		return 0;
	return buf_addf(b, "%s%s: %.*s", b->n ? "\n" : "", name, STR(new));
}

static int changes(struct visit *v, const struct contact_card *c, struct buf *b)
{
	int r = add_change(b, "name", c->name, visit_form(v, "name")->text);
	if (r == 0)
		r = add_change(b, "role", c->role, visit_form(v, "role")->text);
	if (r == 0)
		r = add_change(b, "email", c->email, visit_form(v, "email")->text);
	if (r == 0)
		r = add_change(b, "phone", c->phone, visit_form(v, "phone")->text);
	if (r == 0 && visit_form(v, "language")->has)
		r = add_change(
			b, "language", c->language, visit_form(v, "language")->text);
	return r;
}

static int send(struct visit *v, bool right, bool changed, struct str comment)
{
	struct ask a;
	ask_begin(v, &a, ACT_CONTACT_CONFIRM);
	rec_bool(&a.w, "right", right);
	rec_bool(&a.w, "changed", changed);
	rec_text(&a.w, "comment", comment);
	return ask_send(v, &a, NULL, NULL);
}

/* Another mail address makes the one on record doubtful; other changes do not. */
static int decide(struct visit *v, const struct contact_card *c, struct str right,
	struct str comment, const char **ret_fault)
{
	struct str email = str_trim(visit_form(v, "email")->text);
	struct buf b = buf_in(v->req->arena, KIB(64));
	bool changed = str_eq(right, S("changed"));
	int r = changed ? changes(v, c, &b) : 0;
	if (r == 0 && comment.n > 0)
		r = buf_addf(&b, "%s%.*s", b.n ? "\n" : "", STR(comment));
	if (r < 0)
		return r;
	struct str all = buf_str(&b);
	if (changed && all.n == 0)
		*ret_fault = N_("Nothing was sent yet: write what has changed.");
	else if (all.n > ANSWER_COMMENT_MAX)
		*ret_fault = N_("This is too long to be kept. Please write it shorter.");
	else if (answer_text_fault(all.p ? all : S(""), ANSWER_COMMENT_MAX, true))
		*ret_fault = N_("There is a character in it that cannot be kept. Please "
				"write it again as plain text.");
	if (*ret_fault)
		return 0;
	bool good = !str_eq(right, S("no")) && !(changed && !str_eq(email, c->email));
	return send(v, good, changed, all.p ? all : S(""));
}

int contact_post(struct visit *v)
{
	struct contact_card c;
	const char *fault = NULL;
	struct str right = visit_form(v, "right")->text;
	struct str comment = str_trim(visit_form(v, "comment")->text);
	bool known = right.n == 0;
	int r = open_card(v, &c);
	for (size_t i = 0; i < N(rights); i++)
		known |= str_eq(right, str_c(rights[i].value));
	if (r < 0 || !known)
		return r < 0 ? r : E_SYNTAX;
	if (right.n == 0)
		return show(
			v, 400, &c, NULL, N_("Nothing was sent yet: choose yes or no."));
	r = decide(v, &c, right, comment, &fault);
	if (r == E_NOT_FOUND)
		return r;
	if (r < 0) {
		v->web->o.log(
			"contact.confirm failed: the visitor was asked to try again");
		return show(v, 503, &c, NULL,
			N_("Your answer could not be kept just now. It still stands "
			   "below: please send it again in a minute."));
	}
	if (fault)
		return show(v, 400, &c, NULL, fault);
	struct url back = url_with_int(
		v->req->arena, url_word(v->req->arena, "/c/", v->word), "done", 1);
	return visit_redirect(v, answer_with_lang(v, back));
}
