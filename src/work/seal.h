/* SPDX-License-Identifier: Apache-2.0
 * seal.h - the final bytes of a mail: signed with the team's key, encrypted to the
 * contact's. Depends on: base, core, fmt/pgp_mime, work/keys.
 *
 * Signed when the team has a key that is good today; encrypted when the register has a
 * good key for the recipient. TLP:RED and TLP:AMBER+STRICT never go in clear. */
#pragma once
#include "work/work.h"

struct sealed_mail {
	struct str mail; /* in x->arena */
	bool is_signed, is_encrypted;
	/* Why it is less than it could be, for a person; empty when it is not:
	 * "not signed: the team's key is expired". */
	struct str note;
};
/* E_DENIED: it must not go out in clear and cannot be encrypted; x->why says why. The
 * caller holds the notice and makes a task. E_PEER, E_BUSY: the key role died or did not
 * answer; nothing is decided, try again later. */
MUST int seal_mail(struct work *w, struct ctx *x, struct str mail, struct str recipient,
	enum tlp tlp, struct sealed_mail *ret);
