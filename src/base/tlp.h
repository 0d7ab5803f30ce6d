/* SPDX-License-Identifier: Apache-2.0
 * tlp.h - the Traffic Light Protocol, FIRST standard, version 2.0. Depends on: base/str.
 * Ordered from the widest to the narrowest, so "narrower" is "greater". */
#pragma once
#include "base/str.h"

enum tlp { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_N };

/* "AMBER", "TLP:AMBER+STRICT"; WHITE of version 1 is read as CLEAR. */
MUST int tlp_read(struct str s, enum tlp *ret);
/* The ways out of the house. */
enum tlp_way {
	TLP_TO_TEAM, /* pages and files for people of the team who are signed in */
	TLP_BY_MAIL, /* a notice; closed: encrypted for whom it is for */
	TLP_BY_LINK, /* its page and table; closed: over TLS, or on this machine */
};
/* The one place that decides whether what has this marking may leave by that way; each
 * way asks it before a byte goes. */
bool tlp_may_leave(enum tlp t, enum tlp_way way, bool closed);

/* "TLP:AMBER+STRICT". Never translated. */
const char *tlp_text(enum tlp t);
