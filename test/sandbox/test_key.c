/* SPDX-License-Identifier: Apache-2.0
 * test_key.c - the key role by itself: jobs that no command asks for yet (verify,
 * decrypt), an answer to each that is wrong, and an end when work lies. Depends on: role,
 * sys, fmt/key_job, gpg. The program is its own tocsin: `test_key role key`. */
#include "fmt/key_job.h"
#include "role/role.h"
#include "unit/tap.h"

#include "base/fd.h"
#include "sys/proc.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define CONF "team.name = T\nteam.mail = t@t.example\n"

int role_work(struct role *me)
{
	return fail(&me->why, E_STATE, "there is no work here");
}

static char dir_path[64];
static struct chan *key;
static pid_t key_pid;

static void start(int dir)
{
	int ends[2];
	struct frame f;
	struct why why = { 0 };
	if (chan_pair(&why, ends) < 0 || chan_new(ends[0], "key", &key) < 0)
		abort();
	struct proc_start p = { .role = "key", .group = true, .follow = true };
	p.fds[PROC_PEER] = ends[1];
	p.fds[PROC_DIR] = dir;
	if (proc_start(&p, &why, &key_pid) < 0)
		abort();
	fd_close(&ends[1]);
	chan_patience(key, 60000);
	ok(chan_recv(key, &why, &f) == 0 && f.type == ROLE_READY, "it starts");
}

static void stop(void)
{
	chan_free(&key);
	proc_end(key_pid, 5000);
	ok(kill(-key_pid, 0) < 0, "it ends, and nothing of its group is left");
}

static int file_of(struct str s)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	if (fd < 0 || fd_write_all(fd, s, NULL) < 0)
		abort();
	return fd;
}

struct result {
	struct key_info one; /* the last key told */
	struct key_done done;
	struct str data;
	struct why why;
};

/* 0, or the error that was answered. */
static int job(struct arena *a, struct key_job j, const char *data, struct result *ret)
{
	AUTO_FD int in = data ? file_of(str_c(data)) : -1;
	struct buf b = buf_in(a, KIB(256));
	struct writer w = wr_new(&b);
	struct frame f = { 0 };
	*ret = (struct result){ 0 };
	j.now = j.now ? j.now : clock_now(&(struct clock){ 0 });
	key_job_write(&w, &j);
	int r = chan_send(key, FRAME_KEY_JOB, buf_str(&b), in, NULL);
	while (r == 0 && f.type != FRAME_KEY_DONE) {
		r = chan_recv(key, NULL, &f);
		if (r < 0)
			return r;
		struct str body = str_dup(a, f.body);
		AUTO_FD int out = f.fd;
		if (f.type == FRAME_ERROR)
			return frame_read_error(&f, &ret->why);
		if (f.type == FRAME_KEY_ONE)
			r = key_info_read(body, &ret->one);
		else
			r = key_done_read(body, &ret->done);
		if (r == 0 && out >= 0 && lseek(out, 0, SEEK_SET) == 0)
			r = fd_read_all(out, a, KEY_DATA_MAX, NULL, &ret->data);
	}
	return r;
}

static const char *z(struct arena *a, struct str s)
{
	const char *text;
	if (str_z(a, s, &text) < 0)
		abort();
	return text;
}

