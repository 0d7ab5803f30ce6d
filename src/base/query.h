/* SPDX-License-Identifier: Apache-2.0
 * query.h - what a person asks about: an address, a network, a name, an AS number.
 * Depends on: base. */
#pragma once
#include "base/net.h"

enum query_kind { QUERY_NET, QUERY_NAME, QUERY_ASN };
struct query {
	enum query_kind kind;
	struct net net;
	struct str name; /* lower-case A-labels */
	uint32_t asn;
};
/* As people copy it: 192.0.2.1:80, 192[.]0[.]2[.]1, 192.0.2.0/24, hxxps://Name.example/x,
 * soc@name.example, AS64500, a name in any script. E_SYNTAX for anything else. */
MUST int query_read(struct arena *a, struct str text, struct query *ret);
