/* SPDX-License-Identifier: Apache-2.0
 * test_range.c - the range table answers as a search through all prefixes does.
 * Depends on: core/range. */
#include "core/range.h"
#include "tap.h"

#include <stdlib.h>

static uint64_t state;

/* SplitMix64: the same numbers on every machine. */
static uint64_t next_random(void)
{
	uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static unsigned below(unsigned n)
{
	return (unsigned)(next_random() % n);
}

/* Few different bits, so that prefixes nest and touch. */
static struct ip some_ip(bool four)
{
	static const uint8_t bytes[] = { 0, 0, 1, 0x20, 0x7f, 0x80, 0xc0, 0xfe, 0xff };
	struct ip ip = { { 0 } };
	for (int i = four ? 12 : 0; i < 16; i++)
		ip.b[i] = bytes[below(N(bytes))];
	if (!four && below(3) == 0) /* around the block in which IPv4 stands */
		memset(ip.b, 0, 10);
	if (four)
		ip.b[10] = ip.b[11] = 0xff;
	return ip;
}

static struct net some_net(bool four)
{
	struct ip ip = some_ip(four);
	unsigned len = four ? 96 + below(33) : below(129);
	struct net n = net_of(&ip, len);
	/* ::ffff:0:0/96 and longer is IPv4's. */
	return !four && ip_is4(&n.ip) && n.len >= 96 ? some_net(four) : n;
}

/* The longest that holds the address, one of the team's before any imported one. An IPv6
 * prefix holds no IPv4 address, however they are kept. */
static uint32_t naive(const struct range_in *in, size_t n, const struct ip *ip)
{
	const struct range_in *best = NULL;
	for (size_t i = 0; i < n; i++) {
		bool four = ip_is4(&in[i].net.ip) && in[i].net.len >= 96;
		if (four != ip_is4(ip) || !net_has(&in[i].net, ip))
			continue;
		if (best == NULL || (in[i].team && !best->team) ||
			(in[i].team == best->team && in[i].net.len > best->net.len))
			best = &in[i];
	}
	return best ? best->value : RANGE_NONE;
}

static bool is_there(const struct range_in *in, size_t n, const struct range_in *new)
{
	for (size_t i = 0; i < n; i++)
		if (in[i].team == new->team &&
			in[i].net.len ==
				new->net.len &&ip_cmp(&in[i].net.ip, &new->net.ip) == 0)
			return true;
	return false;
}

static bool step(struct ip *ip, int by)
{
	for (int i = 15; i >= 0; i--) {
		uint8_t was = ip->b[i];
		ip->b[i] = (uint8_t)(was + by);
		if (by > 0 ? ip->b[i] != 0 : was != 0)
			return true;
	}
	return false;
}

static unsigned asked, wrong;

static void ask(const struct range_table *t, const struct range_in *in, size_t n,
	const struct ip *ip)
{
	char text[IP_TEXT_MAX];
	uint32_t got = range_find(t, ip), want = naive(in, n, ip);
	asked++;
	if (got == want)
		return;
	if (wrong++ < 5)
		printf("# %s: got %u, want %u\n", ip_text(ip, text), got, want);
}

/* The table and the search agree on borders, their neighbours and random addresses. */
static void one_register(struct arena *a, unsigned most)
{
	struct range_in in[64] = { 0 }, sorted[64];
	size_t n = 0;
	for (unsigned i = below(most + 1); i > 0 && n < N(in); i--) {
		struct range_in new = { some_net(below(2) > 0), below(3) == 0,
			(uint32_t)n };
		if (!is_there(in, n, &new))
			in[n++] = new;
	}
	memcpy(sorted, in, sizeof(in));
	struct range_table *t = range_build(a, sorted, n);
	for (size_t i = 0; i < n; i++) {
		struct ip first = in[i].net.ip, last = net_last(&in[i].net);
		ask(t, in, n, &first);
		ask(t, in, n, &last);
		if (step(&first, -1))
			ask(t, in, n, &first);
		if (step(&last, 1))
			ask(t, in, n, &last);
	}
	for (int i = 0; i < 50; i++) {
		struct ip ip = some_ip(below(2) > 0);
		ask(t, in, n, &ip);
	}
}

static struct range_in row(const char *net, bool team, uint32_t value)
{
	struct range_in in = { .team = team, .value = value };
	if (net_read(str_c(net), &in.net) < 0)
		abort();
	return in;
}

static uint32_t find(const struct range_table *t, const char *text)
{
	struct ip ip;
	if (ip_read(str_c(text), &ip) < 0)
		abort();
	return range_find(t, &ip);
}

static void by_hand(struct arena *a)
{
	struct range_in in[] = { row("::/0", false, 1), row("192.0.2.0/24", true, 2),
		row("192.0.2.128/29", false, 3), row("192.0.2.136/30", true, 4),
		row("2001:db8::/32", false, 5), row("::fffe:0:0/96", false, 6),
		row("203.0.113.7/32", false, 7), row("203.0.113.7/32", true, 8),
		row("255.255.255.255/32", false, 9) };
	struct range_table *t = range_build(a, in, N(in));
	ok(find(t, "192.0.2.130") == 2, "the team's wider prefix before imported data");
	ok(find(t, "192.0.2.137") == 4, "the longest of the team's own");
	ok(find(t, "192.0.3.0") == RANGE_NONE, "an IPv6 prefix holds no IPv4 address");
	ok(find(t, "203.0.113.7") == 8, "of the same prefix twice the team's");
	ok(find(t, "255.255.255.255") == 9, "the last address of IPv4");
	ok(find(t, "2001:db8::1") == 5 && find(t, "2001:db9::1") == 1,
		"the widest prefix goes on behind the IPv4 block");
	ok(find(t, "::fffe:1:2") == 6 && find(t, "::1:0:0:0") == 1,
		"a prefix that ends where the IPv4 block begins");
	t = range_build(a, NULL, 0);
	ok(find(t, "192.0.2.1") == RANGE_NONE && find(t, "::1") == RANGE_NONE,
		"an empty register knows nobody");
}

int main(void)
{
	AUTO_ARENA a = arena_new(MIB(64), "ranges");
	by_hand(&a);
	for (unsigned i = 0; i < 1500; i++) {
		state = i;
		arena_reset(&a);
		one_register(&a, 1 + i % 60);
	}
	ok(wrong == 0 && asked > 100000, "%u answers equal a search through all prefixes",
		asked);
	return tap_end();
}
