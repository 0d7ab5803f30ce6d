/* SPDX-License-Identifier: Apache-2.0
 * doctor_roles.c - tocsin doctor: what is in force in each role.
 * Depends on: base, sys, cli/doctor. Read from /proc, where the kernel says what is; only
 * Landlock, which /proc does not show, is the role's own word. */
#include "cli/doctor.h"

#include "base/fd.h"
#include "base/wire.h"
#include "sys/frames.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

struct role_seen {
	const char *name;
	pid_t pid;
	struct sandbox_state state;
	struct str status, limits; /* of /proc */
};

static int read_proc(struct doctor *d, struct role_seen *r)
{
	char path[64];
	struct why why = { 0 };
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)r->pid);
	int rc = file_read(AT_FDCWD, path, &d->cli->arena, KIB(16), &why, &r->status);
	(void)snprintf(path, sizeof(path), "/proc/%d/limits", (int)r->pid);
	if (rc == 0)
		rc = file_read(AT_FDCWD, path, &d->cli->arena, KIB(16), &why, &r->limits);
	if (rc < 0)
		doctor_row(d, r->name, "kernel's word", DOCTOR_WARN, "%s", why.text);
	return rc;
}

/* The rest of the line that begins with name, or an absent text. */
static struct str line_of(struct str text, const char *name)
{
	struct str line;
	while (str_split(&text, '\n', &line))
		if (scan_lit(&line, name))
			return str_trim(line);
	return (struct str){ NULL, 0 };
}

static struct str first_word(struct str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t')
		n++;
	return str_to(s, n);
}

static bool number_of(struct str text, const char *name, uint64_t *ret)
{
	struct str w = first_word(line_of(text, name));
	return scan_u64(&w, UINT64_MAX, ret) && w.n == 0;
}

static bool hex_of(struct str text, const char *name, uint64_t *ret)
{
	struct str s = first_word(line_of(text, name));
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		int digit = c >= '0' && c <= '9' ? c - '0'
			: c >= 'a' && c <= 'f'	 ? c - 'a' + 10
						 : -1;
		if (digit < 0)
			return false;
		v = v << 4 | (uint64_t)digit;
	}
	*ret = v;
	return s.n > 0 && s.n <= 16;
}

static void check_user(
	struct doctor *d, const struct role_seen *r, const struct sandbox_plan *plan)
{
	uint64_t uid, caps = ~0ull, permitted = ~0ull;
	if (!number_of(r->status, "Uid:", &uid) || !hex_of(r->status, "CapEff:", &caps) ||
		!hex_of(r->status, "CapPrm:", &permitted)) {
		doctor_row(d, r->name, "user", DOCTOR_WARN, "cannot be read");
		return;
	}
	bool as_root = uid == 0 && plan->user == USER_NOBODY;
	doctor_row(d, r->name, "user", as_root ? DOCTOR_WARN : DOCTOR_OK, "%" PRIu64 "%s",
		uid, as_root ? ": it should not be root" : "");
	caps |= permitted;
	if (caps == 0)
		doctor_row(d, r->name, "capabilities", DOCTOR_OK, "none");
	else if (plan->user == USER_STAY && (caps & ~UINT64_C(0x1e0)) == 0)
		doctor_row(d, r->name, "capabilities", DOCTOR_OK,
			"only to start and end roles as other users (%" PRIx64 ")", caps);
	else
		doctor_row(d, r->name, "capabilities", DOCTOR_WARN,
			"%" PRIx64 " are left", caps);
}

static void check_calls(
	struct doctor *d, const struct role_seen *r, const struct sandbox_plan *plan)
{
	static const char *const what[] = { [CALLS_START] = "dangerous ones refused",
		[CALLS_SERVE] = "programs, sockets, new code and dangerous ones refused",
		[CALLS_KEYS] =
			"sockets of the network, other users and dangerous ones refused",
		[CALLS_COMPUTE] = "only reading, writing and memory",
		[CALLS_NET] =
			"programs, listening, new code and dangerous ones refused" };
	uint64_t v = 0;
	if (number_of(r->status, "Seccomp:", &v) && v == 2)
		doctor_row(
			d, r->name, "system calls", DOCTOR_OK, "%s", what[plan->calls]);
	else
		doctor_row(d, r->name, "system calls", DOCTOR_WARN, "not filtered");
	if (number_of(r->status, "NoNewPrivs:", &v) && v == 1)
		doctor_row(d, r->name, "new privileges", DOCTOR_OK, "never");
	else
		doctor_row(d, r->name, "new privileges", DOCTOR_WARN, "possible");
}

