/* SPDX-License-Identifier: Apache-2.0
 * attrib.h - who is responsible for an address or a name? Depends on: base, db.
 *
 * Order: for web findings the register's domain owner; the longest prefix (a holder
 * inside a network before the network's operator); the AS number the feed gave; the
 * country. The team's own register goes before imported data at every step. Others
 * concerned stand beside: the operator of the holder's network, and the owner of a domain
 * that a name imitates. */
#pragma once
#include "base/event.h"
#include "core/ctx.h"

enum basis {
	BASIS_NONE,    /* outside everything we know: abroad */
	BASIS_COUNTRY, /* inside the country, no holder registered */
	BASIS_DOMAIN,  /* ref: the registered domain */
	BASIS_PREFIX,  /* ref: the holder's prefix */
	BASIS_NETWORK, /* ref: the operator's prefix */
	BASIS_ASN,     /* the feed gave it; ref: "AS64500" */
	BASIS_N,
};

struct attrib {
	int64_t org;	     /* responsible; 0 none */
	int64_t network_org; /* operator of the network; 0 none */
	int64_t imitates;    /* owner of the domain that the name imitates; 0 none */
	uint32_t asn;	     /* of the network by the register; 0 none */
	struct str cc;	     /* empty: abroad or unknown */
	enum basis basis;
	struct str ref;	     /* lives as long as the table, or as the name asked for */
	struct str imitated; /* the domain imitated, or empty */
};

/* The whole register in memory, made for look-ups; rebuilt after each register change. */
struct attrib_table;
/* The table lives in the arena a (about 60 bytes a prefix). */
MUST int attrib_load(struct ctx *x, struct arena *a, struct attrib_table **ret);
/* How often the register was changed behind that row of the audit trail; and the trail's
 * last row. */
MUST int attrib_changes(struct ctx *x, int64_t after, int64_t *ret_n, int64_t *ret_last);
/* name may be empty; net may be NULL; by_name: the name's owner goes
 * before the prefix's. */
struct attrib attrib_find(const struct attrib_table *t, const struct net *net,
	struct str name, bool by_name, uint32_t feed_asn);
/* An organisation's name, "" for 0 or an unknown id. */
struct str attrib_org_name(const struct attrib_table *t, int64_t org);

/* The same in one sentence: "prefix 192.0.2.128/29", "imitates alderquist.xt.example". */
MUST int attrib_reason(const struct attrib *at, struct buf *out);
