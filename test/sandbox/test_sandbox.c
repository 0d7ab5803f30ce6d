/* SPDX-License-Identifier: Apache-2.0
 * test_sandbox.c - enters each role's sandbox and tries what the role may not do, and
 * what it must still be able to do. Depends on: sys/sandbox, and the libraries parse
 * uses. */
#include "sys/sandbox.h"
#include "unit/tap.h"

#include "base/fd.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <zlib.h>
#include <zstd.h>

#define USER 12345 /* somebody who is not root */

struct tools { /* what a role was given before */
	int dir, file, tcp, pair[2];
	iconv_t warm;
	char path[64];
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

/* What is tried. Each answers 0 or the errno. */
static int t_read_passwd(struct tools *t)
{
	(void)t;
	return opened(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}
static int t_read_proc(struct tools *t)
{
	(void)t;
	return opened(open("/proc/self/environ", O_RDONLY | O_CLOEXEC));
}
static int t_write_tmp(struct tools *t)
{
	(void)t;
	return opened(open(
		"/tmp/tocsin-sandbox-escaped", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}
static int t_database(struct tools *t)
{
	return opened(open(t->path, O_RDWR | O_CLOEXEC));
}
static int t_new_file(struct tools *t)
{
	return opened(openat(t->dir, "new", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}
static int t_rename(struct tools *t)
{
	return err(renameat(t->dir, "new", t->dir, "sub/newer"));
}
static int t_climb(struct tools *t)
{
	return opened(openat(t->dir, "../../etc/passwd", O_RDONLY | O_CLOEXEC));
}
static int t_stat(struct tools *t)
{
	struct stat st;
	(void)t;
	return err(stat("/etc/passwd", &st));
}
static int t_unlink(struct tools *t)
{
	return err(unlink(t->path));
}
static int t_socket(struct tools *t)
{
	(void)t;
	return opened(socket(AF_INET6, SOCK_STREAM, 0));
}
static int t_unix_socket(struct tools *t)
{
	(void)t;
	return opened(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int t_pair(struct tools *t)
{
	int pair[2];
	(void)t;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return errno;
	(void)close(pair[0]);
	return opened(pair[1]);
}
/* Of any kind but a stream: what may be sent to an address without connect(), and is made
 * without socket(). */
static int t_datagrams(struct tools *t)
{
	static const int types[] = { SOCK_DGRAM, SOCK_DGRAM | SOCK_CLOEXEC,
		SOCK_SEQPACKET, SOCK_RAW | SOCK_NONBLOCK };
	int pair[2];
	(void)t;
	for (size_t i = 0; i < N(types); i++) {
		int r = socketpair(AF_UNIX, types[i], 0, pair);
		if (r < 0 && errno == ENOSYS)
			continue;
		if (r < 0)
			return errno;
		(void)close(pair[0]);
		return opened(pair[1]);
	}
	return ENOSYS;
}
static int t_sendto(struct tools *t)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	return err(
		sendto(t->tcp, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof(to)));
}
/* A connection without connect(). */
static int t_fast_open(struct tools *t)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct iovec iov = { (char *)(uintptr_t) "x", 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_name = &to,
				     .msg_namelen = sizeof(to),
				     .msg_iov = &iov,
				     .msg_iovlen = 1 } };
	int one = err(sendmsg(t->tcp, &m.msg_hdr, MSG_FASTOPEN | MSG_NOSIGNAL));
	int many = err(sendmmsg(t->tcp, &m, 1, MSG_FASTOPEN | MSG_NOSIGNAL));
	return one == many ? one : EIO;
}
static int t_connect(struct tools *t)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	return err(connect(t->tcp, (struct sockaddr *)&to, sizeof(to)));
}
static int t_bind(struct tools *t)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	return err(bind(t->tcp, (struct sockaddr *)&at, sizeof(at)));
}
static int t_packet(struct tools *t)
{
	(void)t;
	return opened(socket(AF_PACKET, SOCK_RAW, 0));
}
static int t_hosts(struct tools *t)
{
	(void)t;
	return opened(open("/etc/hosts", O_RDONLY | O_CLOEXEC));
}
static int t_zone(struct tools *t)
{
	(void)t;
	return opened(open("/usr/share/zoneinfo/UTC", O_RDONLY | O_CLOEXEC));
}
static int t_execve(struct tools *t)
{
	char *argv[] = { (char *)(uintptr_t) "true", NULL };
	(void)t;
	return err(execve("/bin/true", argv, NULL));
}
static int t_execveat(struct tools *t)
{
	return err(syscall(SYS_execveat, t->file, "", NULL, NULL, AT_EMPTY_PATH));
}
static int new_process(long pid)
{
	if (pid == 0)
		_exit(0);
	int e = err(pid);
	if (pid > 0)
		(void)waitpid((pid_t)pid, NULL, 0);
	return e;
}
/* A program of which only key may start, and must be able to. */
static int t_gpg(struct tools *t)
{
	static const char gpg[] = "/usr/bin/gpg";
	char *argv[] = { (char *)(uintptr_t) "gpg", (char *)(uintptr_t) "--version",
		NULL };
	char *env[] = { NULL };
	int status = 0;
	(void)t;
	long pid = syscall(SYS_fork);
	if (pid < 0)
		return errno;
	if (pid == 0) {
		(void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 1);
		(void)execve(gpg, argv, env);
		_exit(errno);
	}
	(void)waitpid((pid_t)pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}
static int t_setsid(struct tools *t)
{
	(void)t;
	return err(syscall(SYS_setpgid, 0, 0)) == ENOSYS ? err(setsid()) : 0;
}
static int t_fork(struct tools *t)
{
	(void)t;
	return new_process(syscall(SYS_fork));
}
static int t_clone(struct tools *t)
{
	(void)t;
	return new_process(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0));
}
static int t_clone_user(struct tools *t)
{
	(void)t;
	return new_process(
		syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0));
}
static int t_clone3(struct tools *t)
{
	(void)t;
	return err(syscall(SYS_clone3, NULL, 0)); /* EINVAL where it is not refused */
}
static void *nothing(void *arg)
{
	return arg;
}
static int t_thread(struct tools *t)
{
	pthread_t id;
	(void)t;
	int e = pthread_create(&id, NULL, nothing, NULL);
	return e ? e : pthread_join(id, NULL);
}
static int t_ptrace(struct tools *t)
{
	(void)t;
	return err(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}
static int t_vm_read(struct tools *t)
{
	(void)t;
	return err(syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0));
}
static int t_map_code(struct tools *t)
{
	(void)t;
	void *p = mmap(
		NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? errno : 0;
}
static int t_make_code(struct tools *t)
{
	(void)t;
	void *p = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? -1 : err(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}
static int t_map_file(struct tools *t)
{
	void *p = mmap(NULL, 16, PROT_READ, MAP_PRIVATE, t->file, 0);
	return p == MAP_FAILED ? errno : 0;
}
static int t_memfd(struct tools *t)
{
	(void)t;
	return opened((int)syscall(SYS_memfd_create, "x", 0));
}
static int t_kill(struct tools *t)
{
	(void)t;
	return err(kill(getpid(), 0));
}
static int t_setuid(struct tools *t)
{
	(void)t;
	return err(syscall(SYS_setuid, 0));
}
static int t_unshare(struct tools *t)
{
	(void)t;
	return err(unshare(CLONE_NEWUSER));
}
static int t_mount(struct tools *t)
{
	(void)t;
	return err(syscall(SYS_mount, "x", "/", "tmpfs", 0, NULL));
}
static int t_bpf(struct tools *t)
{
	(void)t;
	return err(syscall(SYS_bpf, 0, NULL, 0));
}
static int t_keyctl(struct tools *t)
{
	(void)t;
	return err(syscall(SYS_keyctl, 0, 0));
}
static int t_io_uring(struct tools *t)
{
	(void)t;
	return opened((int)syscall(SYS_io_uring_setup, 1, NULL));
}
static int t_raise_limit(struct tools *t)
{
	struct rlimit l = { 64, 64 };
	(void)t;
	return err(setrlimit(RLIMIT_NOFILE, &l));
}
static int t_job_limit(struct tools *t)
{
	struct itimerval one = { .it_value = { .tv_sec = 100 } };
	(void)t;
	return err(setitimer(ITIMER_PROF, &one, NULL));
}
#ifdef __x86_64__
static int t_32_bit(struct tools *t)
{
	int r;
	(void)t;
	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(20)
			 : "memory", "r8", "r9", "r10", "r11");
	return r < 0 ? -r : 0; /* getpid through the 32-bit door */
}
static int t_x32(struct tools *t)
{
	(void)t;
	return err(syscall(0x40000000 | SYS_getpid));
}
#endif

/* What must still work. */
static int t_bytes(struct tools *t)
{
	char b[8] = "";
	if (pread(t->file, b, 4, 2) != 4 || memcmp(b, "cdef", 4) != 0)
		return 1;
	if (lseek(t->file, 1, SEEK_SET) != 1 || read(t->file, b, 2) != 2 || b[0] != 'b')
		return 2;
	struct pollfd p = { .fd = t->pair[0], .events = POLLIN };
	if (write(t->pair[1], "x", 1) != 1 || poll(&p, 1, 100) != 1)
		return 3;
	struct iovec iov = { b, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	if (recvmsg(t->pair[0], &m, 0) != 1 || sendmsg(t->pair[1], &m, MSG_NOSIGNAL) != 1)
		return 4;
	return 0;
}
static int t_memory(struct tools *t)
{
	AUTO_ARENA a = arena_new(MIB(128), "test");
	(void)t;
	for (int i = 0; i < 60; i++)
		memset(arena_alloc(&a, MIB(1)), 1, MIB(1));
	arena_reset(&a);
	return 0;
}
static int t_zlib(struct tools *t)
{
	static Bytef in[100000], packed[100100], out[100000];
	(void)t;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (Bytef)(i % 251);
	uLongf n = sizeof(packed), m = sizeof(out);
	if (compress(packed, &n, in, sizeof(in)) != Z_OK ||
		uncompress(out, &m, packed, n) != Z_OK)
		return 1;
	return m == sizeof(in) && memcmp(in, out, m) == 0 ? 0 : 2;
}
static int t_zstd(struct tools *t)
{
	static char in[300000], packed[310000], out[300000];
	(void)t;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (char)(i * i % 127);
	size_t n = ZSTD_compress(packed, sizeof(packed), in, sizeof(in), 3);
	if (ZSTD_isError(n) || ZSTD_decompress(out, sizeof(out), packed, n) != sizeof(in))
		return 1;
	return memcmp(in, out, sizeof(in)) == 0 ? 0 : 2;
}
/* A stored member "a.csv" with the content "1,2\n". */
static const unsigned char zip[] =
	"PK\3\4\n\0\0\0\0\0\0\0!\0\x33\x42\x21\x55\4\0\0\0\4\0\0\0"
	"\5\0\0\0a.csv1,2\n"
	"PK\1\2\n\0\n\0\0\0\0\0\0\0!\0\x33\x42\x21\x55\4\0\0\0\4\0\0"
	"\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\0\0\0\0a.csv"
	"PK\5\6\0\0\0\0\1\0\1\0\x33\0\0\0\x27\0\0\0\0";
static int t_archive(struct tools *t)
{
	struct archive_entry *e;
	char b[16];
	(void)t;
	struct archive *a = archive_read_new();
	archive_read_support_format_zip(a);
	int r = archive_read_open_memory(a, zip, sizeof(zip));
	if (r == ARCHIVE_OK)
		r = archive_read_next_header(a, &e);
	bool good = r == ARCHIVE_OK && strcmp(archive_entry_pathname(e), "a.csv") == 0 &&
		archive_read_data(a, b, sizeof(b)) == 4 && memcmp(b, "1,2\n", 4) == 0;
	archive_read_free(a);
	return good ? 0 : 1;
}
static int t_warm_charset(struct tools *t)
{
	char in[] = "caf\xe9", out[16] = "";
	char *i = in, *o = out;
	size_t n = 4, m = sizeof(out) - 1;
	if (iconv(t->warm, &i, &n, &o, &m) == (size_t)-1)
		return errno;
	return strcmp(out, "caf\xc3\xa9") == 0 ? 0 : 1;
}
static int t_cold_charset(struct tools *t)
{
	(void)t;
	iconv_t c = iconv_open("UTF-8", "IBM1047");
	return c == (iconv_t)-1 ? errno : 0;
}

#define ANY (-1)
/* clang-format off */
static const struct {
	const char *name;
	int (*run)(struct tools *t);
	int want[5]; /* master, work, parse, key, net */
} tries[] = {
	{ "read /etc/passwd",      t_read_passwd,  { 0, EACCES, ENOENT, EACCES, EACCES } },
	{ "read /proc/self/environ", t_read_proc,  { ANY, EACCES, ENOENT, EACCES, EACCES } },
	{ "write in /tmp",         t_write_tmp,    { EACCES, EACCES, ENOENT, EACCES, EACCES } },
	{ "open the database",     t_database,     { ANY, 0, ENOENT, 0, EACCES } },
	{ "make a file in DIR",    t_new_file,     { ANY, 0, ENOENT, 0, EACCES } },
	{ "rename in DIR",         t_rename,       { ANY, 0, ENOENT, 0, ANY } },
	{ "climb out of DIR",      t_climb,        { ANY, EACCES, ENOENT, EACCES, EACCES } },
	{ "stat a path",           t_stat,         { 0, ANY, ENOENT, ANY, ANY } },
	{ "unlink the database",   t_unlink,       { ANY, ANY, ENOENT, ANY, EACCES } },
	{ "socket(AF_INET6)",      t_socket,       { ANY, ENOSYS, ENOSYS, ENOSYS, 0 } },
	{ "socket(AF_UNIX)",       t_unix_socket,  { 0, ENOSYS, ENOSYS, 0, ENOSYS } },
	{ "a pair of streams",     t_pair,         { 0, ENOSYS, ENOSYS, 0, 0 } },
	{ "a pair of datagrams",   t_datagrams,    { ANY, ENOSYS, ENOSYS, ANY, ENOSYS } },
	{ "send to an address",    t_sendto,       { ANY, ENOSYS, ENOSYS, ANY, ANY } },
	{ "connect by fast open",  t_fast_open,    { ANY, ENOSYS, ANY, ANY, ANY } },
	{ "connect by TCP",        t_connect,      { ECONNREFUSED, ENOSYS, ENOSYS, EACCES, ECONNREFUSED } },
	{ "listen by TCP",         t_bind,         { EACCES, ENOSYS, ENOSYS, EACCES, ENOSYS } },
	{ "socket(AF_PACKET)",     t_packet,       { ANY, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "read /etc/hosts",       t_hosts,        { 0, EACCES, ENOENT, EACCES, 0 } },
	{ "read a time zone",      t_zone,         { 0, 0, ENOENT, EACCES, EACCES } },
	{ "execve",                t_execve,       { ANY, ENOSYS, ENOSYS, EACCES, ENOSYS } },
	{ "execveat",              t_execveat,     { ANY, ENOSYS, ENOSYS, EACCES, ENOSYS } },
	{ "gpg",                   t_gpg,          { ANY, ANY, ENOSYS, 0, ANY } },
	{ "leave the group",       t_setsid,       { ANY, ANY, ENOSYS, ENOSYS, ANY } },
	{ "fork",                  t_fork,         { 0, ENOSYS, ENOSYS, 0, ENOSYS } },
	{ "clone",                 t_clone,        { 0, ENOSYS, ENOSYS, 0, ENOSYS } },
	{ "clone a user space",    t_clone_user,   { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "clone3",                t_clone3,       { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "make a thread",         t_thread,       { ANY, ANY, ANY, ANY, 0 } },
	{ "ptrace",                t_ptrace,       { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "process_vm_readv",      t_vm_read,      { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "mmap code",             t_map_code,     { 0, ENOSYS, ENOSYS, 0, ENOSYS } },
	{ "turn memory into code", t_make_code,    { 0, ENOSYS, ENOSYS, 0, ENOSYS } },
	{ "mmap a file",           t_map_file,     { 0, 0, ENOSYS, 0, 0 } },
	{ "memfd_create",          t_memfd,        { ANY, ANY, ENOSYS, ANY, ANY } },
	{ "kill",                  t_kill,         { 0, ENOSYS, ENOSYS, 0, ENOSYS } },
	{ "setuid(0)",             t_setuid,       { ANY, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "unshare",               t_unshare,      { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "mount",                 t_mount,        { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "bpf",                   t_bpf,          { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "keyctl",                t_keyctl,       { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "io_uring_setup",        t_io_uring,     { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "set a limit",           t_raise_limit,  { ANY, ANY, ENOSYS, ANY, ANY } },
#ifdef __x86_64__
	{ "a 32-bit call",         t_32_bit,       { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
	{ "an x32 call",           t_x32,          { ENOSYS, ENOSYS, ENOSYS, ENOSYS, ENOSYS } },
#endif
	{ "a cold charset",        t_cold_charset, { 0, EINVAL, EINVAL, ANY, EINVAL } },
	{ "a warm charset",        t_warm_charset, { 0, 0, 0, 0, 0 } },
	{ "bytes of descriptors",  t_bytes,        { 0, 0, 0, 0, 0 } },
	{ "60 MiB of memory",      t_memory,       { 0, 0, 0, 0, 0 } },
	{ "zlib",                  t_zlib,         { 0, 0, 0, 0, 0 } },
	{ "zstd",                  t_zstd,         { 0, 0, 0, 0, 0 } },
	{ "a zip by libarchive",   t_archive,      { 0, 0, 0, 0, 0 } },
	{ "a new CPU timer",       t_job_limit,    { 0, 0, 0, 0, 0 } },
};
/* clang-format on */

struct outcome {
	int entered;
	struct sandbox_state state;
	int got[N(tries)];
};

static void prepare(struct tools *t, uid_t owner)
{
	(void)snprintf(t->path, sizeof(t->path), "/tmp/tocsin-box-XXXXXX");
	if (mkdtemp(t->path) == NULL)
		abort();
	t->dir = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int db = openat(t->dir, "tocsin.db", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int r = mkdirat(t->dir, "sub", 0700) | (write(db, "abcdefgh", 8) == 8 ? 0 : -1);
	if (owner != geteuid())
		r |= fchown(t->dir, owner, owner) | fchown(db, owner, owner) |
			fchownat(t->dir, "sub", owner, owner, 0);
	t->file = openat(t->dir, "tocsin.db", O_RDONLY | O_CLOEXEC);
	size_t at = strlen(t->path);
	(void)snprintf(t->path + at, sizeof(t->path) - at, "/tocsin.db");
	t->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	t->warm = iconv_open("UTF-8", "ISO-8859-1");
	if (r != 0 || t->file < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, t->pair) < 0)
		abort();
}

static void clean(struct tools *t)
{
	(void)unlinkat(t->dir, "sub/newer", 0);
	(void)unlinkat(t->dir, "new", 0);
	(void)unlinkat(t->dir, "tocsin.db", 0);
	(void)unlinkat(t->dir, "sub", AT_REMOVEDIR);
	*strrchr(t->path, '/') = '\0';
	(void)rmdir(t->path);
	fd_close(&t->dir);
	fd_close(&t->file);
	fd_close(&t->tcp);
	fd_close(&t->pair[0]);
	fd_close(&t->pair[1]);
	(void)iconv_close(t->warm);
}

static const char *const roles[] = { "master", "work", "parse", "key", "net" };

static int place_of(const char *role)
{
	int i = 0;
	while (strcmp(roles[i], role) != 0)
		i++;
	return i;
}

static _Noreturn void in_the_box(
	const struct sandbox_plan *plan, struct tools *t, uid_t as, int say, int wait)
{
	struct outcome o = { 0 };
	struct why why = { 0 };
	if (as != geteuid() && setresuid(as, as, as) < 0)
		_exit(3);
	int place = place_of(plan->role);
	bool no_dir = plan->files == FILES_NONE || plan->files == FILES_NET;
	o.entered = sandbox_enter(plan, no_dir ? -1 : t->dir, &why, &o.state);
	if (o.entered < 0)
		fprintf(stderr, "# %s\n", why.text);
	for (size_t i = 0; i < N(tries); i++) {
		o.got[i] = ANY;
		/* A thread is made only where it must be possible. */
		if (tries[i].want[place] != ANY)
			o.got[i] = tries[i].run(t);
	}
	(void)!write(say, &o, sizeof(o));
	char c;
	(void)!read(wait, &c, 1); /* be looked at */
	_exit(0);
}

static const char *status_line(struct arena *a, struct str text, const char *name)
{
	struct str line;
	const char *z = "?";
	while (str_split(&text, '\n', &line))
		if (scan_lit(&line, name) && str_z(a, str_trim(line), &z) < 0)
			abort();
	return z;
}

static void look_at(
	pid_t pid, const struct sandbox_plan *plan, uid_t uid, const char *who)
{
	AUTO_ARENA a = arena_new(MIB(1), "test");
	char path[32], want[64];
	struct str text = S("");
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	ok(file_read(AT_FDCWD, path, &a, KIB(64), NULL, &text) == 0,
		"%s: can be looked at", who);
	(void)snprintf(want, sizeof(want), "%u\t%u\t%u\t%u", uid, uid, uid, uid);
	is(status_line(&a, text, "Uid:"), want, "its user");
	is(status_line(&a, text, "Seccomp:"), "2", "its calls are filtered");
	is(status_line(&a, text, "NoNewPrivs:"), "1", "no new privileges");
	bool keeps = plan->user == USER_STAY && uid == 0;
	is(status_line(&a, text, "CapEff:"),
		keeps ? "00000000000001e0" : "0000000000000000", "its capabilities");
	if (geteuid() == 0 && uid == 0)
		is(status_line(&a, text, "CapBnd:"),
			keeps ? "00000000000001e0" : "0000000000000000",
			"and no way to get more");
}

static void test_role(const char *role, int place, uid_t owner, uid_t as)
{
	const struct sandbox_plan *plan = sandbox_plan(role);
	char who[64];
	(void)snprintf(
		who, sizeof(who), "%s as %u in a directory of %u", role, as, owner);
	struct tools t;
	prepare(&t, owner);
	int say[2], wait[2], status = -1;
	if (pipe2(say, O_CLOEXEC) < 0 || pipe2(wait, O_CLOEXEC) < 0)
		abort();
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		fd_close(&wait[1]);
		in_the_box(plan, &t, as, say[1], wait[0]);
	}
	fd_close(&say[1]);
	struct outcome o = { .entered = -1 };
	ok(read(say[0], &o, sizeof(o)) == (ssize_t)sizeof(o) && o.entered == 0,
		"%s: entered", who);
	for (size_t i = 0; i < N(tries) && o.entered == 0; i++) {
		int want = tries[i].want[place];
		if (want == ANY)
			continue;
		if (want == EACCES && !o.state.files_closed) {
			tap_skip("this kernel has no Landlock");
			continue;
		}
		if (want == EACCES && tries[i].run == t_bind && !o.state.tcp_closed) {
			tap_skip("this kernel's Landlock does not know TCP");
			continue;
		}
		ok(o.got[i] == want, "%s: %s: %s", who, tries[i].name,
			want ? strerrorname_np(want) : "works");
		if (o.got[i] != want)
			printf("#   got %d\n", o.got[i]);
	}
	uid_t uid = as;
	if (as == 0)
		uid = plan->user == USER_NOBODY	   ? 65534
			: plan->user == USER_OWNER ? owner
						   : 0;
	look_at(pid, plan, uid, who);
	fd_close(&wait[1]);
	(void)waitpid(pid, &status, 0);
	ok(status == 0, "%s: was not killed", who);
	fd_close(&say[0]);
	fd_close(&wait[0]);
	clean(&t);
}

/* A child in parse's sandbox, with a plan changed by way of the test. */
static int ends_by(void (*what)(const struct sandbox_plan *), struct sandbox_plan plan)
{
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct sandbox_state s;
		if (sandbox_enter(&plan, -1, NULL, &s) < 0)
			_exit(9);
		what(&plan);
		_exit(0);
	}
	int status;
	(void)waitpid(pid, &status, 0);
	return status;
}

static void spin(const struct sandbox_plan *plan)
{
	(void)plan;
	for (volatile uint64_t i = 0;; i = i + 1)
		continue;
}

static void spin_in_chunks(const struct sandbox_plan *plan)
{
	for (int chunk = 0; chunk < 4; chunk++) {
		struct timespec from, now;
		(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		do
			(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
		while ((now.tv_sec - from.tv_sec) * 1000 +
				(now.tv_nsec - from.tv_nsec) / 1000000 <
			400);
		(void)sandbox_job(plan);
	}
}

static void die(const struct sandbox_plan *plan)
{
	(void)plan;
	abort();
}

static void eat(const struct sandbox_plan *plan)
{
	(void)plan;
	AUTO_ARENA a = arena_new(GIB(2), "eater");
	for (int i = 0; i < 400; i++)
		(void)arena_alloc(&a, MIB(1));
}

static void test_limits(void)
{
	struct sandbox_plan plan = *sandbox_plan("parse");
	int status = ends_by(die, plan);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "abort still ends parse");
	status = ends_by(eat, plan);
	if (SANDBOX_ASAN)
		tap_skip("no limit of memory under AddressSanitizer");
	else
		ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
			"400 MiB end parse");
	plan.job_cpu_s = 1;
	status = ends_by(spin, plan);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF,
		"a job that spins ends parse");
	ok(ends_by(spin_in_chunks, plan) == 0, "a long job in chunks does not");
}

int main(void)
{
	uid_t me = geteuid();
	for (int i = 0; i < (int)N(roles); i++) {
		test_role(roles[i], i, me, me);
		if (me == 0) {
			test_role(roles[i], i, USER, 0);
			test_role(roles[i], i, USER, USER);
		}
	}
	ok(sandbox_plan("cook") == NULL, "no plan without a role");
	test_limits();
	return tap_end();
}
