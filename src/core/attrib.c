/* SPDX-License-Identifier: Apache-2.0
 * attrib.c - who is responsible: see attrib.h. Depends on: base, db. */
#include "core/attrib.h"

#include "base/map.h"
#include "core/range.h"
#include "db/sql_attrib.h"

#include <inttypes.h>
#include <stdio.h>

enum { ROLE_OPERATOR, ROLE_HOLDER, ROLE_COUNTRY, ROLE_N };

struct owner {
	int64_t org;
	uint32_t asn;
	struct net net;
	bool team;
	uint8_t role;
	struct str cc;
	struct str ref;
};
/* Owners stand by role, then origin, then network: a slice for each of the first two. */
struct slice {
	size_t first, n;
};
/* An AS number of the register. */
struct numbered {
	int64_t org;
	struct str ref; /* "AS64500" */
};
struct attrib_table {
	struct arena *arena;
	struct owner *owners;
	struct slice slices[ROLE_N][2]; /* imported, the team's */
	struct range_table *ranges[ROLE_N];
	struct map domains; /* name -> organisation */
	struct map asns;    /* "64500" -> index into numbers */
	struct map orgs;    /* "17" -> index into names */
	struct str *names;
	size_t n_names;
	struct numbered *numbers;
	size_t n_numbers;
	size_t longest_domain;
};

struct load {
	struct attrib_table *t;
	struct range_in *in[ROLE_N];
	size_t n[ROLE_N], n_owners, max;
};

static struct str number(int64_t n, char room[24])
{
	(void)snprintf(room, 24, "%" PRId64, n);
	return str_c(room);
}

static const struct numbered *find_asn(const struct attrib_table *t, uint32_t asn)
{
	char room[24];
	int64_t *at = asn ? map_get(&t->asns, number(asn, room)) : NULL;
	return at ? &t->numbers[*at] : NULL;
}

/* Whose AS number it is; 0 nobody's. */
static int64_t org_of_asn(const struct attrib_table *t, uint32_t asn)
{
	const struct numbered *at = find_asn(t, asn);
	return at ? at->org : 0;
}

/* Room for one more of n things of a size; full at each power of two: then it doubles. */
static void *grown(struct arena *a, void *old, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return old;
	void *more = arena_array(a, n ? 2 * n : 1, size);
	if (n)
		memcpy(more, old, n * size);
	return more;
}

static int load_prefix(void *ctx, const struct sql_attrib_prefixes_row *row)
{
	struct load *l = ctx;
	char text[IP_TEXT_MAX];
	if (l->n_owners == l->max || row->role < 0 || row->role >= ROLE_N ||
		row->net.n != 16 || row->len < 0 || row->len > 128)
		return E_DB;
	struct owner *o = &l->t->owners[l->n_owners];
	memcpy(o->net.ip.b, row->net.p, 16);
	o->net.len = (uint8_t)row->len;
	o->asn = (uint32_t)row->asn.v;
	o->org = row->org.has ? row->org.v : org_of_asn(l->t, o->asn);
	o->team = row->origin > 0;
	o->role = (uint8_t)row->role;
	o->cc = str_dup(l->t->arena, row->cc);
	struct slice *slice = &l->t->slices[row->role][o->team];
	if (slice->n++ == 0)
		slice->first = l->n_owners;
	o->ref = str_dup(l->t->arena, str_c(net_text(&o->net, text)));
	struct range_in in = { o->net, row->origin > 0, (uint32_t)l->n_owners++ };
	l->in[row->role][l->n[row->role]++] = in;
	return 0;
}

static int load_domain(void *ctx, const struct sql_attrib_domains_row *row)
{
	struct load *l = ctx;
	map_put(&l->t->domains, row->name, row->org);
	if (row->name.n > l->t->longest_domain)
		l->t->longest_domain = row->name.n;
	return 0;
}

static int load_asn(void *ctx, const struct sql_attrib_asns_row *row)
{
	struct load *l = ctx;
	struct attrib_table *t = l->t;
	char room[24], ref[32];
	(void)snprintf(ref, sizeof(ref), "AS%" PRId64, row->asn);
	t->numbers = grown(t->arena, t->numbers, t->n_numbers, sizeof(*t->numbers));
	t->numbers[t->n_numbers] = (struct numbered){ row->org,
		str_dup(t->arena, str_c(ref)) };
	map_put(&t->asns, number(row->asn, room), (int64_t)t->n_numbers++);
	return 0;
}

