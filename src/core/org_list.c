/* SPDX-License-Identifier: Apache-2.0
 * org_list.c - organisations as people look at them: see org_list.h. Depends on: base,
 * db. */
#include "core/org_list.h"

#include "base/map.h"
#include "db/sql_org_list.h"

/* ---- the list ---- */

static struct str key_of(const int64_t *org)
{
	return (struct str){ (const char *)org, sizeof(*org) };
}

/* Organisations with a contact in doubt. */
static int add_doubted(void *ctx, const struct contact_row *row)
{
	if (row->trust == TRUST_DOUBT)
		map_put(ctx, key_of(&row->org), 1);
	return 0;
}

struct walk {
	struct ctx *x;
	const struct org_filter *f;
	struct map doubted;
	struct org_rows rows;
};

static int counts(struct ctx *x, struct org_row *row)
{
	struct sql_org_open_in open_in = { row->id };
	struct sql_org_open_row open;
	struct sql_org_contact_count_in count_in = { row->id };
	struct sql_org_contact_count_row count;
	int r = sql_org_open(x->db, &open_in, &open);
	if (r == 0)
		r = sql_org_contact_count(x->db, &count_in, &count);
	if (r < 0)
		return r;
	row->open = open.n;
	row->contacts = count.n;
	return 0;
}

static int on_org(void *ctx, const struct sql_org_list_row *q)
{
	struct walk *w = ctx;
	struct org_row row = { .id = q->id };
	if (w->f->only == ORG_IN_DOUBT && !map_get(&w->doubted, key_of(&q->id)))
		return 0;
	int r = counts(w->x, &row);
	if (r < 0)
		return r;
	if ((w->f->only == ORG_NO_CONTACT && row.contacts > 0) ||
		(w->f->only == ORG_OPEN && row.open == 0))
		return 0;
	if (w->rows.n == w->f->n) {
		w->rows.more = true;
		return E_STOPPED;
	}
	row.name = str_dup(w->x->arena, q->name);
	row.kind = str_dup(w->x->arena, q->kind);
	row.sector = str_dup(w->x->arena, q->sector);
	row.language = str_dup(w->x->arena, q->language);
	w->rows.v[w->rows.n++] = row;
	return 0;
}

/* "%word%", its own wildcards taken as letters. */
static int pattern_of(struct arena *a, struct str word, struct str *ret)
{
	struct buf b = buf_in(a, KIB(4));
	struct str low = str_lower(a, word);
	int r = buf_addc(&b, '%');
	for (size_t i = 0; i < low.n && r == 0; i++) {
		if (memchr("%_\\", low.p[i], 3))
			r = buf_addc(&b, '\\');
		if (r == 0)
			r = buf_addc(&b, low.p[i]);
	}
	if (r == 0)
		r = buf_addc(&b, '%');
	*ret = buf_str(&b);
	return r;
}

static struct str or_absent(struct str s)
{
	return s.n ? s : (struct str){ NULL, 0 };
}

int org_list(struct ctx *x, const struct org_filter *f, struct org_rows *ret)
{
	struct walk w = { .x = x, .f = f, .doubted = map_in(x->arena) };
	struct sql_org_list_in in = { .after = f->after.p ? f->after : S(""),
		.sector = or_absent(f->sector),
		.language = or_absent(f->language) };
	int r = f->word.n ? pattern_of(x->arena, f->word, &in.pattern) : 0;
	if (r == 0 && f->only == ORG_IN_DOUBT)
		r = contacts_judge(x, add_doubted, &w.doubted);
	w.rows.v = arena_array(x->arena, f->n + 1, sizeof(*w.rows.v));
	if (r == 0)
		r = sql_org_list_each(x->db, &in, on_org, &w);
	if (r < 0 && r != E_STOPPED)
		return r;
	*ret = w.rows;
	return 0;
}

int org_sectors(struct ctx *x, struct org_words *ret)
{
	struct sql_org_sectors_rows rows;
	int r = sql_org_sectors(x->db, x->arena, &rows);
	if (r < 0)
		return r;
	struct org_words words = { arena_array(x->arena, rows.n + 1, sizeof(*words.v)),
		0 };
	for (size_t i = 0; i < rows.n; i++)
		words.v[words.n++] = rows.v[i].sector;
	*ret = words;
	return 0;
}

/* ---- one of them ---- */

