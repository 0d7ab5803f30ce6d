/* SPDX-License-Identifier: Apache-2.0
 * test_person_act.c - who may change whom, and what a change of role ends: the acts as a
 * person who is signed in sends them, applied by work to a database of its own. */
#include "notice_kit.h"

#include "base/auto.h"
#include "work/work.h"

struct place {
	struct kit k;
	struct conf conf;
	struct work w;
	char token[TOKEN_HEX + 1]; /* of the last answer; empty: it had none */
	char role[16];		   /* the same */
};

static int keep_up(void *ctx)
{
	(void)ctx;
	return 0;
}

static void copy(char *to, size_t n, struct str s)
{
	(void)snprintf(to, n, "%.*s", STR(s));
}

static int heard(void *ctx, struct str record)
{
	struct place *p = ctx;
	copy(p->token, sizeof(p->token), record_text(record, "token"));
	copy(p->role, sizeof(p->role), record_text(record, "role"));
	return 0;
}

/* by: who asks, NULL for the owner of the directory. */
static int apply(struct place *p, const struct person *by, enum act_id id,
	const char *name, const char *role)
{
	AUTO_ARENA job = arena_new(MIB(64), "job");
	struct buf b = buf_in(&job, KIB(16));
	struct writer w = wr_new(&b);
	enum actor_kind who = ACTOR_OWNER;
	struct call c = { .w = &p->w,
		.x = { .db = p->w.db,
			.arena = &job,
			.now = KIT_DAY0 + 7 * 3600,
			.actor = S("test") },
		.keep = arena_new(MIB(8), "keep"),
		.fd = -1,
		.heard = heard,
		.heard_ctx = p,
		.keep_up = keep_up };
	if (by) {
		c.session.person = *by;
		who = by->role == PERSON_HEAD ? ACTOR_HEAD : ACTOR_KEEPER;
	}
	p->token[0] = p->role[0] = '\0';
	act_begin(&w, id);
	rec_text(&w, id == ACT_ENROL_LOOK ? "token" : "name", str_c(name));
	if (role)
		rec_text(&w, "role", str_c(role));
	int r = work_apply(&c, buf_str(&b), id == ACT_ENROL_LOOK ? ACTOR_WEB : who);
	arena_free(&c.keep);
	return r;
}

static struct person find(struct place *p, const char *name)
{
	AUTO_ARENA a = arena_new(MIB(1), "find");
	struct ctx x = { .db = p->w.db, .arena = &a, .actor = S("test"), .now = 1 };
	struct person found = { .id = 0 };
	if (person_by_name(&x, str_c(name), &found) < 0)
		printf("# no %s\n", name);
	found.name = str_c(name);
	return found;
}

int main(void)
{
	struct place p = { .token = "" };
	struct why why = { 0 };
	char first[TOKEN_HEX + 1], second[TOKEN_HEX + 1];
	kit_new(&p.k);
	db_close(&p.k.x.db);
	conf_init(&p.conf);
	p.w = (struct work){ .conf = &p.conf, .datadir = p.k.dir };
	if (!ok(work_open(&p.w, KIT_DAY0, &why) == 0, "work: %s", why.text))
		return tap_end();
	ok(apply(&p, NULL, ACT_PERSON_ADD, "head", "head") == 0 &&
			apply(&p, NULL, ACT_PERSON_ADD, "otherhead", "head") == 0 &&
			apply(&p, NULL, ACT_PERSON_ADD, "keeper", "keeper") == 0,
		"two heads and a keeper");
	struct person head = find(&p, "head"), keeper = find(&p, "keeper");

	ok(apply(&p, &keeper, ACT_PERSON_ADD, "boss", "analyst") == 0 && p.token[0],
		"a keeper makes an analyst, and has the link");
	copy(first, sizeof(first), str_c(p.token));
	ok(apply(&p, &head, ACT_PERSON_ROLE, "boss", "head") == 0 && p.token[0],
		"a head makes the analyst a head, and gets a new link");
	copy(second, sizeof(second), str_c(p.token));
	ok(apply(&p, NULL, ACT_ENROL_LOOK, first, NULL) == E_NOT_FOUND,
		"the keeper's link opens nothing more");
	ok(apply(&p, NULL, ACT_ENROL_LOOK, second, NULL) == 0 &&
			strcmp(p.role, "head") == 0,
		"the head's does");

	kit_sql(&p.k,
		"UPDATE person SET password = 'x', totp = zeroblob(60) WHERE name = "
		"'boss'");
	ok(apply(&p, &head, ACT_PERSON_ROLE, "boss", "reader") == 0 && !p.token[0],
		"who is enrolled needs no link");
	ok(apply(&p, NULL, ACT_ENROL_LOOK, second, NULL) == E_NOT_FOUND,
		"and has none any more");
	ok(apply(&p, &head, ACT_PERSON_REVOKE, "boss", NULL) == 0 &&
			apply(&p, &head, ACT_PERSON_ROLE, "boss", "analyst") == 0 &&
			!p.token[0],
		"nor does who is shut out get one");

	ok(apply(&p, &keeper, ACT_PERSON_ROLE, "keeper", "analyst") == E_DENIED,
		"a keeper stays a keeper");
	ok(apply(&p, &head, ACT_PERSON_ROLE, "head", "reader") == E_DENIED,
		"nor does a head change the own role");
	ok(apply(&p, &head, ACT_PERSON_ROLE, "keeper", "analyst") == 0,
		"another one does");
	ok(apply(&p, NULL, ACT_PERSON_ROLE, "head", "reader") == 0,
		"the owner of the directory changes whom he likes");
	(void)!work_close(&p.w, true, &why);
	(void)unlinkat(p.k.dir, "secret.key", 0);
	(void)unlinkat(p.k.dir, "originals", AT_REMOVEDIR);
	(void)unlinkat(p.k.dir, "in/done", AT_REMOVEDIR);
	(void)unlinkat(p.k.dir, "in/failed", AT_REMOVEDIR);
	(void)unlinkat(p.k.dir, "in", AT_REMOVEDIR);
	kit_free(&p.k);
	return tap_end();
}
