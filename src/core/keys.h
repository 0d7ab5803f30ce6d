/* SPDX-License-Identifier: Apache-2.0
 * keys.h - whose OpenPGP key is which. Depends on: base, db. Fingerprints only: the keys
 * themselves are in the key home, which the role key has. */
#pragma once
#include "core/ctx.h"

#define KEYS_PER_MAIL 8

/* The fingerprint of the team's key; empty when it has none. */
MUST int keys_team(struct ctx *x, struct str *ret);
/* Inside a writing transaction; with its audit row. how: "made" or "imported". */
MUST int keys_team_set(struct ctx *x, struct str fingerprint, struct str how);
/* What the register has for one address, in x->arena; at most KEYS_PER_MAIL. */
MUST int keys_of_mail(struct ctx *x, struct str email, struct str **ret, size_t *ret_n);

struct keys_contact {
	int64_t id;
	struct str org_name, email, pgp; /* pgp: empty when there is none */
};
typedef int keys_contact_fn(void *ctx, const struct keys_contact *c);
/* All contacts that are ones today; views live for the call. */
MUST int keys_contacts_each(struct ctx *x, keys_contact_fn *fn, void *ctx);
/* Inside a writing transaction; with its audit row. */
MUST int keys_contact_set(
	struct ctx *x, const struct keys_contact *c, struct str fingerprint);