static int read_nets(struct ctx *x, struct org_full *f)
{
	struct sql_org_prefixes_in in = { f->row.id, ORG_ENTRIES_MOST };
	struct sql_org_prefixes_rows rows;
	int r = sql_org_prefixes(x->db, x->arena, &in, &rows);
	if (r < 0)
		return r;
	f->nets = arena_array(x->arena, rows.n + 1, sizeof(*f->nets));
	for (size_t i = 0; i < rows.n; i++) {
		struct org_net *n = &f->nets[f->n_nets++];
		if (rows.v[i].net.n != sizeof(n->net.ip) || rows.v[i].len < 0 ||
			rows.v[i].len > 128)
			return E_DB;
		*n = (struct org_net){ .holder = rows.v[i].role == 1,
			.imported = rows.v[i].origin == 0,
			.in = rows.v[i].asn };
		memcpy(&n->net.ip, rows.v[i].net.p, sizeof(n->net.ip));
		n->net.len = (uint8_t)rows.v[i].len;
	}
	return 0;
}

static int read_names(struct ctx *x, struct org_full *f)
{
	struct sql_org_asns_in asns_in = { f->row.id, ORG_ENTRIES_MOST };
	struct sql_org_asns_rows asns;
	struct sql_org_domains_in domains_in = { f->row.id, ORG_ENTRIES_MOST };
	struct sql_org_domains_rows domains;
	int r = sql_org_asns(x->db, x->arena, &asns_in, &asns);
	if (r == 0)
		r = sql_org_domains(x->db, x->arena, &domains_in, &domains);
	if (r < 0)
		return r;
	f->asns = arena_array(x->arena, asns.n + 1, sizeof(*f->asns));
	for (size_t i = 0; i < asns.n; i++)
		f->asns[f->n_asns++] = (struct org_asn){ asns.v[i].asn,
			asns.v[i].origin == 0 };
	f->domains = arena_array(x->arena, domains.n + 1, sizeof(*f->domains));
	for (size_t i = 0; i < domains.n; i++)
		f->domains[f->n_domains++] = (struct org_domain){ domains.v[i].name,
			domains.v[i].origin == 0 };
	return 0;
}

struct grade {
	struct org_contact *of;
};

/* Contacts come by id: the first is the one that was asked for, or it has no address. */
static int on_grade(void *ctx, const struct contact_row *row)
{
	struct org_contact *c = ((struct grade *)ctx)->of;
	if (row->id != c->id)
		return E_STOPPED;
	c->trust = row->trust;
	c->why = row->why;
	c->sent = row->facts.sent;
	c->silent = row->facts.silent;
	return E_STOPPED;
}

static int read_contacts(struct ctx *x, struct org_full *f)
{
	struct sql_org_contacts_in in = { f->row.id, ORG_ENTRIES_MOST };
	struct sql_org_contacts_rows rows;
	int r = sql_org_contacts(x->db, x->arena, &in, &rows);
	if (r < 0)
		return r;
	f->people = arena_array(x->arena, rows.n + 1, sizeof(*f->people));
	for (size_t i = 0; i < rows.n && (r == 0 || r == E_STOPPED); i++) {
		const struct sql_org_contacts_row *q = &rows.v[i];
		struct org_contact *c = &f->people[f->n_people++];
		struct grade g = { c };
		*c = (struct org_contact){ .id = q->id,
			.email = q->email,
			.name = q->name,
			.role = q->role,
			.language = q->language,
			.phone = q->phone,
			.pgp = q->pgp,
			.trust = TRUST_UNKNOWN };
		r = contacts_each(x, c->id - 1, on_grade, &g);
	}
	return r == E_STOPPED ? 0 : r;
}

int org_full_get(struct ctx *x, int64_t id, struct org_full *ret)
{
	struct sql_org_full_in in = { id };
	struct sql_org_full_row row;
	struct sql_org_notices_in notices_in = { id };
	struct sql_org_notices_row notices;
	int r = sql_org_full(x->db, x->arena, &in, &row);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "there is no organisation %lld", (long long)id);
	if (r == 0)
		r = sql_org_notices(x->db, &notices_in, &notices);
	if (r < 0)
		return r;
	struct org_full f = { .row = { .id = id,
				      .name = row.name,
				      .kind = row.kind,
				      .sector = row.sector,
				      .language = row.language },
		.imported = row.origin == 0,
		.sent = notices.sent,
		.answered = notices.answered };
	r = counts(x, &f.row);
	if (r == 0)
		r = read_nets(x, &f);
	if (r == 0)
		r = read_names(x, &f);
	if (r == 0)
		r = read_contacts(x, &f);
	if (r == 0)
		*ret = f;
	return r;
}
