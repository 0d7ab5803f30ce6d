/* SPDX-License-Identifier: Apache-2.0
 * register_csv.c - the register as the files `register import` reads: see register.h.
 * Depends on: demo/files, demo/out. */
#include "demo/files.h"
#include "demo/register_part.h"

static void add_net(struct demo_out *o, const struct net *n)
{
	char text[IP_TEXT_MAX];
	demo_out_str(o, str_c(net_text(n, text)));
}

static void add_fields(struct demo_out *o, const struct str *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			demo_out_char(o, ',');
		demo_out_csv(o, f[i]);
	}
}

/* One line for each block; the IPv6 network stands in the first. */
static void write_network(struct demo_out *o, const struct demo_register *g, uint32_t org)
{
	const struct demo_org *who = &g->orgs[org];
	const struct net *v4[16], *v6 = NULL;
	size_t n4 = 0;
	for (uint32_t i = 0; i < g->n_prefixes; i++) {
		const struct demo_prefix *p = &g->prefixes[i];
		if (p->org != (int32_t)org)
			continue;
		if (!ip_is4(&p->net.ip))
			v6 = &p->net;
		else if (n4 < N(v4))
			v4[n4++] = &p->net;
	}
	for (size_t i = 0; i == 0 || i < n4; i++) {
		demo_out_num(o, who->asn);
		demo_out_char(o, ',');
		add_fields(
			o, (const struct str[]){ who->name, who->kind, who->sector }, 3);
		demo_out_char(o, ',');
		if (i < n4)
			add_net(o, v4[i]);
		demo_out_char(o, ',');
		if (i == 0 && v6 != NULL)
			add_net(o, v6);
		demo_out_char(o, ',');
		add_fields(o, (const struct str[]){ who->language, who->mail }, 2);
		demo_out_char(o, '\n');
	}
}

static void write_networks(
	struct arena *a, const struct demo_register *g, struct demo_out *o)
{
	(void)a;
	demo_out_str(o, S("asn,name,kind,sector,demo_ipv4,demo_ipv6,language,contact\n"));
	for (uint32_t i = 0; i < g->n_orgs; i++)
		if (g->orgs[i].is_network)
			write_network(o, g, i);
}

static void write_holders(
	struct arena *a, const struct demo_register *g, struct demo_out *o)
{
	(void)a;
	demo_out_str(o, S("prefix,holder,sector,language,contact,inside_asn\n"));
	for (uint32_t i = 0; i < g->n_prefixes; i++) {
		const struct demo_prefix *p = &g->prefixes[i];
		if (p->inside_asn == 0)
			continue;
		const struct demo_org *who = &g->orgs[p->org];
		add_net(o, &p->net);
		demo_out_char(o, ',');
		add_fields(o,
			(const struct str[]){
				who->name, who->sector, who->language, who->mail },
			4);
		demo_out_char(o, ',');
		demo_out_num(o, p->inside_asn);
		demo_out_char(o, '\n');
	}
}

static void write_domains(
	struct arena *a, const struct demo_register *g, struct demo_out *o)
{
	(void)a;
	demo_out_str(o, S("domain,organisation\n"));
	for (uint32_t i = 0; i < g->n_domains; i++) {
		add_fields(o,
			(const struct str[]){
				g->domains[i].name, g->orgs[g->domains[i].org].name },
			2);
		demo_out_char(o, '\n');
	}
}

/* The role that a mailbox's name says. */
static struct str role_of(struct str mail)
{
	static const char *const guards[] = { "soc@", "cert@", "ciso@", "security@",
		"scada@" };
	if (str_starts(mail, S("abuse@")))
		return S("abuse");
	for (size_t i = 0; i < N(guards); i++)
		if (str_starts(mail, str_c(guards[i])))
			return S("security");
	return S("technical");
}

/* 38 % have a mobile number. */
static struct str draw_phone(struct arena *a, struct rng *r)
{
	struct buf b = buf_in(a, 64);
	uint32_t area = 60 + rng_below(r, 8);
	uint32_t number = rng_below(r, 10000000);
	if (rng_below(r, 100) >= 38)
		return S("");
	return buf_addf(&b, "+999 %u %03u %04u", area, number / 10000, number % 10000) < 0
		? S("")
		: buf_str(&b);
}

static struct str draw_fingerprint(struct arena *a, struct rng *r)
{
	struct buf b = buf_in(a, 64);
	for (int i = 0; i < 5; i++)
		if (buf_addf(&b, "%08X", (unsigned)(rng_next(r) >> 32)) < 0)
			return S("");
	return buf_str(&b);
}

