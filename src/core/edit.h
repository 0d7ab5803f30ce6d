/* SPDX-License-Identifier: Apache-2.0
 * edit.h - the register, changed by a person one thing at a time. Depends on: base, db.
 *
 * Each function tells what it changes, with the value before and after, and writes that
 * into the audit trail. What is the same already changes nothing. All run inside a
 * writing transaction; what moves findings (edit_put, edit_take) is followed by
 * register_finish. Values were read by the readers of register files. */
#pragma once
#include "base/net.h"
#include "base/opt.h"
#include "core/ctx.h"

struct edit_line {
	const char *what;    /* "sector", "domain": not translated */
	struct str key;	     /* of an entry: its network, number, domain, address */
	struct str old, new; /* empty: nothing was, nothing is */
};
struct edit {
	struct ctx *x;
	int (*tell)(void *ctx, const struct edit_line *line);
	void *tell_ctx;
	int64_t changed; /* so many lines were told */
};

struct edit_org {
	struct str name, kind, sector, language;
};
/* id 0: a new one. E_EXISTS when another has that name. */
MUST int edit_org(struct edit *e, int64_t id, const struct edit_org *o, int64_t *ret_id);

enum edit_kind { EDIT_OPERATOR, EDIT_HOLDER, EDIT_ASN, EDIT_DOMAIN, EDIT_KINDS };
/* "operator", "holder", "asn", "domain". */
const char *edit_kind_text(enum edit_kind k);
MUST int edit_kind_read(struct str s, enum edit_kind *ret);
struct edit_entry {
	enum edit_kind kind;
	bool imported;	   /* it stands among public data, not the team's own */
	struct net net;	   /* of the first two */
	struct opt_int in; /* the AS number that a network is said to be in */
	uint32_t asn;
	struct str domain; /* lower-case A-labels */
};
/* As it stood before: whose, and how. org 0: there was none. */
struct edit_was {
	int64_t org;
	bool imported;
	struct opt_int in;
};
MUST int edit_put(struct edit *e, int64_t org, const struct edit_entry *entry,
	struct edit_was *ret_was);
/* E_NOT_FOUND when that organisation has no such entry. */
MUST int edit_take(struct edit *e, int64_t org, const struct edit_entry *entry,
	struct edit_was *ret_was);

struct edit_contact {
	struct str email, name, role, language, phone, pgp;
};
/* By its address: the contact has exactly these values afterwards, and is one again if it
 * had ended. */
MUST int edit_contact(
	struct edit *e, int64_t org, const struct edit_contact *c, int64_t *ret_id);
/* It stays known to the notices that went to it. E_NOT_FOUND when that organisation has
 * no such contact, or no more. */
MUST int edit_contact_end(struct edit *e, int64_t org, int64_t contact);
