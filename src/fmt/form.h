/* SPDX-License-Identifier: Apache-2.0
 * form.h - what a form or the query of a URL says: application/x-www-form-urlencoded.
 * Depends on: base.
 *
 * Strict: names are our own words, values are UTF-8 without controls but line ends and
 * TAB; a broken %-escape, a NUL, or too many fields refuse the whole. A pair of CR and
 * LF is one LF in the value, as a person typed it. */
#pragma once
#include "base/str.h"

#define FORM_FIELDS_MAX 1100 /* a page of notices, each with its tick */

struct form_field {
	struct str name, value;
};
struct form {
	struct form_field *v;
	size_t n;
};
/* Reads it; text in *ret lives in the arena. An empty text has no fields. */
MUST int form_read(struct str text, struct arena *a, struct form *ret);
/* Decodes %XX and, with plus, "+". E_SYNTAX as above. */
MUST int form_decode(struct str text, bool plus, struct arena *a, struct str *ret);
