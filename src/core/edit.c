/* SPDX-License-Identifier: Apache-2.0
 * edit.c - the register, changed by a person: see edit.h. Depends on: base, db. */
#include "core/edit.h"

#include "core/audit.h"
#include "core/register.h"
#include "db/sql_edit.h"

#include <inttypes.h>
#include <stdio.h>

static struct str text(struct str s)
{
	return s.p ? s : S("");
}

/* Told and written down, when it differs. */
static int say(struct edit *e, int64_t org, const char *action, struct edit_line line)
{
	char object[40];
	struct buf b = buf_in(e->x->arena, KIB(8));
	line.key = text(line.key);
	line.old = text(line.old);
	line.new = text(line.new);
	if (str_eq(line.old, line.new))
		return 0;
	e->changed++;
	(void)snprintf(object, sizeof(object), "organisation %" PRId64, org);
	int r = buf_addf(&b, "%s%s%.*s: \"%.*s\" -> \"%.*s\"", line.what,
		line.key.n ? " " : "", STR(line.key), STR(line.old), STR(line.new));
	if (r == 0)
		r = audit_add(e->x, str_c(action), str_c(object), buf_str(&b));
	return r == 0 && e->tell ? e->tell(e->tell_ctx, &line) : r;
}

/* ---- organisations ---- */

static int org_name(struct edit *e, int64_t id, struct str *ret)
{
	struct sql_edit_org_get_in in = { id };
	struct sql_edit_org_get_row row;
	int r = sql_edit_org_get(e->x->db, e->x->arena, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&e->x->why, r, "there is no organisation %" PRId64, id);
	if (r == 0)
		*ret = row.name;
	return r;
}

static int name_is_free(struct edit *e, int64_t id, struct str name)
{
	struct sql_edit_org_named_in in = { name };
	struct sql_edit_org_named_row row;
	int r = sql_edit_org_named(e->x->db, &in, &row);
	if (r == E_NOT_FOUND || (r == 0 && row.id == id))
		return 0;
	return r < 0 ? r
		     : fail(&e->x->why, E_EXISTS,
			       "organisation %" PRId64 " has that name", row.id);
}

int edit_org(struct edit *e, int64_t id, const struct edit_org *o, int64_t *ret_id)
{
	struct sql_edit_org_get_in key = { id };
	struct sql_edit_org_get_row old = { 0 };
	int r = id ? sql_edit_org_get(e->x->db, e->x->arena, &key, &old) : 0;
	if (r == E_NOT_FOUND)
		return fail(&e->x->why, r, "there is no organisation %" PRId64, id);
	if (r == 0)
		r = name_is_free(e, id, o->name);
	if (r < 0)
		return r;
	struct edit_line lines[] = {
		{ .what = "name", .old = old.name, .new = o->name },
		{ .what = "kind", .old = old.kind, .new = o->kind },
		{ .what = "sector", .old = old.sector, .new = o->sector },
		{ .what = "language", .old = old.language, .new = o->language },
	};
	if (id) {
		struct sql_edit_org_update_in in = { id, o->name, text(o->kind),
			text(o->sector), text(o->language) };
		r = sql_edit_org_update(e->x->db, &in);
	} else {
		struct sql_edit_org_insert_in in = { o->name, text(o->kind),
			text(o->sector), text(o->language) };
		struct sql_edit_org_insert_row made;
		r = sql_edit_org_insert(e->x->db, &in, &made);
		id = r == 0 ? made.id : 0;
	}
	for (size_t i = 0; r == 0 && i < N(lines); i++)
		r = say(e, id, "organisation.put", lines[i]);
	if (r == 0)
		*ret_id = id;
	return r;
}

/* ---- networks, AS numbers, domains ---- */

static const char *const kinds[EDIT_KINDS] = { "operator", "holder", "asn", "domain" };

const char *edit_kind_text(enum edit_kind k)
{
	return kinds[k];
}

int edit_kind_read(struct str s, enum edit_kind *ret)
{
	for (int i = 0; i < EDIT_KINDS; i++) {
		if (str_eq(s, str_c(kinds[i]))) {
			*ret = (enum edit_kind)i;
			return 0;
		}
	}
	return E_SYNTAX;
}

