/* SPDX-License-Identifier: Apache-2.0
 * test_edit.c - the register changed by a person, one thing at a time: what is told and
 * written down; the list of organisations; values as they are typed. */
#include "core/audit.h"
#include "core/edit.h"
#include "core/org_list.h"
#include "core_kit.h"
#include "fmt/reg_typed.h"

struct told {
	struct edit e;
	char last[300];
};

static int on_line(void *ctx, const struct edit_line *l)
{
	struct told *t = ctx;
	(void)snprintf(t->last, sizeof(t->last), "%s %.*s: %.*s > %.*s", l->what,
		STR(l->key), STR(l->old), STR(l->new));
	return 0;
}

static void begin(struct kit *k, struct told *t, struct tx *tx)
{
	*t = (struct told){ .e = { .x = &k->x, .tell = on_line, .tell_ctx = t } };
	kit_tx(k, tx);
}

static int64_t put_org(struct kit *k, int64_t id, const char *name, const char *sector)
{
	struct told t;
	struct tx tx;
	struct edit_org o = { str_c(name), S(""), str_c(sector), S("en") };
	int64_t made = 0;
	begin(k, &t, &tx);
	kit_must(k, edit_org(&t.e, id, &o, &made), "organisation");
	kit_end(k, &tx);
	return made;
}

static void organisations(struct kit *k)
{
	struct edit_org o = { S("Alpha"), S(""), S(""), S("") };
	struct told t;
	struct tx tx;
	int64_t a = put_org(k, 0, "Alpha", "health"), b = put_org(k, 0, "Beta", "energy"),
		id = 0;
	ok(a > 0 && b > a, "two are made");
	begin(k, &t, &tx);
	ok(edit_org(&t.e, b, &o, &id) == E_EXISTS && id == 0, "a name twice is refused");
	o = (struct edit_org){ S("Alpha"), S(""), S("health"), S("fr") };
	ok(edit_org(&t.e, a, &o, &id) == 0 && t.e.changed == 1,
		"one field differs: one line");
	ok(strcmp(t.last, "language : en > fr") == 0, "which has the old and the new: %s",
		t.last);
	ok(edit_org(&t.e, a, &o, &id) == 0 && t.e.changed == 1,
		"the same again: nothing");
	ok(edit_org(&t.e, 99, &o, &id) == E_NOT_FOUND, "there is no such one");
	kit_end(k, &tx);
	struct audit_rows rows;
	kit_must(k, audit_page(&k->x, 0, 1, &rows), "audit");
	ok(rows.n == 1 && str_eq(rows.v[0].action, S("organisation.put")) &&
			str_eq(rows.v[0].detail, S("language: \"en\" -> \"fr\"")),
		"the trail has it too: %.*s", STR(rows.v[0].detail));
}

static void entry_moves(struct kit *k, struct edit_entry *n, const char *what)
{
	struct told t;
	struct tx tx;
	struct edit_was was;
	begin(k, &t, &tx);
	ok(edit_put(&t.e, 1, n, &was) == 0 && was.org == 0 && t.e.changed == 1, "%s: new",
		what);
	ok(edit_put(&t.e, 1, n, &was) == 0 && was.org == 1 && t.e.changed == 1,
		"%s: the same", what);
	ok(edit_put(&t.e, 2, n, &was) == 0 && was.org == 1 && t.e.changed == 2,
		"%s: another's", what);
	ok(strstr(t.last, "Alpha > Beta") != NULL, "%s: from one to the other: %s", what,
		t.last);
	ok(edit_take(&t.e, 1, n, &was) == E_NOT_FOUND,
		"%s: it is not the first one's any more", what);
	k->x.why = (struct why){ 0 };
	ok(edit_take(&t.e, 2, n, &was) == 0 && was.org == 2, "%s: taken out", what);
	ok(edit_take(&t.e, 2, n, &was) == E_NOT_FOUND, "%s: once", what);
	k->x.why = (struct why){ 0 };
	ok(edit_put(&t.e, 99, n, &was) == E_NOT_FOUND, "%s: to nobody", what);
	k->x.why = (struct why){ 0 };
	kit_end(k, &tx);
}

