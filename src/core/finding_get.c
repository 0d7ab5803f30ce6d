/* SPDX-License-Identifier: Apache-2.0
 * finding_get.c - one finding with all that is known: see finding.h. Depends on: base,
 * db. */
#include "core/finding.h"

#include "core/notice.h"
#include "db/sql_finding.h"

#include <inttypes.h>

static int range_error(struct ctx *x, int64_t id)
{
	return fail(&x->why, E_DB, "finding %" PRId64 " holds what it must not", id);
}

/* A later program may write states and reasons that this one does not know. */
static bool in_range(const struct sql_finding_get_row *q)
{
	return q->state >= 0 && q->state < STATE_N && q->severity >= 0 &&
		q->severity < SEV_N && q->basis >= 0 && q->basis < BASIS_N &&
		q->fixed_by >= 0 && q->fixed_by <= FIXED_BY_SILENCE && q->len >= 0 &&
		q->len <= 128 && (q->net.p == NULL || q->net.n == 16);
}

int finding_get(struct ctx *x, int64_t id, struct finding_row *ret)
{
	struct sql_finding_get_in in = { .id = id };
	struct sql_finding_get_row q;
	int r = sql_finding_get(x->db, x->arena, &in, &q);
	if (r == E_NOT_FOUND)
		return fail(&x->why, r, "there is no finding %" PRId64, id);
	if (r < 0)
		return r;
	if (!in_range(&q))
		return range_error(x, id);
	struct finding_row f = { .id = q.id,
		.type = q.type,
		.identifier = q.identifier,
		.family = q.family,
		.has_net = q.net.p != NULL,
		.by_name = q.by_name != 0,
		.acts = q.acts != 0,
		.name = q.name,
		.hostname = q.hostname,
		.transport = q.transport,
		.detail = q.detail,
		.port = (uint16_t)q.port,
		.severity = (enum severity)q.severity,
		.org = q.org.v,
		.network_org = q.network_org.v,
		.imitates = q.imitates.v,
		.org_name = q.org_name,
		.network_name = q.network_name,
		.imitates_name = q.imitates_name,
		.asn = (uint32_t)q.asn,
		.feed_asn = (uint32_t)q.feed_asn,
		.cc = q.cc,
		.basis = (enum basis)q.basis,
		.basis_ref = q.basis_ref,
		.first_seen = q.first_seen,
		.last_seen = q.last_seen,
		.days_seen = q.days_seen,
		.count = q.count,
		.last_report = (int32_t)q.last_report,
		.report_type = q.report_type,
		.state = (enum finding_state)q.state,
		.state_day = (int32_t)q.state_day,
		.fixed_by = (enum fixed_by)q.fixed_by,
		.relapses = q.relapses,
		.claimed_day = q.claimed_day,
		.noticed_at = q.noticed_at };
	if (f.has_net) {
		memcpy(f.net.ip.b, q.net.p, sizeof(f.net.ip.b));
		f.net.len = (uint8_t)q.len;
	}
	*ret = f;
	return 0;
}

int finding_reason(const struct finding_row *f, struct buf *out)
{
	struct attrib at = { .basis = f->basis, .ref = f->basis_ref };
	if (f->imitates && f->basis < BASIS_DOMAIN)
		return buf_addf(out, "imitates a domain of %.*s", STR(f->imitates_name));
	int r = attrib_reason(&at, out);
	if (r == 0 && f->imitates)
		r = buf_addf(out, "; imitates a domain of %.*s", STR(f->imitates_name));
	return r;
}

const char *fixed_by_text(enum fixed_by f)
{
	return f == FIXED_BY_CLAIM ? "claim" : f == FIXED_BY_SILENCE ? "silence" : NULL;
}

size_t finding_also_concerned(
	const struct finding_row *f, struct finding_concerned ret[FINDING_CONCERNED])
{
	size_t n = 0;
	if (f->network_org && f->network_org != f->org)
		ret[n++] = (struct finding_concerned){ f->network_org, f->network_name,
			"operates the network" };
	if (f->imitates && f->imitates != f->org && f->imitates != f->network_org)
		ret[n++] = (struct finding_concerned){ f->imitates, f->imitates_name,
			"its domain is imitated" };
	return n;
}

