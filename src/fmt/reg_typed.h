/* SPDX-License-Identifier: Apache-2.0
 * reg_typed.h - one value of the register, typed by a person. Depends on: base.
 *
 * By the readers of register files, but nothing is repaired: what a table may leave
 * unclear a person can say again. Blanks around are taken away. Results live in the
 * arena. E_SYNTAX else. */
#pragma once
#include "base/net.h"

/* A network or an address: its first address, no range, no wider than a /8 (IPv6 /16). */
MUST int reg_typed_net(struct str s, struct net *ret);
MUST int reg_typed_asn(struct str s, uint32_t *ret);
MUST int reg_typed_domain(struct arena *a, struct str s, struct str *ret);
MUST int reg_typed_email(struct arena *a, struct str s, struct str *ret);
/* These may be empty. */
MUST int reg_typed_phone(struct str s, struct str *ret);
MUST int reg_typed_pgp(struct arena *a, struct str s, struct str *ret);
MUST int reg_typed_language(struct str s, struct str *ret);
/* Words: UTF-8, no controls, blanks in one, at most max bytes. */
MUST int reg_typed_words(struct arena *a, struct str s, size_t max, struct str *ret);
