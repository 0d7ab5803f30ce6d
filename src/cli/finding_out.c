/* SPDX-License-Identifier: Apache-2.0
 * finding_out.c - how a finding looks: see finding_out.h. Depends on: core, cli/out. */
#include "cli/finding_out.h"

enum out_style severity_style(enum severity s)
{
	return s == SEV_CRITICAL ? OUT_BAD : s == SEV_HIGH ? OUT_WARN : OUT_PLAIN;
}
