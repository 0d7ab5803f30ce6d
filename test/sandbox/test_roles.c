/* SPDX-License-Identifier: Apache-2.0
 * test_roles.c - roles live and die together. Depends on: role, sys.
 * The program is its own tocsin: `test_roles role NAME` is a role, with a work of the
 * test's own that has acts which take long. Commands are children of the test. */
#include "role/control.h"
#include "role/inside.h"
#include "sys/lock.h"
#include "unit/tap.h"

#include "base/fd.h"
#include "base/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#define USER 12345
enum act { ACT_DEAF = FRAME_ACT, ACT_LONG, ACT_DONE, ACT_REPLACE, ACT_NOW, ACT_PARSE };

/* ---- the test's work ---- */

static int long_act(struct role *me, struct client *c)
{
	for (int i = 0; i < 300; i++) {
		int r = control_keep_up(me, c);
		if (r < 0)
			return r;
		clock_sleep_ms(10);
	}
	return chan_send(c->chan, ACT_DONE, S(""), -1, NULL);
}

/* A parser may have died since; a job of which nothing came back is worth a second
 * try. */
static int ask_parser(struct role *me, struct client *c)
{
	int r = E_PEER;
	for (int tries = 0; tries < 2 && r == E_PEER; tries++) {
		struct chan *p;
		struct frame f = { 0 };
		r = role_parser(me, 0, &p);
		if (r < 0)
			return r;
		r = chan_send(p, FRAME_PING, S("there?"), -1, NULL);
		if (r == 0)
			r = chan_recv(p, NULL, &f);
		if (r == 0 && f.type == FRAME_PONG)
			return chan_send(c->chan, ACT_DONE, f.body, -1, NULL);
		role_drop_parser(me, 0);
	}
	return r;
}

static int on_frame(struct role *me, struct client *c, struct frame *f)
{
	int64_t now;
	switch (f->type) {
	case ACT_DEAF:
		clock_sleep_ms(1500);
		return chan_send(c->chan, ACT_DONE, S(""), -1, NULL);
	case ACT_LONG:
		return long_act(me, c);
	case ACT_REPLACE:
		role_drop_parser(me, 0);
		return chan_send(c->chan, ACT_DONE, S(""), -1, NULL);
	case ACT_NOW:
		now = clock_now(&c->clock);
		return chan_send(c->chan, ACT_DONE,
			(struct str){ (char *)&now, sizeof(now) }, -1, NULL);
	case ACT_PARSE:
		return ask_parser(me, c);
	default:
		return E_SYNTAX;
	}
}

int role_work(struct role *me)
{
	static const struct control_handler h = { .on_frame = on_frame };
	int r = role_begin(me);
	if (r == 0 && faccessat(me->datadir, "refuse", F_OK, 0) == 0)
		return fail(&me->why, E_NEWER, "made by a newer program");
	if (r == 0)
		r = role_ready(me);
	return r < 0 ? r : control_run(me, &h);
}

/* ---- the test ---- */

struct pids {
	pid_t master, work, parse, key, net;
};

static int dir;
static char dir_path[64];

static void make_dir(const char *conf)
{
	(void)snprintf(dir_path, sizeof(dir_path), "/tmp/tocsin-roles-XXXXXX");
	if (mkdtemp(dir_path) == NULL)
		abort();
	dir = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file_replace(dir, CONF_FILE, str_c(conf), NULL) < 0)
		abort();
}

static void remove_dir(void)
{
	(void)unlinkat(dir, CONF_FILE, 0);
	(void)unlinkat(dir, LOCK_FILE, 0);
	(void)unlinkat(dir, SERVICE_SOCKET, 0);
	(void)unlinkat(dir, "refuse", 0);
	(void)unlinkat(dir, "keys/gpg.conf", 0);
	(void)unlinkat(dir, "keys", AT_REMOVEDIR);
	fd_close(&dir);
	(void)rmdir(dir_path);
}

#define CONF "team.name = T\nteam.mail = t@t.example\n"

static int ask(struct service *s, uint16_t type, struct frame *ret)
{
	int r = chan_send(s->chan, type, S(""), -1, NULL);
	return r < 0 ? r : chan_recv(s->chan, NULL, ret);
}

static bool alive_ping(struct service *s)
{
	struct frame f = { 0 };
	return ask(s, FRAME_PING, &f) == 0 && f.type == FRAME_PONG;
}

