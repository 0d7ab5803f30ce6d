/* SPDX-License-Identifier: Apache-2.0
 * types.h - the list of report types, for two commands. Depends on: cli/view. */
#pragma once
#include "cli/view.h"

MUST int types_show(struct view *v, bool only_silent);
