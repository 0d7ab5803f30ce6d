/* SPDX-License-Identifier: Apache-2.0
 * contact_view.h - what the yearly question to a contact shows. Depends on: base,
 * web/choice_view. */
#pragma once
#include "web/choice_view.h"
#include "web/frame_view.h"

struct contact_view {
	const struct frame_view *frame;
	const char *done, *error;
	struct url send;
	struct str org, mail, phone;			     /* mail, phone: the team's */
	struct str old_name, old_role, old_email, old_phone; /* as on record */
	const char *old_language;			     /* NULL: not known */
	struct choices rights;				     /* is it? */
	struct str name, role, email, telephone, comment;    /* as typed */
	struct choices languages;
};
