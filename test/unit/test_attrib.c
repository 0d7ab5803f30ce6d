/* SPDX-License-Identifier: Apache-2.0
 * test_attrib.c - who is responsible: each step of the order, the team's word before
 * imported data at each of them, and names that imitate. Depends on: core. */
#include "core_kit.h"

#include <time.h>

static struct attrib at_net(struct kit *k, const char *text, uint32_t feed_asn)
{
	struct net net;
	kit_must(k, net_read(str_c(text), &net), text);
	return attrib_find(k->table, &net, S(""), false, feed_asn);
}

static struct attrib at_name(struct kit *k, const char *name, const char *net)
{
	struct net n;
	if (net)
		kit_must(k, net_read(str_c(net), &n), net);
	return attrib_find(k->table, net ? &n : NULL, str_c(name), true, 0);
}

static bool is_org(struct kit *k, int64_t org, const char *name)
{
	struct str got = attrib_org_name(k->table, org);
	bool same = str_eq(got, str_c(name));
	if (!same)
		printf("# got '%.*s', want '%s'\n", STR(got), name);
	return same;
}

static bool says(const struct attrib *at, const char *want)
{
	AUTO_ARENA a = arena_new(KIB(64), "reason");
	struct buf b = buf_in(&a, KIB(8));
	if (attrib_reason(at, &b) < 0)
		return false;
	bool same = str_eq(buf_str(&b), str_c(want));
	if (!same)
		printf("# got '%.*s', want '%s'\n", STR(buf_str(&b)), want);
	return same;
}

/* ---- the order ---- */

static void test_order(struct kit *k)
{
	const struct reg_row rows[] = {
		kit_row(k, REG_NETWORK, "Zelvora", "192.0.2.0/24", 64496, NULL),
		kit_row(k, REG_HOLDER, "Finance", "192.0.2.128/29", 0, NULL),
		kit_row(k, REG_NETWORK, "Inner Net", "192.0.2.132/31", 64497, NULL),
		kit_row(k, REG_PREFIX, NULL, "198.18.0.0/17", 64496, NULL),
		kit_row(k, REG_PREFIX, NULL, "198.19.192.0/18", 0, NULL),
		kit_row(k, REG_DOMAIN, "Finance", NULL, 0, "finance.gov.xt.example"),
		kit_row(k, REG_DOMAIN, "Bank", NULL, 0, "alderquist.xt.example"),
		kit_row(k, REG_COUNTRY, NULL, "192.0.2.0/24", 0, "XT"),
		kit_row(k, REG_COUNTRY, NULL, "198.18.0.0/15", 0, "XT"),
		kit_row(k, REG_COUNTRY, NULL, "2001:db8::/32", 0, "XT"),
		kit_row(k, REG_COUNTRY, NULL, "2001:db8:ff00::/40", 0, "ZZ"),
	};
	kit_register(k, ORIGIN_TEAM, rows, N(rows));
	struct attrib at = at_net(k, "192.0.2.130", 0);
	ok(is_org(k, at.org, "Finance") && is_org(k, at.network_org, "Zelvora") &&
			at.asn == 64496 && says(&at, "prefix 192.0.2.128/29"),
		"the holder before the operator, who stands beside");
	at = at_net(k, "192.0.2.133", 0);
	ok(is_org(k, at.org, "Inner Net") && at.basis == BASIS_NETWORK,
		"a network registered inside a holder's block is the more specific");
	at = at_net(k, "192.0.2.7", 64497);
	ok(is_org(k, at.org, "Zelvora") && at.basis == BASIS_NETWORK,
		"the prefix before the AS number of the feed");
	at = at_net(k, "198.18.5.5", 0);
	ok(is_org(k, at.org, "Zelvora") && at.asn == 64496,
		"a prefix that names its network by AS number only");
	at = at_net(k, "198.19.200.1", 0);
	ok(at.org == 0 && str_eq(at.cc, S("XT")) && at.basis == BASIS_COUNTRY,
		"nobody's prefix is unattributed and in the country");
	at = at_net(k, "203.0.113.5", 64497);
	ok(is_org(k, at.org, "Inner Net") && at.basis == BASIS_ASN && at.cc.n == 0,
		"an address of no prefix: the AS number of the feed");
	at = at_net(k, "2001:db8:2100::1", 0);
	ok(at.org == 0 && str_eq(at.cc, S("XT")), "in the country by country.csv");
	at = at_net(k, "2001:db8:ff01::1", 0);
	ok(at.org == 0 && at.cc.n == 0 && at.basis == BASIS_NONE,
		"a hole in a country's prefix is abroad");
	at = at_name(k, "portal.finance.gov.xt.example", "192.0.2.7");
	ok(is_org(k, at.org, "Finance") && is_org(k, at.network_org, "Zelvora") &&
			says(&at, "domain finance.gov.xt.example"),
		"a web finding is its domain's owner's, the network stands beside");
	at = attrib_find(k->table, &(struct net){ .len = 128 },
		S("finance.gov.xt.example"), false, 0);
	ok(at.org == 0, "a name beside an address does not decide");
}

