/* SPDX-License-Identifier: Apache-2.0
 * fuzz_loc.c - libloc's database: its networks end within an address, its pieces come in
 * order and never overlap, texts are clean, a second walk gives the same, and no byte
 * outside the file is asked for. Depends on: fmt/loc. */
#include "fmt/loc.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "fuzz.h"

struct seen {
	uint32_t entries, pieces;
	struct ip last;
};

static int read_at(void *ctx, uint64_t at, void *to, size_t n, struct why *why)
{
	const struct str *file = ctx;
	(void)why;
	must(at <= file->n && n <= file->n - at);
	memcpy(to, file->p + at, n);
	return 0;
}

static void check_net(const struct net *n)
{
	must(n->len <= 128);
	struct net again = net_of(&n->ip, n->len);
	must(ip_cmp(&again.ip, &n->ip) == 0);
}

static int on_entry(void *ctx, const struct loc_net *n, struct why *why)
{
	struct seen *s = ctx;
	(void)why;
	check_net(&n->net);
	s->entries++;
	return 0;
}

static int on_piece(void *ctx, const struct loc_net *n, struct why *why)
{
	struct seen *s = ctx;
	(void)why;
	check_net(&n->net);
	must(s->pieces == 0 || ip_cmp(&s->last, &n->net.ip) < 0);
	s->last = net_last(&n->net);
	s->pieces++;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_ARENA a = arena_new(MIB(64), "fuzz_loc");
	struct str file = { (const char *)data, n }, name;
	struct loc_src src = { &file, n, read_at };
	struct seen first = { 0 }, second = { 0 };
	struct loc_sink one = { &first, on_entry, on_piece };
	struct loc_sink two = { &second, on_entry, on_piece };
	struct why why = { 0 };
	struct loc *l;
	if (loc_open(&a, &src, &why, &l) < 0) {
		must(why.err < 0);
		return 0;
	}
	must(loc_about(l)->created >= 0);
	must(loc_about(l)->vendor.n <= LIMIT_KEY_FIELD);
	must(utf8_valid(loc_about(l)->licence));
	if (loc_as_name(l, 64500, &a, &why, &name) == 0)
		must(name.n <= LIMIT_KEY_FIELD && utf8_valid(name));
	int r = loc_walk(l, &one, &why);
	must(loc_walk(l, &two, &why) == r);
	must(first.entries == second.entries && first.pieces == second.pieces);
	return 0;
}
