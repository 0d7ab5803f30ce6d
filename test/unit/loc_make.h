/* SPDX-License-Identifier: Apache-2.0
 * loc_make.h - writes miniature databases in libloc's format, for tests and as fuzz
 * seeds. Depends on: base. */
#pragma once
#include "base/net.h"

#include <stdlib.h>

/* Where things stand in the header. */
enum {
	AT_VERSION = 7,
	AT_CREATED = 8,
	AT_VENDOR = 16,
	AT_LICENCE = 24,
	AT_AS = 28,
	AT_NETWORKS = 36,
	AT_TREE = 44,
	AT_COUNTRIES = 52,
	AT_POOL = 60,
	AT_SIGNATURES = 68,
	MINI_HEADER = 72,
	MINI_NODES_MAX = 1000
};

struct mini_net {
	const char *net, *cc;
	uint32_t asn;
	uint16_t flags;
};
struct mini_as {
	uint32_t asn;
	const char *name;
};
struct mini_node {
	uint32_t child[2], network;
};
struct mini {
	struct buf out, pool, tree, networks;
	struct mini_node nodes[MINI_NODES_MAX];
	uint32_t n_nodes, n_networks;
};

static void mini_put(struct buf *b, const void *p, size_t n)
{
	if (buf_add(b, (struct str){ p, n }) < 0)
		abort();
}

static void mini_be(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void mini_put32(struct buf *b, uint32_t v)
{
	uint8_t be[4];
	mini_be(be, v);
	mini_put(b, be, sizeof(be));
}

static uint32_t mini_text(struct mini *m, const char *text)
{
	uint32_t at = (uint32_t)m->pool.n;
	mini_put(&m->pool, text, strlen(text) + 1);
	return at;
}

static uint32_t mini_child(struct mini *m, uint32_t at, int side)
{
	if (m->nodes[at].child[side] == 0) {
		if (m->n_nodes == MINI_NODES_MAX)
			abort();
		m->nodes[m->n_nodes].network = UINT32_MAX;
		m->nodes[at].child[side] = m->n_nodes++;
	}
	return m->nodes[at].child[side];
}

static void mini_add(struct mini *m, const struct mini_net *n)
{
	uint32_t at = 0;
	struct net net;
	uint8_t tail[4] = { (uint8_t)(n->flags >> 8), (uint8_t)n->flags, 0, 0 };
	if (net_read(str_c(n->net), &net) < 0)
		abort();
	for (unsigned bit = 0; bit < net.len; bit++)
		at = mini_child(m, at, net.ip.b[bit / 8] >> (7 - bit % 8) & 1);
	m->nodes[at].network = m->n_networks++;
	mini_put(&m->networks, n->cc, 2);
	mini_put(&m->networks, "\0", 2);
	mini_put32(&m->networks, n->asn);
	mini_put(&m->networks, tail, sizeof(tail));
}

/* The bytes of a database; networks in any order, AS numbers ascending. */
static struct str mini_make(struct arena *a, const struct mini_net *nets, size_t n_nets,
	const struct mini_as *ases, size_t n_ases)
{
	struct mini *m = arena_alloc(a, sizeof(*m));
	struct buf as = buf_in(a, KIB(64));
	m->out = buf_in(a, KIB(256));
	m->pool = buf_in(a, KIB(64));
	m->tree = buf_in(a, KIB(64));
	m->networks = buf_in(a, KIB(64));
	m->nodes[m->n_nodes++].network = UINT32_MAX;
	uint32_t vendor = mini_text(m, "Test vendor"),
		 description = mini_text(m, "For tests");
	uint32_t licence = mini_text(m, "CC BY-SA 4.0");
	for (size_t i = 0; i < n_nets; i++)
		mini_add(m, &nets[i]);
	for (size_t i = 0; i < n_ases; i++) {
		mini_put32(&as, ases[i].asn);
		mini_put32(&as, mini_text(m, ases[i].name));
	}
	for (uint32_t i = 0; i < m->n_nodes; i++) {
		mini_put32(&m->tree, m->nodes[i].child[0]);
		mini_put32(&m->tree, m->nodes[i].child[1]);
		mini_put32(&m->tree, m->nodes[i].network);
	}
	const struct buf *sections[] = { &as, &m->networks, &m->tree, NULL, &m->pool };
	mini_put(&m->out, "LOCDBXX\1\0\0\0\0", 12);
	mini_put32(&m->out, 1667023194);
	mini_put32(&m->out, vendor);
	mini_put32(&m->out, description);
	mini_put32(&m->out, licence);
	size_t at = MINI_HEADER;
	for (size_t i = 0; i < N(sections); i++) {
		size_t n = sections[i] ? sections[i]->n : 0;
		mini_put32(&m->out, (uint32_t)at);
		mini_put32(&m->out, (uint32_t)n);
		at += n;
	}
	mini_put32(&m->out, 0);
	for (size_t i = 0; i < N(sections); i++) {
		if (sections[i])
			mini_put(&m->out, sections[i]->p, sections[i]->n);
	}
	return buf_str(&m->out);
}