static int64_t origin_of(const struct edit_entry *n)
{
	return n->imported ? ORIGIN_IMPORTED : ORIGIN_TEAM;
}

static struct str bytes_of(const struct net *n)
{
	return (struct str){ (const char *)n->ip.b, sizeof(n->ip.b) };
}

/* Whose it is now, and that one's name; was->org 0: nobody's. */
static int look(struct edit *e, const struct edit_entry *n, struct edit_was *was,
	struct str *ret_name)
{
	struct db *db = e->x->db;
	struct arena *a = e->x->arena;
	int r;
	*was = (struct edit_was){ 0 };
	*ret_name = S("");
	if (n->kind == EDIT_ASN) {
		struct sql_edit_asn_get_in in = { n->asn };
		struct sql_edit_asn_get_row row;
		r = sql_edit_asn_get(db, a, &in, &row);
		if (r == 0) {
			*was = (struct edit_was){ row.org, row.origin == 0, NONE };
			*ret_name = row.org_name;
		}
	} else if (n->kind == EDIT_DOMAIN) {
		struct sql_edit_domain_get_in in = { n->domain };
		struct sql_edit_domain_get_row row;
		r = sql_edit_domain_get(db, a, &in, &row);
		if (r == 0) {
			*was = (struct edit_was){ row.org, row.origin == 0, NONE };
			*ret_name = row.org_name;
		}
	} else {
		struct sql_edit_prefix_get_in in = { n->kind, origin_of(n),
			bytes_of(&n->net), n->net.len };
		struct sql_edit_prefix_get_row row;
		r = sql_edit_prefix_get(db, a, &in, &row);
		if (r == 0) {
			*was = (struct edit_was){ row.org.v, n->imported, row.asn };
			*ret_name = text(row.org_name);
		}
	}
	return r == E_NOT_FOUND ? 0 : r;
}

static int key_of(struct edit *e, const struct edit_entry *n, struct str *ret)
{
	char net[IP_TEXT_MAX];
	struct buf b = buf_in(e->x->arena, KIB(1));
	int r = n->kind == EDIT_ASN	 ? buf_addf(&b, "AS%" PRIu32, n->asn)
		: n->kind == EDIT_DOMAIN ? buf_add(&b, n->domain)
					 : buf_add(&b, str_c(net_text(&n->net, net)));
	*ret = buf_str(&b);
	return r;
}

static int put(struct edit *e, int64_t org, const struct edit_entry *n)
{
	struct sql_edit_asn_put_in asn = { n->asn, org, origin_of(n) };
	struct sql_edit_domain_put_in domain = { text(n->domain), org, origin_of(n) };
	struct sql_edit_prefix_put_in prefix = { n->kind, origin_of(n), bytes_of(&n->net),
		n->net.len, org, n->in };
	if (n->kind == EDIT_ASN)
		return sql_edit_asn_put(e->x->db, &asn);
	if (n->kind == EDIT_DOMAIN)
		return sql_edit_domain_put(e->x->db, &domain);
	return sql_edit_prefix_put(e->x->db, &prefix);
}

int edit_put(
	struct edit *e, int64_t org, const struct edit_entry *n, struct edit_was *ret_was)
{
	struct edit_line line = { .what = kinds[n->kind] };
	struct edit_was was;
	int r = org_name(e, org, &line.new);
	if (r == 0)
		r = look(e, n, &was, &line.old);
	if (r == 0)
		r = key_of(e, n, &line.key);
	if (r < 0)
		return r;
	if (was.org != org || was.imported != n->imported) {
		r = put(e, org, n);
		if (r == 0 && was.org == org) /* the same, but now the team's own */
			e->changed++;
	}
	if (r == 0)
		r = say(e, org, "register.put", line);
	if (r == 0)
		*ret_was = was;
	return r;
}

