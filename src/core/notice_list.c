/* SPDX-License-Identifier: Apache-2.0
 * notice_list.c - reading notices and deciding on them: see notice.h. Depends on: base,
 * db. */
#include "core/notice.h"

#include "core/audit.h"
#include "db/sql_notice.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- lines and sightings ---- */

struct lines {
	struct ctx *x;
	notice_line_fn *fn;
	void *ctx;
};

static int on_line(void *ctx, const struct sql_notice_lines_row *row)
{
	struct lines *l = ctx;
	if (row->why <= WHY_NOT || row->why >= WHY_N || row->severity < 0 ||
		row->severity >= SEV_N || row->len < 0 || row->len > 128 ||
		row->port < 0 || row->port > UINT16_MAX || row->basis < 0 ||
		row->basis >= BASIS_N)
		return E_DB;
	struct notice_line line = { .n = row->n,
		.finding = row->finding,
		.why = (enum notice_why)row->why,
		.type = row->type,
		.identifier = row->identifier,
		.family = row->family,
		.has_net = row->net.n == sizeof(line.net.ip),
		.by_name = row->by_name > 0,
		.acts = row->acts > 0,
		.name = row->name,
		.hostname = row->hostname,
		.transport = row->transport,
		.detail = row->detail,
		.port = (uint16_t)row->port,
		.severity = (enum severity)row->severity,
		.basis = (enum basis)row->basis,
		.basis_ref = row->basis_ref,
		.first_seen = row->first_seen,
		.last_seen = row->last_seen,
		.count = row->count };
	line.before_same_org = row->before_org.has && row->org.has &&
		row->before_org.v == row->org.v;
	line.before_file = line.before_same_org ? row->before_file : 0;
	if (line.has_net) {
		memcpy(&line.net.ip, row->net.p, sizeof(line.net.ip));
		line.net.len = (uint8_t)row->len;
	}
	if (row->claimed_day.has) {
		struct sql_notice_seen_again_in in = { row->finding, row->claimed_day.v };
		struct sql_notice_seen_again_row again;
		int r = sql_notice_seen_again(l->x->db, &in, &again);
		if (r < 0)
			return r;
		line.claimed_day = row->claimed_day;
		line.seen_again_day = again.day;
	}
	return l->fn(l->ctx, &line);
}

int notice_lines_each(struct ctx *x, int64_t notice, notice_line_fn *fn, void *ctx)
{
	return notice_lines_page(x, notice, 0, INT64_MAX, fn, ctx);
}

int notice_lines_page(struct ctx *x, int64_t notice, int64_t after, int64_t limit,
	notice_line_fn *fn, void *ctx)
{
	struct lines l = { x, fn, ctx };
	struct sql_notice_lines_in in = { notice, after, limit };
	return sql_notice_lines_each(x->db, &in, on_line, &l);
}

struct sightings {
	notice_sighting_fn *fn;
	void *ctx;
};

static int on_sighting(void *ctx, const struct sql_notice_sightings_row *row)
{
	struct sightings *l = ctx;
	struct notice_sighting s = { .first = row->first,
		.last = row->last,
		.count = row->count,
		.port = (uint16_t)row->port,
		.row = row->row };
	if (row->sha256.n != SHA256_LEN)
		return E_DB;
	memcpy(s.sha.b, row->sha256.p, SHA256_LEN);
	return l->fn(l->ctx, &s);
}

int notice_sightings_each(struct ctx *x, int64_t finding, int64_t before_file,
	notice_sighting_fn *fn, void *ctx)
{
	struct sightings l = { fn, ctx };
	struct sql_notice_sightings_in in = { .finding = finding, .after = before_file };
	return sql_notice_sightings_each(x->db, &in, on_sighting, &l);
}

int notice_sighting_last(struct ctx *x, int64_t finding, struct notice_sighting *ret)
{
	struct sql_notice_sighting_last_in in = { .finding = finding };
	struct sql_notice_sighting_last_row row;
	int r = sql_notice_sighting_last(x->db, x->arena, &in, &row);
	if (r < 0)
		return r;
	if (row.sha256.n != SHA256_LEN)
		return E_DB;
	*ret = (struct notice_sighting){ .first = row.first,
		.last = row.last,
		.count = row.count,
		.port = (uint16_t)row.port,
		.row = row.row };
	memcpy(ret->sha.b, row.sha256.p, SHA256_LEN);
	return 0;
}