static int get_days(struct ctx *x, int64_t id, struct finding_full *v)
{
	struct sql_finding_days_in in = { .finding = id };
	struct sql_finding_days_rows q;
	int r = sql_finding_days(x->db, x->arena, &in, &q);
	if (r < 0)
		return r;
	v->days = arena_array(x->arena, q.n + 1, sizeof(*v->days));
	for (size_t i = 0; i < q.n; i++)
		v->days[i] = (struct finding_day){ (int32_t)q.v[i].day, q.v[i].count,
			q.v[i].first, q.v[i].last };
	v->n_days = q.n;
	return 0;
}

static int get_moves(struct ctx *x, int64_t id, struct finding_full *v)
{
	struct sql_finding_moves_in in = { .finding = id };
	struct sql_finding_moves_rows q;
	int r = sql_finding_moves(x->db, x->arena, &in, &q);
	if (r < 0)
		return r;
	v->moves = arena_array(x->arena, q.n + 1, sizeof(*v->moves));
	for (size_t i = 0; i < q.n; i++) {
		if (q.v[i].basis < 0 || q.v[i].basis >= BASIS_N)
			return range_error(x, id);
		v->moves[i] = (struct finding_move){ q.v[i].at, q.v[i].from_name,
			q.v[i].to_name, (enum basis)q.v[i].basis, q.v[i].basis_ref };
	}
	v->n_moves = q.n;
	return 0;
}

static int get_notices(struct ctx *x, int64_t id, struct finding_full *v)
{
	struct sql_finding_notices_in in = { .finding = id };
	struct sql_finding_notices_rows q;
	int r = sql_finding_notices(x->db, x->arena, &in, &q);
	if (r < 0)
		return r;
	for (size_t i = 0; i < q.n; i++)
		if (q.v[i].why < 0 || q.v[i].why >= WHY_N || q.v[i].state < 0 ||
			q.v[i].state >= NOTICE_STATES)
			return range_error(x, id);
	v->notices = arena_array(x->arena, q.n + 1, sizeof(*v->notices));
	for (size_t i = 0; i < q.n; i++)
		v->notices[i] = (struct finding_notice){ q.v[i].id, q.v[i].at,
			(enum notice_state)q.v[i].state, (enum notice_why)q.v[i].why,
			q.v[i].organisation, q.v[i].recipient };
	v->n_notices = q.n;
	return 0;
}

static int get_sources(struct ctx *x, int64_t id, struct finding_full *v)
{
	struct sql_finding_sources_in in = { .finding = id, .n = FINDING_SOURCES };
	struct sql_finding_sources_rows q;
	int r = sql_finding_sources(x->db, x->arena, &in, &q);
	if (r < 0)
		return r;
	v->sources = arena_array(x->arena, q.n + 1, sizeof(*v->sources));
	for (size_t i = 0; i < q.n; i++) {
		struct finding_source *s = &v->sources[i];
		if (q.v[i].sha256.n != SHA256_LEN)
			return range_error(x, id);
		*s = (struct finding_source){ q.v[i].file, q.v[i].row, q.v[i].count,
			(int32_t)q.v[i].day, q.v[i].name, { { 0 } } };
		memcpy(s->sha.b, q.v[i].sha256.p, SHA256_LEN);
	}
	v->n_sources = q.n;
	return 0;
}

int finding_read_full(struct ctx *x, int64_t id, struct finding_full *ret)
{
	struct finding_full v = { 0 };
	int r = finding_get(x, id, &v.row);
	if (r == 0)
		r = get_days(x, id, &v);
	if (r == 0)
		r = get_moves(x, id, &v);
	if (r == 0)
		r = get_notices(x, id, &v);
	if (r == 0)
		r = get_sources(x, id, &v);
	if (r == 0)
		*ret = v;
	return r;
}

int finding_get_full(struct ctx *x, int64_t id, struct finding_full *ret)
{
	struct tx t;
	int r = tx_begin(&t, x->db, TX_READ);
	return r < 0 ? r : tx_end(&t, finding_read_full(x, id, ret));
}
