/* SPDX-License-Identifier: Apache-2.0
 * door.h - who is there, may he, and is the form ours. Depends on: base, core. */
#pragma once
#include "web/visit.h"

/* Looks the cookie's session up, and sets the language. */
MUST int door_session(struct visit *v);
/* 0 when the row lets him in; 303 to the door, or 404: what he may not see is not
 * there. */
int door_who(struct visit *v);
/* A row of WHO_LINK: what its token opens. E_NOT_FOUND for each that is not in force. */
MUST int door_link(struct visit *v);
/* The token of the form belongs to this session. */
bool door_form(struct visit *v);
/* A new token for the forms of a page, different on each. */
struct str door_token(struct visit *v);
/* Notes that the session is in use, now and then. */
void door_touch(struct visit *v);
/* fields.c: the value of a field of that list; asserts that it is there. */
const struct field_value *field_named(
	const struct field *fields, const struct field_value *values, const char *name);
