/* SPDX-License-Identifier: Apache-2.0
 * route.h - the one table of what can be asked over HTTP. Depends on: base, core.
 *
 * A request without a row reaches no handler. A row says the method and path, who may,
 * which object it opens and for what, which fields it takes and how large a body, how
 * often, what must prove that a form is ours, and the act that it leads to: the act's row
 * in core/act.c holds the audit event. test/web/authz.tsv says the same by hand. */
#pragma once
#include "core/act.h"
#include "core/auth.h"
#include "web/limit.h"
#include "web/req.h"

#define WHO_ANYONE (1u << 16) /* besides the ACTOR_* bits: nobody need be signed in */
/* Whoever holds the link whose token {word} is: kind says of what. Its pages name nobody
 * who is signed in, set no cookie, and tell no other page where they were. */
#define WHO_LINK  (1u << 17)
#define WHO_CASES (ACTOR_READER | ACTOR_ANALYST | ACTOR_HEAD)

enum field_type {
	FIELD_TEXT, /* min to max bytes, no line ends */
	FIELD_AREA, /* the same, with line ends */
	FIELD_INT,
	FIELD_TICK, /* a check box: "1" when it was ticked */
	FIELD_MANY, /* numbers; may stand several times */
	FIELD_FILE, /* of an upload */
	FIELD_EACH, /* NAME-1, NAME-2 ...: text of things by their number; as AREA */
	FIELD_BODY, /* the whole body is the file; name is its media type */
};
struct field {
	const char *name; /* NULL ends the list */
	enum field_type type;
	bool required;
	int64_t min, max;
};
#define FIELDS_MAX 16
#define EACH_MAX   40 /* of one name */

enum csrf {
	CSRF_NONE,   /* it changes nothing */
	CSRF_PATH,   /* the path holds a secret: who has it need not be led to it */
	CSRF_ORIGIN, /* nobody is signed in: Origin and Sec-Fetch-Site alone */
	CSRF_FORM,   /* these, and the token of the form */
};

struct visit;
struct route {
	const char *name;
	enum method method;  /* METHOD_GET answers HEAD too */
	const char *pattern; /* "/people/{id}"; {word} is a token or name */
	unsigned who;
	enum csrf csrf;
	enum rate rate;
	size_t body_max;
	enum object_kind kind; /* what {id} is */
	enum object_action action;
	int act; /* enum act_id, or NO_ACT */
	const struct field *query, *form;
	const char *nav; /* its place in the menu: a text to translate; NULL: none */
	int (*run)(struct visit *v);
};
#define NO_ACT	   (-1)
#define FORM_MAX   MIB(1)
#define UPLOAD_MAX MIB(50)

extern const struct route web_routes[];
/* The row, or E_NOT_FOUND; E_UNSUPPORTED when the path exists for another method.
 * *ret_id, *ret_word: what stood for {id} and {word}. */
MUST int route_find(enum method m, struct str path, const struct route **ret,
	int64_t *ret_id, struct str *ret_word);
