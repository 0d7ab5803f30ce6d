/* SPDX-License-Identifier: Apache-2.0
 * lookups.h - the register in memory, read again only when the audit trail says that it
 * changed. Depends on: core. */
#pragma once
#include "core/attrib.h"

struct lookups;
struct lookups *lookups_new(struct arena *a);
void lookups_free(struct lookups *l);
/* The table, as it is in x's reading transaction or newer; others wait until
 * lookups_back. */
MUST int lookups_take(struct lookups *l, struct ctx *x, const struct attrib_table **ret);
void lookups_back(struct lookups *l);
