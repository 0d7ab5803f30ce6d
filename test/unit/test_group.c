/* SPDX-License-Identifier: Apache-2.0
 * test_group.c - several files in one transaction: nothing is answered before the commit,
 * and when it fails every file's answer is that failure. Depends on: work, SQLite. */
#include "tap.h"

#include "base/auto.h"
#include "db/sql_register.h"
#include "work/group.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct kit {
	int dir;
	struct db *db;
	struct group g;
	struct chan *work, *client;
};

static void begin(struct kit *k, const char *place)
{
	struct why why = { 0 };
	int ends[2];
	k->dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = k->dir >= 0 && db_open(k->dir, DB_CREATE, 0, &why, &k->db) == 0 &&
		chan_pair(&why, ends) == 0 &&
		chan_new(ends[0], "client", &k->work) == 0 &&
		chan_new(ends[1], "work", &k->client) == 0;
	ok(good, "a database and a channel");
	k->g = group_in(k->db);
}

static int add(struct kit *k, const char *name)
{
	struct sql_register_org_insert_row row;
	struct sql_register_org_insert_in in = {
		.name = str_c(name), .kind = S(""), .sector = S(""), .language = S("en")
	};
	int r = group_begin(&k->g);
	return r < 0 ? r : sql_register_org_insert(k->db, &in, &row);
}

static bool there(struct kit *k, const char *name)
{
	AUTO_ARENA a = arena_new(KIB(64), "test");
	struct sql_register_org_in in = { .name = str_c(name) };
	struct sql_register_org_row row;
	return sql_register_org(k->db, &a, &in, &row) == 0;
}

/* A record and an end, as an act answers. */
static int answer(struct kit *k, struct str record)
{
	int r = group_answer(&k->g, k->work, FRAME_ACT_RECORD, record, NULL);
	return r < 0 ? r : group_answer(&k->g, k->work, FRAME_ACT_DONE, S(""), NULL);
}

/* The type of the next frame that has come, 0 without one. */
static unsigned heard(struct kit *k, struct frame *ret)
{
	struct why why = { 0 };
	int r = chan_next(k->client, ret);
	if (r == 0 && chan_fill(k->client, &why) == 0)
		r = chan_next(k->client, ret);
	return r == 1 ? ret->type : 0;
}

static void test_commit(struct kit *k)
{
	struct frame f;
	ok(add(k, "one") == 0 && group_may_grow(&k->g, 10),
		"a small file leaves it open");
	ok(answer(k, S("first")) == 0 && heard(k, &f) == 0, "its answer is held back");
	ok(add(k, "two") == 0 && answer(k, S("second")) == 0, "another file");
	ok(group_wants_more(&k->g), "there is room for more");
	ok(!group_may_grow(&k->g, GROUP_ROWS), "many rows end it");
	ok(group_end(&k->g, 0, NULL) == 0 && heard(k, &f) == 0,
		"committed, not yet sent");
	ok(group_send(&k->g, k->work) == 0, "sent");
	ok(heard(k, &f) == FRAME_ACT_RECORD && str_eq(f.body, S("first")), "first");
	ok(heard(k, &f) == FRAME_ACT_DONE, "done");
	ok(heard(k, &f) == FRAME_ACT_RECORD && str_eq(f.body, S("second")), "second");
	ok(heard(k, &f) == FRAME_ACT_DONE && heard(k, &f) == 0, "done, and no more");
	ok(there(k, "one") && there(k, "two"), "both are kept");
	ok(answer(k, S("third")) == 0 && heard(k, &f) == FRAME_ACT_RECORD &&
			heard(k, &f) == FRAME_ACT_DONE,
		"without a group an answer goes out at once");
}

static void test_failure(struct kit *k)
{
	struct frame f;
	struct why why = { 0 }, told = { 0 };
	ok(add(k, "three") == 0 && answer(k, S("a")) == 0, "a file");
	ok(add(k, "four") == 0 && answer(k, S("b")) == 0, "another");
	(void)fail(&why, E_NO_SPACE, "no room");
	ok(group_end(&k->g, E_NO_SPACE, &why) == E_NO_SPACE, "the third finds no room");
	ok(!there(k, "three") && !there(k, "four"), "nothing of them is kept");
	ok(group_send(&k->g, k->work) == 0, "sent");
	ok(heard(k, &f) == FRAME_ERROR && frame_read_error(&f, &told) == E_NO_SPACE &&
			strstr(told.text, "no room"),
		"the first is an error, with its sentence");
	ok(heard(k, &f) == FRAME_ERROR && heard(k, &f) == 0,
		"the second too, and no more");
	ok(add(k, "three") == 0 && answer(k, S("c")) == 0 &&
			group_end(&k->g, 0, &why) == 0,
		"it goes on when there is room");
	ok(group_send(&k->g, k->work) == 0 && heard(k, &f) == FRAME_ACT_RECORD,
		"an answer");
	ok(there(k, "three"), "kept");
}

int main(void)
{
	char place[] = "/tmp/tocsin-group-XXXXXX";
	struct kit k = { 0 };
	if (mkdtemp(place) == NULL)
		return 1;
	begin(&k, place);
	test_commit(&k);
	test_failure(&k);
	group_free(&k.g);
	db_close(&k.db);
	chan_free(&k.work);
	chan_free(&k.client);
	static const char *const left[] = { "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm" };
	for (size_t i = 0; i < N(left); i++)
		(void)unlinkat(k.dir, left[i], 0);
	(void)close(k.dir);
	(void)rmdir(place);
	return tap_end();
}