static void test_imitation(struct kit *k)
{
	struct attrib at = at_name(k, "login.alderquist.xt.example.phish.example", NULL);
	ok(at.org == 0 && is_org(k, at.imitates, "Bank") &&
			says(&at, "imitates alderquist.xt.example"),
		"a registered domain inside a stranger's name is imitated");
	at = at_name(k, "alderquist.xt.example.phish.example", "192.0.2.7");
	ok(is_org(k, at.org, "Zelvora") && is_org(k, at.imitates, "Bank"),
		"where it lies is responsible, whom it imitates stands beside");
	at = at_name(k, "xalderquist.xt.example", NULL);
	ok(at.org == 0 && at.imitates == 0, "part of a label is no domain");
	at = at_name(k, "alderquist.xt.example", NULL);
	ok(is_org(k, at.org, "Bank") && at.imitates == 0, "the domain itself");
	at = at_name(k, "b.l@alderquist.xt.example", NULL);
	ok(is_org(k, at.org, "Bank"), "an account belongs to its mail domain");
	at = at_name(
		k, "finance.gov.xt.example@alderquist.xt.example.phish.example", NULL);
	ok(is_org(k, at.imitates, "Bank"), "an account's mail domain may imitate");
	at = at_name(k, "xn--alderquist-9za.xt.example", NULL);
	ok(at.org == 0 && at.imitates == 0, "another A-label is another name");
	at = at_name(k, "alderquist.xt.example", NULL);

	char name[254];
	for (size_t i = 0; i < 253; i++)
		name[i] = i % 2 ? '.' : 'a';
	name[253] = '\0';
	struct timespec from, to;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < 1000; i++)
		at = at_name(k, name, NULL);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	double us = (double)(to.tv_sec - from.tv_sec) * 1e3 +
		(double)(to.tv_nsec - from.tv_nsec) / 1e6;
	printf("# a name of 127 labels: %.0f microseconds\n", us);
	ok(at.imitates == 0 && us < 2000, "a name of 127 labels costs little");
}

/* ---- the team's word ---- */

