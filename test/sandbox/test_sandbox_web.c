/* SPDX-License-Identifier: Apache-2.0
 * test_sandbox_web.c - enters the web role's sandbox and tries what it may not do: write
 * the database, read keys and originals, connect, execute; and what it must be able to:
 * accept, read, make threads and unnamed files. Depends on: sys/sandbox. */
#include "sys/sandbox.h"
#include "unit/tap.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#define USER 12345

struct box {
	char path[64];
	int dir, listening;
	struct sockaddr_in at;
};

static int err(long r)
{
	return r < 0 ? errno : 0;
}

static int opened(int fd)
{
	int e = err(fd);
	if (fd >= 0)
		(void)close(fd);
	return e;
}

static int opens(struct box *b, const char *name, int flags)
{
	return opened(openat(b->dir, name, flags | O_CLOEXEC, 0600));
}

static int t_read_db(struct box *b)
{
	return opens(b, "tocsin.db", O_RDONLY);
}
static int t_read_wal(struct box *b)
{
	return opens(b, "tocsin.db-wal", O_RDONLY) + opens(b, "tocsin.db-shm", O_RDONLY);
}
static int t_read_conf(struct box *b)
{
	return opens(b, "tocsin.conf", O_RDONLY);
}
static int t_write_db(struct box *b)
{
	return opens(b, "tocsin.db", O_RDWR);
}
static int t_write_wal(struct box *b)
{
	return opens(b, "tocsin.db-wal", O_WRONLY);
}
static int t_truncate_db(struct box *b)
{
	return err(truncate(b->path, 0)) ? EACCES : 0;
}
static int t_secret(struct box *b)
{
	return opens(b, "secret.key", O_RDONLY);
}
static int t_original(struct box *b)
{
	return opens(b, "originals/x", O_RDONLY);
}
static int t_list(struct box *b)
{
	return opens(b, ".", O_RDONLY | O_DIRECTORY);
}
static int t_new_file(struct box *b)
{
	return opens(b, "new", O_WRONLY | O_CREAT);
}
static int t_rename(struct box *b)
{
	return err(renameat(b->dir, "tocsin.conf", b->dir, "other"));
}
static int t_unlink(struct box *b)
{
	return err(unlinkat(b->dir, "tocsin.db", 0));
}
static int t_spool(struct box *b)
{
	AUTO_FD int fd = openat(b->dir, "spool", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char c = 'x';
	if (fd < 0)
		return errno;
	return write(fd, &c, 1) == 1 && pread(fd, &c, 1, 0) == 1 ? 0 : EIO;
}
static int t_unlink_spool(struct box *b)
{
	return err(unlinkat(b->dir, "spool/x", 0));
}
static int t_passwd(struct box *b)
{
	(void)b;
	return opened(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}
static int t_environ(struct box *b)
{
	(void)b;
	return opened(open("/proc/self/environ", O_RDONLY | O_CLOEXEC));
}
static int t_socket(struct box *b)
{
	(void)b;
	return opened(socket(AF_INET, SOCK_STREAM, 0));
}
static int t_unix(struct box *b)
{
	(void)b;
	return opened(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int t_datagram(struct box *b)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/tmp/no-socket" };
	int pair[2];
	(void)b;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0)
		return errno;
	int e = err(sendto(pair[0], "x", 1, 0, (struct sockaddr *)&to, sizeof(to)));
	(void)close(pair[0]);
	(void)close(pair[1]);
	return e ? e : 1;
}
static int t_sendto(struct box *b)
{
	return err(sendto(b->listening, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&b->at,
		sizeof(b->at)));
}
static int t_fast_open(struct box *b)
{
	struct iovec iov = { (char *)(uintptr_t) "x", 1 };
	struct msghdr m = { .msg_name = &b->at,
		.msg_namelen = sizeof(b->at),
		.msg_iov = &iov,
		.msg_iovlen = 1 };
	return err(sendmsg(b->listening, &m, MSG_FASTOPEN | MSG_NOSIGNAL));
}
static int t_connect(struct box *b)
{
	return err(connect(b->listening, (struct sockaddr *)&b->at, sizeof(b->at)));
}
static int t_bind(struct box *b)
{
	return err(bind(b->listening, (struct sockaddr *)&b->at, sizeof(b->at)));
}
static int t_listen(struct box *b)
{
	return err(listen(b->listening, 1));
}
static int t_accept(struct box *b)
{
	int fd = accept4(b->listening, NULL, NULL, SOCK_CLOEXEC);
	int e = fd < 0 ? errno : 0;
	if (fd >= 0) {
		e = err(shutdown(fd, SHUT_RDWR)); /* how the slow are cut off */
		(void)close(fd);
	}
	return e;
}
static int t_wait(struct box *b)
{
	AUTO_FD int e = epoll_create1(EPOLL_CLOEXEC);
	AUTO_FD int v = eventfd(0, EFD_CLOEXEC);
	(void)b;
	return e < 0 || v < 0 ? errno : 0;
}
static int t_execve(struct box *b)
{
	char *argv[] = { (char *)(uintptr_t) "true", NULL };
	(void)b;
	return err(execv("/bin/true", argv));
}
static int t_fork(struct box *b)
{
	(void)b;
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	return err(pid);
}
static void *nothing(void *arg)
{
	return arg;
}
static int t_thread(struct box *b)
{
	pthread_t id;
	(void)b;
	int e = pthread_create(&id, NULL, nothing, NULL);
	return e ? e : pthread_join(id, NULL);
}
static int t_kill(struct box *b)
{
	(void)b;
	return err(kill(getppid(), 0));
}
static int t_code(struct box *b)
{
	(void)b;
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? errno : 0;
}
static int t_ptrace(struct box *b)
{
	(void)b;
	return err(syscall(SYS_ptrace, 16, getppid(), 0, 0));
}
static int t_files(struct box *b)
{
	struct rlimit l;
	(void)b;
	bool good = getrlimit(RLIMIT_NOFILE, &l) == 0 &&
		(l.rlim_cur >= 5200 || l.rlim_cur == l.rlim_max); /* what it was given */
	return good ? 0 : EMFILE;
}

/* clang-format off */
static const struct {
	const char *name;
	int (*run)(struct box *b);
	int want;
} tries[] = {
	{ "read the database",        t_read_db,      0 },
	{ "read its log",             t_read_wal,     0 },
	{ "read tocsin.conf",         t_read_conf,    0 },
	{ "write the database",       t_write_db,     EACCES },
	{ "write its log",            t_write_wal,    EACCES },
	{ "cut the database short",   t_truncate_db,  EACCES },
	{ "read secret.key",          t_secret,       EACCES },
	{ "read an original",         t_original,     EACCES },
	{ "list the directory",       t_list,         EACCES },
	{ "make a file in it",        t_new_file,     EACCES },
	{ "rename in it",             t_rename,       EACCES },
	{ "unlink the database",      t_unlink,       EACCES },
	{ "an unnamed file in spool", t_spool,        0 },
	{ "unlink in spool",          t_unlink_spool, EACCES },
	{ "read /etc/passwd",         t_passwd,       EACCES },
	{ "read /proc/self/environ",  t_environ,      EACCES },
	{ "socket(AF_INET)",          t_socket,       ENOSYS },
	{ "socket(AF_UNIX)",          t_unix,         ENOSYS },
	{ "a datagram to a path",     t_datagram,     ENOSYS },
	{ "send to an address",       t_sendto,       ENOSYS },
	{ "connect by fast open",     t_fast_open,    ENOSYS },
	{ "connect",                  t_connect,      ENOSYS },
	{ "bind",                     t_bind,         ENOSYS },
	{ "listen",                   t_listen,       ENOSYS },
	{ "accept, and shut down",    t_accept,       0 },
	{ "epoll and eventfd",        t_wait,         0 },
	{ "execve",                   t_execve,       ENOSYS },
	{ "fork",                     t_fork,         ENOSYS },
	{ "a thread",                 t_thread,       0 },
	{ "kill",                     t_kill,         ENOSYS },
	{ "new code",                 t_code,         ENOSYS },
	{ "ptrace",                   t_ptrace,       ENOSYS },
	{ "5,200 open files",         t_files,        0 },
};
/* clang-format on */

struct outcome {
	int entered, got[N(tries)];
	struct sandbox_state state;
};

static void make_file(struct box *b, const char *name, uid_t owner)
{
	AUTO_FD int fd = openat(b->dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "x", 1) != 1 || fchown(fd, owner, owner) < 0)
		abort();
}

static void prepare(struct box *b, uid_t owner)
{
	static const char *const folders[] = { "originals", "spool" };
	static const char *const files[] = { "tocsin.conf", "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm", "secret.key", "originals/x", "spool/x" };
	(void)snprintf(b->path, sizeof(b->path), "/tmp/tocsin-web-XXXXXX");
	if (mkdtemp(b->path) == NULL)
		abort();
	b->dir = open(b->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < N(folders); i++)
		if (mkdirat(b->dir, folders[i], 0700) < 0 ||
			fchownat(b->dir, folders[i], owner, owner, 0) < 0)
			abort();
	for (size_t i = 0; i < N(files); i++)
		make_file(b, files[i], owner);
	socklen_t n = sizeof(b->at);
	b->at = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	b->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fchown(b->dir, owner, owner) < 0 ||
		bind(b->listening, (struct sockaddr *)&b->at, n) < 0 ||
		listen(b->listening, 5) < 0 ||
		getsockname(b->listening, (struct sockaddr *)&b->at, &n) < 0)
		abort();
}

