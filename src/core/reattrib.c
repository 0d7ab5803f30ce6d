/* SPDX-License-Identifier: Apache-2.0
 * reattrib.c - findings attributed again: see reattrib.h. Depends on: base, db. */
#include "core/reattrib.h"

#include "core/audit.h"
#include "core/fold.h"
#include "core/lifetime.h"
#include "db/sql_reattrib.h"

#include <inttypes.h>
#include <stdio.h>

#define PAGE 1000

static struct opt_int maybe(int64_t id)
{
	return id ? SOME(id) : NONE;
}

static bool same_org(struct opt_int a, int64_t b)
{
	return a.has ? a.v == b : b == 0;
}

static int write_down(struct ctx *x, const struct sql_reattrib_get_row *was,
	const struct attrib *at, bool moved)
{
	struct sql_reattrib_set_in set = { .id = was->id,
		.org = maybe(at->org),
		.network_org = maybe(at->network_org),
		.imitates = maybe(at->imitates),
		.asn = at->asn,
		.cc = at->cc,
		.basis = at->basis,
		.basis_ref = at->ref };
	struct sql_reattrib_history_in history = { .finding = was->id,
		.at = x->now,
		.from_org = was->org,
		.to_org = maybe(at->org),
		.basis = at->basis,
		.basis_ref = at->ref };
	struct sql_reattrib_moved_in new = { .id = was->id };
	int r = sql_reattrib_set(x->db, &set);
	if (r == 0 && moved)
		r = sql_reattrib_history(x->db, &history);
	if (r == 0 && moved)
		r = sql_reattrib_moved(x->db, &new);
	return r;
}

/* "Not theirs" was a word about the organisation that it had. */
static int open_again(struct ctx *x, int64_t finding)
{
	struct sql_reattrib_opened_in in = { .id = finding };
	char object[32];
	(void)snprintf(object, sizeof(object), "finding %" PRId64, finding);
	int r = sql_reattrib_opened(x->db, &in);
	return r < 0 ? r
		     : audit_add(x, S("finding.mark"), str_c(object),
			       S("open: it got another organisation"));
}

/* Its spells count for whom it is attributed to. */
static int move(struct ctx *x, struct effect_sums *sums,
	const struct sql_reattrib_get_row *was, const struct attrib *at, bool moved)
{
	bool same = !moved && same_org(was->network_org, at->network_org);
	int r = same ? 0 : effect_sum_finding(sums, x, was->id, -1);
	if (r == 0)
		r = write_down(x, was, at, moved);
	if (r == 0 && !same)
		r = effect_sum_finding(sums, x, was->id, 1);
	return r;
}

int reattrib_one(struct ctx *x, const struct attrib_table *t, struct effect_sums *sums,
	int64_t finding, struct reattrib *ret)
{
	AUTO_ARENA scratch = arena_new(KIB(256), "finding's attribution");
	struct sql_reattrib_get_in in = { .id = finding };
	struct sql_reattrib_get_row f;
	int r = sql_reattrib_get(x->db, &scratch, &in, &f);
	if (r < 0)
		return r;
	struct net net = { .len = (uint8_t)f.len };
	if (f.net.n == sizeof(net.ip.b))
		memcpy(net.ip.b, f.net.p, sizeof(net.ip.b));
	struct attrib at = attrib_find(
		t, f.net.n ? &net : NULL, f.name, f.by_name > 0, (uint32_t)f.feed_asn);
	bool moved = !same_org(f.org, at.org);
	bool same = !moved && same_org(f.network_org, at.network_org) &&
		f.asn == at.asn && same_org(f.imitates, at.imitates) &&
		str_eq(f.cc, at.cc) && f.basis == (int64_t)at.basis &&
		str_eq(f.basis_ref, at.ref);
	bool opened = moved && f.state == STATE_NOT_THEIRS;
	if (!same)
		r = move(x, sums, &f, &at, moved);
	if (r == 0 && opened)
		r = open_again(x, finding);
	if (r == 0)
		*ret = (struct reattrib){ at.org, moved, opened };
	return r;
}

/* Rare, so what it takes is loaded with the first of them. */
static int state_again(
	struct ctx *x, struct effect_sums *sums, int64_t finding, struct fold **fold)
{
	int r = effect_sums_write(sums, x);
	if (r == 0 && *fold == NULL)
		r = fold_open(x, fold);
	return r < 0 ? r : fold_state_again(*fold, x, finding, NULL);
}

int reattrib_open(struct ctx *x, const struct attrib_table *t, int (*keep_up)(void *ctx),
	void *ctx, int64_t *ret_moved)
{
	AUTO_ARENA page = arena_new(MIB(1), "page of findings"),
		   own = arena_new(MIB(1), "sums of findings");
	struct effect_sums *sums = NULL;
	int64_t after = 0, moved = 0;
	struct fold *fold = NULL;
	struct sql_reattrib_page_rows rows;
	int r = effect_sums_open(x, &own, &sums);
	if (r < 0)
		return r;
	do {
		struct sql_reattrib_page_in in = { .after = after, .n = PAGE };
		arena_reset(&page);
		r = sql_reattrib_page(x->db, &page, &in, &rows);
		for (size_t i = 0; r == 0 && i < rows.n; i++) {
			struct reattrib now = { 0 };
			after = rows.v[i].id;
			r = reattrib_one(x, t, sums, after, &now);
			if (r == 0 && now.opened)
				r = state_again(x, sums, after, &fold);
			moved += now.moved;
		}
		if (r == 0)
			r = effect_sums_write(sums, x);
		if (r == 0 && keep_up)
			r = keep_up(ctx);
	} while (r == 0 && rows.n == PAGE);
	effect_sums_free(sums);
	fold_free(&fold);
	if (r == 0)
		*ret_moved = moved;
	return r;
}
