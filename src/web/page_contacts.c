/* SPDX-License-Identifier: Apache-2.0
 * page_contacts.c - contacts: which are in doubt, why and since when; asking them.
 * Depends on: base, core, web. What a contact itself sees: page_contact.c. */
#include "base/date.h"
#include "base/tr.h"
#include "core/trust.h"
#include "tpl_contacts.h"
#include "web/choice.h"
#include "web/contacts_view.h"
#include "web/notices.h"
#include "web/pages.h"
#include "web/words.h"

#define CONTACTS_PAGE 50

static const struct choice_word only_words[] = {
	{ "in-doubt", N_("in doubt") },
	{ "due", N_("those that it is time to ask") },
	{ "all", N_("all of them") },
};
enum only { ONLY_DOUBT, ONLY_DUE, ONLY_ALL };

static int read_only(const struct visit *v, enum only *ret)
{
	const struct field_value *f = visit_query(v, "only");
	*ret = ONLY_DOUBT;
	for (size_t i = 0; i < N(only_words); i++) {
		if (!str_eq(f->text, str_c(only_words[i].value)))
			continue;
		*ret = (enum only)i;
		return 0;
	}
	return f->has ? E_USAGE : 0;
}

struct list {
	struct visit *v;
	struct rules rules;
	enum only only;
	bool may_edit, more;
	struct listed_contact *lines;
	size_t n;
};

static struct opt_int day_at(struct opt_int at)
{
	return at.has ? SOME(day_of(at.v)) : NONE;
}

static struct doubts_since doubts(const struct list *l, const struct contact_row *c)
{
	struct doubt_since *d = arena_array(l->v->req->arena, 32, sizeof(*d));
	size_t n = 0;
	for (unsigned bit = 1; bit && bit <= c->why; bit <<= 1)
		if (c->why & bit)
			d[n++] = (struct doubt_since){ word_doubt(bit),
				day_at(trust_doubt_at(
					&c->facts, &l->rules, (enum doubt)bit)) };
	return (struct doubts_since){ d, n };
}

static int on_contact(void *ctx, const struct contact_row *c)
{
	struct list *l = ctx;
	struct arena *a = l->v->req->arena;
	if ((l->only == ONLY_DOUBT && c->trust != TRUST_DOUBT) ||
		(l->only == ONLY_DUE && !c->check_due))
		return 0;
	l->more = l->n == CONTACTS_PAGE;
	if (l->more)
		return E_STOPPED;
	struct listed_contact *line = &l->lines[l->n++];
	*line = (struct listed_contact){ .id = c->id,
		.email = str_dup(a, c->email),
		.name = str_dup(a, c->name),
		.role = str_dup(a, c->role),
		.org_name = str_dup(a, c->org_name),
		.org = url_id(a, "/organisations/", c->org),
		.trust = word_trust(c->trust),
		.why = doubts(l, c),
		.heard = day_at(trust_heard_at(&c->facts)),
		.asked = day_at(c->facts.checked_at) };
	if (c->facts.asking.has)
		line->asking = url_id(a, "/notices/", c->facts.asking.v);
	if (l->may_edit)
		line->confirm = url_below(a, url_id(a, "/contacts/", c->id), "/confirm");
	return 0;
}

int contacts_get(struct visit *v)
{
	static const char *const none[] = { N_("No contact is in doubt."),
		N_("It is not time to ask any contact."),
		N_("There is no contact with a mail address.") };
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct list l = { .v = v,
		.may_edit = visit_actor(v) & auth_who(OBJECT_CONTACT, OBJECT_CHANGE) };
	l.lines = arena_array(v->req->arena, CONTACTS_PAGE, sizeof(*l.lines));
	int r = read_only(v, &l.only);
	if (r == 0)
		r = rules_load(&v->x, &l.rules);
	if (r == 0)
		r = contacts_each(&v->x, visit_query(v, "after")->n, on_contact, &l);
	if (r < 0 && r != E_STOPPED)
		return r;
	struct contacts_view view = { .frame = visit_frame(v, N_("Contacts")),
		.done = visit_query(v, "done")->has
			? N_("It is kept that this contact is right.")
			: NULL,
		.only = choices_of(v->req->arena, only_words, N(only_words),
			str_c(only_words[l.only].value)),
		.lines = { l.lines, l.n },
		.none = none[l.only],
		.may_edit = l.may_edit,
		.may_ask_all = l.may_edit && l.only == ONLY_DUE,
		.more = l.more };
	for (size_t i = 0; i < l.n; i++)
		l.lines[i].form = view.frame->form;
	if (l.more)
		view.next = url_with_int(v->req->arena,
			visit_list_url(v, URL("contacts"), "after"), "after",
			l.lines[l.n - 1].id);
	r = page_contacts(&o, &view);
	return visit_send(v, 200, &page, r);
}

/* One, whether it is due or not, or all that are due. */
int contacts_check(struct visit *v)
{
	const struct field_value *one = visit_form(v, "contact");
	struct ask a;
	ask_begin(v, &a, ACT_CONTACT_CHECK);
	if (one->has)
		rec_int(&a.w, "contact", one->n);
	return notices_drafted(v, &a);
}

int contacts_confirm(struct visit *v)
{
	struct str comment = visit_form(v, "comment")->text;
	struct ask a;
	ask_begin(v, &a, ACT_CONTACT_CONFIRM);
	rec_int(&a.w, "contact", v->object.id);
	rec_bool(&a.w, "right", true);
	rec_text(&a.w, "comment", comment.p ? comment : S(""));
	int r = ask_send(v, &a, NULL, NULL);
	return r < 0 ? r
		     : visit_redirect(v,
			       url_with_int(v->req->arena, URL("contacts"), "done", 1));
}
