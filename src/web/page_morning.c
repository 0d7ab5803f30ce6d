/* SPDX-License-Identifier: Apache-2.0
 * page_morning.c - the first page. Depends on: base, sys, core, web. */
#include "base/tr.h"
#include "core/morning.h"
#include "sys/disk.h"
#include "tpl_morning.h"
#include "web/morning_view.h"
#include "web/pages.h"
#include "web/visit.h"

int morning_get(struct visit *v)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct morning m;
	struct morning_reader reader = { .a = v->req->arena,
		.lang = v->lang,
		.html = true,
		.now = v->x.now,
		.cases = visit_actor(v) & WHO_CASES,
		.demo = v->web->o.conf->demo,
		.room = disk_room(v->web->o.datadir) };
	int r = morning_read(&v->x, reader.cases, &m);
	if (r < 0)
		return r;
	struct morning_items all = morning_items(&reader, &m);
	size_t hands = 0;
	while (hands < all.n && all.v[hands].hands)
		hands++;
	struct morning_view view = { .frame = visit_frame(v, N_("Morning")),
		.now = v->x.now,
		.hands = { all.v, hands },
		.fine = { all.v + hands, all.n - hands } };
	r = page_morning(&o, &view);
	return visit_send(v, 200, &page, r);
}
