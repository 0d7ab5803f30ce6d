/* SPDX-License-Identifier: Apache-2.0
 * page_org_edit.c - organisations changed and made: forms, what they would change, and
 * the way back. Depends on: base, fmt, core, web. */
#include "base/tr.h"
#include "fmt/reg_typed.h"
#include "tpl_orgs.h"
#include "web/choice.h"
#include "web/confirm.h"
#include "web/orgs.h"
#include "web/pages.h"

static struct str text(struct str s)
{
	return s.p ? s : S("");
}

static struct str form(struct visit *v, const char *name)
{
	return text(visit_form(v, name)->text);
}

/* ---- the forms ---- */

static struct entry_lines with_forms(
	struct visit *v, struct entry_lines lines, const struct org_edit_view *view)
{
	struct entry_line *l = arena_array(v->req->arena, lines.n + 1, sizeof(*l));
	for (size_t i = 0; i < lines.n; i++) {
		l[i] = lines.v[i];
		l[i].take = view->take;
		l[i].form = view->frame->form;
	}
	return (struct entry_lines){ l, lines.n };
}

static void the_contact(
	struct org_edit_view *view, const struct org_full *f, int64_t contact)
{
	for (size_t i = 0; i < f->n_people; i++) {
		const struct org_contact *c = &f->people[i];
		if (c->id != contact)
			continue;
		view->known = true;
		view->email = c->email;
		view->person = c->name;
		view->role = c->role;
		view->phone = c->phone;
		view->pgp = c->pgp;
	}
}

/* As typed, when something was wrong with it. */
struct typed {
	const char *error; /* to translate; NULL: nothing was wrong */
	bool org, contact; /* which form it was */
};

static struct str contact_language(const struct org_full *f, int64_t contact)
{
	for (size_t i = 0; i < f->n_people; i++)
		if (f->people[i].id == contact)
			return f->people[i].language;
	return S("");
}

static int show_forms(
	struct visit *v, int64_t org, int64_t contact, const struct typed *typed)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct org_full f = { 0 };
	struct str language, theirs;
	int r = org ? org_full_get(&v->x, org, &f) : 0;
	if (r < 0)
		return r;
	struct org_edit_view view = { .frame = visit_frame(v, N_("Change the register")),
		.error = typed->error,
		.new = org == 0,
		.title = text(f.row.name),
		.name = text(f.row.name),
		.kind = text(f.row.kind),
		.sector = text(f.row.sector),
		.back = org ? org_url(v, org, "") : URL("organisations"),
		.here = org ? org_url(v, org, "/edit") : URL("organisations") };
	language = text(f.row.language);
	theirs = contact_language(&f, contact);
	the_contact(&view, &f, contact);
	if (typed->org) {
		view.name = form(v, "name");
		view.kind = form(v, "kind");
		view.sector = form(v, "sector");
		language = form(v, "language");
	}
	if (typed->contact) {
		view.email = form(v, "email");
		view.person = form(v, "name");
		view.role = form(v, "role");
		view.phone = form(v, "phone");
		view.pgp = form(v, "pgp");
		theirs = form(v, "language");
	}
	if (org) {
		view.entry = org_url(v, org, "/entry");
		view.take = org_url(v, org, "/entry/take");
		view.contact = org_url(v, org, "/contact");
		view.end = org_url(v, org, "/contact/end");
		view.nets = with_forms(v, org_lines_nets(v, &f), &view);
		view.asns = with_forms(v, org_lines_asns(v, &f), &view);
		view.domains = with_forms(v, org_lines_domains(v, &f), &view);
		view.contacts = org_lines_contacts(v, &f);
	}
	view.languages = choices_languages(v->req->arena, language, N_("not known"));
	view.contact_languages = choices_languages(
		v->req->arena, theirs, N_("as its organisation"));
	r = page_org_edit(&o, &view);
	return visit_send(v, typed->error ? 400 : 200, &page, r);
}

int org_new_get(struct visit *v)
{
	return show_forms(v, 0, 0, &(struct typed){ 0 });
}

int org_edit_get(struct visit *v)
{
	return show_forms(
		v, v->object.id, visit_query(v, "contact")->n, &(struct typed){ 0 });
}

