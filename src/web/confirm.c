/* SPDX-License-Identifier: Apache-2.0
 * confirm.c - the page between a form and its deed: see confirm.h. Depends on: base,
 * web. */
#include "web/confirm.h"

#include "base/tr.h"
#include "tpl_confirm.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

struct confirm *confirm_new(struct visit *v, const char *title)
{
	struct confirm *c = arena_alloc(v->req->arena, sizeof(*c));
	*c = (struct confirm){ .v = v };
	c->view = (struct confirm_view){ .title = title,
		.about = S(""),
		.sure = true,
		.action = { v->req->path },
		.button = N_("Do it"),
		.back = URL(""),
		.back_label = N_("Leave it as it is") };
	return c;
}

void confirm_change(struct confirm *c, const char *what, struct str key, struct str old,
	struct str new)
{
	struct arena *a = c->v->req->arena;
	size_t n = c->view.changes.n;
	if (n == CONFIRM_LINES) {
		c->view.more++;
		return;
	}
	c->changes[n] = (struct confirm_change){ what, str_dup(a, key.p ? key : S("")),
		str_dup(a, old.p ? old : S("")), str_dup(a, new.p ? new : S("")) };
	c->view.changes = (struct confirm_changes){ c->changes, n + 1 };
}

void confirm_field(struct confirm *c, const char *name, struct str value)
{
	size_t n = c->view.fields.n;
	if (value.n == 0)
		return;
	assert(n < CONFIRM_FIELDS);
	c->fields[n] = (struct confirm_field){ name, str_dup(c->v->req->arena, value) };
	c->view.fields = (struct confirm_fields){ c->fields, n + 1 };
}

void confirm_number(struct confirm *c, const char *name, int64_t value)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	confirm_field(c, name, str_c(text));
}

int confirm_show(struct confirm *c, int status)
{
	struct buf page;
	struct textout o = visit_out(c->v, &page);
	c->view.frame = visit_frame(c->v, c->view.title);
	int r = page_confirm(&o, &c->view);
	return visit_send(c->v, status, &page, r);
}
