/* SPDX-License-Identifier: Apache-2.0
 * tlp.h - the Traffic Light Protocol, FIRST standard, version 2.0. Depends on: base/str.
 * Ordered from the widest to the narrowest, so "narrower" is "greater". */
#pragma once
#include "base/str.h"

enum tlp { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_N };

/* "AMBER", "TLP:AMBER+STRICT"; WHITE of version 1 is read as CLEAR. */
MUST int tlp_read(struct str s, enum tlp *ret);
/* "TLP:AMBER+STRICT". Never translated. */
const char *tlp_text(enum tlp t);
