/* SPDX-License-Identifier: Apache-2.0
 * finding_query.c - the query of a list of findings: see finding_query.h. Depends on:
 * base, core, web. */
#include "web/finding_query.h"

#include "base/date.h"
#include "base/query.h"
#include "base/tr.h"
#include "core/org.h"
#include "web/visit.h"

#include <inttypes.h>

#define LIVE (1u << STATE_OPEN | 1u << STATE_CLAIMED | 1u << STATE_RELAPSED)

/* clang-format off */
const struct field finding_query_fields[] = {
	{ "state", FIELD_TEXT, false, 1, 20 },
	{ "severity", FIELD_TEXT, false, 1, 10 },
	{ "organisation", FIELD_TEXT, false, 1, 300 },
	{ "where", FIELD_TEXT, false, 1, 300 },
	{ "order", FIELD_TEXT, false, 1, 10 },
	{ "type", FIELD_TEXT, false, 1, 100 },
	{ "identifier", FIELD_TEXT, false, 1, 100 },
	{ "family", FIELD_TEXT, false, 1, 100 },
	{ "network", FIELD_TEXT, false, 1, 300 },
	{ "report", FIELD_TEXT, false, 1, 100 },
	{ "new", FIELD_TEXT, false, 1, 10 },
	{ "nobody", FIELD_TICK, false, 0, 0 },
	{ "relapsed", FIELD_TICK, false, 0, 0 },
	{ "after", FIELD_TEXT, false, 1, 70 },
	{ 0 } };
/* clang-format on */

static const struct {
	const char *word;
	enum finding_order order;
} orders[] = {
	{ "worst", FINDING_WORST },
	{ "newest", FINDING_NEWEST },
	{ "oldest", FINDING_OLDEST },
	{ "id", FINDING_BY_ID },
};

static int read_state(struct str word, unsigned *ret)
{
	enum finding_state s;
	if (word.n == 0 || str_eq(word, S("live")))
		*ret = LIVE;
	else if (str_eq(word, S("any")))
		*ret = (1u << STATE_N) - 1;
	else if (state_read(word, &s) == 0)
		*ret = 1u << s;
	else
		return E_USAGE;
	return 0;
}

static int read_order(struct str word, enum finding_order *ret)
{
	*ret = FINDING_WORST;
	for (size_t i = 0; i < N(orders); i++) {
		if (!str_eq(word, str_c(orders[i].word)))
			continue;
		*ret = orders[i].order;
		return 0;
	}
	return word.n ? E_USAGE : 0;
}

/* "4-1790000000-123", as finding_query_url writes it. */
static int read_after(struct str text, struct finding_query *q)
{
	struct str part[3], rest = text;
	struct finding_key k;
	if (text.n == 0)
		return 0;
	for (size_t i = 0; i < N(part); i++)
		if (!str_split(&rest, '-', &part[i]))
			return E_USAGE;
	if (rest.p || !str_int(part[0], 0, SEV_N - 1, &k.severity) ||
		!str_int(part[1], 0, INT64_MAX, &k.last_seen) ||
		!str_int(part[2], 1, INT64_MAX, &k.id))
		return E_USAGE;
	q->after = k;
	q->has_after = true;
	return 0;
}

static struct str text_of(const struct visit *v, const char *name)
{
	return visit_query(v, name)->text;
}

static int cannot(struct finding_query *q, const char *error, struct str about)
{
	if (q->error == NULL) {
		q->error = error;
		q->about = about;
	}
	return 0;
}

static int read_where(struct visit *v, struct finding_query *q)
{
	struct str text = text_of(v, "where");
	struct query what;
	if (text.n == 0)
		return 0;
	if (query_read(v->req->arena, text, &what) < 0 || what.kind == QUERY_ASN)
		return cannot(q, N_("{what} is no address, network or name."), text);
	q->filter.has_net = what.kind == QUERY_NET;
	q->filter.net = what.net;
	if (what.kind == QUERY_NAME)
		q->filter.name = what.name;
	return 0;
}

static int read_org(
	struct visit *v, struct finding_query *q, const char *field, int64_t *ret)
{
	struct str text = text_of(v, field);
	struct org_ref org;
	if (text.n == 0)
		return 0;
	int r = org_find(&v->x, text, &org);
	if (r == E_NOT_FOUND)
		r = cannot(q, N_("No organisation is called {what}."), text);
	else if (r == E_USAGE)
		r = cannot(q,
			N_("Several organisations have {what} in their names: "
			   "write more of it."),
			text);
	else if (r == 0)
		*ret = org.id;
	if (q->error)
		v->x.why = (struct why){ 0 };
	return r;
}

static int read_report(struct visit *v, struct finding_query *q)
{
	struct str text = text_of(v, "report");
	if (text.n == 0)
		return 0;
	int r = finding_report_type(&v->x, text, &q->filter.report_type);
	if (r != E_NOT_FOUND)
		return r;
	v->x.why = (struct why){ 0 };
	return cannot(q, N_("No report of the type {what} came yet."), text);
}

static int read_since(struct visit *v, struct finding_query *q)
{
	struct str text = text_of(v, "new");
	int32_t day;
	if (text.n == 0)
		return 0;
	if (day_read(text, &day) < 0)
		return cannot(q, N_("{what} is no date. Write it as 2026-06-01."), text);
	q->filter.new_since = SOME(day_start(day));
	return 0;
}

int finding_query_read(struct visit *v, struct finding_query *ret)
{
	struct finding_query q = {
		.filter = { .type = text_of(v, "type"),
			.identifier = text_of(v, "identifier"),
			.family = text_of(v, "family"),
			.unattributed = visit_query(v, "nobody")->has,
			.relapsed = visit_query(v, "relapsed")->has }
	};
	struct finding_filter *f = &q.filter;
	int r = read_state(text_of(v, "state"), &f->states);
	if (r == 0)
		r = read_order(text_of(v, "order"), &f->order);
	if (r == 0)
		r = read_after(text_of(v, "after"), &q);
	if (r == 0 && text_of(v, "severity").n)
		r = severity_read(text_of(v, "severity"), &f->severity) < 0 ? E_USAGE : 0;
	if (r == 0)
		r = read_where(v, &q);
	if (r == 0)
		r = read_since(v, &q);
	if (r == 0)
		r = read_org(v, &q, "organisation", &f->org);
	if (r == 0)
		r = read_org(v, &q, "network", &f->network_org);
	if (r == 0)
		r = read_report(v, &q);
	if (r < 0)
		return r;
	q.more = f->type.n || f->identifier.n || f->family.n || f->network_org ||
		f->report_type || f->new_since.has || f->unattributed || f->relapsed;
	*ret = q;
	return 0;
}

struct url finding_query_url(
	struct visit *v, struct url base, const struct finding_key *after)
{
	struct arena *a = v->req->arena;
	struct url u = visit_list_url(v, base, "after");
	if (after == NULL)
		return u;
	struct buf b = buf_in(a, 128);
	if (buf_addf(&b, "%" PRId64 "-%" PRId64 "-%" PRId64, after->severity,
		    after->last_seen, after->id) < 0)
		return u;
	return url_with(a, u, "after", buf_str(&b));
}