int notice_add_part(struct ctx *x, int64_t notice, int64_t n, struct str name,
	struct str type, struct str content)
{
	struct sql_notice_part_insert_in in = {
		.notice = notice, .n = n, .name = name, .type = type, .content = content
	};
	return sql_notice_part_insert(x->db, &in);
}

/* ---- lists ---- */

struct list {
	notice_row_fn *fn;
	void *ctx;
};

/* The rows of all lists have the same members, but each statement has its own struct. */
#define NOTICE_ROW(q)                                                                    \
	{                                                                                \
		.id = (q)->id, .run = (q)->run, .org = (q)->org, .via = (q)->via.v,      \
		.at = (q)->at, .org_name = (q)->org_name, .recipient = (q)->recipient,   \
		.subject = (q)->subject, .state_why = (q)->state_why,                    \
		.message_id = (q)->message_id, .tlp = (enum tlp)(q)->tlp,                \
		.state = (enum notice_state)(q)->state, .findings = (q)->findings,       \
		.critical = (q)->critical, .new = (q)->new, .relapsed = (q)->relapsed,   \
		.reminded = (q)->reminded, .kind = (enum notice_kind)(q)->kind,          \
	}

static int check_row(struct notice_row *row, struct str language)
{
	if (row->tlp >= TLP_N || row->kind < NOTICE_FINDINGS || row->kind > NOTICE_CHECK)
		return E_DB;
	return lang_parse(language, &row->lang) < 0 ? E_DB : 0;
}

static int on_row(void *ctx, const struct sql_notice_list_row *q)
{
	struct list *l = ctx;
	struct notice_row row = NOTICE_ROW(q);
	int r = check_row(&row, q->language);
	return r < 0 ? r : l->fn(l->ctx, &row);
}

static int on_row_run(void *ctx, const struct sql_notice_list_run_row *q)
{
	struct list *l = ctx;
	struct notice_row row = NOTICE_ROW(q);
	int r = check_row(&row, q->language);
	return r < 0 ? r : l->fn(l->ctx, &row);
}

static int on_row_state(void *ctx, const struct sql_notice_list_state_row *q)
{
	struct list *l = ctx;
	struct notice_row row = NOTICE_ROW(q);
	int r = check_row(&row, q->language);
	return r < 0 ? r : l->fn(l->ctx, &row);
}

static int on_row_org(void *ctx, const struct sql_notice_list_org_row *q)
{
	struct list *l = ctx;
	struct notice_row row = NOTICE_ROW(q);
	int r = check_row(&row, q->language);
	return r < 0 ? r : l->fn(l->ctx, &row);
}

int notice_list_each(
	struct ctx *x, const struct notice_filter *f, notice_row_fn *fn, void *ctx)
{
	struct list l = { fn, ctx };
	int64_t before = f->before > 0 ? f->before : INT64_MAX;
	if (f->run > 0) {
		struct sql_notice_list_run_in in = { .before = before,
			.n = f->n,
			.state = f->state,
			.run = f->run,
			.org = f->org > 0 ? SOME(f->org) : NONE };
		return sql_notice_list_run_each(x->db, &in, on_row_run, &l);
	}
	if (f->org > 0) {
		struct sql_notice_list_org_in in = {
			.before = before, .n = f->n, .state = f->state, .org = f->org
		};
		return sql_notice_list_org_each(x->db, &in, on_row_org, &l);
	}
	if (f->state.has) {
		struct sql_notice_list_state_in in = { before, f->n, f->state.v };
		return sql_notice_list_state_each(x->db, &in, on_row_state, &l);
	}
	struct sql_notice_list_in in = { .before = before, .n = f->n };
	return sql_notice_list_each(x->db, &in, on_row, &l);
}

