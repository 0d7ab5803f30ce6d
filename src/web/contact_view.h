/* SPDX-License-Identifier: Apache-2.0
 * contact_view.h - what the yearly question to a contact shows. Depends on: base,
 * web/answer_view. */
#pragma once
#include "web/answer_view.h"

struct contact_language {
	const char *code, *word;
	bool chosen;
};
struct contact_view {
	const struct frame_view *frame;
	const char *done, *error;
	struct url send;
	struct str org, mail, phone;			     /* mail, phone: the team's */
	struct str old_name, old_role, old_email, old_phone; /* as on record */
	const char *old_language;			     /* NULL: not known */
	struct answer_choices choices;
	struct str name, role, email, telephone, comment; /* as typed */
	struct {
		const struct contact_language *v;
		size_t n;
	} languages;
};
