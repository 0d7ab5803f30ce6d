/* SPDX-License-Identifier: Apache-2.0
 * group.c - small files together: see group.h. Depends on: base, sys, db. */
#include "work/group.h"

#include "base/wire.h"

#define HELD_MAX  MIB(2)   /* an answer is below 16 KiB, a group has few */
#define HELD_MANY KIB(512) /* no more files after this */

struct group group_in(struct db *db)
{
	struct group g = { .db = db,
		.arena = arena_new(2 * HELD_MAX + KIB(64), "group") };
	return g;
}

void group_free(struct group *g)
{
	arena_free(&g->arena);
}

int group_begin(struct group *g)
{
	if (g->open)
		return 0;
	int r = tx_begin(&g->tx, g->db, TX_WRITE);
	if (r < 0)
		return r;
	g->open = true;
	g->rows = g->files = 0;
	return 0;
}

bool group_may_grow(struct group *g, int64_t rows)
{
	g->rows += rows;
	g->files++;
	return g->rows < GROUP_ROWS && g->files < GROUP_FILES;
}

int group_end(struct group *g, int r, const struct why *why)
{
	if (!g->open)
		return r;
	g->open = false;
	if (r == 0 && g->before)
		r = g->before(g->before_ctx);
	r = tx_end(&g->tx, r);
	if (r < 0 && g->held.n > 0 && g->err == 0) {
		g->err = r;
		g->why = *why;
	}
	return r;
}

bool group_wants_more(const struct group *g)
{
	return g->open && g->held.n < HELD_MANY;
}

static int hold(struct group *g, uint16_t type, struct str body)
{
	if (g->held.arena == NULL)
		g->held = buf_in(&g->arena, HELD_MAX);
	struct writer w = wr_new(&g->held);
	wr_u16(&w, type);
	wr_str(&w, body);
	return w.err;
}

int group_answer(
	struct group *g, struct chan *to, uint16_t type, struct str body, struct why *why)
{
	if (g->open || g->held.n > 0)
		return hold(g, type, body);
	return chan_send(to, type, body, -1, why);
}

/* One held answer. After a failed commit only the ends of acts count, as errors. */
static int send_held(
	const struct group *g, struct chan *to, uint16_t type, struct str body)
{
	if (g->err == 0)
		return chan_send(to, type, body, -1, NULL);
	return type == FRAME_ACT_DONE ? frame_send_error(to, g->err, &g->why, NULL) : 0;
}

int group_send(struct group *g, struct chan *to)
{
	struct reader rd = rd_new(buf_str(&g->held));
	int r = 0;
	while (r == 0 && rd.p < rd.end) {
		uint16_t type = rd_u16(&rd);
		struct str body = rd_str(&rd);
		r = send_held(g, to, type, body);
	}
	arena_reset(&g->arena);
	g->held = (struct buf){ 0 };
	g->err = 0;
	g->why = (struct why){ 0 };
	return r < 0 ? E_PEER : 0;
}
