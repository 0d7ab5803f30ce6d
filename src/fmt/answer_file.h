/* SPDX-License-Identifier: Apache-2.0
 * answer_file.h - answers that a spreadsheet or a program wrote. Depends on: base,
 * jansson. Must not: look at what the findings are.
 *
 * The digest's table with its columns answer, until, whose and comment filled in, as
 * spreadsheets save it; or JSON: {"answers": [{"finding": 12, "answer": "fixed"}]}. Both
 * in docs/formats/answer.md. What cannot be taken is told, line by line; the rest is
 * taken. */
#pragma once
#include "base/answer.h"

struct answer_problem {
	uint32_t row; /* of the table, or place in the list; 0: the header */
	struct str column, value;
	const char *why;
};
struct answer_sink {
	void *ctx;
	int (*item)(void *ctx, const struct answer_item *item, struct why *why);
	int (*problem)(void *ctx, const struct answer_problem *p, struct why *why);
};
/* The whole file. JSON when its first character is a bracket, else a table. Everything
 * given to the sink lives for the call. E_UNSUPPORTED when it is neither, E_TOO_BIG over
 * LIMIT_ANSWER_FILE or LIMIT_ANSWER_JSON, or with more items and problems than
 * LIMIT_ANSWERS. */
MUST int answer_file_read(
	struct str text, const struct answer_sink *sink, struct why *why);

/* Its two halves; text is UTF-8 but for cells that a spreadsheet wrote in another way. */
MUST int answer_csv_read(
	struct str text, const struct answer_sink *sink, struct why *why);
MUST int answer_json_read(
	struct str text, const struct answer_sink *sink, struct why *why);
