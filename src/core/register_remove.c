/* SPDX-License-Identifier: Apache-2.0
 * register_remove.c - wrong entries taken out of the register: see register.h.
 * Depends on: base, db. */
#include "core/register.h"

#include "db/sql_register.h"

static int tell(
	struct register_job *j, const char *what, struct str key, struct str value)
{
	j->change.removed++;
	if (j->tell == NULL)
		return 0;
	AUTO_ARENA a = arena_new(KIB(16), "register removal");
	struct buf b = buf_in(&a, KIB(4));
	int r = buf_addf(&b, "removed %s %.*s%s%.*s", what, STR(key), value.n ? ": " : "",
		STR(value));
	return r < 0 ? r : j->tell(j->tell_ctx, buf_str(&b));
}

/* What the entry said: the organisation, else the AS number, else the country. */
static int value_of(struct register_job *j, const struct sql_register_prefix_all_row *row,
	struct str *ret)
{
	struct buf b = buf_in(j->x->arena, KIB(2));
	int r = 0;
	if (row->org_name.p)
		r = buf_add(&b, row->org_name);
	else if (row->asn.has)
		r = buf_addf(&b, "AS%lld", (long long)row->asn.v);
	else
		r = buf_add(&b, row->cc);
	*ret = buf_str(&b);
	return r;
}

static int remove_net(struct register_job *j, const struct net *net)
{
	static const char *const what[] = { "network", "holder's prefix",
		"country's prefix" };
	char text[IP_TEXT_MAX];
	struct str bytes = { (const char *)net->ip.b, sizeof(net->ip.b) };
	struct sql_register_prefix_all_in in = { .net = bytes, .len = net->len };
	struct sql_register_prefix_all_rows rows;
	struct str value;
	int r = sql_register_prefix_all(j->x->db, j->x->arena, &in, &rows);
	if (r == 0 && rows.n == 0)
		return fail(&j->x->why, E_NOT_FOUND, "the register has no %s",
			net_text(net, text));
	for (size_t i = 0; r == 0 && i < rows.n; i++) {
		const struct sql_register_prefix_all_row *row = &rows.v[i];
		struct sql_register_prefix_remove_in out = { .role = row->role,
			.origin = row->origin,
			.net = bytes,
			.len = net->len };
		/* The team's own come first; public data stays below them. */
		if (row->origin != rows.v[0].origin)
			break;
		r = sql_register_prefix_remove(j->x->db, &out);
		if (r == 0)
			r = value_of(j, row, &value);
		if (r == 0)
			r = tell(j, what[row->role], str_c(net_text(net, text)), value);
	}
	return r;
}

static int remove_asn(struct register_job *j, uint32_t asn, struct str key)
{
	struct sql_register_asn_name_in in = { .asn = asn };
	struct sql_register_asn_name_row row;
	struct sql_register_asn_remove_in out = { .asn = asn };
	int r = sql_register_asn_name(j->x->db, j->x->arena, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&j->x->why, r, "the register has no AS%u", asn);
	if (r == 0)
		r = sql_register_asn_remove(j->x->db, &out);
	return r < 0 ? r : tell(j, "AS number", key, row.org_name);
}

static int remove_domain(struct register_job *j, struct str name)
{
	struct sql_register_domain_name_in in = { .name = name };
	struct sql_register_domain_name_row row;
	struct sql_register_domain_remove_in out = { .name = name };
	int r = sql_register_domain_name(j->x->db, j->x->arena, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&j->x->why, r, "the register has no domain %.*s", STR(name));
	if (r == 0)
		r = sql_register_domain_remove(j->x->db, &out);
	return r < 0 ? r : tell(j, "domain", name, row.org_name);
}

static int remove_contact(
	struct register_job *j, struct str email, struct str organisation)
{
	struct sql_register_contacts_of_in in = { .email = email };
	struct sql_register_contacts_of_rows rows;
	const struct sql_register_contacts_of_row *found = NULL;
	int r = sql_register_contacts_of(j->x->db, j->x->arena, &in, &rows);
	size_t n = 0;
	for (size_t i = 0; r == 0 && i < rows.n; i++) {
		if (organisation.n && !str_eq(rows.v[i].org_name, organisation))
			continue;
		found = &rows.v[i];
		n++;
	}
	if (r == 0 && found == NULL)
		return fail(&j->x->why, E_NOT_FOUND,
			"the register has no contact %.*s%s%.*s", STR(email),
			organisation.n ? " of " : "", STR(organisation));
	if (r == 0 && n > 1)
		return fail(&j->x->why, E_USAGE,
			"%zu organisations have the contact %.*s, among them %.*s: "
			"name one with --organisation",
			n, STR(email), STR(found->org_name));
	if (r < 0)
		return r;
	struct sql_register_contact_end_in end = { .id = found->id, .at = j->x->now };
	r = sql_register_contact_end(j->x->db, &end);
	return r < 0 ? r : tell(j, "contact", email, found->org_name);
}

int register_remove(struct register_job *j, struct str key, struct str organisation)
{
	struct net net;
	struct str name;
	uint32_t asn;
	if (str_find(key, '@') < key.n)
		return remove_contact(j, key, organisation);
	if (organisation.n)
		return fail(&j->x->why, E_USAGE,
			"an organisation is named only for a contact");
	if (net_read(key, &net) == 0)
		return remove_net(j, &net);
	if (asn_read(key, &asn) == 0)
		return remove_asn(j, asn, key);
	if (domain_read(j->x->arena, key, &name) == 0)
		return remove_domain(j, name);
	return fail(&j->x->why, E_USAGE,
		"'%.*s' is no network, AS number, domain or mail address",
		STR(str_to(key, 60)));
}