static struct pids pids_of(struct service *s, bool *ret_off)
{
	struct pids p = { 0 };
	struct frame f = { 0 };
	int r = ask(s, FRAME_STATE_ASK, &f);
	while (r == 0 && f.type == FRAME_STATE) {
		struct reader rd = rd_new(f.body);
		struct str name = rd_str(&rd);
		pid_t pid = (pid_t)rd_u32(&rd);
		struct sandbox_state state = { 0 };
		r = sandbox_state_read(&rd, &state);
		*ret_off = state.off;
		if (str_eq(name, S("master")))
			p.master = pid;
		else if (str_eq(name, S("work")))
			p.work = pid;
		else if (str_eq(name, S("net")))
			p.net = pid;
		else if (str_eq(name, S("parse")))
			p.parse = pid;
		else
			p.key = pid;
		if (r == 0)
			r = chan_recv(s->chan, NULL, &f);
	}
	return p;
}

/* A zombie is gone: whoever should reap it is not our concern. */
static bool lives(pid_t pid)
{
	AUTO_ARENA a = arena_new(KIB(64), "test");
	char path[32];
	struct str text;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (pid <= 0 || file_read(AT_FDCWD, path, &a, KIB(4), NULL, &text) < 0)
		return false;
	return str_search(text, S(") Z ")) == text.n;
}

static bool all_gone(struct pids p)
{
	int64_t until = clock_ms() + 5000;
	while (clock_ms() < until) {
		if (!lives(p.master) && !lives(p.work) && !lives(p.parse) &&
			(p.key == 0 || !lives(p.key)))
			return true;
		clock_sleep_ms(10);
	}
	return false;
}

/* Never a group of processes by mistake. */
static void must_kill(pid_t pid, int sig)
{
	if (pid <= 1 || kill(pid, sig) < 0)
		abort();
}

static bool all_live(struct pids p)
{
	return lives(p.master) && lives(p.work) && lives(p.parse);
}

static int join_for(struct service *s, int wait_ms, struct why *why)
{
	struct service_options o = { .wait_ms = wait_ms };
	return service_connect(dir, &o, why, s);
}

static void must_join(struct service *s)
{
	struct why why = { 0 };
	if (!ok(join_for(s, 0, &why) == 0, "a command reaches work %s", why.text))
		exit(tap_end());
}

/* A command of its own process: joins, says its roles, does act, waits to be killed. */
struct child {
	pid_t pid;
	struct pids roles;
};

static struct child start_command(uint16_t act)
{
	int pipes[2];
	struct child c = { 0 };
	if (pipe2(pipes, O_CLOEXEC) < 0)
		abort();
	(void)fflush(stdout);
	c.pid = fork();
	if (c.pid == 0) {
		struct service s;
		bool off;
		if (join_for(&s, 0, NULL) < 0)
			_exit(1);
		struct pids p = pids_of(&s, &off);
		if (act && chan_send(s.chan, act, S(""), -1, NULL) < 0)
			_exit(1);
		(void)!write(pipes[1], &p, sizeof(p));
		for (;;)
			(void)pause();
	}
	fd_close(&pipes[1]);
	bool told = read(pipes[0], &c.roles, sizeof(c.roles)) == (ssize_t)sizeof(c.roles);
	ok(told && all_live(c.roles), "a command with master, work and parse");
	fd_close(&pipes[0]);
	return c;
}

static void kill_child(struct child *c)
{
	(void)kill(c->pid, SIGKILL);
	(void)waitpid(c->pid, NULL, 0);
}

static void test_life(void)
{
	struct service s;
	bool off = true;
	must_join(&s);
	struct pids p = pids_of(&s, &off);
	ok(all_live(p) && !off && p.master != p.work && p.work != p.parse,
		"three processes");
	ok(alive_ping(&s), "work answers");
	int lock;
	struct why why = { 0 };
	ok(lock_take(dir, &why, &lock) == E_BUSY, "the directory is locked");
	struct frame f = { 0 };
	ok(ask(&s, ACT_PARSE, &f) == 0 && str_eq(f.body, S("there?")),
		"work reaches parse");
	ok(service_close(&s, &why) == 0 && !lives(p.master) && !lives(p.work) &&
			!lives(p.parse),
		"closing waits until all have ended");
	ok(faccessat(dir, SERVICE_SOCKET, F_OK, 0) < 0, "no socket is left");
	AUTO_FD int again = -1;
	ok(lock_take(dir, NULL, &again) == 0, "the lock is free");
}