/* ---- asking, and what came of it ---- */

static const char *label_of(struct str what)
{
	static const struct {
		const char *what, *label;
	} labels[] = {
		{ "name", N_("Name") },
		{ "kind", N_("Kind") },
		{ "sector", N_("Sector") },
		{ "language", N_("Language") },
		{ "operator", N_("Operator of the network") },
		{ "holder", N_("User of the network") },
		{ "asn", N_("Holder of the AS number") },
		{ "domain", N_("Holder of the domain") },
		{ "email", N_("Mail address") },
		{ "person", N_("Name of the contact") },
		{ "role", N_("Role") },
		{ "phone", N_("Telephone") },
		{ "pgp", N_("OpenPGP key") },
	};
	for (size_t i = 0; i < N(labels); i++)
		if (str_eq(what, str_c(labels[i].what)))
			return labels[i].label;
	return N_("Something else");
}

struct result {
	struct confirm *c;
	int64_t org, contact, was, was_in, moved, changed;
	bool was_imported;
};

static int on_record(void *ctx, struct str record)
{
	struct result *res = ctx;
	struct value v;
	if (record_find(record, "what", &v)) {
		struct str what = record_text(record, "what");
		/* The address stands in front of each line of a contact. */
		bool key = !str_eq(what, S("email"));
		confirm_change(res->c, label_of(what),
			key ? record_text(record, "key") : S(""),
			record_text(record, "old"), record_text(record, "new"));
		return 0;
	}
	res->org = record_int(record, "organisation");
	res->contact = record_int(record, "contact");
	res->was = record_int(record, "was");
	res->was_in = record_int(record, "was_in");
	res->was_imported = record_int(record, "was_imported") > 0;
	res->moved = record_int(record, "findings_moved");
	res->changed = record_int(record, "changed");
	return 0;
}

static int send(struct visit *v, struct ask *a, const char *title, struct result *ret)
{
	bool sure = visit_form(v, "sure")->has;
	*ret = (struct result){ .c = confirm_new(v, title) };
	rec_bool(&a->w, "dry_run", !sure);
	int r = ask_send(v, a, on_record, ret);
	ret->c->view.moved = ret->moved;
	ret->c->view.done = sure;
	if (sure)
		ret->c->view.lead = N_("It is done.");
	return r;
}

static const char *fault_of(int r)
{
	if (r == E_EXISTS)
		return N_("Another organisation has that name.");
	if (r == E_USAGE || r == E_SYNTAX)
		return N_("That cannot be read.");
	return NULL;
}

static void no_form(struct confirm *c)
{
	c->view.action = (struct url){ S("") };
}

/* The end of each of them: before the deed the same form again, after it the way back. */
static int finish(struct visit *v, struct result *res, int64_t org)
{
	struct confirm *c = res->c;
	c->view.back = org ? org_url(v, org, c->view.done ? "" : "/edit")
			   : URL("organisations");
	if (c->view.done)
		c->view.back_label = N_("To the organisation");
	if (!c->view.done && res->changed == 0)
		no_form(c);
	if (c->view.done)
		c->view.button = N_("Put it back");
	return confirm_show(c, 200);
}

/* ---- the organisation ---- */

static const char *org_fault(struct visit *v)
{
	struct str out;
	struct arena *a = v->req->arena;
	if (reg_typed_words(a, form(v, "name"), 300, &out) < 0 || out.n == 0)
		return N_("That name cannot be read.");
	if (reg_typed_words(a, form(v, "kind"), 100, &out) < 0 ||
		reg_typed_words(a, form(v, "sector"), 100, &out) < 0 ||
		reg_typed_language(form(v, "language"), &out) < 0)
		return N_("Kind, sector or language cannot be read.");
	return NULL;
}

