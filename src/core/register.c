/* SPDX-License-Identifier: Apache-2.0
 * register.c - the register takes rows in: see register.h. Depends on: base, db. */
#include "core/register.h"

#include "core/reattrib.h"
#include "db/sql_register.h"

enum { ROLE_OPERATOR, ROLE_HOLDER, ROLE_COUNTRY };
enum effect { SAME, ADDED, CHANGED };

static int tell(struct register_job *j, enum effect e, const char *what, struct str key,
	struct str value)
{
	j->change.added += e == ADDED;
	j->change.changed += e == CHANGED;
	j->change.same += e == SAME;
	if (e == SAME || j->tell == NULL)
		return 0;
	AUTO_ARENA a = arena_new(KIB(16), "register change");
	struct buf b = buf_in(&a, KIB(4));
	int r = buf_addf(&b, "%s %s %.*s%s%.*s", e == ADDED ? "new" : "changed", what,
		STR(key), value.n ? ": " : "", STR(value));
	return r < 0 ? r : j->tell(j->tell_ctx, buf_str(&b));
}

/* What a later file leaves empty does not erase what an earlier one said. */
static struct str keep(struct str new, struct str old)
{
	return new.n ? new : old.p ? old : S("");
}

/* Imported data only fills what the team left empty. */
static struct str keep_origin(
	const struct register_job *j, int64_t old_origin, struct str new, struct str old)
{
	return old_origin > (int64_t)j->origin ? keep(old, new) : keep(new, old);
}

static int put_org(struct register_job *j, const struct reg_row *row, int64_t *ret)
{
	struct db *db = j->x->db;
	struct sql_register_org_in key = { .name = row->organisation };
	struct sql_register_org_row old;
	bool about_it = row->what == REG_NETWORK || row->what == REG_HOLDER;
	struct str kind = about_it ? keep(row->kind, S("")) : S("");
	struct str sector = about_it ? keep(row->sector, S("")) : S("");
	struct str language = about_it ? keep(row->language, S("")) : S("");
	int r = sql_register_org(db, j->x->arena, &key, &old);
	if (r == E_NOT_FOUND) {
		struct sql_register_org_insert_in in = { .name = row->organisation,
			.kind = kind,
			.sector = sector,
			.language = language,
			.origin = j->origin };
		struct sql_register_org_insert_row id;
		r = sql_register_org_insert(db, &in, &id);
		if (r < 0)
			return r;
		*ret = id.id;
		return tell(j, ADDED, "organisation", row->organisation, sector);
	}
	if (r < 0)
		return r;
	*ret = old.id;
	struct sql_register_org_update_in in = { .id = old.id,
		.kind = keep_origin(j, old.origin, kind, old.kind),
		.sector = keep_origin(j, old.origin, sector, old.sector),
		.language = keep_origin(j, old.origin, language, old.language),
		.origin = old.origin > (int64_t)j->origin ? old.origin
							  : (int64_t)j->origin };
	if (str_eq(in.kind, old.kind) && str_eq(in.sector, old.sector) &&
		str_eq(in.language, old.language) && in.origin == old.origin)
		return 0;
	r = sql_register_org_update(db, &in);
	return r < 0 ? r : tell(j, CHANGED, "organisation", row->organisation, in.sector);
}

static bool opt_eq(struct opt_int a, struct opt_int b)
{
	return a.has == b.has && (!a.has || a.v == b.v);
}

static int put_prefix(struct register_job *j, int role, const struct net *net,
	struct opt_int org, uint32_t asn, struct str cc, struct str value)
{
	static const char *const what[] = { "network", "holder's prefix",
		"country's prefix" };
	char text[IP_TEXT_MAX];
	struct str bytes = { (const char *)net->ip.b, sizeof(net->ip.b) };
	struct sql_register_prefix_in key = {
		.role = role, .origin = j->origin, .net = bytes, .len = net->len
	};
	struct sql_register_prefix_row old;
	struct sql_register_prefix_put_in in = { .role = role,
		.origin = j->origin,
		.net = bytes,
		.len = net->len,
		.org = org,
		.asn = asn ? SOME(asn) : NONE,
		.cc = keep(cc, S("")) };
	int r = sql_register_prefix(j->x->db, j->x->arena, &key, &old);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	enum effect e = r == E_NOT_FOUND ? ADDED : CHANGED;
	if (r == 0 && opt_eq(old.org, in.org) && opt_eq(old.asn, in.asn) &&
		str_eq(old.cc, in.cc))
		return tell(j, SAME, what[role], S(""), S(""));
	r = sql_register_prefix_put(j->x->db, &in);
	return r < 0 ? r : tell(j, e, what[role], str_c(net_text(net, text)), value);
}

/* Does this file's word change what stands there? The team's own is never changed by
 * imported data, and what the team says too becomes its own. */
static bool replaces(
	const struct register_job *j, int64_t old_org, int64_t old_origin, int64_t org)
{
	if (old_origin > (int64_t)j->origin)
		return false;
	return old_org != org || old_origin < (int64_t)j->origin;
}

