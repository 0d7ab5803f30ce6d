/* SPDX-License-Identifier: Apache-2.0
 * reg_row.h - one fact of the operator's register. Depends on: base/net.
 *
 * Read from files by fmt/register, sent between roles by fmt/job, kept by
 * core/register. */
#pragma once
#include "base/net.h"

enum reg_kind {
	REG_NETWORK, /* an operator's network: organisation, asn, net */
	REG_HOLDER,  /* who uses a part of it: organisation, net, inside_asn */
	REG_CONTACT, /* organisation, email or phone */
	REG_DOMAIN,  /* domain, organisation */
	REG_COUNTRY, /* net or asn, cc; "ZZ" where the file says: nobody's, abroad */
	REG_PREFIX,  /* net, asn; asn 0: in the country, without a holder */
	REG_KIND_N
};

/* One prefix, domain or mail address a row: a table's row with three prefixes gives
 * three. Text is clean (escaped, blanks in one), at most LIMIT_KEY_FIELD bytes, empty
 * when absent; views live until the callback returns. */
struct reg_row {
	enum reg_kind what;
	uint32_t row; /* in its file; the first after the header is 1 */
	bool has_net;
	struct net net;
	uint32_t asn, inside_asn; /* 0: none */
	struct str organisation;  /* operator, holder, or whose contact or domain it is */
	struct str name;	  /* of the contact */
	struct str sector, kind, role;
	struct str language; /* code of one of the six languages */
	struct str email;    /* addr-spec, the domain in lower-case A-labels */
	struct str phone;
	struct str pgp;	   /* fingerprint, 40 or 64 hex digits in upper case */
	struct str domain; /* lower-case A-labels */
	struct str cc;	   /* two upper-case letters */
};
