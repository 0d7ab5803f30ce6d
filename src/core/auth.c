/* SPDX-License-Identifier: Apache-2.0
 * auth.c - who may open what: see auth.h. Depends on: base, db. */
#include "core/auth.h"

#include "db/sql_auth.h"

/* The keeper looks after the machine and its people; cases are not his. */
#define CASES (ACTOR_READER | ACTOR_ANALYST | ACTOR_HEAD)

static const unsigned who_may[OBJECT_KINDS][OBJECT_ACTIONS] = {
	[OBJECT_PERSON] = { ACTOR_MANAGES, ACTOR_MANAGES },
	[OBJECT_SESSION] = { ACTOR_PERSON, ACTOR_PERSON },
	[OBJECT_ORG] = { CASES, ACTOR_HANDLES },
	[OBJECT_FINDING] = { CASES, ACTOR_HANDLES },
	[OBJECT_NOTICE] = { CASES, ACTOR_HANDLES },
	[OBJECT_FILE] = { CASES | ACTOR_KEEPER, ACTOR_HANDLES },
	[OBJECT_TASK] = { CASES, ACTOR_HANDLES },
	[OBJECT_CONTACT] = { CASES, ACTOR_HANDLES },
};

unsigned auth_who(enum object_kind kind, enum object_action action)
{
	return who_may[kind][action];
}

/* A session is its person's alone. */
static int own_session(struct ctx *x, const struct person *who, int64_t id)
{
	struct sql_auth_session_in in = { .id = id };
	struct sql_auth_session_row row;
	int r = sql_auth_session(x->db, &in, &row);
	return r == 0 && row.person != who->id ? E_NOT_FOUND : r;
}

static int exists(struct ctx *x, enum object_kind kind, int64_t id)
{
	struct sql_auth_person_in person = { id };
	struct sql_auth_org_in org = { id };
	struct sql_auth_finding_in finding = { id };
	struct sql_auth_notice_in notice = { id };
	struct sql_auth_file_in file = { id };
	struct sql_auth_task_in task = { id };
	struct sql_auth_contact_in contact = { id };
	struct sql_auth_person_row p;
	struct sql_auth_org_row o;
	struct sql_auth_finding_row f;
	struct sql_auth_notice_row n;
	struct sql_auth_file_row i;
	struct sql_auth_task_row t;
	struct sql_auth_contact_row c;
	switch (kind) {
	case OBJECT_PERSON:
		return sql_auth_person(x->db, &person, &p);
	case OBJECT_ORG:
		return sql_auth_org(x->db, &org, &o);
	case OBJECT_FINDING:
		return sql_auth_finding(x->db, &finding, &f);
	case OBJECT_NOTICE:
		return sql_auth_notice(x->db, &notice, &n);
	case OBJECT_FILE:
		return sql_auth_file(x->db, &file, &i);
	case OBJECT_TASK:
		return sql_auth_task(x->db, &task, &t);
	case OBJECT_CONTACT:
		return sql_auth_contact(x->db, &contact, &c);
	case OBJECT_NONE:
	case OBJECT_SESSION:
	case OBJECT_KINDS:
	default:
		return E_NOT_FOUND;
	}
}

int auth_open(struct ctx *x, const struct person *who, enum object_kind kind, int64_t id,
	enum object_action action, struct object *ret)
{
	if (kind <= OBJECT_NONE || kind >= OBJECT_KINDS || action >= OBJECT_ACTIONS)
		return E_NOT_FOUND;
	if (!(who_may[kind][action] & person_actor(who->role)))
		return E_NOT_FOUND;
	int r = kind == OBJECT_SESSION ? own_session(x, who, id) : exists(x, kind, id);
	if (r == 0)
		*ret = (struct object){ kind, action, id };
	return r;
}