static int put_asn(struct register_job *j, uint32_t asn, int64_t org, struct str name)
{
	struct sql_register_asn_in key = { .asn = asn };
	struct sql_register_asn_row old;
	struct sql_register_asn_put_in in = {
		.asn = asn, .org = org, .origin = j->origin
	};
	if (asn == 0)
		return 0;
	int r = sql_register_asn(j->x->db, &key, &old);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	if (r == 0 && !replaces(j, old.org, old.origin, org))
		return 0;
	enum effect e = r == E_NOT_FOUND ? ADDED : CHANGED;
	r = sql_register_asn_put(j->x->db, &in);
	return r < 0 ? r : tell(j, e, "AS number of", name, S(""));
}

static int put_contact(struct register_job *j, const struct reg_row *row, int64_t org)
{
	struct sql_register_contact_in key = { .org = org,
		.email = keep(row->email, S("")) };
	struct sql_register_contact_row old;
	int r = sql_register_contact(j->x->db, j->x->arena, &key, &old);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	bool there = r == 0;
	bool full = row->what == REG_CONTACT; /* a network's row knows the address only */
	if (!there) {
		struct sql_register_contact_insert_in in = { .org = org,
			.email = key.email,
			.name = keep(row->name, S("")),
			.role = keep(row->role, S("")),
			.language = keep(row->language, S("")),
			.phone = keep(row->phone, S("")),
			.pgp = keep(row->pgp, S("")) };
		if (!full)
			in.name = in.role = in.phone = in.pgp = S("");
		r = sql_register_contact_insert(j->x->db, &in);
		return r < 0 ? r
			     : tell(j, ADDED, "contact", row->organisation, key.email);
	}
	/* Whom a person took out comes back with a table of contacts only. */
	if (!full && old.ended_at.has)
		return tell(j, SAME, "contact", S(""), S(""));
	struct sql_register_contact_update_in in = { .id = old.id,
		.name = full ? keep(row->name, old.name) : old.name,
		.role = full ? keep(row->role, old.role) : old.role,
		.language = keep(row->language, old.language),
		.phone = full ? keep(row->phone, old.phone) : old.phone,
		.pgp = full ? keep(row->pgp, old.pgp) : old.pgp };
	if (!old.ended_at.has && str_eq(in.name, old.name) && str_eq(in.role, old.role) &&
		str_eq(in.language, old.language) && str_eq(in.phone, old.phone) &&
		str_eq(in.pgp, old.pgp))
		return tell(j, SAME, "contact", S(""), S(""));
	r = sql_register_contact_update(j->x->db, &in);
	return r < 0 ? r : tell(j, CHANGED, "contact", row->organisation, key.email);
}

static int put_domain(struct register_job *j, const struct reg_row *row, int64_t org)
{
	struct sql_register_domain_in key = { .name = row->domain };
	struct sql_register_domain_row old;
	struct sql_register_domain_put_in in = {
		.name = row->domain, .org = org, .origin = j->origin
	};
	int r = sql_register_domain(j->x->db, &key, &old);
	if (r < 0 && r != E_NOT_FOUND)
		return r;
	if (r == 0 && !replaces(j, old.org, old.origin, org))
		return tell(j, SAME, "domain", S(""), S(""));
	enum effect e = r == E_NOT_FOUND ? ADDED : CHANGED;
	r = sql_register_domain_put(j->x->db, &in);
	return r < 0 ? r : tell(j, e, "domain", row->domain, row->organisation);
}

static int put_network(struct register_job *j, const struct reg_row *row, int64_t org)
{
	int role = row->what == REG_NETWORK ? ROLE_OPERATOR : ROLE_HOLDER;
	uint32_t asn = role == ROLE_OPERATOR ? row->asn : row->inside_asn;
	int r = 0;
	if (row->has_net)
		r = put_prefix(
			j, role, &row->net, SOME(org), asn, S(""), row->organisation);
	if (r == 0 && role == ROLE_OPERATOR)
		r = put_asn(j, row->asn, org, row->organisation);
	if (r == 0 && row->email.n)
		r = put_contact(j, row, org);
	return r;
}

int register_apply(struct register_job *j, const struct reg_row *row)
{
	int64_t org = 0;
	int r = 0;
	j->change.rows++;
	if (row->what == REG_PREFIX) /* by its AS number: attrib_load finds whose it is */
		return put_prefix(
			j, ROLE_OPERATOR, &row->net, NONE, row->asn, S(""), S(""));
	if (row->what == REG_COUNTRY) {
		/* "ZZ" is nobody's: a hole in a country's prefix. */
		struct str cc = str_eq(row->cc, S("ZZ")) ? S("") : row->cc;
		return row->has_net
			? put_prefix(j, ROLE_COUNTRY, &row->net, NONE, 0, cc, cc)
			: 0;
	}
	r = put_org(j, row, &org);
	if (r < 0)
		return r;
	if (row->what == REG_CONTACT)
		return put_contact(j, row, org);
	if (row->what == REG_DOMAIN)
		return put_domain(j, row, org);
	return put_network(j, row, org);
}

int register_finish(struct register_job *j)
{
	AUTO_ARENA table_room = arena_new(MIB(512), "register look-ups");
	struct attrib_table *t;
	int r = attrib_load(j->x, &table_room, &t);
	return r < 0 ? r
		     : reattrib_open(j->x, t, j->keep_up, j->tell_ctx, &j->change.moved);
}
