/* SPDX-License-Identifier: Apache-2.0
 * org_list.h - organisations as people look at them. Depends on: base, db. Reads only. */
#pragma once
#include "core/trust.h"

enum org_only { ORG_ALL, ORG_NO_CONTACT, ORG_IN_DOUBT, ORG_OPEN };
struct org_filter {
	struct str word;     /* a part of the name, any case of ASCII letters */
	struct str sector;   /* exact */
	struct str language; /* exact; texts that are empty let all through */
	enum org_only
		only;	  /* ORG_IN_DOUBT: a contact is; ORG_OPEN: it has open findings */
	struct str after; /* names above this one */
	size_t n;
};
struct org_row {
	int64_t id;
	struct str name, kind, sector, language;
	int64_t open;	  /* findings */
	int64_t contacts; /* with a mail address */
};
struct org_rows {
	struct org_row *v; /* in x->arena */
	size_t n;
	bool more;
};
MUST int org_list(struct ctx *x, const struct org_filter *f, struct org_rows *ret);
struct org_words {
	struct str *v;
	size_t n;
};
/* The sectors there are, in x->arena. */
MUST int org_sectors(struct ctx *x, struct org_words *ret);

#define ORG_ENTRIES_MOST 500
struct org_net {
	bool holder, imported;
	struct net net;
	struct opt_int in; /* its AS number, where it says one */
};
struct org_asn {
	int64_t asn;
	bool imported;
};
struct org_domain {
	struct str name;
	bool imported;
};
struct org_contact {
	int64_t id;
	struct str email, name, role, language, phone, pgp;
	enum trust trust;
	unsigned why; /* enum doubt bits */
	int64_t sent, silent;
};
struct org_full {
	struct org_row row;
	bool imported;
	/* Of each at most ORG_ENTRIES_MOST, in x->arena. */
	struct org_net *nets;
	struct org_asn *asns;
	struct org_domain *domains;
	struct org_contact *people;
	size_t n_nets, n_asns, n_domains, n_people;
	int64_t sent, answered; /* notices */
};
MUST int org_full_get(struct ctx *x, int64_t id, struct org_full *ret);
