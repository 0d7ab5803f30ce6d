/* SPDX-License-Identifier: Apache-2.0
 * finding_out.h - how a finding looks on the terminal. Depends on: core, cli/out. */
#pragma once
#include "cli/out.h"
#include "core/finding_text.h"

enum out_style severity_style(enum severity s);