static int put_org(struct visit *v, int64_t org)
{
	static const char *const names[] = { "name", "kind", "sector", "language" };
	struct typed typed = { .error = org_fault(v), .org = true };
	struct org_full old = { 0 };
	struct result res;
	struct ask a;
	if (typed.error)
		return show_forms(v, org, 0, &typed);
	int r = org ? org_full_get(&v->x, org, &old) : 0;
	if (r < 0)
		return r;
	ask_begin(v, &a, ACT_ORG_PUT);
	rec_int(&a.w, "organisation", org);
	for (size_t i = 0; i < N(names); i++)
		rec_text(&a.w, names[i], form(v, names[i]));
	r = send(v, &a, org ? N_("Change an organisation") : N_("Add an organisation"),
		&res);
	typed.error = fault_of(r);
	if (r < 0)
		return typed.error ? show_forms(v, org, 0, &typed) : r;
	struct confirm *c = res.c;
	const struct str was[] = { old.row.name, old.row.kind, old.row.sector,
		old.row.language };
	c->view.about = org ? old.row.name : form(v, "name");
	for (size_t i = 0; i < N(names); i++)
		confirm_field(
			c, names[i], c->view.done ? text(was[i]) : form(v, names[i]));
	if (c->view.done && org == 0)
		no_form(c); /* an organisation is never deleted */
	return finish(v, &res, c->view.done ? res.org : org);
}

int org_new_post(struct visit *v)
{
	return put_org(v, 0);
}

int org_edit_post(struct visit *v)
{
	return put_org(v, v->object.id);
}

/* ---- networks, AS numbers, domains ---- */

static const char *entry_fault(struct visit *v)
{
	struct arena *a = v->req->arena;
	struct str what = form(v, "what"), value = form(v, "value"), domain;
	struct net net;
	uint32_t asn;
	if (str_eq(what, S("asn")))
		return reg_typed_asn(value, &asn) < 0
			? N_("That is no AS number, as AS64500.")
			: NULL;
	if (str_eq(what, S("domain")))
		return reg_typed_domain(a, value, &domain) < 0
			? N_("That is no domain, as example.org.")
			: NULL;
	return reg_typed_net(value, &net) < 0
		? N_("That is no network, as 192.0.2.0/24 or 2001:db8::/32. It begins "
		     "with its first address and is no wider than /8, or /16 in IPv6.")
		: NULL;
}

/* The opposite: out again, or in again, or to whom it was before. */
static void entry_back(struct visit *v, const struct result *res, bool put)
{
	struct confirm *c = res->c;
	bool again = !put || res->was > 0;
	int64_t to = put && res->was > 0 ? res->was : v->object.id;
	c->view.action = org_url(v, to, again ? "/entry" : "/entry/take");
	if (again && res->was_imported)
		confirm_field(c, "imported", S("1"));
	if (again && res->was_in > 0)
		confirm_number(c, "in", res->was_in);
}

static int entry(struct visit *v, bool put)
{
	struct typed typed = { .error = entry_fault(v) };
	struct org_full f;
	struct result res;
	struct ask a;
	const struct field_value *in = visit_form(v, "in");
	bool imported = visit_form(v, "imported")->has;
	int r = org_full_get(&v->x, v->object.id, &f);
	if (r == 0 && typed.error)
		return show_forms(v, v->object.id, 0, &typed);
	if (r < 0)
		return r;
	ask_begin(v, &a, put ? ACT_ENTRY_PUT : ACT_ENTRY_TAKE);
	rec_int(&a.w, "organisation", v->object.id);
	rec_text(&a.w, "what", form(v, "what"));
	rec_text(&a.w, "value", form(v, "value"));
	if (imported)
		rec_bool(&a.w, "imported", true);
	if (in->has)
		rec_int(&a.w, "in", in->n);
	r = send(v, &a, put ? N_("Add to the register") : N_("Take out of the register"),
		&res);
	typed.error = fault_of(r);
	if (r < 0)
		return typed.error ? show_forms(v, v->object.id, 0, &typed) : r;
	struct confirm *c = res.c;
	c->view.about = f.row.name;
	c->view.counts = true;
	confirm_field(c, "what", form(v, "what"));
	confirm_field(c, "value", form(v, "value"));
	if (c->view.done) {
		entry_back(v, &res, put);
	} else {
		confirm_field(c, "imported", imported ? S("1") : S(""));
		if (in->has)
			confirm_number(c, "in", in->n);
	}
	if (c->view.done && res.changed == 0)
		no_form(c);
	return finish(v, &res, v->object.id);
}

