/* SPDX-License-Identifier: Apache-2.0
 * filter.c - which system calls a role can make: see sandbox.h. Depends on: libseccomp.
 *
 * master, work, key and net: everything but a list of the dangerous. parse: nothing but a
 * list.
 * Hand-kept lists rot, so they are short and a test tries both sides of each. */
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define NO_CALL SCMP_ACT_ERRNO(ENOSYS)
#define NO_FILE SCMP_ACT_ERRNO(ENOENT)
#define C(name) SCMP_SYS(name)

/* One condition on an argument of a call. */
static struct scmp_arg_cmp arg(unsigned at, enum scmp_compare op, uint64_t a, uint64_t b)
{
	return (struct scmp_arg_cmp){ .arg = at, .op = op, .datum_a = a, .datum_b = b };
}
#define HAS(at, bits, value) arg(at, SCMP_CMP_MASKED_EQ, bits, value)
#define IS(at, value)	     arg(at, SCMP_CMP_EQ, value, 0)
#define IS_NOT(at, value)    arg(at, SCMP_CMP_NE, value, 0)

/* Nobody in this program needs these. */
static const int dangerous[] = {
	/* other processes' memory */
	C(ptrace),
	C(process_vm_readv),
	C(process_vm_writev),
	C(process_madvise),
	C(kcmp),
	C(pidfd_getfd),
	C(perf_event_open),
	/* the shape of the file system */
	C(mount),
	C(umount2),
	C(move_mount),
	C(open_tree),
	C(fsopen),
	C(fsconfig),
	C(fsmount),
	C(fspick),
	C(mount_setattr),
	C(pivot_root),
	C(chroot),
	C(swapon),
	C(swapoff),
	C(quotactl),
	C(name_to_handle_at),
	C(open_by_handle_at),
	C(fanotify_init),
	C(acct),
	/* large and often broken parts of the kernel */
	C(bpf),
	C(keyctl),
	C(add_key),
	C(request_key),
	C(io_uring_setup),
	C(io_uring_enter),
	C(io_uring_register),
	C(userfaultfd),
	C(memfd_secret),
	C(modify_ldt),
	C(vmsplice),
	/* namespaces; clone3 hides its flags from a filter, and libc
	 * falls back to clone */
	C(unshare),
	C(setns),
	C(clone3),
	/* the machine */
	C(init_module),
	C(finit_module),
	C(delete_module),
	C(kexec_load),
	C(kexec_file_load),
	C(reboot),
	C(iopl),
	C(ioperm),
	C(syslog),
	C(settimeofday),
	C(clock_settime),
	C(adjtimex),
	C(clock_adjtime),
	C(sethostname),
	C(setdomainname),
	C(personality),
	C(uselib),
};

/* And these only the master: programs, processes, sockets, signals. net has the first
 * two, of the internet alone. */
static const int starting[] = {
	C(socket),
	C(connect),
	C(execve),
	C(execveat),
	C(fork),
	C(vfork),
	C(bind),
	C(listen),
	C(kill),
	C(pidfd_open),
	C(pidfd_send_signal),
	C(rt_sigqueueinfo),
	C(rt_tgsigqueueinfo),
	C(tkill),
	C(setuid),
	C(setgid),
	C(setgroups),
	C(setresuid),
	C(setresgid),
	C(setreuid),
	C(setregid),
	C(setfsuid),
	C(setfsgid),
	C(capset),
	C(mknod),
	C(mknodat),
};

/* key starts gpg and the agent, which talk over sockets of this machine. What it starts
 * stays in its process group: that is how the master ends all of it, and how work knows
 * it from a command where there is no Landlock (role/control.c). */
static const int keyless[] = {
	C(setpgid),
	C(setsid),
	C(setuid),
	C(setgid),
	C(setgroups),
	C(setresuid),
	C(setresgid),
	C(setreuid),
	C(setregid),
	C(setfsuid),
	C(setfsgid),
	C(capset),
	C(mknod),
	C(mknodat),
};

