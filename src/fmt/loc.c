/* SPDX-License-Identifier: Apache-2.0
 * loc.c - libloc's database: see loc.h. Depends on: base.
 *
 * The file is big-endian: a header, then sections that the header gives by offset and
 * length. The tree has one node a bit of the address (IPv4 under ::ffff:0:0/96); a node
 * names its children by number, 0 for none, and the network that begins there, if any. */
#include "fmt/loc.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/utf8.h"

enum { HEADER_TEXTS = 8 + 8, HEADER_LEN = HEADER_TEXTS + 3 * 4 + 5 * 8 + 4 };
enum { NODE_LEN = 12, NETWORK_LEN = 12, AS_LEN = 8, COUNTRY_LEN = 8 };

#define DEPTH_MAX     128
#define NO_NETWORK    UINT32_MAX
#define BLOCK_ITEMS   256
#define NODES_MAX     40000000 /* the database of 2022 has 3 million */
#define NETWORKS_MAX  20000000
#define AS_MAX	      1000000
#define SIGNATURE_MAX 2048

struct section {
	uint64_t at;
	uint32_t n; /* items; of the pool: bytes */
};
/* Some items that stand side by side. Nodes lie level by level in the file, networks in
 * the order of their nodes: one block for each level of the walk reads each part once. */
