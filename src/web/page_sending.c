/* SPDX-License-Identifier: Apache-2.0
 * page_sending.c - is mail really sent? Shown to all, switched by the head. Depends on:
 * base, core, web. */
#include "base/tr.h"
#include "core/outbox.h"
#include "tpl_notices.h"
#include "web/notices.h"
#include "web/pages.h"

#define SURE_WORD S("SEND")

int sending_view_of(struct visit *v, struct sending_view *ret)
{
	struct sending_view view = { .may_switch = visit_actor(v) == ACTOR_HEAD,
		.relay = v->web->o.conf->mail_relay.n > 0 };
	int r = sending_get(&v->x, &view.on);
	if (r == 0)
		r = outbox_count(&v->x, NOTICE_WAITING, &view.waiting);
	if (r == 0)
		r = outbox_count(&v->x, NOTICE_APPROVED, &view.approved);
	if (r == 0)
		*ret = view;
	return r;
}

static int show(struct visit *v, int status, const char *error)
{
	struct buf page;
	struct textout o = visit_out(v, &page);
	struct sending_view view;
	int r = sending_view_of(v, &view);
	if (r < 0)
		return r;
	view.frame = visit_frame(v, N_("Sending"));
	view.error = error;
	r = page_sending(&o, &view);
	return visit_send(v, status, &page, r);
}

int sending_page_get(struct visit *v)
{
	return show(v, 200, NULL);
}

int sending_page_post(struct visit *v)
{
	struct ask a;
	bool on = visit_form(v, "on")->has;
	struct str word = visit_form(v, "word")->text;
	if (on && !str_eq(word.p ? word : S(""), SURE_WORD))
		return show(v, 400, N_("The word was not typed: nothing was switched."));
	ask_begin(v, &a, ACT_SENDING_SWITCH);
	rec_bool(&a.w, "on", on);
	rec_bool(&a.w, "sure", on);
	int r = ask_send(v, &a, NULL, NULL);
	if (r == E_USAGE || r == E_SYNTAX)
		return show(v, 400, N_("The mail server in tocsin.conf cannot be used."));
	return r < 0 ? r : notices_done(v, DONE_SWITCHED, 0, 0);
}
