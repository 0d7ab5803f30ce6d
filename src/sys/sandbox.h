/* SPDX-License-Identifier: Apache-2.0
 * sandbox.h - what each role promises not to do, and the kernel keeping it to that.
 * Depends on: base, libseccomp, the kernel's Landlock.
 *
 * One table (sandbox_plans) says per role which user, files, calls and limits. A role
 * enters its sandbox before it reads anything foreign. Nothing is killed for a call:
 * unknown calls answer ENOSYS so that libc falls back (EPERM would break thread
 * creation), and in parse calls about files answer ENOENT, so that lazy openers such as
 * iconv just find nothing. */
#pragma once
#include "base/wire.h"

#include <sys/types.h>

enum sandbox_user {
	USER_STAY,   /* master as root: only what starting the others as other users needs
		      */
	USER_OWNER,  /* the data directory's owner */
	USER_NOBODY, /* when started as root */
};
enum sandbox_files {
	FILES_START, /* read and execute anything, write in the data directory only */
	FILES_DIR,   /* the data directory only */
	FILES_READ,  /* of the data directory the database and tocsin.conf, to read; and
			unnamed files in its folder spool */
	FILES_KEYS,  /* its key home; gpg and what that loads, to execute and read */
	FILES_NONE,
	FILES_NET, /* read what finding a host by its name needs */
};
enum sandbox_calls {
	CALLS_START, /* all but the dangerous; may start programs */
	CALLS_SERVE, /* the same, but no programs, processes, sockets of its own, new code
		      */
	CALLS_KEYS,  /* as CALLS_START, but only sockets of this machine, no other user,
		     * and no leaving of the process group */
	CALLS_COMPUTE, /* only what turning bytes into bytes needs */
	CALLS_NET,     /* as CALLS_SERVE, but sockets of the internet, to connect */
};

struct sandbox_plan {
	const char *role;
	enum sandbox_user user;
	enum sandbox_files files;
	enum sandbox_calls calls;
	uint64_t memory;    /* bytes of address space; 0: no limit */
	uint32_t job_cpu_s; /* CPU seconds between two calls of sandbox_job */
	uint32_t open_files;
	bool alone;    /* no further processes */
	bool no_write; /* no file may grow */
	bool connects; /* by TCP, or starts who does; nobody listens by TCP */
};

/* What is in force, as the role itself found it. */
struct sandbox_state {
	bool off; /* --one-process */
	bool filtered;
	bool no_new_privs;
	bool limited;	       /* all limits of the plan are set */
	bool cpu_limited;      /* a job's CPU time is counted, or need not be */
	uint8_t landlock_abi;  /* 0: this kernel has none */
	bool files_closed;     /* Landlock holds the role to its files */
	bool tcp_closed;       /* Landlock refuses TCP, or to listen by it; from ABI 4 */
	bool signals_closed;   /* and signals to strangers, from ABI 6 */
	bool memory_unlimited; /* under AddressSanitizer, which needs the room */
	bool stderr_is_file;   /* so that no_write would lose the log: not set then */
	uint32_t uid;
};

/* NULL for a name that is no role. */
const struct sandbox_plan *sandbox_plan(const char *role);
/* Applies the plan to this process, for good. datadir may be -1 where the plan needs
 * none. Something the kernel lacks is left out and shows in *ret; any other failure is an
 * error, and the role must then end. */
MUST int sandbox_enter(const struct sandbox_plan *p, int datadir, struct why *why,
	struct sandbox_state *ret);
/* The two halves of it, for a role that between them reads a file which only the owner
 * may read, and which stands outside of what the role is left with. */
MUST int sandbox_user(const struct sandbox_plan *p, int datadir, struct why *why);
MUST int sandbox_close(const struct sandbox_plan *p, int datadir, struct why *why,
	struct sandbox_state *ret);
/* The same for roles that are threads of one process: nothing is in force. */
struct sandbox_state sandbox_none(void);
/* Begins a job or a chunk of one: CPU time is counted anew. false: it cannot be. */
bool sandbox_job(const struct sandbox_plan *p);

void sandbox_state_write(struct writer *w, const struct sandbox_state *s);
MUST int sandbox_state_read(struct reader *r, struct sandbox_state *ret);

/* The pieces, for sandbox.c. */
MUST int sandbox_landlock(const struct sandbox_plan *p, int datadir, struct why *why,
	struct sandbox_state *s);
MUST int sandbox_filter(
	const struct sandbox_plan *p, struct why *why, struct sandbox_state *s);

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_ASAN 1
#endif
#endif
#ifndef SANDBOX_ASAN
#define SANDBOX_ASAN 0
#endif
