/* SPDX-License-Identifier: Apache-2.0
 * schema.h - the steps of schema/ as compiled in. Depends on: base/str. Filled by
 * tools/schemac.py. */
#pragma once
#include "base/str.h"

struct schema_step {
	int version;
	const char *name;
	const char *sql;
};
extern const struct schema_step schema_steps[];
extern const unsigned schema_n_steps;
