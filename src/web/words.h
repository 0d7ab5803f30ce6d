/* SPDX-License-Identifier: Apache-2.0
 * words.h - the program's words as people read them: texts to translate. Depends on:
 * core. */
#pragma once
#include "core/answer.h"
#include "core/notice.h"
#include "core/trust.h"

/* By its number in the database; "unknown" for one that this page does not know. */
const char *word_notice_state(int64_t state);
const char *word_answer(enum answer_kind k);
const char *word_answer_way(enum answer_way w);
const char *word_trust(enum trust t);
/* bit: one of enum doubt. */
const char *word_doubt(unsigned bit);
const char *word_severity(enum severity s);
const char *word_notice_why(enum notice_why w);
/* NULL for a text that is no code of one of the six. */
const char *word_language(struct str code);