/* What turning bytes into bytes needs. */
static const int computing[] = {
	C(read),
	C(readv),
	C(pread64),
	C(write),
	C(writev),
	C(recvmsg),
	C(sendmsg),
	C(poll),
	C(ppoll),
	C(lseek),
	C(close),
	C(fstat),
	C(brk),
	C(munmap),
	C(mremap),
	C(madvise),
	C(futex),
	C(clock_gettime),
	C(getrandom),
	C(gettid),
	C(getpid),
	C(rt_sigreturn),
	C(rt_sigprocmask),
	C(restart_syscall),
	C(sched_yield),
	C(exit),
	C(exit_group),
};

/* Calls about files: lazy openers shall find nothing and go on. */
static const int filing[] = {
	C(open),
	C(openat),
	C(openat2),
	C(creat),
	C(stat),
	C(lstat),
	C(newfstatat),
	C(statx),
	C(access),
	C(faccessat),
	C(faccessat2),
	C(readlink),
	C(readlinkat),
	C(unlink),
	C(unlinkat),
	C(rename),
	C(renameat),
	C(renameat2),
	C(link),
	C(linkat),
	C(symlink),
	C(symlinkat),
	C(mkdir),
	C(mkdirat),
	C(rmdir),
	C(mknod),
	C(mknodat),
	C(chmod),
	C(fchmodat),
	C(chown),
	C(lchown),
	C(fchownat),
	C(truncate),
	C(chdir),
	C(statfs),
	C(utimensat),
	C(getxattr),
	C(lgetxattr),
	C(setxattr),
	C(lsetxattr),
	C(listxattr),
	C(inotify_add_watch),
};

/* What AddressSanitizer's runtime does besides: its own bookkeeping, and the report. */
static const int sanitizing[] = {
	C(sigaltstack),
	C(rt_sigaction),
	C(sched_getaffinity),
	C(getrlimit),
	C(getuid),
	C(prctl),
};

static int add_all(scmp_filter_ctx f, uint32_t action, const int *calls, size_t n)
{
	int r = 0;
	for (size_t i = 0; i < n && r == 0; i++)
		r = seccomp_rule_add(f, action, calls[i], 0);
	return r;
}

/* Refuses clone when any of the flags is set. */
static int no_clone_flags(scmp_filter_ctx f, const uint64_t *flags, size_t n)
{
	int r = 0;
	for (size_t i = 0; i < n && r == 0; i++)
		r = seccomp_rule_add(f, NO_CALL, C(clone), 1, HAS(0, flags[i], flags[i]));
	return r;
}

static int deny_start(scmp_filter_ctx f)
{
	static const uint64_t spaces[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID,
		CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP };
	int r = add_all(f, NO_CALL, dangerous, N(dangerous));
	return r == 0 ? no_clone_flags(f, spaces, N(spaces)) : r;
}

/* Sockets of the internet, and the kernel's word on addresses, which getaddrinfo asks
 * for. */
static int deny_sockets(scmp_filter_ctx f)
{
	static const uint64_t kind = 0xf; /* of a type; the rest are flags */
	/* A pair is made without socket(); of datagrams, each end may send to any path.
	 * libcurl needs one of streams. */
	int r = seccomp_rule_add(f, NO_CALL, C(socketpair), 1, IS_NOT(0, AF_UNIX));
	for (uint64_t type = 0; type <= kind && r == 0; type++)
		if (type != SOCK_STREAM)
			r = seccomp_rule_add(
				f, NO_CALL, C(socketpair), 1, HAS(1, kind, type));
	if (r == 0)
		r = seccomp_rule_add(
			f, NO_CALL, C(socket), 1, arg(0, SCMP_CMP_GT, AF_NETLINK, 0));
	for (uint64_t family = 0; family < AF_NETLINK && r == 0; family++)
		if (family != AF_INET && family != AF_INET6)
			r = seccomp_rule_add(f, NO_CALL, C(socket), 1, IS(0, family));
	return r;
}

/* The sockets that are there are connected, or let others in: no pairs, and nothing that
 * connects by sending. Whose address sendmsg names cannot be seen; a stream that is
 * connected does not look at it. */
static int deny_addresses(scmp_filter_ctx f)
{
	int r = seccomp_rule_add(f, NO_CALL, C(socketpair), 0);
	if (r == 0)
		r = seccomp_rule_add(f, NO_CALL, C(sendto), 1, IS_NOT(4, 0));
	if (r == 0)
		r = seccomp_rule_add(
			f, NO_CALL, C(sendmsg), 1, HAS(2, MSG_FASTOPEN, MSG_FASTOPEN));
	if (r == 0)
		r = seccomp_rule_add(
			f, NO_CALL, C(sendmmsg), 1, HAS(3, MSG_FASTOPEN, MSG_FASTOPEN));
	return r;
}