static void test_kills(void)
{
	struct child c = start_command(0);
	kill_child(&c);
	ok(all_gone(c.roles), "kill -9 of the command ends all roles");

	c = start_command(ACT_LONG);
	kill_child(&c);
	ok(all_gone(c.roles), "also in the middle of a long act");

	struct service s;
	struct why why = { 0 };
	bool off;
	must_join(&s);
	struct pids p = pids_of(&s, &off);
	must_kill(p.master, SIGKILL);
	struct frame f;
	ok(chan_recv(s.chan, NULL, &f) == E_PEER,
		"kill -9 of the master ends the connection");
	(void)service_close(&s, &why);
	ok(all_gone(p), "and all roles");
	must_join(&s);
	ok(alive_ping(&s), "the lock and the socket are not stale");

	p = pids_of(&s, &off);
	must_kill(p.work, SIGKILL);
	ok(chan_recv(s.chan, NULL, &f) == E_PEER, "kill -9 of work ends the connection");
	ok(service_close(&s, &why) == E_PEER, "closing answers the reason");
	is(why.text, "role work was ended by signal 9", "in words");
	ok(all_gone(p), "and all roles end");

	must_join(&s);
	p = pids_of(&s, &off);
	for (int i = 0; i < 3; i++) {
		pid_t old = p.parse;
		must_kill(p.parse, SIGKILL);
		ok(ask(&s, ACT_PARSE, &f) == 0 && f.type == ACT_DONE,
			"after kill -9 of parse work goes on");
		p = pids_of(&s, &off);
		ok(p.parse != old && lives(p.parse), "with another parse");
	}
	pid_t old = p.parse;
	ok(ask(&s, ACT_REPLACE, &f) == 0, "work gives up on a parser");
	p = pids_of(&s, &off);
	ok(p.parse != old && lives(p.parse) && !lives(old), "and gets another");
	must_kill(p.master, SIGTERM);
	ok(chan_recv(s.chan, NULL, &f) == E_PEER,
		"SIGTERM to the master ends the service");
	ok(service_close(&s, NULL) == 0 && all_gone(p), "in good order");
}

static void test_together(void)
{
	pid_t pid[6];
	(void)fflush(stdout);
	for (int i = 0; i < 6; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			int bad = 0;
			for (int k = 0; k < 5; k++) {
				struct service s;
				struct why why = { 0 };
				int r = join_for(&s, 60000, &why);
				if (r < 0)
					fprintf(stderr, "# %d: %s\n", r, why.text);
				bad += r < 0 || !alive_ping(&s);
				if (r == 0 && service_close(&s, &why) < 0) {
					fprintf(stderr, "# close: %s\n", why.text);
					bad++;
				}
			}
			_exit(bad);
		}
	}
	int bad = 0, status;
	for (int i = 0; i < 6; i++) {
		(void)waitpid(pid[i], &status, 0);
		bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	ok(bad == 0, "six commands at once, five times each, all work");

	struct child first = start_command(0);
	struct service s;
	bool off;
	must_join(&s);
	struct pids p = pids_of(&s, &off);
	ok(!s.own && p.work == first.roles.work, "the second uses the first's service");
	kill_child(&first);
	ok(alive_ping(&s), "when the first is killed the second goes on");
	struct service third;
	must_join(&third);
	ok(!third.own && alive_ping(&third), "and a third can still join");
	ok(service_close(&third, NULL) == 0 && service_close(&s, NULL) == 0 &&
			all_gone(p),
		"when the last leaves all roles end");

	must_join(&s);
	p = pids_of(&s, &off);
	must_join(&third);
	ok(s.own && !third.own && service_close(&s, NULL) == 0 && all_live(p),
		"the first leaves in good order and does not wait for the second");
	ok(alive_ping(&third) && service_close(&third, NULL) == 0 && all_gone(p),
		"which goes on");
}

static void test_busy(void)
{
	struct child deaf = start_command(ACT_DEAF);
	struct service s;
	struct why why = { 0 };
	ok(join_for(&s, 200, &why) == E_BUSY, "work that hears nobody: busy");
	is(why.text, "the service does not answer", "in words");
	ok(join_for(&s, 10000, &why) == 0 && alive_ping(&s),
		"with patience it is reached");
	(void)service_close(&s, NULL);
	kill_child(&deaf);
	ok(all_gone(deaf.roles), "gone");

	struct child busy = start_command(ACT_LONG);
	int64_t from = clock_ms();
	ok(join_for(&s, 2000, NULL) == 0 && clock_ms() - from < 1000,
		"an act that keeps up lets newcomers in at once");
	kill_child(&busy);
	ok(alive_ping(&s), "and stops when its command is killed");
	(void)service_close(&s, NULL);
	ok(all_gone(busy.roles), "gone");

	AUTO_FD int held = -1;
	struct why w = { 0 };
	ok(lock_take(dir, NULL, &held) == 0 && join_for(&s, 200, &w) == E_BUSY,
		"a directory that something else holds: busy");
	is(w.text, "another service holds the data directory", "in words");
}

