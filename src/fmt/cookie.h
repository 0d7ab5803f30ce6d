/* SPDX-License-Identifier: Apache-2.0
 * cookie.h - the Cookie header of a request: RFC 6265, section 4.2.1. Depends on: base.
 */
#pragma once
#include "base/str.h"

/* The value of the cookie of that name: a view. E_NOT_FOUND without one, E_SYNTAX when it
 * stands there twice, so that nobody can push a second one in front of ours. */
MUST int cookie_find(struct str header, struct str name, struct str *ret);