static int load_org(void *ctx, const struct sql_attrib_orgs_row *row)
{
	struct load *l = ctx;
	struct attrib_table *t = l->t;
	char room[24];
	t->names = grown(t->arena, t->names, t->n_names, sizeof(*t->names));
	map_put(&t->orgs, number(row->id, room), (int64_t)t->n_names);
	t->names[t->n_names++] = str_dup(t->arena, row->name);
	return 0;
}

int attrib_load(struct ctx *x, struct arena *a, struct attrib_table **ret)
{
	struct sql_attrib_prefix_count_row count;
	int r = sql_attrib_prefix_count(x->db, &count);
	if (r < 0)
		return r;
	struct attrib_table *t = arena_alloc(a, sizeof(*t));
	AUTO_ARENA scratch = arena_new(GIB(1), "register look-ups");
	struct load l = { .t = t, .max = (size_t)count.n };
	t->arena = a;
	t->owners = arena_array(a, l.max + 1, sizeof(*t->owners));
	t->domains = map_in(a);
	t->asns = map_in(a);
	t->orgs = map_in(a);
	for (int i = 0; i < ROLE_N; i++)
		l.in[i] = arena_array(&scratch, l.max + 1, sizeof(*l.in[i]));
	/* A prefix may name its network by the AS number only. */
	r = sql_attrib_asns_each(x->db, load_asn, &l);
	if (r == 0)
		r = sql_attrib_prefixes_each(x->db, load_prefix, &l);
	if (r == 0)
		r = sql_attrib_domains_each(x->db, load_domain, &l);
	if (r == 0)
		r = sql_attrib_orgs_each(x->db, load_org, &l);
	if (r < 0)
		return fail(&x->why, r, "the register cannot be loaded");
	for (int i = 0; i < ROLE_N; i++)
		t->ranges[i] = range_build(a, l.in[i], l.n[i]);
	*ret = t;
	return 0;
}

int attrib_changes(struct ctx *x, int64_t after, int64_t *ret_n, int64_t *ret_last)
{
	struct sql_attrib_changes_in in = { .after = after };
	struct sql_attrib_changes_row row;
	int r = sql_attrib_changes(x->db, &in, &row);
	if (r < 0)
		return r;
	*ret_n = row.n;
	*ret_last = row.last.has ? row.last.v : after;
	return 0;
}

static int by_net(const struct owner *o, const struct net *net)
{
	int c = ip_cmp(&o->net.ip, &net->ip);
	if (c != 0)
		return c;
	return o->net.len < net->len ? -1 : o->net.len > net->len;
}

