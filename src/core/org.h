/* SPDX-License-Identifier: Apache-2.0
 * org.h - which organisation does a person mean? Depends on: base, db. Reads only. */
#pragma once
#include "core/ctx.h"

struct org_ref {
	int64_t id;
	struct str name; /* in x->arena */
};
/* E_NOT_FOUND when there is none. */
MUST int org_by_id(struct ctx *x, int64_t id, struct org_ref *ret);
/* A number is an id; else the name, or a part of it that only one name has, in any case
 * of its ASCII letters. E_NOT_FOUND, or E_USAGE when several fit; the sentence names
 * some. */
MUST int org_find(struct ctx *x, struct str text, struct org_ref *ret);
