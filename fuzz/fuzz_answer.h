/* SPDX-License-Identifier: Apache-2.0
 * fuzz_answer.h - what the two targets of answers check: what was taken is sound, and
 * goes through a message unchanged; what was refused is told in clean text.
 * Depends on: fmt/answer_file. */
#pragma once
#include "base/limits.h"
#include "base/utf8.h"
#include "fmt/answer_file.h"
#include "fuzz.h"

static int on_item(void *ctx, const struct answer_item *item, struct why *why)
{
	AUTO_ARENA a = arena_new(KIB(64), "fuzz answer");
	struct buf once = buf_in(&a, KIB(16));
	struct writer w = wr_new(&once);
	struct answer_item same;
	int *n = ctx;
	(void)why;
	++*n;
	must(item->row > 0 && answer_item_fault(item) == NULL);
	answer_item_write(&w, item);
	struct reader r = rd_new(buf_str(&once));
	must(w.err == 0 && answer_item_read(&r, &same) == 0 && rd_end(&r) == 0);
	must(same.row == item->row && answer_item_same(&same, item));
	return 0;
}

static int on_problem(void *ctx, const struct answer_problem *p, struct why *why)
{
	int *n = ctx;
	(void)why;
	++*n;
	must(p->why != NULL && *p->why != '\0');
	must(utf8_clean(p->value) && p->value.n <= 100 && p->column.n <= LIMIT_FIELD);
	return 0;
}

typedef int answer_read_fn(
	struct str text, const struct answer_sink *sink, struct why *why);
static inline void answer_walk(answer_read_fn *read, const uint8_t *data, size_t n)
{
	struct str text = { (const char *)data, n };
	struct why why = { 0 };
	int items = 0;
	struct answer_sink sink = { &items, on_item, on_problem };
	int r = read(text, &sink, &why);
	must(r == 0 || (r < 0 && why.err == r));
	must(items <= LIMIT_ANSWERS);
}
