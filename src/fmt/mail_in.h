/* SPDX-License-Identifier: Apache-2.0
 * mail_in.h - reads a mail as it came: what it is, and which of ours it speaks of.
 * Depends on: base, fmt/mail_facts, GMime. For the role parse. */
#pragma once
#include "fmt/mail_facts.h"

/* Once, before the sandbox: GMime looks for its charsets. */
MUST int mail_in_begin(struct why *why);
/* E_TOO_BIG over a limit of base/limits.h, E_SYNTAX when it is no mail. Texts in the
 * arena. */
MUST int mail_in_read(
	struct arena *a, struct str bytes, struct why *why, struct mail_facts *ret);
