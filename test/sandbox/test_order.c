/* SPDX-License-Identifier: Apache-2.0
 * test_order.c - a key role that was taken over gives work no orders. Depends on: role,
 * sys. The program is its own tocsin, with a work and a key of the test's own: key forks
 * a child that connects to the control socket, greets and orders, and then breaks the
 * protocol, so that work ends it. */
#include "role/control.h"
#include "unit/tap.h"

#include "base/fd.h"
#include "base/wire.h"
#include "sys/service.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define CONF "team.name = T\nteam.mail = t@t.example\n"
enum order { ORDER = FRAME_ACT, ORDER_BETRAY, ORDER_BETRAY_SLOWLY, ORDER_DONE };

/* ---- work ---- */

/* Asks key, hears nonsense, gives up on it. Who knocked is looked at behind this act: at
 * once, when he may still live, or when he is dead. */
static int betray(struct role *me, struct client *c, bool slowly)
{
	struct chan *key;
	struct frame f = { 0 };
	int r = role_helper(me, HELPER_KEY, &key);
	if (r == 0)
		r = chan_send(key, FRAME_PING, S(""), -1, &me->why);
	if (r == 0)
		r = chan_recv(key, &me->why, &f);
	role_drop_helper(me, HELPER_KEY);
	if (slowly)
		clock_sleep_ms(300);
	return r < 0 ? r : chan_send(c->chan, ORDER_DONE, S(""), -1, NULL);
}

static int on_frame(struct role *me, struct client *c, struct frame *f)
{
	if (f->type == ORDER_BETRAY || f->type == ORDER_BETRAY_SLOWLY)
		return betray(me, c, f->type == ORDER_BETRAY_SLOWLY);
	if (f->type != ORDER)
		return E_SYNTAX;
	int r = file_replace(me->datadir, "ordered", S("yes"), &me->why);
	return r < 0 ? r : chan_send(c->chan, ORDER_DONE, S(""), -1, NULL);
}

int role_work(struct role *me)
{
	static const struct control_handler h = { .on_frame = on_frame };
	int r = role_begin(me);
	if (r == 0)
		r = role_ready(me);
	return r < 0 ? r : control_run(me, &h);
}

/* ---- key ---- */

/* Greets as a command does, showing fd, and orders. */
static void order(const struct sockaddr_un *at, int show)
{
	struct chan *c;
	char room[64];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)at, sizeof(*at)) < 0 ||
		chan_new(fd, "work", &c) < 0)
		_exit(1);
	uint32_t protocol = FRAME_PROTOCOL;
	memset(room, 0, sizeof(room)); /* no time of its own */
	memcpy(room, &protocol, sizeof(protocol));
	if (chan_send(c, FRAME_CLIENT, (struct str){ room, 13 }, show, NULL) < 0 ||
		chan_send(c, ORDER, S(""), -1, NULL) < 0)
		_exit(1);
}

static _Noreturn void child(
	const struct sockaddr_un *at, const char *dir, int home, int told)
{
	order(at, -1);
	order(at, home);
	order(at, open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	order(at, open(dir, O_PATH | O_CLOEXEC));
	order(at, openat(home, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	(void)!write(told, "x", 1);
	for (;;)
		(void)pause();
}

int role_key(struct role *me)
{
	const struct sandbox_plan *plan = sandbox_plan("key");
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char link[64], dir[PATH_MAX] = "";
	struct frame f;
	int told[2], home;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", me->datadir);
	if (readlink(link, dir, sizeof(dir) - 1) <= 0 || strlen(dir) > 80)
		abort();
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%.80s/" SERVICE_SOCKET, dir);
	int r = sandbox_user(plan, me->datadir, &me->why);
	if (r == 0)
		r = dir_open(me->datadir, "keys", true, &me->why, &home);
	fd_close(&me->datadir);
	if (r == 0)
		r = sandbox_close(plan, home, &me->why, &me->state);
	if (r == 0)
		r = role_tell_ready(me);
	if (r == 0)
		r = chan_recv(me->peer, &me->why, &f);
	if (r < 0 || pipe2(told, O_CLOEXEC) < 0)
		return r;
	if (fork() == 0)
		child(&at, dir, home, told[1]);
	char c;
	(void)!read(told[0], &c, 1);
	if (!me->state.files_closed && mkdirat(home, "open", 0700) < 0)
		return E_SYS;
	return chan_send(me->peer, 9999, S(""), -1, &me->why);
}

/* ---- the test ---- */

static int dir;

static bool does(struct service *s, enum order what)
{
	struct frame f = { 0 };
	return chan_send(s->chan, (uint16_t)what, S(""), -1, NULL) == 0 &&
		chan_recv(s->chan, NULL, &f) == 0 && f.type == ORDER_DONE;
}

/* So often that all who knocked were heard. */
static bool pings(struct service *s)
{
	struct frame f = { 0 };
	int r = 0;
	for (int i = 0; i < 20 && r == 0; i++) {
		r = chan_send(s->chan, FRAME_PING, S(""), -1, NULL);
		if (r == 0)
			r = chan_recv(s->chan, NULL, &f);
		clock_sleep_ms(10);
	}
	return r == 0 && f.type == FRAME_PONG;
}

static bool ordered(void)
{
	return faccessat(dir, "ordered", F_OK, 0) == 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "role") == 0)
		return role_main(argv[2]);
	char path[] = "/tmp/tocsin-order-XXXXXX";
	struct service s;
	struct service_options o = { 0 };
	struct why why = { 0 };
	if (mkdtemp(path) == NULL)
		abort();
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || file_replace(dir, CONF_FILE, S(CONF), NULL) < 0)
		abort();
	const char *skip = "this kernel has no Landlock";
	if (!ok(service_connect(dir, &o, &why, &s) == 0, "a command joins %s", why.text))
		return tap_end();
	ok(does(&s, ORDER_BETRAY), "key is asked, and breaks the protocol");
	bool heard = pings(&s);
	bool open_house = unlinkat(dir, "keys/open", AT_REMOVEDIR) == 0;
	if (open_house)
		tap_skip(skip);
	else
		ok(heard && !ordered(), "what key started gave no order");
	ok(does(&s, ORDER_BETRAY_SLOWLY), "once more");
	heard = pings(&s);
	if (open_house)
		tap_skip(skip);
	else
		ok(heard && !ordered(), "nor did it when it was dead");
	ok(does(&s, ORDER) && ordered(), "a command does");
	ok(service_close(&s, NULL) == 0, "and all end");
	(void)unlinkat(dir, "ordered", 0);
	(void)unlinkat(dir, CONF_FILE, 0);
	(void)unlinkat(dir, "lock", 0);
	(void)unlinkat(dir, "keys/open", AT_REMOVEDIR);
	(void)unlinkat(dir, "keys", AT_REMOVEDIR);
	fd_close(&dir);
	(void)rmdir(path);
	return tap_end();
}