int org_entry_put(struct visit *v)
{
	return entry(v, true);
}

int org_entry_take(struct visit *v)
{
	return entry(v, false);
}

/* ---- contacts ---- */

static const char *contact_fault(struct visit *v)
{
	struct arena *a = v->req->arena;
	struct str out;
	if (reg_typed_email(a, form(v, "email"), &out) < 0)
		return N_("That is no mail address.");
	if (reg_typed_words(a, form(v, "name"), 300, &out) < 0 ||
		reg_typed_words(a, form(v, "role"), 100, &out) < 0 ||
		reg_typed_language(form(v, "language"), &out) < 0)
		return N_("Name, role or language cannot be read.");
	if (reg_typed_phone(form(v, "phone"), &out) < 0)
		return N_("That is no telephone number.");
	if (reg_typed_pgp(a, form(v, "pgp"), &out) < 0)
		return N_(
			"That is no fingerprint of an OpenPGP key: 40 or 64 hex digits.");
	return NULL;
}

static const char *const contact_fields[] = { "email", "name", "role", "language",
	"phone", "pgp" };

static void contact_values(struct confirm *c, const struct org_contact *p)
{
	const struct str values[] = { p->email, p->name, p->role, p->language, p->phone,
		p->pgp };
	for (size_t i = 0; i < N(values); i++)
		confirm_field(c, contact_fields[i], text(values[i]));
}

static const struct org_contact *person_of(
	const struct org_full *f, int64_t id, struct str email)
{
	for (size_t i = 0; i < f->n_people; i++)
		if (id ? f->people[i].id == id : str_eq(f->people[i].email, email))
			return &f->people[i];
	return NULL;
}

int org_contact_put(struct visit *v)
{
	struct typed typed = { .error = contact_fault(v), .contact = true };
	struct org_full f;
	struct result res;
	struct str email;
	struct ask a;
	int64_t org = v->object.id;
	int r = org_full_get(&v->x, org, &f);
	if (r < 0)
		return r;
	if (typed.error)
		return show_forms(v, org, 0, &typed);
	r = reg_typed_email(v->req->arena, form(v, "email"), &email);
	if (r < 0)
		return r;
	const struct org_contact *old = person_of(&f, 0, email);
	ask_begin(v, &a, ACT_CONTACT_PUT);
	rec_int(&a.w, "organisation", org);
	for (size_t i = 0; i < N(contact_fields); i++)
		rec_text(&a.w, contact_fields[i], form(v, contact_fields[i]));
	r = send(v, &a, old ? N_("Change a contact") : N_("Add a contact"), &res);
	typed.error = fault_of(r);
	if (r < 0)
		return typed.error ? show_forms(v, org, 0, &typed) : r;
	struct confirm *c = res.c;
	c->view.about = f.row.name;
	if (!c->view.done) {
		for (size_t i = 0; i < N(contact_fields); i++)
			confirm_field(c, contact_fields[i], form(v, contact_fields[i]));
	} else if (old) {
		contact_values(c, old);
	} else {
		c->view.action = org_url(v, org, "/contact/end");
		confirm_number(c, "contact", res.contact);
	}
	return finish(v, &res, org);
}

int org_contact_end(struct visit *v)
{
	struct org_full f;
	struct result res;
	struct ask a;
	int64_t org = v->object.id, contact = visit_form(v, "contact")->n;
	int r = org_full_get(&v->x, org, &f);
	if (r < 0)
		return r;
	const struct org_contact *old = person_of(&f, contact, S(""));
	if (old == NULL)
		return E_NOT_FOUND;
	ask_begin(v, &a, ACT_CONTACT_END);
	rec_int(&a.w, "organisation", org);
	rec_int(&a.w, "contact", contact);
	r = send(v, &a, N_("Take a contact out"), &res);
	if (r < 0)
		return r;
	struct confirm *c = res.c;
	c->view.about = f.row.name;
	c->view.note = N_("Notices that went to this address keep naming it.");
	if (c->view.done) {
		c->view.action = org_url(v, org, "/contact");
		contact_values(c, old);
	} else {
		confirm_number(c, "contact", contact);
	}
	return finish(v, &res, org);
}