static int raw_client(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	(void)snprintf(
		at.sun_path, sizeof(at.sun_path), "%s/%s", dir_path, SERVICE_SOCKET);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		abort();
	return fd;
}

static void test_liars(void)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *what;
	} t[] = {
		{ "GET / HTTP/1.0\r\n\r\n", 18, "another protocol" },
		{ "\xff\xff\xff\xff\3\0\0\0", 8, "a length that is a lie" },
		{ "\0\0\0\0\1\0\0\0", 8, "a ping before the greeting" },
		{ "\2\0\0\0\3\0\0\0xx", 10, "a greeting cut short" },
		{ "\xd\0\0\0\3\0\0\0\1\0\0\0\7\0\0\0\0\0\0\0\0", 21,
			"a greeting with a wrong flag" },
		{ "\0\0\0\0\3\0\1\0", 8, "a descriptor that is not there" },
	};
	struct service s;
	must_join(&s);
	for (size_t i = 0; i < N(t); i++) {
		AUTO_FD int fd = raw_client();
		char b[64];
		struct timeval patience = { 3, 0 };
		(void)setsockopt(
			fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		bool sent = send(fd, t[i].bytes, t[i].n, MSG_NOSIGNAL) == (ssize_t)t[i].n;
		ssize_t n = read(fd, b, sizeof(b));
		bool dropped = n == 0 || (n < 0 && errno == ECONNRESET);
		ok(sent && dropped && alive_ping(&s),
			"dropped, and the service lives: %s", t[i].what);
	}
	int crowd[40];
	for (size_t i = 0; i < N(crowd); i++)
		crowd[i] = raw_client();
	ok(alive_ping(&s), "a crowd that says nothing does not stop who is in");
	for (size_t i = 0; i < N(crowd); i++)
		fd_close(&crowd[i]);
	struct service second;
	must_join(&second);
	/* A greeted client that then lies. */
	bool sent = send(chan_fd(second.chan), "\xff\xff\xff\xff\0\0\0\0", 8, 0) == 8;
	struct frame f;
	ok(sent && chan_recv(second.chan, NULL, &f) == E_PEER && alive_ping(&s),
		"a greeted client that lies is dropped too");
	(void)service_close(&second, NULL);
	must_join(&second);
	ok(ask(&second, 9999, &f) == E_PEER && alive_ping(&s),
		"so is one with an unknown act");
	(void)service_close(&second, NULL);
	(void)service_close(&s, NULL);
}

static void give_dir(uid_t to)
{
	(void)unlinkat(dir, "keys/gpg.conf", 0);
	(void)unlinkat(dir, "keys", AT_REMOVEDIR);
	if (fchown(dir, to, to) < 0 || fchownat(dir, CONF_FILE, to, to, 0) < 0)
		abort();
}

/* Another user's command; the exit status says how it went: 0 as it should, 1 not. */
static int as_user(bool (*command)(void))
{
	int status = -1;
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		/* Still dumpable: the change of user is the test's, not the program's. */
		if (setresuid(USER, USER, USER) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0)
			_exit(9);
		_exit(command() ? 0 : 1);
	}
	(void)waitpid(pid, &status, 0);
	return status;
}

static bool is_denied(void)
{
	struct service s;
	return join_for(&s, 1000, NULL) == E_DENIED;
}

static bool can_join(void)
{
	struct service s;
	struct why why = { 0 };
	if (join_for(&s, 2000, &why) < 0)
		fprintf(stderr, "# %s\n", why.text);
	return why.err == 0 && !s.own && alive_ping(&s);
}

static bool can_start(void)
{
	struct service s;
	struct why why = { 0 };
	if (join_for(&s, 2000, &why) < 0)
		fprintf(stderr, "# %s\n", why.text);
	return why.err == 0 && s.own && alive_ping(&s) && service_close(&s, NULL) == 0;
}

static void test_strangers(void)
{
	if (geteuid() != 0) {
		tap_skip("another user needs root");
		return;
	}
	struct service s;
	bool off;
	must_join(&s);
	(void)fchmod(dir, 0755);
	ok(as_user(is_denied) == 0, "another user cannot reach the socket");
	if (fchmodat(dir, SERVICE_SOCKET, 0666, 0) < 0)
		abort();
	ok(as_user(is_denied) == 0, "and is refused where it is open by mistake");
	ok(alive_ping(&s), "the service lives");
	(void)service_close(&s, NULL);
	(void)fchmod(dir, 0700);

	/* A directory of another owner: root starts the roles, the owner may use them. */
	give_dir(USER);
	must_join(&s);
	struct pids p = pids_of(&s, &off);
	ok(as_user(can_join) == 0, "the owner may use what root started");
	ok(service_close(&s, NULL) == 0 && all_gone(p), "and root ends it");
	ok(as_user(can_start) == 0, "and the owner can start it himself afterwards");
	give_dir(0);
}