static void entries(struct kit *k)
{
	struct edit_entry n = { .kind = EDIT_HOLDER };
	kit_must(k, net_read(S("192.0.2.0/28"), &n.net), "net");
	entry_moves(k, &n, "network");
	n = (struct edit_entry){ .kind = EDIT_ASN, .asn = 64500 };
	entry_moves(k, &n, "AS number");
	n = (struct edit_entry){ .kind = EDIT_DOMAIN, .domain = S("alpha.xt.example") };
	entry_moves(k, &n, "domain");
	/* Public data stands below the team's own and is not touched by it. */
	struct told t;
	struct tx tx;
	struct edit_was was;
	struct org_full f;
	n = (struct edit_entry){
		.kind = EDIT_OPERATOR, .imported = true, .in = SOME(64500)
	};
	kit_must(k, net_read(S("192.0.2.0/24"), &n.net), "net");
	begin(k, &t, &tx);
	kit_must(k, edit_put(&t.e, 1, &n, &was), "imported");
	n.imported = false;
	n.in = NONE;
	ok(edit_put(&t.e, 1, &n, &was) == 0 && was.org == 0, "the team's own beside it");
	kit_must(k, org_full_get(&k->x, 1, &f), "full");
	ok(f.n_nets == 2 && f.nets[1].imported && f.nets[1].in.v == 64500,
		"both are there");
	n.imported = true;
	ok(edit_take(&t.e, 1, &n, &was) == 0 && was.imported && was.in.v == 64500,
		"taken out: it says how it was");
	kit_end(k, &tx);
}

static void contacts(struct kit *k)
{
	struct edit_contact c = { .email = S("a@xt.example"), .role = S("it") };
	struct told t;
	struct tx tx;
	struct org_full f;
	int64_t id = 0, again = 0;
	begin(k, &t, &tx);
	ok(edit_contact(&t.e, 1, &c, &id) == 0 && t.e.changed == 2,
		"a contact: two fields");
	c.role = S("security");
	c.name = S("Ann");
	ok(edit_contact(&t.e, 1, &c, &again) == 0 && again == id && t.e.changed == 4,
		"changed");
	c.role = S("");
	ok(edit_contact(&t.e, 1, &c, &again) == 0 &&
			strcmp(t.last, "role a@xt.example: security > ") == 0,
		"what is left empty is empty: %s", t.last);
	ok(edit_contact_end(&t.e, 2, id) == E_NOT_FOUND, "not of another organisation");
	k->x.why = (struct why){ 0 };
	ok(edit_contact_end(&t.e, 1, id) == 0, "taken out");
	ok(edit_contact_end(&t.e, 1, id) == E_NOT_FOUND, "once");
	k->x.why = (struct why){ 0 };
	kit_must(k, org_full_get(&k->x, 1, &f), "full");
	ok(f.n_people == 0 && f.row.contacts == 0, "it is none any more");
	ok(edit_contact(&t.e, 1, &c, &again) == 0 && again == id,
		"and again, under its number");
	kit_must(k, org_full_get(&k->x, 1, &f), "full");
	ok(f.n_people == 1 && f.people[0].trust == TRUST_UNKNOWN, "it is one again");
	kit_end(k, &tx);
}

static size_t listed(struct kit *k, struct org_filter f, bool *ret_more)
{
	struct org_rows rows = { 0 };
	f.n = f.n ? f.n : 10;
	kit_must(k, org_list(&k->x, &f, &rows), "list");
	if (ret_more)
		*ret_more = rows.more;
	return rows.n;
}