struct block {
	uint32_t first, n;
	uint8_t b[BLOCK_ITEMS * NODE_LEN];
};
struct as_entry {
	uint32_t asn, name;
};
struct loc {
	struct loc_src src;
	struct loc_about about;
	struct section ases, networks, nodes, countries, pool;
	struct as_entry *as;
	struct block *node_blocks, *network_blocks; /* DEPTH_MAX + 1 of each */
	uint32_t visits;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t be64(const uint8_t *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

/* ---- the header ---- */

static const struct section_form {
	const char *what;
	uint32_t item, max, min;
} section_forms[] = {
	{ "AS numbers", AS_LEN, AS_MAX, 0 },
	{ "networks", NETWORK_LEN, NETWORKS_MAX, 0 },
	{ "tree", NODE_LEN, NODES_MAX, 1 },
	{ "countries", COUNTRY_LEN, 100000, 0 },
	{ "texts", 1, 256 << 20, 1 },
};

static int read_section(const struct loc *l, const uint8_t *p,
	const struct section_form *form, struct why *why, struct section *ret)
{
	uint64_t at = be32(p), length = be32(p + 4);
	if (at > l->src.size || length > l->src.size - at)
		return fail(why, E_SYNTAX, "location database: the %s reach past its end",
			form->what);
	if (length % form->item != 0 || length / form->item < form->min)
		return fail(why, E_SYNTAX,
			"location database: the %s have a wrong length", form->what);
	if (length / form->item > form->max)
		return fail(why, E_TOO_BIG, "location database: too many %s", form->what);
	*ret = (struct section){ at, (uint32_t)(length / form->item) };
	return 0;
}

/* A text of the pool, ended by NUL; a longer one than a name may be is cut. */
static int read_text(const struct loc *l, uint32_t at, struct arena *a, struct why *why,
	struct str *ret)
{
	char raw[LIMIT_KEY_FIELD + 1];
	if (at >= l->pool.n)
		return fail(why, E_SYNTAX, "location database: a text outside the texts");
	size_t n = l->pool.n - at < sizeof(raw) ? l->pool.n - at : sizeof(raw);
	int r = l->src.read(l->src.ctx, l->pool.at + at, raw, n, why);
	if (r < 0)
		return r;
	size_t end = strnlen(raw, n);
	if (end == n && n < sizeof(raw))
		return fail(why, E_SYNTAX, "location database: a text without an end");
	struct str text = str_trim(utf8_escape(a, str_trim((struct str){ raw, end })));
	*ret = str_dup(a, str_trim(utf8_cut(text, LIMIT_KEY_FIELD)));
	return 0;
}

static int read_header(struct loc *l, struct arena *a, struct why *why)
{
	struct section *const sections[] = { &l->ases, &l->networks, &l->nodes,
		&l->countries, &l->pool };
	uint8_t h[HEADER_LEN];
	const uint8_t *p = h + HEADER_TEXTS;
	if (l->src.size < sizeof(h))
		return fail(why, E_SYNTAX, "location database: shorter than its header");
	int r = l->src.read(l->src.ctx, 0, h, sizeof(h), why);
	if (r < 0)
		return r;
	if (memcmp(h, LOC_MAGIC, LOC_MAGIC_LEN) != 0)
		return fail(why, E_SYNTAX, "not a location database");
	if (h[LOC_MAGIC_LEN] != 1)
		return fail(why, E_UNSUPPORTED,
			"location database of version %u: only 1 is known",
			h[LOC_MAGIC_LEN]);
	uint64_t created = be64(h + 8);
	if (created >= (uint64_t)day_start(day_make(9999, 12, 31)))
		return fail(why, E_SYNTAX, "location database: made at no possible time");
	l->about.created = (int64_t)created;
	for (size_t i = 0; r == 0 && i < N(sections); i++)
		r = read_section(l, p + 12 + 8 * i, &section_forms[i], why, sections[i]);
	const uint8_t *signatures = p + 12 + 8 * N(sections);
	if (r == 0 &&
		(be32(signatures) >> 16 > SIGNATURE_MAX ||
			(be32(signatures) & 0xffff) > SIGNATURE_MAX))
		r = fail(why, E_SYNTAX,
			"location database: a signature of impossible length");
	if (r == 0)
		r = read_text(l, be32(p), a, why, &l->about.vendor);
	if (r == 0)
		r = read_text(l, be32(p + 4), a, why, &l->about.description);
	return r < 0 ? r : read_text(l, be32(p + 8), a, why, &l->about.licence);
}

/* ---- AS numbers ---- */

static int load_ases(struct loc *l, struct arena *a, struct why *why)
{
	uint8_t raw[BLOCK_ITEMS * AS_LEN];
	struct as_entry *as = arena_array(a, (size_t)l->ases.n + 1, sizeof(*as));
	for (uint32_t i = 0; i < l->ases.n; i++) {
		uint32_t in_raw = i % BLOCK_ITEMS;
		if (in_raw == 0) {
			uint32_t n = l->ases.n - i < BLOCK_ITEMS ? l->ases.n - i
								 : BLOCK_ITEMS;
			int r = l->src.read(l->src.ctx, l->ases.at + (uint64_t)i * AS_LEN,
				raw, (size_t)n * AS_LEN, why);
			if (r < 0)
				return r;
		}
		as[i].asn = be32(raw + (size_t)in_raw * AS_LEN);
		as[i].name = be32(raw + (size_t)in_raw * AS_LEN + 4);
		if (i > 0 && as[i].asn <= as[i - 1].asn)
			return fail(why, E_SYNTAX,
				"location database: the AS numbers are not in order");
	}
	l->as = as;
	return 0;
}

int loc_as_name(
	struct loc *l, uint32_t asn, struct arena *a, struct why *why, struct str *ret)
{
	uint32_t low = 0, high = l->ases.n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (l->as[mid].asn < asn)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < l->ases.n && l->as[low].asn == asn)
		return read_text(l, l->as[low].name, a, why, ret);
	*ret = S("");
	return 0;
}

int loc_open(
	struct arena *a, const struct loc_src *src, struct why *why, struct loc **ret)
{
	struct loc *l = arena_alloc(a, sizeof(*l));
	l->src = *src;
	int r = read_header(l, a, why);
	if (r == 0)
		r = load_ases(l, a, why);
	if (r < 0)
		return r;
	l->node_blocks = arena_array(a, DEPTH_MAX + 1, sizeof(*l->node_blocks));
	l->network_blocks = arena_array(a, DEPTH_MAX + 1, sizeof(*l->network_blocks));
	*ret = l;
	return 0;
}

const struct loc_about *loc_about(const struct loc *l)
{
	return &l->about;
}

/* ---- the tree ---- */

/* Item i of the section, through the level's block. i < s->n. */
static int item_at(const struct loc *l, const struct section *s, struct block *b,
	uint32_t i, struct why *why, const uint8_t **ret)
{
	_Static_assert(NODE_LEN == NETWORK_LEN, "blocks serve both");
	if (i < b->first || i - b->first >= b->n) {
		uint32_t n = s->n - i < BLOCK_ITEMS ? s->n - i : BLOCK_ITEMS;
		b->n = 0;
		int r = l->src.read(l->src.ctx, s->at + (uint64_t)i * NODE_LEN, b->b,
			(size_t)n * NODE_LEN, why);
		if (r < 0)
			return r;
		b->first = i;
		b->n = n;
	}
	*ret = b->b + (size_t)(i - b->first) * NODE_LEN;
	return 0;
}

/* A level of the walk: a node, what addresses under it are answered with so far, and
 * which of its sides is next. */
struct level {
	uint32_t child[2];
	uint8_t side;
	bool has_value;
	struct loc_net value; /* net: the entry that it comes from */
};
struct walk {
	struct loc *l;
	const struct loc_sink *sink;
	struct why *why;
	struct ip at; /* the bits of the nodes down to here; the others are zero */
	struct level levels[DEPTH_MAX + 1];
};

static int read_network(struct walk *w, uint32_t i, unsigned depth, struct level *to)
{
	const uint8_t *p;
	if (i >= w->l->networks.n)
		return fail(w->why, E_SYNTAX,
			"location database: a node of a network that is not");
	int r = item_at(
		w->l, &w->l->networks, &w->l->network_blocks[depth], i, w->why, &p);
	if (r < 0)
		return r;
	to->value = (struct loc_net){ .net = { w->at, (uint8_t)depth },
		.cc = { (char)p[0], (char)p[1] },
		.asn = be32(p + 4),
		.flags = (uint16_t)(be32(p + 8) >> 16) };
	to->has_value = true;
	return w->sink->entry ? w->sink->entry(w->sink->ctx, &to->value, w->why) : 0;
}

static int give_piece(struct walk *w, const struct level *from, unsigned len)
{
	struct loc_net n = from->value;
	if (!from->has_value || w->sink->piece == NULL)
		return 0;
	n.net = (struct net){ w->at, (uint8_t)len };
	return w->sink->piece(w->sink->ctx, &n, w->why);
}

/* Node number i becomes the level at depth. A tree has each node once: more visits than
 * nodes is a way that leads back. */
static int enter(struct walk *w, uint32_t i, unsigned depth)
{
	const uint8_t *p;
	struct level *to = &w->levels[depth];
	if (i >= w->l->nodes.n)
		return fail(w->why, E_SYNTAX, "location database: a branch to no node");
	if (++w->l->visits > w->l->nodes.n)
		return fail(w->why, E_SYNTAX,
			"location database: the tree leads back into itself");
	int r = item_at(w->l, &w->l->nodes, &w->l->node_blocks[depth], i, w->why, &p);
	if (r < 0)
		return r;
	if (depth > 0) {
		to->has_value = to[-1].has_value;
		to->value = to[-1].value;
	}
	to->side = 0;
	to->child[0] = be32(p);
	to->child[1] = be32(p + 4);
	if (depth == DEPTH_MAX && (to->child[0] || to->child[1]))
		return fail(
			w->why, E_SYNTAX, "location database: deeper than an address");
	uint32_t network = be32(p + 8);
	if (network != NO_NETWORK)
		r = read_network(w, network, depth, to);
	if (r < 0 || to->child[0] || to->child[1])
		return r;
	to->side = 2; /* a leaf: nothing below */
	return give_piece(w, to, depth);
}

static void set_bit(struct ip *ip, unsigned bit, bool on)
{
	uint8_t mask = (uint8_t)(0x80u >> bit % 8);
	ip->b[bit / 8] = (uint8_t)(on ? ip->b[bit / 8] | mask : ip->b[bit / 8] & ~mask);
}

int loc_walk(struct loc *l, const struct loc_sink *sink, struct why *why)
{
	struct walk w = { .l = l, .sink = sink, .why = why };
	unsigned depth = 0;
	l->visits = 0;
	int r = enter(&w, 0, 0);
	while (r == 0) {
		struct level *v = &w.levels[depth];
		if (v->side == 2 && depth == 0)
			return 0;
		if (v->side == 2) {
			depth--;
			set_bit(&w.at, depth, false);
			continue;
		}
		uint8_t side = v->side++;
		set_bit(&w.at, depth, side);
		if (v->child[side])
			r = enter(&w, v->child[side], ++depth);
		else
			r = give_piece(&w, v, depth + 1);
		if (v->child[side] == 0 && side)
			set_bit(&w.at, depth, false);
	}
	return r;
}