int notice_row_get(struct ctx *x, int64_t id, struct notice_row *ret)
{
	struct sql_notice_row_in in = { .id = id };
	struct sql_notice_row_row q;
	int r = sql_notice_row(x->db, x->arena, &in, &q);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "no notice %" PRId64, id);
	if (r < 0)
		return r;
	struct notice_row row = NOTICE_ROW(&q);
	r = check_row(&row, q.language);
	if (r < 0)
		return fail(&x->why, r, "notice %" PRId64 " is damaged", id);
	*ret = row;
	return 0;
}

int notice_get(struct ctx *x, int64_t id, struct notice_full *ret)
{
	struct sql_notice_body_in in = { .id = id };
	struct sql_notice_body_row q;
	struct notice_full full;
	int r = notice_row_get(x, id, &full.row);
	if (r == 0)
		r = sql_notice_body(x->db, x->arena, &in, &q);
	if (r < 0)
		return r;
	full.body = q.body;
	*ret = full;
	return 0;
}

struct parts {
	notice_part_fn *fn;
	void *ctx;
};

static int on_part(void *ctx, const struct sql_notice_parts_row *row)
{
	struct parts *p = ctx;
	struct notice_part part = { row->n, row->name, row->type, row->content };
	return p->fn(p->ctx, &part);
}

int notice_parts_each(struct ctx *x, int64_t notice, notice_part_fn *fn, void *ctx)
{
	struct parts p = { fn, ctx };
	struct sql_notice_parts_in in = { .notice = notice };
	return sql_notice_parts_each(x->db, &in, on_part, &p);
}

struct runs {
	notice_run_fn *fn;
	void *ctx;
};

static int on_run(void *ctx, const struct sql_notice_runs_row *row)
{
	struct runs *l = ctx;
	struct notice_run_row run = { .id = row->id,
		.at = row->at,
		.notices = row->notices,
		.usual = row->usual,
		.kind = (enum notice_kind)row->kind,
		.finished = row->finished.has,
		.held_why = row->held_why };
	return l->fn(l->ctx, &run);
}

int notice_runs_each(
	struct ctx *x, int64_t before, int64_t n, notice_run_fn *fn, void *ctx)
{
	struct runs l = { fn, ctx };
	struct sql_notice_runs_in in = { .before = before > 0 ? before : INT64_MAX,
		.n = n };
	return sql_notice_runs_each(x->db, &in, on_run, &l);
}

struct orphans {
	notice_orphan_fn *fn;
	void *ctx;
};

static int on_orphan(void *ctx, const struct sql_notice_no_contact_row *row)
{
	struct orphans *l = ctx;
	struct notice_orphan o = { .org = row->org,
		.findings = row->findings,
		.critical = row->critical,
		.name = row->name,
		.sector = row->sector };
	return l->fn(l->ctx, &o);
}

int notice_no_contact_each(struct ctx *x, notice_orphan_fn *fn, void *ctx)
{
	struct orphans l = { fn, ctx };
	return sql_notice_no_contact_each(x->db, on_orphan, &l);
}

/* ---- deciding ---- */

struct decision {
	enum notice_state to;
	const char *action; /* in the audit trail */
	struct str why;
	bool held;  /* approve what is held, too */
	bool again; /* cancel, and give the findings back */
};

static bool reachable(enum notice_state from, const struct decision *d)
{
	switch (d->to) {
	case NOTICE_APPROVED:
		return from == NOTICE_DRAFT || (from == NOTICE_HELD && d->held);
	case NOTICE_HELD:
		return from == NOTICE_DRAFT || from == NOTICE_APPROVED;
	case NOTICE_CANCELLED:
		return from == NOTICE_DRAFT || from == NOTICE_HELD ||
			from == NOTICE_APPROVED;
	case NOTICE_DRAFT:
	case NOTICE_WAITING: /* the outbox's */
	case NOTICE_HANDED:
	case NOTICE_UNCERTAIN:
	case NOTICE_DELIVERED:
	case NOTICE_BOUNCED:
	case NOTICE_REFUSED:
		break;
	}
	return false;
}

