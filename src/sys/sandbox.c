/* SPDX-License-Identifier: Apache-2.0
 * sandbox.c - users, capabilities, limits: see sandbox.h. Depends on: base. */
#include "sys/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define NOBODY 65534

/* The promises. Keep them in step with the table of roles in ARCHITECTURE.md. */
static const struct sandbox_plan sandbox_plans[] = {
	{ .role = "master",
		.user = USER_STAY,
		.files = FILES_START,
		.calls = CALLS_START,
		.open_files = 8192, /* web gets them from here */
		.connects = true },
	{ .role = "work",
		.user = USER_OWNER,
		.files = FILES_DIR,
		.calls = CALLS_SERVE,
		.open_files = 256,
		.alone = true },
	{ .role = "web",
		.user = USER_OWNER,
		.files = FILES_READ,
		.calls = CALLS_SERVE,
		.open_files = 8192 },
	{ .role = "key",
		.user = USER_OWNER,
		.files = FILES_KEYS,
		.calls = CALLS_KEYS,
		.memory = MIB(512),
		.open_files = 64 },
	{ .role = "parse",
		.user = USER_NOBODY,
		.files = FILES_NONE,
		.calls = CALLS_COMPUTE,
		.memory = MIB(256),
		.job_cpu_s = 10,
		.open_files = 16,
		.alone = true,
		.no_write = true },
	/* A look-up of a name runs in a thread of its own, so threads may be. */
	{ .role = "net",
		.user = USER_NOBODY,
		.files = FILES_NET,
		.calls = CALLS_NET,
		.open_files = 64,
		.no_write = true,
		.connects = true },
};

const struct sandbox_plan *sandbox_plan(const char *role)
{
	for (size_t i = 0; i < N(sandbox_plans); i++)
		if (strcmp(sandbox_plans[i].role, role) == 0)
			return &sandbox_plans[i];
	return NULL;
}

static int limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard, struct why *why)
{
	struct rlimit now;
	if (getrlimit(what, &now) < 0)
		return fail(why, E_SYS, "cannot read a limit");
	if (hard > now.rlim_max) /* never ask for more than we were given */
		hard = now.rlim_max;
	if (soft > hard)
		soft = hard;
	struct rlimit want = { soft, hard };
	if (setrlimit(what, &want) < 0)
		return fail(why, E_SYS, "cannot set a limit");
	return 0;
}

static int set_limits(
	const struct sandbox_plan *p, struct why *why, struct sandbox_state *s)
{
	int r = limit(RLIMIT_CORE, 0, 0, why); /* a core file would hold people's data */
	if (r == 0 && p->open_files)
		r = limit(RLIMIT_NOFILE, p->open_files, p->open_files, why);
	if (r == 0 && p->alone)
		r = limit(RLIMIT_NPROC, 0, 0, why);
	s->memory_unlimited = p->memory && SANDBOX_ASAN;
	if (r == 0 && p->memory && !SANDBOX_ASAN)
		r = limit(RLIMIT_AS, p->memory, p->memory, why);
	if (r == 0 && p->no_write) {
		struct stat err;
		s->stderr_is_file = fstat(2, &err) == 0 && S_ISREG(err.st_mode);
		(void)signal(SIGXFSZ, SIG_IGN);
		if (!s->stderr_is_file)
			r = limit(RLIMIT_FSIZE, 0, 0, why);
	}
	s->limited = r == 0;
	return r;
}

/* What the role still may do as root: nothing, but for the master, who starts parse as
 * nobody and may have to end it. */
static uint64_t caps_kept(const struct sandbox_plan *p)
{
	if (p->user != USER_STAY)
		return 0;
	return 1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_SETPCAP | 1u << CAP_KILL;
}

static int set_caps(uint64_t keep, struct why *why)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0 } };
	if (syscall(SYS_capget, &head, data) < 0)
		return fail(why, E_SYS, "cannot read capabilities");
	uint64_t have = data[0].permitted | (uint64_t)data[1].permitted << 32;
	keep &= have;
	data[0] = (struct __user_cap_data_struct){ (uint32_t)keep, (uint32_t)keep, 0 };
	data[1] = (struct __user_cap_data_struct){ (uint32_t)(keep >> 32),
		(uint32_t)(keep >> 32), 0 };
	if (syscall(SYS_capset, &head, data) < 0)
		return fail(why, E_SYS, "cannot give up capabilities");
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return 0;
}

/* The bounding set can only be lowered with CAP_SETPCAP; an ordinary user has nothing in
 * it that no_new_privs would let him take. */
static void lower_bounding_set(uint64_t keep)
{
	for (int cap = 0; cap < 64; cap++)
		if ((keep >> cap & 1) == 0 && prctl(PR_CAPBSET_READ, cap) == 1)
			(void)prctl(PR_CAPBSET_DROP, cap);
}