static int take(struct edit *e, const struct edit_entry *n)
{
	struct sql_edit_asn_take_in asn = { n->asn };
	struct sql_edit_domain_take_in domain = { text(n->domain) };
	struct sql_edit_prefix_take_in prefix = { n->kind, origin_of(n),
		bytes_of(&n->net), n->net.len };
	if (n->kind == EDIT_ASN)
		return sql_edit_asn_take(e->x->db, &asn);
	if (n->kind == EDIT_DOMAIN)
		return sql_edit_domain_take(e->x->db, &domain);
	return sql_edit_prefix_take(e->x->db, &prefix);
}

int edit_take(
	struct edit *e, int64_t org, const struct edit_entry *n, struct edit_was *ret_was)
{
	struct edit_line line = { .what = kinds[n->kind] };
	struct edit_was was;
	int r = look(e, n, &was, &line.old);
	if (r == 0)
		r = key_of(e, n, &line.key);
	if (r == 0 && was.org != org)
		return fail(&e->x->why, E_NOT_FOUND,
			"organisation %" PRId64 " has no %.*s", org, STR(line.key));
	if (r == 0)
		r = take(e, n);
	if (r == 0)
		r = say(e, org, "register.take", line);
	if (r == 0)
		*ret_was = was;
	return r;
}

/* ---- contacts ---- */

static int say_contact(struct edit *e, int64_t org, const char *action,
	const struct edit_contact *old, const struct edit_contact *new, struct str key)
{
	struct edit_line lines[] = {
		{ .what = "email", .old = old->email, .new = new->email },
		{ .what = "person", .old = old->name, .new = new->name },
		{ .what = "role", .old = old->role, .new = new->role },
		{ .what = "language", .old = old->language, .new = new->language },
		{ .what = "phone", .old = old->phone, .new = new->phone },
		{ .what = "pgp", .old = old->pgp, .new = new->pgp },
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < N(lines); i++) {
		lines[i].key = key;
		r = say(e, org, action, lines[i]);
	}
	return r;
}

int edit_contact(
	struct edit *e, int64_t org, const struct edit_contact *c, int64_t *ret_id)
{
	struct sql_edit_contact_get_in key = { org, c->email };
	struct sql_edit_contact_get_row row;
	struct edit_contact old = { 0 };
	struct str name;
	int64_t id = 0;
	int r = org_name(e, org, &name);
	if (r == 0)
		r = sql_edit_contact_get(e->x->db, e->x->arena, &key, &row);
	if (r == E_NOT_FOUND && name.p) {
		struct sql_edit_contact_insert_in in = { org, c->email, text(c->name),
			text(c->role), text(c->language), text(c->phone), text(c->pgp) };
		struct sql_edit_contact_insert_row made;
		r = sql_edit_contact_insert(e->x->db, &in, &made);
		id = r == 0 ? made.id : 0;
	} else if (r == 0) {
		struct sql_edit_contact_update_in in = { row.id, text(c->name),
			text(c->role), text(c->language), text(c->phone), text(c->pgp) };
		id = row.id;
		if (!row.ended_at.has)
			old = (struct edit_contact){ c->email, row.name, row.role,
				row.language, row.phone, row.pgp };
		r = sql_edit_contact_update(e->x->db, &in);
	}
	if (r == 0)
		r = say_contact(e, org, "contact.put", &old, c, c->email);
	if (r == 0)
		*ret_id = id;
	return r;
}

int edit_contact_end(struct edit *e, int64_t org, int64_t contact)
{
	struct sql_edit_contact_by_id_in key = { contact };
	struct sql_edit_contact_by_id_row row;
	struct sql_edit_contact_end_in end = { contact, e->x->now };
	const struct edit_contact none = { 0 };
	int r = sql_edit_contact_by_id(e->x->db, e->x->arena, &key, &row);
	if (r == E_NOT_FOUND || (r == 0 && (row.org != org || row.ended_at.has)))
		return fail(&e->x->why, E_NOT_FOUND,
			"organisation %" PRId64 " has no contact %" PRId64, org, contact);
	if (r < 0)
		return r;
	struct edit_contact old = { row.email, row.name, row.role, row.language,
		row.phone, row.pgp };
	r = sql_edit_contact_end(e->x->db, &end);
	return r < 0 ? r : say_contact(e, org, "contact.end", &old, &none, row.email);
}