static void test_team_goes_first(struct kit *k)
{
	const struct reg_row imported[] = {
		kit_row(k, REG_NETWORK, "Registry Says", "10.0.0.0/16", 65001, NULL),
		kit_row(k, REG_NETWORK, "Registry Says", "10.1.2.0/24", 65001, NULL),
		kit_row(k, REG_HOLDER, "Registry Holder", "10.1.3.0/24", 0, NULL),
		kit_row(k, REG_COUNTRY, NULL, "10.1.0.0/16", 0, "YY"),
		kit_row(k, REG_DOMAIN, "Registry Says", NULL, 0, "shop.example"),
	};
	const struct reg_row team[] = {
		kit_row(k, REG_NETWORK, "Team Says", "10.1.0.0/16", 65001, NULL),
		kit_row(k, REG_COUNTRY, NULL, "10.0.0.0/8", 0, "XT"),
		kit_row(k, REG_DOMAIN, "Team Says", NULL, 0, "shop.example"),
	};
	for (int order = 0; order < 3; order++) {
		if (order != 1)
			kit_register(k, ORIGIN_IMPORTED, imported, N(imported));
		if (order != 2)
			kit_register(k, ORIGIN_TEAM, team, N(team));
		struct attrib at = at_net(k, "10.1.2.3", 0);
		ok(is_org(k, at.org, "Team Says"),
			"round %d: the team's wider network before an imported one",
			order);
		at = at_net(k, "10.1.3.3", 0);
		ok(is_org(k, at.org, "Team Says"),
			"round %d: the team's network before an imported holder", order);
		at = at_net(k, "10.0.0.1", 0);
		ok(is_org(k, at.org, "Registry Says") && str_eq(at.cc, S("XT")),
			"round %d: imported where the team is silent; the team's country",
			order);
		at = at_net(k, "172.16.0.1", 65001);
		ok(is_org(k, at.org, "Team Says"), "round %d: the AS number", order);
		at = at_name(k, "www.shop.example", NULL);
		ok(is_org(k, at.org, "Team Says"), "round %d: the domain", order);
	}
	struct reg_row org[] = { kit_row(k, REG_NETWORK, "Both", NULL, 65100, NULL) };
	org[0].language = S("fr");
	org[0].sector = S("finance");
	kit_register(k, ORIGIN_TEAM, org, 1);
	org[0].language = S("en");
	org[0].sector = S("isp");
	org[0].kind = S("bank");
	struct register_change c = kit_register(k, ORIGIN_IMPORTED, org, 1);
	ok(c.changed == 1, "imported data fills what the team left empty");
	c = kit_register(k, ORIGIN_IMPORTED, org, 1);
	ok(c.changed == 0 && c.added == 0, "and changes nothing that the team said");
}

/* The owner of an AS number changes: prefixes known by the number follow. */
static void test_renumbered(struct kit *k)
{
	const struct reg_row row = kit_row(
		k, REG_NETWORK, "New Name", "192.0.2.0/24", 64496, NULL);
	kit_register(k, ORIGIN_TEAM, &row, 1);
	struct attrib at = at_net(k, "198.18.5.5", 0);
	ok(is_org(k, at.org, "New Name"),
		"a prefix known by AS number follows the number's new owner");
}

/* ---- networks in the address column ---- */

static void test_wide(struct kit *k)
{
	struct attrib at = at_net(k, "192.0.2.128/29", 0);
	ok(is_org(k, at.org, "Finance"), "a holder's whole block is the holder's");
	at = at_net(k, "192.0.2.128/28", 0);
	ok(is_org(k, at.org, "Zelvora") && at.basis == BASIS_NETWORK,
		"a network wider than the holder's block is the operator's");
	at = at_net(k, "192.0.2.0/23", 0);
	ok(at.org == 0, "wider than all that is registered: nobody's");
	at = at_net(k, "10.1.2.0/23", 0);
	ok(is_org(k, at.org, "Team Says"), "the team's around, imported inside");
	at = at_net(k, "10.0.0.0/15", 0);
	ok(at.org == 0 && str_eq(at.cc, S("XT")), "only the country holds it whole");
	at = at_net(k, "2001:db8::/32", 0);
	ok(at.org == 0 && str_eq(at.cc, S("XT")), "IPv6, as wide as the country's");
	at = at_net(k, "::/0", 0);
	ok(at.org == 0 && at.cc.n == 0, "the whole world is abroad");
}

int main(void)
{
	struct kit k;
	kit_new(&k);
	test_order(&k);
	test_imitation(&k);
	test_team_goes_first(&k);
	test_wide(&k);
	test_renumbered(&k);
	kit_free(&k);
	return tap_end();
}