static int become_user(uid_t uid, gid_t gid, struct why *why)
{
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
		setresuid(uid, uid, uid) < 0)
		return fail(why, E_SYS, "cannot become user %u", (unsigned)uid);
	if (uid != 0 && setresuid(0, 0, 0) == 0)
		return fail(why, E_STATE, "root came back");
	return 0;
}

static int drop_user(const struct sandbox_plan *p, int datadir, struct why *why)
{
	uint64_t keep = caps_kept(p);
	int r = 0;
	if (geteuid() == 0) {
		lower_bounding_set(keep);
		struct stat dir;
		if (p->user == USER_NOBODY)
			r = become_user(NOBODY, NOBODY, why);
		else if (p->user == USER_OWNER && fstat(datadir, &dir) < 0)
			r = fail(why, E_SYS, "cannot look at the data directory");
		else if (p->user == USER_OWNER)
			r = become_user(dir.st_uid, dir.st_gid, why);
	}
	return r < 0 ? r : set_caps(keep, why);
}

int sandbox_user(const struct sandbox_plan *p, int datadir, struct why *why)
{
	pid_t parent = getppid();
	int follow = 0;
	(void)prctl(PR_GET_PDEATHSIG, &follow);
	int r = drop_user(p, datadir, why);
	/* A change of user makes the kernel forget whose death we follow. */
	if (r == 0 && follow &&
		(prctl(PR_SET_PDEATHSIG, follow) < 0 || getppid() != parent))
		r = fail(why, E_PEER, "the master is gone");
	return r;
}

int sandbox_close(const struct sandbox_plan *p, int datadir, struct why *why,
	struct sandbox_state *ret)
{
	struct sandbox_state s = { 0 };
	int r = set_limits(p, why, &s);
	if (r < 0)
		return r;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(why, E_SYS, "cannot give up new privileges");
	s.no_new_privs = true;
	s.uid = geteuid();
	if (p->user != USER_STAY)
		(void)prctl(PR_SET_DUMPABLE, 0); /* no debugger of the same user either */
	r = sandbox_landlock(p, datadir, why, &s);
	s.cpu_limited = sandbox_job(p);
	if (r == 0)
		r = sandbox_filter(p, why, &s);
	if (r == 0)
		*ret = s;
	return r;
}

int sandbox_enter(const struct sandbox_plan *p, int datadir, struct why *why,
	struct sandbox_state *ret)
{
	int r = sandbox_user(p, datadir, why);
	return r < 0 ? r : sandbox_close(p, datadir, why, ret);
}

struct sandbox_state sandbox_none(void)
{
	return (struct sandbox_state){ .off = true, .uid = geteuid() };
}

/* A timer and not RLIMIT_CPU: that counts whole seconds since the process began, so it
 * would have to be moved on by what was used before. The timer counts from here. SIGPROF
 * ends the process; the master starts another. */
bool sandbox_job(const struct sandbox_plan *p)
{
	struct itimerval t = { .it_value = { .tv_sec = (time_t)p->job_cpu_s } };
	return p->job_cpu_s == 0 || setitimer(ITIMER_PROF, &t, NULL) == 0;
}

void sandbox_state_write(struct writer *w, const struct sandbox_state *s)
{
	wr_u8(w, s->off);
	wr_u8(w, s->filtered);
	wr_u8(w, s->no_new_privs);
	wr_u8(w, s->limited);
	wr_u8(w, s->cpu_limited);
	wr_u8(w, s->landlock_abi);
	wr_u8(w, s->files_closed);
	wr_u8(w, s->tcp_closed);
	wr_u8(w, s->signals_closed);
	wr_u8(w, s->memory_unlimited);
	wr_u8(w, s->stderr_is_file);
	wr_u32(w, s->uid);
}

static bool rd_bool(struct reader *r)
{
	uint8_t v = rd_u8(r);
	if (v > 1)
		r->err = E_SYNTAX;
	return v == 1;
}

int sandbox_state_read(struct reader *r, struct sandbox_state *ret)
{
	struct sandbox_state s;
	s.off = rd_bool(r);
	s.filtered = rd_bool(r);
	s.no_new_privs = rd_bool(r);
	s.limited = rd_bool(r);
	s.cpu_limited = rd_bool(r);
	s.landlock_abi = rd_u8(r);
	s.files_closed = rd_bool(r);
	s.tcp_closed = rd_bool(r);
	s.signals_closed = rd_bool(r);
	s.memory_unlimited = rd_bool(r);
	s.stderr_is_file = rd_bool(r);
	s.uid = rd_u32(r);
	if (r->err < 0)
		return r->err;
	*ret = s;
	return 0;
}
