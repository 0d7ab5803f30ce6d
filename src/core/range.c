/* SPDX-License-Identifier: Apache-2.0
 * range.c - prefixes flattened into ranges: see range.h. Depends on: base/net. */
#include "core/range.h"

#include <assert.h>
#include <stdlib.h>

static int by_start(const void *pa, const void *pb)
{
	const struct range_in *a = pa, *b = pb;
	int c = ip_cmp(&a->net.ip, &b->net.ip);
	if (c != 0)
		return c;
	if (a->net.len != b->net.len)
		return a->net.len < b->net.len ? -1 : 1;
	return (int)a->team - (int)b->team;
}

/* The enclosing prefixes of the point the sweep is at, and who wins there. */
struct open_prefix {
	struct ip last;
	const struct range_in *best;
};
struct sweep {
	struct range_table *t;
	bool four; /* one family after the other: IPv4 lies inside ::/80 of IPv6 */
	struct open_prefix stack[2 * 129]; /* lengths 0 to 128, each perhaps twice */
	size_t depth;
};

static uint64_t word(const uint8_t *b)
{
	uint64_t v;
	memcpy(&v, b, sizeof(v));
	return __builtin_bswap64(v);
}

static void emit(struct sweep *s, const struct ip *from, const struct range_in *best)
{
	struct range_table *t = s->t;
	uint32_t value = best ? best->value : RANGE_NONE;
	if (s->four) {
		uint32_t at = (uint32_t)word(from->b + 8);
		if (t->n4 > 0 && t->start4[t->n4 - 1] == at)
			t->n4--;
		if (t->n4 == 0 || t->value4[t->n4 - 1] != value) {
			t->start4[t->n4] = at;
			t->value4[t->n4++] = value;
		}
		return;
	}
	struct range6 at = { word(from->b), word(from->b + 8) };
	if (t->n6 > 0 && t->start6[t->n6 - 1].hi == at.hi &&
		t->start6[t->n6 - 1].lo == at.lo)
		t->n6--;
	if (t->n6 == 0 || t->value6[t->n6 - 1] != value) {
		t->start6[t->n6] = at;
		t->value6[t->n6++] = value;
	}
}

/* The address after ip; false past the last one of the family. */
static bool next_ip(const struct sweep *s, struct ip *ip)
{
	for (int i = 15; i >= 0; i--) {
		if (++ip->b[i] != 0)
			return !s->four || ip_is4(ip);
	}
	return false;
}

static void close_until(struct sweep *s, const struct ip *before)
{
	while (s->depth > 0 &&
		(before == NULL || ip_cmp(&s->stack[s->depth - 1].last, before) < 0)) {
		struct ip after = s->stack[--s->depth].last;
		const struct range_in *best = s->depth ? s->stack[s->depth - 1].best
						       : NULL;
		if (next_ip(s, &after))
			emit(s, &after, best);
	}
}

static void open_prefix(struct sweep *s, const struct range_in *in)
{
	const struct range_in *outer = s->depth ? s->stack[s->depth - 1].best : NULL;
	const struct range_in *best = outer && outer->team && !in->team ? outer : in;
	if (s->depth ==
		N(s->stack)) /* the same prefix more than twice: the last one counts */
		s->depth--;
	s->stack[s->depth++] = (struct open_prefix){ net_last(&in->net), best };
	emit(s, &in->net.ip, best);
}

/* The prefixes of one family, sorted, into its ranges. */
static void sweep_family(struct sweep *s, const struct range_in *in, size_t n, bool four)
{
	s->four = four;
	for (size_t i = 0; i < n; i++) {
		if (four != (ip_is4(&in[i].net.ip) && in[i].net.len >= 96))
			continue;
		close_until(s, &in[i].net.ip);
		open_prefix(s, &in[i]);
	}
	close_until(s, NULL);
}

static void index_slash16(struct range_table *t)
{
	size_t at = 0;
	for (uint32_t block = 0; block < 65536; block++) {
		while (at < t->n4 && t->start4[at] < block << 16)
			at++;
		t->index4[block] = (uint32_t)at;
	}
	t->index4[65536] = (uint32_t)t->n4;
}

struct range_table *range_build(struct arena *a, struct range_in *in, size_t n)
{
	struct range_table *t = arena_alloc(a, sizeof(*t));
	struct sweep *s = arena_alloc(a, sizeof(*s));
	size_t n4 = 0;
	if (n > 0)
		qsort(in, n, sizeof(*in), by_start);
	for (size_t i = 0; i < n; i++)
		n4 += ip_is4(&in[i].net.ip);
	t->start4 = arena_array(a, 2 * n4 + 1, sizeof(*t->start4));
	t->value4 = arena_array(a, 2 * n4 + 1, sizeof(*t->value4));
	t->start6 = arena_array(a, 2 * (n - n4) + 1, sizeof(*t->start6));
	t->value6 = arena_array(a, 2 * (n - n4) + 1, sizeof(*t->value6));
	s->t = t;
	sweep_family(s, in, n, false);
	sweep_family(s, in, n, true);
	index_slash16(t);
	return t;
}

static uint32_t find4(const struct range_table *t, uint32_t at)
{
	/* The last range that starts at or before the address; often it began in an
	 * earlier /16. */
	size_t lo = t->index4[at >> 16], hi = t->index4[(at >> 16) + 1];
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (t->start4[mid] <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? t->value4[lo - 1] : RANGE_NONE;
}

uint32_t range_find(const struct range_table *t, const struct ip *ip)
{
	if (ip_is4(ip))
		return find4(t, (uint32_t)word(ip->b + 8));
	struct range6 at = { word(ip->b), word(ip->b + 8) };
	size_t lo = 0, hi = t->n6;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct range6 *m = &t->start6[mid];
		if (m->hi < at.hi || (m->hi == at.hi && m->lo <= at.lo))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? t->value6[lo - 1] : RANGE_NONE;
}