static int deny_keys(scmp_filter_ctx f)
{
	int r = deny_start(f);
	if (r == 0)
		r = add_all(f, NO_CALL, keyless, N(keyless));
	return r == 0 ? seccomp_rule_add(f, NO_CALL, C(socket), 1, IS_NOT(0, AF_UNIX))
		      : r;
}

#define OF_SOCKETS 2 /* the first of starting */
static int deny_serve(scmp_filter_ctx f, bool net)
{
	int r = add_all(f, NO_CALL, dangerous, N(dangerous));
	size_t from = net ? OF_SOCKETS : 0;
	if (r == 0)
		r = add_all(f, NO_CALL, starting + from, N(starting) - from);
	if (r == 0)
		r = net ? deny_sockets(f) : deny_addresses(f);
	if (r == 0) /* threads may be, processes not */
		r = seccomp_rule_add(f, NO_CALL, C(clone), 1, HAS(0, CLONE_THREAD, 0));
	if (r == 0)
		r = seccomp_rule_add(
			f, NO_CALL, C(tgkill), 1, IS_NOT(0, (uint64_t)getpid()));
	static const int code[] = { C(mmap), C(mprotect), C(pkey_mprotect) };
	for (size_t i = 0; i < N(code) && r == 0; i++)
		r = seccomp_rule_add(
			f, NO_CALL, code[i], 1, HAS(2, PROT_EXEC, PROT_EXEC));
	return r;
}

static int allow_compute(scmp_filter_ctx f)
{
	int r = add_all(f, SCMP_ACT_ALLOW, computing, N(computing));
	if (r == 0)
		r = add_all(f, NO_FILE, filing, N(filing));
	if (r == 0 && SANDBOX_ASAN)
		r = add_all(f, SCMP_ACT_ALLOW, sanitizing, N(sanitizing));
	if (r == 0) /* memory, but neither files in memory nor new code */
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, C(mmap), 2, HAS(2, PROT_EXEC, 0),
			HAS(3, MAP_ANONYMOUS, MAP_ANONYMOUS));
	if (r == 0)
		r = seccomp_rule_add(
			f, SCMP_ACT_ALLOW, C(mprotect), 1, HAS(2, PROT_EXEC, 0));
	if (r == 0) /* abort() */
		r = seccomp_rule_add(
			f, SCMP_ACT_ALLOW, C(tgkill), 1, IS(0, (uint64_t)getpid()));
	if (r == 0) /* sandbox_job */
		r = seccomp_rule_add(
			f, SCMP_ACT_ALLOW, C(setitimer), 1, IS(0, ITIMER_PROF));
	return r;
}

/* A kernel without filters is no error of ours: doctor says what is missing. */
static bool kernel_filters(void)
{
	return prctl(PR_GET_SECCOMP) >= 0;
}

int sandbox_filter(const struct sandbox_plan *p, struct why *why, struct sandbox_state *s)
{
	if (!kernel_filters())
		return 0;
	bool compute = p->calls == CALLS_COMPUTE;
	scmp_filter_ctx f = seccomp_init(compute ? NO_CALL : SCMP_ACT_ALLOW);
	if (f == NULL)
		return fail(why, E_STATE, "cannot make a call filter");
	/* Calls through the 32-bit and x32 doors are unknown calls too. */
	int r = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, NO_CALL);
	if (r == 0)
		r = seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 0);
	if (r == 0 && p->calls == CALLS_START)
		r = deny_start(f);
	if (r == 0 && p->calls == CALLS_SERVE)
		r = deny_serve(f, false);
	if (r == 0 && p->calls == CALLS_NET)
		r = deny_serve(f, true);
	if (r == 0 && p->calls == CALLS_KEYS)
		r = deny_keys(f);
	if (r == 0 && compute)
		r = allow_compute(f);
	if (r == 0)
		r = seccomp_load(f);
	seccomp_release(f);
	if (r < 0) {
		errno = -r;
		return fail(why, E_SYS, "cannot load the call filter of %s", p->role);
	}
	s->filtered = true;
	return 0;
}
