/* SPDX-License-Identifier: Apache-2.0
 * page_lookup.c - who is responsible for an address, a name, an AS number, and why.
 * Depends on: base, core, web. */
#include "base/query.h"
#include "base/tr.h"
#include "core/attrib.h"
#include "tpl_feed.h"
#include "web/feed_view.h"
#include "web/lookups.h"
#include "web/pages.h"
#include "web/visit.h"
#include "web/words.h"

static struct attrib find(const struct attrib_table *t, const struct query *q)
{
	switch (q->kind) {
	case QUERY_NET:
		return attrib_find(t, &q->net, S(""), false, 0);
	case QUERY_NAME:
		return attrib_find(t, NULL, q->name, true, 0);
	case QUERY_ASN:
	default:
		return attrib_find(t, NULL, S(""), false, q->asn);
	}
}

static const char *why(const struct query *q, const struct attrib *at)
{
	if (q->kind == QUERY_ASN)
		return at->org ? N_("the AS number stands in the register")
			       : N_("the AS number does not stand in the register");
	if (q->kind == QUERY_NAME && at->basis == BASIS_NONE)
		return N_("it stands under no domain of the register");
	return word_basis(at->basis);
}

static struct url findings_of(struct visit *v, const struct query *q)
{
	struct arena *a = v->req->arena;
	char room[IP_TEXT_MAX];
	struct str where = q->kind == QUERY_NAME ? q->name
						 : str_c(net_text(&q->net, room));
	struct url u = url_with(a, URL("findings"), "where", where);
	return url_with(a, u, "state", S("any"));
}

static int look(struct visit *v, struct lookup_view *view)
{
	struct arena *a = v->req->arena;
	const struct attrib_table *table;
	struct query q;
	if (query_read(a, view->text, &q) < 0) {
		view->unread = true;
		return 0;
	}
	int r = lookups_take(v->web->lookups, &v->x, &table);
	if (r < 0)
		return r;
	struct attrib at = find(table, &q);
	view->asked = true;
	view->holder = str_dup(a, attrib_org_name(table, at.org));
	view->network = str_dup(a, attrib_org_name(table, at.network_org));
	view->country = str_dup(a, at.cc);
	view->ref = str_dup(a, at.ref);
	view->imitated = str_dup(a, at.imitates ? at.imitated : S(""));
	view->asn = q.kind == QUERY_ASN ? q.asn : at.asn;
	view->why = why(&q, &at);
	lookups_back(v->web->lookups);
	if (q.kind != QUERY_ASN)
		view->findings = findings_of(v, &q);
	return 0;
}

int lookup_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct lookup_view view = { .text = visit_query(v, "what")->text };
	int r = view.text.n ? look(v, &view) : 0;
	if (r < 0)
		return r;
	view.frame = visit_frame(v, N_("Look up"));
	r = page_lookup(&o, &view);
	return visit_send(v, view.unread ? 400 : 200, &page, r);
}
