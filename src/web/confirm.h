/* SPDX-License-Identifier: Apache-2.0
 * confirm.h - the page between a form and its deed: what it would change, and the same
 * form once more with "sure"; and the page after it, with the way back. Depends on: base,
 * web/visit.
 *
 * A page whose form has no "sure" asks work for a dry run and shows what that said:
 *
 *	struct confirm c = confirm_new(v, N_("Add a network"));
 *	confirm_change(&c, N_("Network"), key, old, new);
 *	confirm_field(&c, "value", text);          the form's fields again
 *	c.view.button = N_("Add it");
 *	return confirm_show(&c, 200);
 */
#pragma once
#include "web/confirm_view.h"
#include "web/visit.h"

#define CONFIRM_LINES  64
#define CONFIRM_FIELDS 16

struct confirm {
	struct visit *v;
	struct confirm_view
		view; /* what is not set by the functions below is the page's */
	struct confirm_change changes[CONFIRM_LINES];
	struct confirm_field fields[CONFIRM_FIELDS];
};
/* Its form leads where the visit came to; title: to translate. */
struct confirm *confirm_new(struct visit *v, const char *title);
/* what: to translate. Further ones than CONFIRM_LINES are counted only. */
void confirm_change(struct confirm *c, const char *what, struct str key, struct str old,
	struct str new);
/* A hidden field; none when the value is empty. "sure" is added by itself. */
void confirm_field(struct confirm *c, const char *name, struct str value);
void confirm_number(struct confirm *c, const char *name, int64_t value);
MUST int confirm_show(struct confirm *c, int status);
