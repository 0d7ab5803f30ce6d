/* SPDX-License-Identifier: Apache-2.0
 * test_torn.c - web may not write the index of the database's log, so it cannot mend what
 * looks torn; while a writer is at it, it must look again. Depends on: core/setting,
 * sys/sandbox. */
#include "core/setting.h"
#include "sys/sandbox.h"
#include "unit/tap.h"

#include "base/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HEADER_CHANGE 8 /* in the first of the index's two headers: its counter */

struct seen {
	int entered, first, second;
	bool closed;
};

static int look(struct db *db)
{
	AUTO_ARENA a = arena_new(KIB(64), "look");
	struct ctx x = { .db = db, .arena = &a };
	struct str value;
	return setting_get(&x, S("torn"), &value);
}

static _Noreturn void reader(const char *path, int hear, int say)
{
	struct sandbox_state state = { 0 };
	struct why why = { 0 };
	struct seen s = { 0 };
	struct db *db = NULL;
	char go;
	if (read(hear, &go, 1) != 1)
		_exit(1);
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s.entered = sandbox_enter(sandbox_plan("web"), dir, &why, &state);
	s.closed = state.files_closed;
	s.first = s.entered < 0 ? -1 : db_open(dir, DB_READ, 0, &why, &db);
	if (s.first == 0)
		s.first = look(db);
	if (write(say, &go, 1) != 1 || read(hear, &go, 1) != 1)
		_exit(1);
	s.second = db ? look(db) : -1;
	_exit(write(say, &s, sizeof(s)) == (ssize_t)sizeof(s) ? 0 : 1);
}

static void count(int shm, char by)
{
	char c;
	if (pread(shm, &c, 1, HEADER_CHANGE) != 1)
		abort();
	c = (char)(c + by);
	if (pwrite(shm, &c, 1, HEADER_CHANGE) != 1)
		abort();
}

static void make(int dir, struct db **ret)
{
	AUTO_ARENA a = arena_new(KIB(64), "make");
	struct why why = { 0 };
	struct tx t;
	if (db_open(dir, DB_CREATE, 0, &why, ret) < 0)
		abort();
	struct ctx x = { .db = *ret, .arena = &a };
	if (tx_begin(&t, *ret, TX_WRITE) < 0 ||
		tx_end(&t, setting_put(&x, S("torn"), S("no"))) < 0)
		abort();
}

static void clean(const char *path, int dir)
{
	static const char *const all[] = { "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm" };
	for (size_t i = 0; i < N(all); i++)
		(void)unlinkat(dir, all[i], 0);
	(void)rmdir(path);
}

int main(void)
{
	char path[] = "/tmp/tocsin-torn-XXXXXX", go = 1;
	const struct timespec while_torn = { .tv_nsec = 40000000 };
	int to[2], from[2], status = -1;
	struct seen s = { .entered = -1 };
	if (mkdtemp(path) == NULL || pipe2(to, O_CLOEXEC) < 0 ||
		pipe2(from, O_CLOEXEC) < 0)
		abort();
	pid_t pid = fork();
	if (pid == 0)
		reader(path, to[0], from[1]);
	AUTO_FD int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct db *db;
	make(dir, &db);
	AUTO_FD int shm = openat(dir, "tocsin.db-shm", O_RDWR | O_CLOEXEC);
	if (write(to[1], &go, 1) != 1 || read(from[0], &go, 1) != 1)
		abort();
	count(shm, 1);
	bool told = write(to[1], &go, 1) == 1;
	(void)nanosleep(&while_torn, NULL);
	count(shm, -1);
	told = told && read(from[0], &s, sizeof(s)) == (ssize_t)sizeof(s);
	ok(told && s.first == 0, "web reads in its sandbox: %d %d", s.entered, s.first);
	if (s.closed)
		ok(s.second == 0, "also what looked torn for a while: %d", s.second);
	else
		tap_skip("this kernel has no Landlock");
	(void)waitpid(pid, &status, 0);
	ok(status == 0, "it ends in good order");
	db_close(&db);
	clean(path, dir);
	return tap_end();
}
