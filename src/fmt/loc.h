/* SPDX-License-Identifier: Apache-2.0
 * loc.h - libloc's database of networks, countries and AS names, version 1
 * (docs/formats/libloc.md). Depends on: base.
 *
 * Read at places, a block at a time, through the caller's function: the file is tens of
 * megabytes, the memory taken is about 2 MB whatever it holds. Every offset, count and
 * length is checked before it is followed; a tree that leads back into itself or is
 * deeper than an address ends the reading with E_SYNTAX. The file's signatures are not
 * checked: who installed the file did that. */
#pragma once
#include "base/net.h"

#define LOC_MAGIC     "LOCDBXX"
#define LOC_MAGIC_LEN 7

/* Where the bytes are. read gives exactly n bytes from at, or fails; it is never asked
 * for bytes past size. */
struct loc_src {
	void *ctx;
	uint64_t size;
	int (*read)(void *ctx, uint64_t at, void *to, size_t n, struct why *why);
};

/* Texts are clean and at most LIMIT_KEY_FIELD bytes. */
struct loc_about {
	int64_t created;
	struct str vendor, description, licence;
};

enum {
	LOC_PROXY = 1, /* anonymous proxies */
	LOC_SATELLITE = 2,
	LOC_ANYCAST = 4,
	LOC_DROP = 8, /* hijacked or run by criminals, says the vendor */
};
struct loc_net {
	struct net net;
	char cc[2]; /* as it stands there; two NUL: none */
	uint16_t flags;
	uint32_t asn; /* 0: none */
};

/* entry: a network as it is written, some inside others. piece: what an address in it is
 * answered with, that is without what smaller networks say otherwise; pieces do not
 * overlap and come in the order of their addresses. Either may be NULL; a negative answer
 * ends the walk and comes back. */
struct loc_sink {
	void *ctx;
	int (*entry)(void *ctx, const struct loc_net *n, struct why *why);
	int (*piece)(void *ctx, const struct loc_net *n, struct why *why);
};

struct loc;
/* It lives in the arena, as src does as long; what it takes there goes with the arena. */
MUST int loc_open(
	struct arena *a, const struct loc_src *src, struct why *why, struct loc **ret);
const struct loc_about *loc_about(const struct loc *l);
MUST int loc_walk(struct loc *l, const struct loc_sink *sink, struct why *why);
/* The number's name, clean, in the arena; empty when the database names it not. */
MUST int loc_as_name(
	struct loc *l, uint32_t asn, struct arena *a, struct why *why, struct str *ret);