static void write_mailbox(
	struct arena *a, struct demo_out *o, struct rng *r, const struct demo_org *who)
{
	struct buf list = buf_in(a, 64);
	uint32_t n = 0;
	struct str role = role_of(who->mail);
	const struct str *name = NULL;
	if (buf_addf(&list, "contact.%.*s.%.*s", STR(role), STR(who->language)) == 0)
		name = demo_words(a, buf_str(&list), &n);
	struct str phone = draw_phone(a, r);
	/* 14 of 412 have a key. */
	struct str key = rng_below(r, 240) < 14 ? draw_fingerprint(a, r) : S("");
	add_fields(o,
		(const struct str[]){ who->name, n > 0 ? name[0] : S("Contact"), role,
			who->language, who->mail, phone, key },
		7);
	demo_out_char(o, '\n');
}

/* A second contact: a person. */
static void write_person(
	struct arena *a, struct demo_out *o, struct rng *r, const struct demo_org *who)
{
	uint32_t n_given, n_sur;
	const struct str *given = demo_words(a, S("given"), &n_given);
	const struct str *sur = demo_words(a, S("surname"), &n_sur);
	struct str first = given[rng_below(r, n_given)], last = sur[rng_below(r, n_sur)];
	struct str at = str_from(who->mail, str_find(who->mail, '@'));
	struct buf name = buf_in(a, 128), mail = buf_in(a, LIMIT_NAME);
	if (buf_addf(&name, "%.*s %.*s", STR(first), STR(last)) < 0 ||
		buf_addf(&mail, "%.*s.%.*s%.*s", STR(first), STR(last), STR(at)) < 0)
		return;
	name.p[0] = (char)(name.p[0] - 'a' + 'A');
	name.p[first.n + 1] = (char)(name.p[first.n + 1] - 'a' + 'A');
	struct str role = rng_below(r, 2) == 0 ? S("management") : S("technical");
	add_fields(o,
		(const struct str[]){ who->name, buf_str(&name), role, who->language,
			buf_str(&mail), draw_phone(a, r), S("") },
		7);
	demo_out_char(o, '\n');
}

/* The demo plan's contacts as they are; for the others 412 contacts on 240
 * organisations. */
static void write_contacts(
	struct arena *a, const struct demo_register *g, struct demo_out *o)
{
	struct str rest = demo_file("contacts.csv"), line, f[7];
	struct rng r = rng_new(g->seed, 'c', 0);
	uint32_t drawn = 0, done = 0;
	(void)demo_line(&rest, &line);
	demo_out_str(o, line);
	demo_out_char(o, '\n');
	while (demo_line(&rest, &line)) {
		demo_fields(a, line, ',', f, N(f));
		for (uint32_t i = 0; i < g->n_orgs; i++)
			if (str_eq(g->orgs[i].name, f[0])) {
				demo_out_str(o, line);
				demo_out_char(o, '\n');
				done++;
			}
	}
	for (uint32_t i = done; i < g->n_orgs; i++, drawn++) {
		write_mailbox(a, o, &r, &g->orgs[i]);
		uint32_t all = (drawn + 1) * 172 / 184;
		if (all > drawn * 172 / 184)
			write_person(a, o, &r, &g->orgs[i]);
	}
}

static void copy_file(struct arena *a, const struct demo_register *g, struct demo_out *o)
{
	(void)a;
	(void)g;
	demo_out_str(o, demo_file(o->name));
}

int demo_register_write(
	struct arena *a, const struct demo_register *g, int dir, struct why *why)
{
	static const struct {
		const char *name;
		void (*write)(struct arena *a, const struct demo_register *g,
			struct demo_out *o);
	} files[] = {
		{ "networks.csv", write_networks },
		{ "holders.csv", write_holders },
		{ "contacts.csv", write_contacts },
		{ "domains.csv", write_domains },
		{ "country.csv", copy_file },
	};
	for (size_t i = 0; i < N(files); i++) {
		struct demo_out o;
		int r = demo_out_new(a, dir, files[i].name, why, &o);
		if (r < 0)
			return r;
		/* The demo plan is written by hand: as it is. */
		if (g->scale == DEMO_D)
			copy_file(a, g, &o);
		else
			files[i].write(a, g, &o);
		r = demo_out_end(&o);
		if (r < 0)
			return r;
	}
	return 0;
}