static const struct owner *owner_exactly(
	const struct attrib_table *t, const struct slice *in, const struct net *net)
{
	size_t lo = in->first, hi = in->first + in->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = by_net(&t->owners[mid], net);
		if (c == 0)
			return &t->owners[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* Of all prefixes that hold the whole network the one that wins, as range.h says. */
static const struct owner *owner_around(
	const struct attrib_table *t, int role, const struct net *net)
{
	unsigned shortest = ip_is4(&net->ip) && net->len >= 96 ? 96 : 0;
	for (int team = 1; team >= 0; team--) {
		for (unsigned len = net->len + 1U; len-- > shortest;) {
			struct net wider = net_of(&net->ip, len);
			const struct owner *o = owner_exactly(
				t, &t->slices[role][team], &wider);
			if (o)
				return o;
		}
	}
	return NULL;
}

static const struct owner *owner_of(
	const struct attrib_table *t, int role, const struct net *net)
{
	uint32_t at = range_find(t->ranges[role], &net->ip);
	if (at == RANGE_NONE)
		return NULL;
	/* A network that is wider than the prefix its first address lies in is not that
	 * prefix's. */
	const struct owner *o = &t->owners[at];
	return o->net.len <= net->len ? o : owner_around(t, role, net);
}

/* The longest registered domain that name is, or lies under. */
static int64_t domain_owner(
	const struct attrib_table *t, struct str name, struct str *ret)
{
	for (struct str s = name; s.n > 0;) {
		int64_t *org = s.n <= t->longest_domain ? map_get(&t->domains, s) : NULL;
		if (org) {
			*ret = s;
			return *org;
		}
		size_t dot = str_find(s, '.');
		s = str_from(s, dot < s.n ? dot + 1 : s.n);
	}
	return 0;
}

/* A registered domain that stands inside name with more labels behind it, as in
 * login.bank.example.phish.example; of several the one that begins first. Nothing longer
 * than the longest registered domain is looked up: a name of many labels costs little. */
static int64_t imitated_owner(
	const struct attrib_table *t, struct str name, struct str *ret)
{
	for (struct str s = name; s.n > 0;) {
		struct str head = str_to(s, t->longest_domain + 1);
		for (size_t dot = str_rfind(head, '.'); dot < head.n;
			dot = str_rfind(head, '.')) {
			head = str_to(head, dot);
			int64_t *org = map_get(&t->domains, head);
			if (org) {
				*ret = head;
				return *org;
			}
		}
		size_t dot = str_find(s, '.');
		s = str_from(s, dot < s.n ? dot + 1 : s.n);
	}
	return 0;
}

/* What the address says: holder, operator, country. */
static struct attrib by_address(const struct attrib_table *t, const struct net *net)
{
	struct attrib at = { .cc = S(""), .ref = S("") };
	const struct owner *holder = owner_of(t, ROLE_HOLDER, net);
	const struct owner *network = owner_of(t, ROLE_OPERATOR, net);
	const struct owner *country = owner_of(t, ROLE_COUNTRY, net);
	if (network) {
		at.network_org = network->org;
		at.asn = network->asn;
	} else if (holder) {
		at.asn = holder->asn;
	}
	if (country)
		at.cc = country->cc;
	/* The team's before imported data, then the more specific: a network may be
	 * registered inside a holder's block. */
	bool inside = false;
	if (holder && network && network->org)
		inside = network->team != holder->team
			? network->team
			: network->net.len > holder->net.len;
	if (holder && holder->org && !inside) {
		at.org = holder->org;
		at.basis = BASIS_PREFIX;
		at.ref = holder->ref;
	} else if (network && network->org) {
		at.org = network->org;
		at.basis = BASIS_NETWORK;
		at.ref = network->ref;
	} else if (at.cc.n > 0) {
		at.basis = BASIS_COUNTRY;
		at.ref = at.cc;
	}
	return at;
}

static void by_feed_asn(const struct attrib_table *t, uint32_t asn, struct attrib *at)
{
	const struct numbered *of = find_asn(t, asn);
	if (of == NULL || of->org == 0)
		return;
	at->org = at->network_org = of->org;
	at->asn = asn;
	at->basis = BASIS_ASN;
	at->ref = of->ref;
}

struct attrib attrib_find(const struct attrib_table *t, const struct net *net,
	struct str name, bool by_name, uint32_t feed_asn)
{
	struct attrib at = { .cc = S(""), .ref = S("") };
	struct str domain = S("");
	size_t account = str_rfind(name, '@'); /* belongs to its mail domain */
	if (account < name.n)
		name = str_from(name, account + 1);
	if (net)
		at = by_address(t, net);
	int64_t owner = by_name && name.n ? domain_owner(t, name, &domain) : 0;
	if (owner) {
		at.org = owner;
		at.basis = BASIS_DOMAIN;
		at.ref = domain;
		return at;
	}
	if (by_name && name.n)
		at.imitates = imitated_owner(t, name, &at.imitated);
	if (at.org == 0)
		by_feed_asn(t, feed_asn, &at);
	return at;
}

struct str attrib_org_name(const struct attrib_table *t, int64_t org)
{
	char room[24];
	int64_t *at = org ? map_get(&t->orgs, number(org, room)) : NULL;
	return at ? t->names[*at] : S("");
}

int attrib_reason(const struct attrib *at, struct buf *out)
{
	static const char *const form[BASIS_N] = {
		[BASIS_NONE] = "abroad: in no network of the register",
		[BASIS_COUNTRY] = "inside the country, no holder registered",
		[BASIS_DOMAIN] = "domain ",
		[BASIS_PREFIX] = "prefix ",
		[BASIS_NETWORK] = "network ",
		[BASIS_ASN] = "AS number of the feed",
	};
	int r = 0;
	if (at->imitates && at->basis < BASIS_DOMAIN)
		return buf_addf(out, "imitates %.*s", STR(at->imitated));
	r = buf_add(out, str_c(form[at->basis]));
	if (r == 0 &&
		(at->basis == BASIS_DOMAIN || at->basis == BASIS_PREFIX ||
			at->basis == BASIS_NETWORK))
		r = buf_add(out, at->ref);
	if (r == 0 && at->imitates)
		r = buf_addf(out, "; imitates %.*s", STR(at->imitated));
	return r;
}
