/* SPDX-License-Identifier: Apache-2.0
 * words.h - the program's words as people read them in each room: texts to translate.
 * Depends on: core. */
#pragma once
#include "core/act.h"
#include "core/answer.h"
#include "core/finding.h"
#include "core/notice.h"
#include "core/person.h"
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
const char *word_finding_state(enum finding_state s);
/* Why an organisation is responsible; with {ref}. */
const char *word_basis(enum basis b);
/* What an act does, for the list of jobs; NULL: its name in the table of
 * acts. */
const char *word_act(enum act_id id);
const char *word_role(enum person_role r);
/* What a task says, and what to do about it. */
struct task_words {
	const char *what, *next;
};
struct task_words word_task(struct str kind);
/* Its own name; NULL for a text that is no code of one of the six. */
const char *word_language(struct str code);
