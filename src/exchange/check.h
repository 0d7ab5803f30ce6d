/* SPDX-License-Identifier: Apache-2.0
 * check.h - the mail that asks a contact whether it is right, in words.
 * Depends on: base, core.
 *
 * Who we are, why we ask, the link of its own or how to answer, what silence means; plain
 * text in the contact's language. The mail itself is made as that of any notice
 * (exchange/digest.h). */
#pragma once
#include "core/contact_check.h"
#include "exchange/digest.h"

/* For contact_checks_draft; ctx: a struct digest_team. */
MUST int check_write(
	void *ctx, struct ctx *x, const struct check_draft *d, struct notice_words *ret);
