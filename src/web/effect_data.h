/* SPDX-License-Identifier: Apache-2.0
 * effect_data.h - the figures of the effect page for programs: JSON and CSV.
 * Depends on: base, fmt, core/effect. docs/formats/effect.md is their manual. */
#pragma once
#include "base/json.h"
#include "core/effect.h"

/* Of which table a row is. */
struct effect_of_table {
	enum effect_by by;
	int32_t since, until; /* days */
};
/* One object. */
void effect_json(
	struct json *j, const struct effect_of_table *of, const struct effect_row *row);
/* All of a table: one object a line. */
MUST int effect_json_lines(
	struct buf *out, const struct effect_of_table *of, const struct effect_table *t);
/* The same, without the lengths, with a row of heads. */
MUST int effect_csv(
	struct buf *out, const struct effect_of_table *of, const struct effect_table *t);
