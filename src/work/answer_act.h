/* SPDX-License-Identifier: Apache-2.0
 * answer_act.h - what the two files of answers share. Depends on: work/work. */
#pragma once
#include "base/limits.h"
#include "work/work.h"

struct answer_list {
	struct answer_item *v;
	size_t n, cap;
	size_t bytes; /* of their texts */
};
/* u32 n, then n items, and nothing after them; added to the list, in c->keep. */
MUST int answer_items_read(struct call *c, struct reader *rd, struct answer_list *list);
/* Which notice is answered: the link's, or what the owner named. */
MUST int answer_notice_of(struct call *c, const struct act_value *named, int64_t *ret);
/* Takes them in one transaction, and answers with records: a problem for each that was
 * refused, then the counts. also_refused: so many could not even be read, and were told;
 * all in all LIMIT_PROBLEMS are. */
MUST int answer_apply(struct call *c, const struct answer_given *g, int64_t also_refused);