static void clean(struct box *b)
{
	static const char *const all[] = { "tocsin.conf", "tocsin.db", "tocsin.db-wal",
		"tocsin.db-shm", "secret.key", "originals/x", "spool/x" };
	for (size_t i = 0; i < N(all); i++)
		(void)unlinkat(b->dir, all[i], 0);
	(void)unlinkat(b->dir, "originals", AT_REMOVEDIR);
	(void)unlinkat(b->dir, "spool", AT_REMOVEDIR);
	(void)rmdir(b->path);
	fd_close(&b->dir);
	fd_close(&b->listening);
}

static _Noreturn void in_the_box(struct box *b, uid_t as, int say)
{
	struct outcome o = { 0 };
	struct why why = { 0 };
	if (as != geteuid() && setresuid(as, as, as) < 0)
		_exit(3);
	o.entered = sandbox_enter(sandbox_plan("web"), b->dir, &why, &o.state);
	if (o.entered < 0)
		fprintf(stderr, "# %s\n", why.text);
	for (size_t i = 0; i < N(tries); i++)
		o.got[i] = tries[i].run(b);
	_exit(write(say, &o, sizeof(o)) == (ssize_t)sizeof(o) ? 0 : 1);
}

static void test_web(uid_t owner, uid_t as)
{
	struct box b;
	struct outcome o = { .entered = -1 };
	int say[2], status = -1;
	prepare(&b, owner);
	if (pipe2(say, O_CLOEXEC) < 0)
		abort();
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		in_the_box(&b, as, say[1]);
	fd_close(&say[1]);
	AUTO_FD int visitor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool came = connect(visitor, (struct sockaddr *)&b.at, sizeof(b.at)) == 0;
	ok(came && read(say[0], &o, sizeof(o)) == (ssize_t)sizeof(o) && o.entered == 0,
		"web as %u in a directory of %u: entered", as, owner);
	ok(o.state.filtered && o.state.no_new_privs && o.state.limited &&
			o.state.uid == (as ? as : owner),
		"its state says what is in force");
	for (size_t i = 0; i < N(tries) && o.entered == 0; i++) {
		if (tries[i].want == EACCES && !o.state.files_closed) {
			tap_skip("this kernel has no Landlock");
			continue;
		}
		ok(o.got[i] == tries[i].want, "%s: %s", tries[i].name,
			tries[i].want ? strerrorname_np(tries[i].want) : "works");
		if (o.got[i] != tries[i].want)
			printf("#   got %d\n", o.got[i]);
	}
	(void)waitpid(pid, &status, 0);
	ok(status == 0, "it was not killed");
	fd_close(&say[0]);
	clean(&b);
}

int main(void)
{
	uid_t me = geteuid();
	test_web(me, me);
	if (me == 0) {
		test_web(USER, 0);
		test_web(USER, USER);
	}
	return tap_end();
}