static void check_landlock(
	struct doctor *d, const struct role_seen *r, const struct sandbox_plan *plan)
{
	static const char *const what[] = {
		[FILES_START] = "writes in the data directory only",
		[FILES_DIR] = "the data directory only",
		[FILES_READ] = "reads the database, writes unnamed files in spool",
		[FILES_KEYS] = "the key home and gpg only",
		[FILES_NONE] = "none",
		[FILES_NET] = "what finding a host by name needs"
	};
	const struct sandbox_state *s = &r->state;
	bool by_calls = plan->files == FILES_NONE && s->filtered;
	if (s->files_closed)
		doctor_row(d, r->name, "files", DOCTOR_OK, "%s (Landlock ABI %d)",
			what[plan->files], s->landlock_abi);
	else
		doctor_row(d, r->name, "files", DOCTOR_WARN, "no Landlock%s",
			by_calls ? "; the call filter alone refuses files" : "");
	if (plan->connects && s->tcp_closed)
		doctor_row(d, r->name, "network", DOCTOR_OK,
			plan->calls == CALLS_START
				? "connects only, for the role net (Landlock)"
				: "connects only (Landlock)");
	else if (plan->connects)
		doctor_row(d, r->name, "network", DOCTOR_INFO,
			"this kernel cannot refuse TCP by Landlock (from 6.7 on)");
	else if (s->tcp_closed)
		doctor_row(d, r->name, "network", DOCTOR_OK, "no TCP (Landlock)%s",
			plan->calls == CALLS_START ? ""
				: plan->calls == CALLS_KEYS
				? ", no sockets but this machine's own"
				: ", no sockets");
	else if (plan->calls != CALLS_START && s->filtered)
		doctor_row(d, r->name, "network", DOCTOR_OK, "no sockets%s",
			plan->calls == CALLS_KEYS ? " but this machine's own" : "");
	else
		doctor_row(d, r->name, "network", DOCTOR_INFO,
			"this kernel cannot refuse TCP by Landlock (from 6.7 on)");
}

/* "none", "64", or of bytes "256 MiB". */
static const char *amount(uint64_t v, bool bytes, char room[32])
{
	if (v == 0)
		return "none";
	if (bytes && v % MIB(1) == 0)
		(void)snprintf(room, 32, "%" PRIu64 " MiB", v / MIB(1));
	else
		(void)snprintf(room, 32, "%" PRIu64 "%s", v, bytes ? " bytes" : "");
	return room;
}

static void check_limit(struct doctor *d, const struct role_seen *r, const char *item,
	const char *line, uint64_t most)
{
	uint64_t v;
	char room[2][32];
	struct str of = line_of(r->limits, line), w = first_word(of);
	bool bytes = str_search(of, S("bytes")) < of.n;
	if (number_of(r->limits, line, &v) && v <= most)
		doctor_row(d, r->name, item, DOCTOR_OK, "%s%s", v ? "at most " : "",
			amount(v, bytes, room[0]));
	else if (number_of(r->limits, line, &v))
		doctor_row(d, r->name, item, DOCTOR_WARN, "%s instead of %s",
			amount(v, bytes, room[0]), amount(most, bytes, room[1]));
	else
		doctor_row(d, r->name, item, DOCTOR_WARN, "%.*s instead of %s", STR(w),
			amount(most, bytes, room[1]));
}