/* A process of the key role's group has the owner's name, but must not give orders. */
static void test_helpers(void)
{
	struct service s, t;
	bool off;
	must_join(&s);
	struct pids p = pids_of(&s, &off);
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		bool joined = setpgid(0, p.key) == 0;
		_exit(!joined ? 2 : join_for(&t, 1000, NULL) == E_DENIED ? 0 : 1);
	}
	int status = -1;
	(void)waitpid(pid, &status, 0);
	ok(status == 0, "what the key role started may not use the control socket");
	pid = fork();
	if (pid == 0)
		_exit(join_for(&t, 1000, NULL) == 0 ? 0 : 1);
	(void)waitpid(pid, &status, 0);
	ok(status == 0, "another process may");
	must_kill(p.key, SIGKILL);
	for (int i = 0; i < 200 && lives(p.key); i++)
		clock_sleep_ms(10);
	ok(alive_ping(&s) && pids_of(&s, &off).key != p.key,
		"after kill -9 of key work goes on, with another when it needs one");
	p = pids_of(&s, &off);
	ok(service_close(&s, NULL) == 0 && all_gone(p), "which ends with the service");
}

static void test_clock(void)
{
	struct service s;
	struct why why = { 0 };
	struct frame f = { 0 };
	struct service_options o = { .has_now = true, .now = 1780000000 };
	ok(service_connect(dir, &o, &why, &s) == E_DENIED,
		"--now is refused by work itself");
	remove_dir();
	make_dir(CONF "demo = yes\n");
	int64_t now = 0;
	ok(service_connect(dir, &o, NULL, &s) == 0 && ask(&s, ACT_NOW, &f) == 0,
		"but not in a demo");
	if (f.body.n == sizeof(now))
		memcpy(&now, f.body.p, sizeof(now));
	ok(now == 1780000000, "the act's clock is that of its command");
	struct service real;
	must_join(&real);
	now = 0;
	if (ask(&real, ACT_NOW, &f) == 0 && f.body.n == sizeof(now))
		memcpy(&now, f.body.p, sizeof(now));
	int64_t there = clock_now(&(struct clock){ 0 });
	ok(now > there - 60 && now <= there, "while another command has the real one");
	(void)service_close(&real, NULL);
	(void)service_close(&s, NULL);
}

static void test_refusals(void)
{
	struct service s;
	struct why why = { 0 };
	AUTO_FD int fd = openat(dir, "refuse", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	ok(fd >= 0 && join_for(&s, 2000, &why) == E_NEWER,
		"work that cannot begin says why");
	is(why.text, "made by a newer program", "up to the command");
	(void)unlinkat(dir, "refuse", 0);
	why = (struct why){ 0 };
	(void)unlinkat(dir, CONF_FILE, 0);
	ok(join_for(&s, 2000, &why) == E_NOT_FOUND, "a directory that is none");
	is(why.text, "not a data directory: there is no tocsin.conf in it", "in words");
	ok(file_replace(dir, CONF_FILE, S(CONF), NULL) == 0, "restored");
}

static void test_one_process(void)
{
	struct service s;
	struct why why = { 0 };
	bool off = false;
	struct frame f = { 0 };
	struct service_options o = { .inside = &inside_roles };
	ok(service_connect(dir, &o, &why, &s) == 0 && alive_ping(&s), "--one-process %s",
		why.text);
	struct pids p = pids_of(&s, &off);
	ok(off && p.master == getpid() && p.parse == getpid(),
		"all here, and said to be without");
	ok(ask(&s, ACT_PARSE, &f) == 0 && f.type == ACT_DONE, "parse works");
	ok(ask(&s, ACT_REPLACE, &f) == 0 && ask(&s, ACT_PARSE, &f) == 0 &&
			f.type == ACT_DONE,
		"and is replaced");
	ok(service_close(&s, &why) == 0 && faccessat(dir, SERVICE_SOCKET, F_OK, 0) < 0,
		"ends well");
	AUTO_FD int lock = -1;
	ok(lock_take(dir, NULL, &lock) == 0, "and unlocks");
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "role") == 0)
		_exit(role_main(argv[2]));
	make_dir(CONF);
	test_life();
	test_kills();
	test_together();
	test_busy();
	test_liars();
	test_strangers();
	test_helpers();
	test_refusals();
	test_one_process();
	test_clock();
	remove_dir();
	return tap_end();
}