static int decide_one(struct ctx *x, int64_t id, const struct decision *d, bool strict,
	struct notice_change *c)
{
	struct sql_notice_state_of_in in = { .id = id };
	struct sql_notice_state_of_row n;
	char object[32];
	int r = sql_notice_state_of(x->db, x->arena, &in, &n);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "no notice %" PRId64, id);
	if (r < 0)
		return r;
	enum notice_state from = (enum notice_state)n.state;
	bool unfinished = from == NOTICE_HELD && str_eq(n.state_why, S(HELD_UNFINISHED));
	if (unfinished && d->to != NOTICE_CANCELLED)
		return fail(&x->why, E_STATE,
			"the run of notice %" PRId64
			" was cut off: draft again to finish it",
			id);
	bool reason = from == NOTICE_HELD && d->to == from && d->why.n &&
		!str_eq(d->why, n.state_why); /* held already, now somebody says why */
	if (!reason && (from == d->to || (!strict && !reachable(from, d)))) {
		c->unchanged++;
		c->held += from == NOTICE_HELD && d->to == NOTICE_APPROVED;
		return 0;
	}
	if (!reason && !reachable(from, d))
		return fail(&x->why, E_STATE, "notice %" PRId64 " is %s%s%.*s", id,
			notice_state_text(from), n.state_why.n ? ": " : "",
			STR(n.state_why));
	struct sql_notice_set_state_in set = { .id = id, .state = d->to, .why = d->why };
	r = sql_notice_set_state(x->db, &set);
	if (r == 0 && d->again)
		r = notice_give_back(x, id);
	if (r < 0)
		return r;
	(void)snprintf(object, sizeof(object), "notice %" PRId64, id);
	c->changed++;
	return audit_add(x, str_c(d->action), str_c(object), d->why);
}

static int decide_all(struct ctx *x, const struct notice_pick *p,
	const struct decision *d, struct notice_change *ret)
{
	struct notice_change c = { 0 };
	struct sql_notice_ids_of_run_in in = { .run = p->run };
	struct sql_notice_ids_of_run_rows rows = { 0 };
	int r = p->n == 0 ? sql_notice_ids_of_run(x->db, x->arena, &in, &rows) : 0;
	if (r == 0 && p->n == 0 && rows.n == 0)
		return fail(
			&x->why, E_NOT_FOUND, "run %" PRId64 " has no notices", p->run);
	for (size_t i = 0; i < p->n && r == 0; i++)
		r = decide_one(x, p->ids[i], d, true, &c);
	for (size_t i = 0; i < rows.n && r == 0; i++)
		r = decide_one(x, rows.v[i].id, d, false, &c);
	if (r == 0)
		*ret = c;
	return r;
}

static int decide(struct ctx *x, const struct notice_pick *p, const struct decision *d,
	struct notice_change *ret)
{
	struct tx t;
	int r = tx_begin(&t, x->db, TX_WRITE);
	return r < 0 ? r : tx_end(&t, decide_all(x, p, d, ret));
}

int notice_approve(
	struct ctx *x, const struct notice_pick *p, bool held, struct notice_change *ret)
{
	struct decision d = { .to = NOTICE_APPROVED,
		.action = "notice.approve",
		.why = S(""),
		.held = held };
	return decide(x, p, &d, ret);
}

/* Words that mean something to the program are not a person's reason. */
static struct str plain_why(struct str why)
{
	static const char *const own[] = { HELD_UNFINISHED, HELD_FIRST_RUNS,
		HELD_BATCH_SIZE };
	for (size_t i = 0; i < N(own); i++)
		if (str_eq(why, str_c(own[i])))
			return S("");
	return why.p ? why : S("");
}

int notice_hold(struct ctx *x, const struct notice_pick *p, struct str why,
	struct notice_change *ret)
{
	struct decision d = {
		.to = NOTICE_HELD, .action = "notice.hold", .why = plain_why(why)
	};
	return decide(x, p, &d, ret);
}

int notice_cancel(struct ctx *x, const struct notice_pick *p, struct str why, bool again,
	struct notice_change *ret)
{
	struct decision d = { .to = NOTICE_CANCELLED,
		.action = "notice.cancel",
		.why = plain_why(why),
		.again = again };
	if (again)
		d.action = "notice.cancel-again";
	return decide(x, p, &d, ret);
}
