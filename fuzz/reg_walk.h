/* SPDX-License-Identifier: Apache-2.0
 * reg_walk.h - for the register targets: reads a file in pieces and checks that every row
 * can be sent to work and is taken there as it was. Depends on: fmt/register, fmt/job. */
#pragma once
#include "base/utf8.h"
#include "fmt/job.h"
#include "fmt/register.h"
#include "fuzz.h"

struct reg_walk {
	struct arena *arena;
	struct buf out; /* rows and problems, as messages */
	uint32_t rows;
};

static inline int reg_walk_row(void *ctx, const struct reg_row *row, struct why *why)
{
	struct reg_walk *w = ctx;
	struct buf again = buf_in(w->arena, KIB(64));
	struct writer wr = wr_new(&w->out), second = wr_new(&again);
	size_t before = w->out.n;
	struct reg_row back, last;
	reg_row_write(&wr, row);
	if (wr.err == E_TOO_BIG) /* very many rows: enough has been seen */
		return fail(why, E_STOPPED, "enough");
	struct str sent = str_from(buf_str(&w->out), before);
	struct reader r = rd_new(sent);
	must(reg_row_read(&r, &back) == 0 && rd_end(&r) == 0);
	/* The writer tells absent from empty, the reader does not: compare after it. */
	reg_row_write(&second, &back);
	must(second.err == 0);
	r = rd_new(buf_str(&again));
	must(reg_row_read(&r, &last) == 0 && rd_end(&r) == 0);
	must(str_eq(row->organisation, last.organisation));
	must(str_eq(row->name, last.name));
	must(str_eq(row->email, last.email) && str_eq(row->domain, last.domain));
	must(row->what == last.what && row->row == last.row && row->asn == last.asn);
	must(!row->has_net ||
		(row->net.len == last.net.len &&
			ip_cmp(&row->net.ip, &last.net.ip) == 0));
	w->rows++;
	return w->rows < 5000 ? 0 : fail(why, E_STOPPED, "enough");
}

static inline int reg_walk_problem(
	void *ctx, const struct reg_problem *p, struct why *why)
{
	struct reg_walk *w = ctx;
	struct writer wr = wr_new(&w->out);
	must(p->fault > REG_OK && p->fault < REG_FAULT_N && p->weight < REG_WEIGHT_N);
	must(utf8_clean(p->column) && utf8_clean(p->value) && p->value.n <= 200);
	wr_u32(&wr, p->row);
	wr_u32(&wr, (uint32_t)p->fault);
	wr_str(&wr, p->value);
	return wr.err < 0 ? fail(why, E_STOPPED, "enough") : 0;
}

/* Everything that came out, and how it ended. */
static inline struct str reg_walk(struct arena *a, const char *name, const char *country,
	struct str in, size_t step)
{
	struct reg_walk w = { .arena = a, .out = buf_in(a, MIB(4)) };
	struct reg_sink sink = { &w, reg_walk_row, reg_walk_problem };
	struct why why = { 0 };
	AUTO_REG r = reg_new(a, str_c(name), str_c(country), &sink);
	int e = 0;
	while (in.n > 0 && e == 0) {
		e = reg_bytes(r, str_to(in, step), &why);
		in = str_from(in, step);
	}
	if (e == 0)
		e = reg_end(r, &why);
	must((e == 0) == (why.err == 0));
	struct writer wr = wr_new(&w.out);
	wr_u32(&wr, (uint32_t)e);
	return buf_str(&w.out);
}

/* The same whatever the pieces are. */
static inline void reg_walk_both(
	const char *name, const char *country, struct str in, size_t step)
{
	AUTO_ARENA a = arena_new(MIB(512), "reg_walk");
	struct str whole = reg_walk(&a, name, country, in, KIB(64));
	struct str pieces = reg_walk(&a, name, country, in, step);
	must(str_eq(whole, pieces));
}