static void the_list(struct kit *k)
{
	bool more = false;
	(void)put_org(k, 0, "100% \\ _x", "health");
	ok(listed(k, (struct org_filter){ 0 }, &more) == 3 && !more, "all of them");
	ok(listed(k, (struct org_filter){ .n = 2 }, &more) == 2 && more, "a page of two");
	ok(listed(k, (struct org_filter){ .n = 3 }, &more) == 3 && !more,
		"an exact page has no more");
	ok(listed(k, (struct org_filter){ .after = S("Alpha") }, NULL) == 1,
		"the next page");
	ok(listed(k, (struct org_filter){ .word = S("LPH") }, NULL) == 1,
		"a part of a name, any case");
	ok(listed(k, (struct org_filter){ .word = S("%") }, NULL) == 1 &&
			listed(k, (struct org_filter){ .word = S("_") }, NULL) == 1 &&
			listed(k, (struct org_filter){ .word = S("\\") }, NULL) == 1 &&
			listed(k, (struct org_filter){ .word = S("a_p") }, NULL) == 0,
		"wildcards are letters");
	ok(listed(k, (struct org_filter){ .sector = S("health") }, NULL) == 2,
		"a sector");
	ok(listed(k, (struct org_filter){ .language = S("fr") }, NULL) == 1,
		"a language");
	ok(listed(k, (struct org_filter){ .only = ORG_NO_CONTACT }, NULL) == 2,
		"without a contact");
	ok(listed(k, (struct org_filter){ .only = ORG_OPEN }, NULL) == 0,
		"with open findings");
	ok(listed(k, (struct org_filter){ .only = ORG_IN_DOUBT }, NULL) == 0,
		"in doubt: none");
	struct tx tx;
	kit_tx(k, &tx);
	kit_must(k, contact_confirm(&k->x, 1, false, S("gone")), "wrong");
	kit_end(k, &tx);
	ok(listed(k, (struct org_filter){ .only = ORG_IN_DOUBT }, NULL) == 1,
		"in doubt: one");
	struct org_words words;
	kit_must(k, org_sectors(&k->x, &words), "sectors");
	ok(words.n == 2, "two sectors");
}

static void typed(void)
{
	static const struct {
		const char *in;
		int rc;
	} nets[] = { { "192.0.2.0/24", 0 }, { " 192.0.2.1 ", 0 }, { "2001:db8::/32", 0 },
		{ "192.0.2.1/24", E_SYNTAX }, { "192.0.2.1-192.0.2.2", E_SYNTAX },
		{ "10.0.0.0/7", E_SYNTAX }, { "::/0", E_SYNTAX }, { "", E_SYNTAX },
		{ "192.0.2.0/24 x", E_SYNTAX } };
	struct arena a = arena_new(MIB(1), "typed");
	struct net n;
	struct str s = S("");
	uint32_t asn;
	for (size_t i = 0; i < N(nets); i++)
		ok(reg_typed_net(str_c(nets[i].in), &n) == nets[i].rc, "net '%s'",
			nets[i].in);
	ok(reg_typed_asn(S(" AS64500 "), &asn) == 0 && asn == 64500, "AS number");
	ok(reg_typed_asn(S("0"), &asn) == E_SYNTAX, "AS 0");
	ok(reg_typed_email(&a, S("<A@XT.example>"), &s) == 0 &&
			str_eq(s, S("A@xt.example")),
		"mail");
	ok(reg_typed_email(&a, S("a@b@"), &s) == E_SYNTAX, "no mail");
	ok(reg_typed_words(&a, S(" a\t b "), 10, &s) == 0 && str_eq(s, S("a b")),
		"blanks in one");
	ok(reg_typed_words(&a, S("\xff"), 10, &s) == E_SYNTAX, "not UTF-8");
	ok(reg_typed_words(&a, S("abc"), 2, &s) == E_SYNTAX, "too long");
	ok(reg_typed_phone(S(""), &s) == 0 && s.n == 0 &&
			reg_typed_phone(S("x"), &s) == E_SYNTAX,
		"telephone");
	ok(reg_typed_pgp(&a, S("1234"), &s) == E_SYNTAX &&
			reg_typed_pgp(&a, S(""), &s) == 0,
		"key");
	ok(reg_typed_language(S("fr"), &s) == 0 &&
			reg_typed_language(S("xx"), &s) == E_SYNTAX,
		"language");
	arena_free(&a);
}

int main(void)
{
	struct kit k;
	kit_new(&k);
	organisations(&k);
	entries(&k);
	contacts(&k);
	the_list(&k);
	typed();
	kit_free(&k);
	return tap_end();
}
