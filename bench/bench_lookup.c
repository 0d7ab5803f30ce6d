/* SPDX-License-Identifier: Apache-2.0
 * bench_lookup.c - look-ups in a register of 300,000 prefixes: bench_lookup DIR, an empty
 * folder for its database. Depends on: core. */
#include "rows.h"

#include "base/hash.h"
#include "core/attrib.h"
#include "db/sql_register.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define PREFIXES 300000u
#define HOLDERS	 10000u /* of them: inside networks, the team's own */
#define SIX	 60000u /* of them: IPv6 */
#define ORGS	 5000
#define LOOKUPS	 2000000u
#define TURNS	 5

/* A generator of its own: the same addresses in each run. */
static uint64_t next(uint64_t *x)
{
	*x = *x * 6364136223846793005ull + 1442695040888963407ull;
	return *x ^ *x >> 29;
}

static struct net random_net(uint64_t *x, bool six, bool holder)
{
	struct ip ip = { 0 };
	uint64_t a = next(x), b = next(x);
	unsigned len = six ? 32 + (unsigned)(b % 17) : 96 + 16 + (unsigned)(b % 9);
	len += holder ? 6 : 0;
	if (six) {
		memcpy(ip.b, &a, 8);
		ip.b[0] = 0x20;
		ip.b[1] = 0x01;
	} else {
		ip.b[10] = ip.b[11] = 0xff;
		memcpy(ip.b + 12, &a, 4);
		ip.b[12] = (uint8_t)(1 + ip.b[12] % 222);
	}
	return net_of(&ip, len);
}

static void fill(struct ctx *x, struct net *nets)
{
	uint64_t seed = 69;
	struct tx t;
	must(tx_begin(&t, x->db, TX_WRITE), "begin");
	for (int i = 1; i <= ORGS; i++) {
		char name[32];
		struct sql_register_org_insert_row row;
		(void)snprintf(name, sizeof(name), "Organisation %d", i);
		struct sql_register_org_insert_in in = { .name = str_c(name),
			.kind = S(""),
			.sector = S(""),
			.language = S("en"),
			.origin = 1 };
		must(sql_register_org_insert(x->db, &in, &row), "organisation");
	}
	for (uint32_t i = 0; i < PREFIXES; i++) {
		bool holder = i < HOLDERS;
		nets[i] = random_net(&seed, i % (PREFIXES / SIX) == 0, holder);
		struct sql_register_prefix_put_in in = { .role = holder,
			.origin = holder,
			.net = { (const char *)nets[i].ip.b, 16 },
			.len = nets[i].len,
			.org = SOME(1 + i % ORGS),
			.asn = SOME(64512 + i % 900),
			.cc = S("XT") };
		must(sql_register_prefix_put(x->db, &in), "prefix");
	}
	must(tx_end(&t, 0), "commit");
}

/* Somewhere in a network, from the first address to the last. */
static struct net inside(const struct net *n, uint64_t *x)
{
	struct net host = { n->ip, 128 };
	uint64_t noise[2] = { next(x), next(x) };
	const uint8_t *r = (const uint8_t *)noise;
	for (unsigned bit = n->len; bit < 128; bit++)
		host.ip.b[bit / 8] |= (uint8_t)(r[bit / 8] & (0x80u >> bit % 8));
	return host;
}

static int by_value(const void *pa, const void *pb)
{
	const double *a = pa, *b = pb;
	return (*a > *b) - (*a < *b);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	AUTO_ARENA a = arena_new(GIB(1), "bench");
	struct ctx x = { .arena = &a, .actor = S("bench") };
	struct attrib_table *table;
	double took[TURNS];
	uint64_t seed = 70;
	struct net *nets = arena_array(&a, PREFIXES, sizeof(*nets));
	struct net *asked = arena_array(&a, LOOKUPS, sizeof(*asked));
	int dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(dir, argv[1]);
	must(db_open(dir, DB_CREATE, 0, &x.why, &x.db), argv[1]);
	fill(&x, nets);
	double load = cpu_seconds();
	AUTO_ARENA own = arena_new(MIB(512), "table");
	must(attrib_load(&x, &own, &table), "register");
	load = cpu_seconds() - load;
	for (uint32_t i = 0; i < LOOKUPS; i++)
		asked[i] = inside(&nets[next(&seed) % PREFIXES], &seed);
	for (int turn = 0; turn < TURNS; turn++) {
		uint32_t found = 0;
		double from = cpu_seconds();
		for (uint32_t i = 0; i < LOOKUPS; i++)
			found += attrib_find(table, &asked[i], S(""), false, 0).org != 0;
		took[turn] = cpu_seconds() - from;
		must(found == LOOKUPS ? 0 : E_STATE, "an address in no network");
	}
	qsort(took, TURNS, sizeof(took[0]), by_value);
	printf("look-ups: %.0f a second on one core, %.0f ns each; %u prefixes (%u "
	       "IPv6, %u holders inside), %.2f s to load, %.1f MB; %u random "
	       "addresses, median of %d\n",
		LOOKUPS / took[TURNS / 2], took[TURNS / 2] / LOOKUPS * 1e9, PREFIXES, SIX,
		HOLDERS, load, (double)own.used / 1e6, LOOKUPS, TURNS);
	db_close(&x.db);
	return 0;
}
