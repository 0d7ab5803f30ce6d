/* SPDX-License-Identifier: Apache-2.0
 * page_feeds.c - which report types arrive, and which fell silent. Depends on: base,
 * core, web. */
#include "base/tr.h"
#include "core/arrival.h"
#include "tpl_feed.h"
#include "web/feed_view.h"
#include "web/pages.h"
#include "web/visit.h"

#define SHOWN_DAYS  28
#define SHOWN_WIDTH 6 /* pixels a day */

static struct arrived_days days_of(
	struct visit *v, const struct report_type *t, int32_t latest)
{
	struct arrived *d = arena_array(v->req->arena, SHOWN_DAYS, sizeof(*d));
	size_t n = 0, at = t->n_days;
	int32_t first = latest - SHOWN_DAYS + 1;
	while (at > 0 && t->days[at - 1] >= first)
		at--;
	for (; at < t->n_days && n < SHOWN_DAYS; at++)
		d[n++].x = (int64_t)(t->days[at] - first) * SHOWN_WIDTH;
	return (struct arrived_days){ d, n };
}

static struct type_line type_of(
	struct visit *v, const struct report_type *t, int32_t latest)
{
	struct type_line l = { .name = t->name,
		.known = t->known,
		.reports = (int64_t)t->n_days,
		.quiet = t->quiet,
		.came = days_of(v, t, latest),
		.findings = url_with(v->req->arena, URL("findings"), "report", t->name) };
	if (t->n_days == 0)
		return l;
	l.latest = arrivals_latest(t);
	l.silent = latest - l.latest;
	l.missing = (int64_t)latest - t->days[0] + 1 - (int64_t)t->n_days;
	return l;
}

int feeds_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct arrivals all;
	int32_t latest = INT32_MIN;
	int r = arrivals_load(&v->x, v->req->arena, &all);
	if (r < 0)
		return r;
	struct feed_tabs *tabs = feed_tabs_of(v);
	tabs->feeds = true;
	struct feeds_view view = { .frame = visit_frame(v, N_("Report types")),
		.tabs = tabs };
	struct type_line *lines = arena_array(v->req->arena, all.n + 1, sizeof(*lines));
	size_t n = 0;
	for (size_t i = 0; i < all.n; i++)
		if (all.types[i].n_days && arrivals_latest(&all.types[i]) > latest)
			latest = arrivals_latest(&all.types[i]);
	for (size_t i = 0; i < all.n; i++) {
		if (all.types[i].n_days == 0)
			continue; /* its name only was met */
		lines[n] = type_of(v, &all.types[i], latest);
		view.silent += lines[n].silent > 0;
		view.unknown |= !lines[n].known;
		n++;
	}
	view.types = (struct type_lines){ lines, n };
	view.latest = latest;
	r = page_feeds(&o, &view);
	return visit_send(v, 200, &page, r);
}
