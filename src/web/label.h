/* SPDX-License-Identifier: Apache-2.0
 * label.h - words of the core as pages show them: texts to translate.
 * Depends on: core. */
#pragma once
#include "core/act.h"
#include "core/finding.h"

const char *severity_label(enum severity s);
const char *finding_state_label(enum finding_state s);
const char *answer_label(int64_t kind); /* enum answer_kind */
/* What an act does, for the list of jobs. */
const char *act_label(enum act_id id);
/* Why an organisation is responsible: "prefix {ref}"; and of which kind a concern is. */
const char *basis_label(enum basis b);
/* The same for a state of a notice, or why a finding stands in it, as core says it. */
const char *notice_word_label(const char *word);
/* One of a list to choose from. */
struct pick {
	const char *word, *label; /* label: to translate; NULL: the word itself */
	bool chosen;
};
struct picks {
	const struct pick *v;
	size_t n;
};
