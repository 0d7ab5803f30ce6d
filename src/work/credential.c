/* SPDX-License-Identifier: Apache-2.0
 * credential.c - who asks through the web role. See work.h. Depends on: base, core.
 *
 * Web passes on what a browser brought; who that is, work looks up itself. So a web role
 * that was taken over can do nothing in the name of somebody who is not signed in. */
#include "work/work.h"

#include <inttypes.h>
#include <stdio.h>

/* What is found must outlive the act's chunks. */
static int find_session(struct call *c, struct str token)
{
	struct arena *scratch = c->x.arena;
	c->x.arena = &c->keep;
	int r = session_find(&c->x, token, &c->session);
	c->x.arena = scratch;
	return r;
}

static int by_session(struct call *c, struct str token, char *actor, size_t room)
{
	int r = find_session(c, token);
	if (r == E_NOT_FOUND)
		return fail(&c->x.why, E_DENIED, "the session is over");
	if (r < 0)
		return r;
	c->who = person_actor(c->session.person.role);
	(void)snprintf(actor, room, "user:%.*s",
		STR(str_to(c->session.person.name, PERSON_NAME_MAX)));
	return 0;
}

static int by_link(struct call *c, struct str token, char *actor, size_t room)
{
	struct answer_link *link = arena_alloc(&c->keep, sizeof(*link));
	int r = answer_link_find(&c->x, token, link);
	if (r < 0)
		return r; /* nothing is said of a link that is not in force */
	c->who = ACTOR_LINK;
	c->link = link;
	(void)snprintf(actor, room, "link:%" PRId64, link->id);
	return 0;
}

int work_credential(struct call *c, struct str kind, struct str credential)
{
	size_t room = PERSON_NAME_MAX + 32;
	char *actor = arena_alloc(&c->keep, room);
	int r = 0;
	if (str_eq(kind, S("session"))) {
		r = by_session(c, credential, actor, room);
	} else if (str_eq(kind, S("link"))) {
		r = by_link(c, credential, actor, room);
	} else if (str_eq(kind, S("none"))) {
		c->who = ACTOR_WEB;
		(void)snprintf(actor, room, "web");
	} else {
		r = fail(&c->x.why, E_DENIED, "an unknown kind of credential");
	}
	if (r == 0)
		c->x.actor = str_c(actor);
	return r;
}