static void check_limits(
	struct doctor *d, const struct role_seen *r, const struct sandbox_plan *plan)
{
	check_limit(d, r, "core files", "Max core file size", 0);
	check_limit(d, r, "open files", "Max open files", plan->open_files);
	if (plan->alone)
		check_limit(d, r, "processes", "Max processes", 0);
	if (plan->memory && r->state.memory_unlimited)
		doctor_row(d, r->name, "memory", DOCTOR_INFO,
			"not limited: AddressSanitizer needs the room");
	else if (plan->memory)
		check_limit(d, r, "memory", "Max address space", plan->memory);
	if (plan->job_cpu_s) /* a timer; /proc does not show it */
		doctor_row(d, r->name, "CPU per job",
			r->state.cpu_limited ? DOCTOR_OK : DOCTOR_WARN,
			r->state.cpu_limited ? "%u s" : "not limited to %u s",
			plan->job_cpu_s);
	if (plan->no_write && r->state.stderr_is_file)
		doctor_row(d, r->name, "file growth", DOCTOR_INFO,
			"not limited, or its messages could not reach the file that "
			"standard error is");
	else if (plan->no_write)
		check_limit(d, r, "file growth", "Max file size", 0);
}

static void check_role(struct doctor *d, struct role_seen *r)
{
	const struct sandbox_plan *plan = sandbox_plan(r->name);
	if (plan == NULL)
		return;
	if (r->state.off) {
		doctor_row(d, r->name, "process", DOCTOR_WARN,
			"--one-process: nothing is in force");
		return;
	}
	doctor_row(d, r->name, "process", DOCTOR_INFO, "%d", (int)r->pid);
	if (read_proc(d, r) < 0)
		return;
	check_user(d, r, plan);
	check_calls(d, r, plan);
	check_landlock(d, r, plan);
	check_limits(d, r, plan);
}

static int hear_state(struct doctor *d, const struct frame *f)
{
	struct reader rd = rd_new(f->body);
	struct role_seen seen = { 0 };
	struct str name = rd_str(&rd);
	seen.pid = (pid_t)rd_u32(&rd);
	int r = sandbox_state_read(&rd, &seen.state);
	if (r == 0)
		r = rd_end(&rd);
	if (r == 0)
		r = str_z(&d->cli->arena, name, &seen.name);
	if (r < 0)
		return fail(&d->cli->why, r, "the service's answer is broken");
	check_role(d, &seen);
	return 0;
}

/* Without a directory parse alone is started, which needs none. */
static int parse_alone(struct doctor *d)
{
	struct why *why = &d->cli->why;
	int ends[2];
	int r = chan_pair(why, ends);
	if (r < 0)
		return r;
	AUTO_FD int theirs = ends[1];
	AUTO_CHAN c = NULL;
	r = chan_new(ends[0], "parse", &c);
	if (r < 0)
		return r;
	struct proc_start p = { .role = "parse", .detach = true };
	p.fds[PROC_PEER] = theirs;
	struct role_seen seen = { .name = "parse" };
	r = proc_start(&p, why, &seen.pid);
	if (r < 0)
		return r;
	fd_close(&theirs);
	chan_patience(c, 10000);
	struct frame f = { 0 };
	r = chan_recv(c, why, &f);
	struct reader rd = rd_new(f.body);
	if (r == 0 && f.type == FRAME_ERROR)
		r = frame_read_error(&f, why);
	else if (r == 0 &&
		(f.type != ROLE_READY || sandbox_state_read(&rd, &seen.state) < 0))
		r = fail(why, E_SYNTAX, "parse did not begin as it should");
	if (r == 0)
		check_role(d, &seen);
	chan_free(&c);
	proc_end(seen.pid, 2000);
	doctor_row(d, "other roles", "not asked", DOCTOR_INFO,
		"give the data directory: -d DIR");
	return r;
}

int doctor_roles(struct doctor *d)
{
	struct cli *cli = d->cli;
	if (cli->datadir < 0)
		return parse_alone(d);
	int r = cli_service(cli);
	if (r < 0)
		return r;
	doctor_row(d, "service", "started by", DOCTOR_INFO, "%s",
		cli->service.own ? "this command, for its own duration"
				 : "another command");
	r = chan_send(cli->service.chan, FRAME_STATE_ASK, S(""), -1, &cli->why);
	struct frame f = { 0 };
	while (r == 0 && f.type != FRAME_END) {
		r = chan_recv(cli->service.chan, &cli->why, &f);
		if (r == 0)
			fd_close(&f.fd);
		if (r == 0 && f.type == FRAME_STATE)
			r = hear_state(d, &f);
		else if (r == 0 && f.type == FRAME_ERROR)
			r = frame_read_error(&f, &cli->why);
	}
	return r;
}