static void test_mails(struct arena *a, struct str *ret_fpr)
{
	struct result r, s;
	/* On a busy machine it takes seconds. */
	int64_t asked = clock_now(&(struct clock){ 0 }) - 5;
	struct key_job make = {
		.op = KEY_MAKE, .text = S("T <t@t.example>"), .days = 9, .now = asked
	};
	ok(job(a, make, NULL, &r) == 0 && r.one.secret && r.one.state == KEY_GOOD,
		"a key is made: %s", r.why.text);
	struct str fpr = r.one.fingerprint;
	ok(str_eq(r.one.mails, S("t@t.example\n")) &&
			str_eq(r.one.uid, S("T <t@t.example>")),
		"it is known whose");
	struct key_job sign = { .op = KEY_SIGN, .team = fpr };
	ok(job(a, sign, "hello", &r) == 0 && str_eq(r.done.micalg, S("pgp-sha512")),
		"signed: %s", r.why.text);
	struct key_job verify = { .op = KEY_VERIFY, .text = r.data };
	ok(job(a, verify, "hello", &s) == 0 && s.done.verdict == KEY_SIGNED &&
			str_eq(s.done.signer, fpr),
		"verified: %s", s.why.text);
	ok(job(a, verify, "hell0", &s) == 0 && s.done.verdict == KEY_SIGNED_BAD,
		"another text: bad");
	verify.text = S("no signature");
	ok(job(a, verify, "hello", &s) < 0 || s.done.verdict != KEY_SIGNED,
		"no signature: not good");
	struct key_job seal = { .op = KEY_ENCRYPT, .team = fpr, .who = fpr };
	ok(job(a, seal, "secret", &r) == 0 && str_search(r.data, S("secret")) == r.data.n,
		"encrypted: %s", r.why.text);
	struct key_job open = { .op = KEY_DECRYPT };
	ok(job(a, open, z(a, r.data), &s) == 0 && str_eq(s.data, S("secret")) &&
			s.done.verdict == KEY_SIGNED && str_eq(s.done.signer, fpr),
		"opened, and who signed it: %s", s.why.text);
	seal.team = S("");
	ok(job(a, seal, "secret", &r) == 0 && job(a, open, z(a, r.data), &s) == 0 &&
			s.done.verdict == KEY_NO_SIGNATURE,
		"encrypted without a signature: none is found");
	ok(job(a, open, "-----BEGIN PGP MESSAGE-----\n\nAAAA\n", &s) < 0,
		"no message: %s", s.why.text);
	struct key_job late = { .op = KEY_LIST, .who = fpr, .team = fpr };
	late.now = clock_now(&(struct clock){ 0 }) + 10 * 86400;
	ok(job(a, late, NULL, &r) == 0 && r.one.state == KEY_EXPIRED, "ten days later");
	late.now -= 20 * 86400;
	ok(job(a, late, NULL, &r) == 0 && r.one.state == KEY_NOT_YET, "ten days before");
	seal.now = late.now + 20 * 86400;
	ok(job(a, seal, "secret", &r) < 0, "gpg itself refuses the expired one: %s",
		r.why.text);
	*ret_fpr = fpr;
}

static void test_wrong(struct arena *a, struct str fpr)
{
	struct result r;
	struct key_job none = { .op = KEY_SIGN,
		.team = S("0123456789ABCDEF0123456789ABCDEF01234567") };
	ok(job(a, none, "x", &r) < 0, "a key that is not here: %s", r.why.text);
	struct key_job sign = { .op = KEY_SIGN, .team = fpr };
	ok(job(a, sign, NULL, &r) == E_SYNTAX, "nothing to sign: %s", r.why.text);
	struct key_job list = { .op = KEY_LIST };
	ok(job(a, list, "x", &r) == E_SYNTAX, "something to list: %s", r.why.text);
	struct key_job export = { .op = KEY_EXPORT, .who = none.team };
	ok(job(a, export, NULL, &r) == E_NOT_FOUND, "no such key: %s", r.why.text);
	AUTO_FD int huge = memfd_create("huge", MFD_CLOEXEC);
	struct buf b = buf_in(a, KIB(4));
	struct writer w = wr_new(&b);
	struct frame f;
	key_job_write(&w, &sign);
	ok(ftruncate(huge, (off_t)KEY_DATA_MAX + 1) == 0 &&
			chan_send(key, FRAME_KEY_JOB, buf_str(&b), huge, NULL) == 0 &&
			chan_recv(key, NULL, &f) == 0 && f.type == FRAME_ERROR &&
			frame_read_error(&f, NULL) == E_TOO_BIG,
		"more than may be");
	int pair[2];
	if (pipe2(pair, O_CLOEXEC) < 0)
		abort();
	ok(chan_send(key, FRAME_KEY_JOB, buf_str(&b), pair[0], NULL) == 0 &&
			chan_recv(key, NULL, &f) == 0 && f.type == FRAME_ERROR,
		"what is no file");
	fd_close(&pair[0]);
	fd_close(&pair[1]);
	ok(job(a, sign, "still here", &r) == 0, "after all of it it signs: %s",
		r.why.text);
	ok(chan_send(key, FRAME_KEY_JOB, S("\1"), -1, NULL) == 0 &&
			chan_recv(key, NULL, &f) == 0 && f.type == FRAME_ERROR &&
			chan_recv(key, NULL, &f) == E_PEER,
		"a job that is none ends it");
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "role") == 0)
		return role_main(argv[2]);
	AUTO_ARENA a = arena_new(MIB(256), "test");
	struct str fpr = S("");
	(void)snprintf(dir_path, sizeof(dir_path), "/tmp/tocsin-key-XXXXXX");
	if (mkdtemp(dir_path) == NULL)
		abort();
	int dir = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || file_replace(dir, CONF_FILE, S(CONF), NULL) < 0)
		abort();
	start(dir);
	test_mails(&a, &fpr);
	stop();
	start(dir);
	test_wrong(&a, fpr);
	stop();
	fd_close(&dir);
	char *const rm[] = { (char *)(uintptr_t) "rm", (char *)(uintptr_t) "-rf",
		dir_path, NULL };
	pid_t pid = fork();
	if (pid == 0) {
		(void)execv("/bin/rm", rm);
		_exit(127);
	}
	(void)waitpid(pid, NULL, 0);
	return tap_end();
}
