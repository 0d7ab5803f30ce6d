/* SPDX-License-Identifier: Apache-2.0
 * answer_int.h - what the files of answers share. Depends on: core/answer. */
#pragma once
#include "core/answer.h"

MUST int answer_link_make(struct ctx *x, enum link_kind kind, struct opt_int notice,
	struct opt_int contact, char ret_token[ANSWER_TOKEN_MAX]);
/* Does a notice of this state lie with somebody? */
bool answer_was_sent(int64_t state);
