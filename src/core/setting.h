/* SPDX-License-Identifier: Apache-2.0
 * setting.h - what the program remembers under a name: the key for findings, whether
 * sending is on, the day of the last draft. Depends on: base, db.
 * What people set is a rule (core/rule.h) or an option; a setting is the program's
 * own. */
#pragma once
#include "core/ctx.h"

/* From it the keys of findings and the Message-IDs are made; never changed. */
#define SETTING_FINDING_KEY S("finding.key")

/* E_NOT_FOUND when it was never set. The bytes live in x->arena. */
MUST int setting_get(struct ctx *x, struct str name, struct str *ret);
/* Sets it, or sets it anew. */
MUST int setting_put(struct ctx *x, struct str name, struct str value);
