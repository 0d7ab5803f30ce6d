/* SPDX-License-Identifier: Apache-2.0
 * auth.h - objects are opened here and nowhere else. Depends on: base, db.
 *
 * auth_open takes the person and what he wants to do; it answers a handle, or "not found"
 * whether there is no such thing or it is not his: a stranger cannot tell. Who may do
 * what stands in one table in auth.c. */
#pragma once
#include "core/ctx.h"
#include "core/person.h"

enum object_kind {
	OBJECT_NONE,
	OBJECT_PERSON,
	OBJECT_SESSION, /* one's own only */
	OBJECT_ORG,
	OBJECT_FINDING,
	OBJECT_NOTICE,
	OBJECT_FILE,
	OBJECT_TASK,
	OBJECT_CONTACT,
	OBJECT_KINDS
};
enum object_action { OBJECT_READ, OBJECT_CHANGE, OBJECT_ACTIONS };

struct object {
	enum object_kind kind;
	enum object_action action;
	int64_t id;
};
/* who: his role and id count. */
MUST int auth_open(struct ctx *x, const struct person *who, enum object_kind kind,
	int64_t id, enum object_action action, struct object *ret);
/* The roles (ACTOR_* bits) that may: for menus and buttons, not instead of auth_open. */
unsigned auth_who(enum object_kind kind, enum object_action action);
