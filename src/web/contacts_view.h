/* SPDX-License-Identifier: Apache-2.0
 * contacts_view.h - what the list of contacts shows. Depends on: base, web/choice_view,
 * web/frame_view. */
#pragma once
#include "base/opt.h"
#include "web/choice_view.h"
#include "web/frame_view.h"

struct doubt_since {
	const char *text;  /* to translate */
	struct opt_int at; /* a day */
};
struct doubts_since {
	const struct doubt_since *v;
	size_t n;
};
struct listed_contact {
	int64_t id;
	struct str email, name, role, org_name;
	struct url org;
	const char *trust;	     /* to translate */
	struct doubts_since why;     /* it is in doubt */
	struct opt_int heard, asked; /* days */
	struct url asking;  /* the notice on its way that asks it; absent: none */
	struct url confirm; /* for who may; absent: he may not */
	struct str form;
};
struct listed_contacts {
	const struct listed_contact *v;
	size_t n;
};
struct contacts_view {
	const struct frame_view *frame;
	const char *done; /* to translate */
	struct choices only;
	struct listed_contacts lines;
	const char *none; /* to translate: there are no lines */
	bool may_edit;
	bool may_ask_all; /* the lines are those that it is time to ask */
	bool more;
	struct url next;
};
