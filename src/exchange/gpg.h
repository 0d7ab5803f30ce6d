/* SPDX-License-Identifier: Apache-2.0
 * gpg.h - OpenPGP by GnuPG, driven through GPGME. Depends on: base, fmt/key_job, GPGME.
 * For the role key only.
 *
 * All options are fixed: gpg looks nothing up, asks nobody, trusts nobody but who is
 * named by fingerprint. Its agent is a child of this process and dies with it. Keys and
 * mails are strangers' bytes: gpg reads them in processes of its own, each with
 * GPG_CPU_S of CPU time. */
#pragma once
#include "fmt/key_job.h"

#include <sys/types.h>

#define GPG_LIBRARY "libgpgme.so.11"
#define GPG_PROGRAM "/usr/bin/gpg"
#define GPG_AGENT   "/usr/bin/gpg-agent"
#define GPG_CPU_S   20

struct gpgme_context;
struct gpg {
	int dir;	       /* the key home */
	const char *path;      /* the same, for gpg */
	struct str passphrase; /* of the team's key; absent: none */
	struct gpgme_context *ctx;
	pid_t agent;	   /* 0: not started */
	int64_t told_time; /* in gpg.conf; 0: the machine's own */
};

/* Before a sandbox is entered: the library, and what it loads when it is first used. */
MUST int gpg_library(struct why *why);
/* Part of it: what gpg.c calls. */
MUST int gpg_ready(struct why *why);
/* What gpg finds in its home: fixed options, nothing left by a killed process. */
MUST int gpg_home(const struct gpg *g, struct why *why);
/* Begins a job at time now: E_UNSUPPORTED when there is no gpg. */
MUST int gpg_begin(struct gpg *g, int64_t now, struct why *why);
void gpg_end(struct gpg *g);	   /* of the job */
void gpg_agent_end(struct gpg *g); /* of the role */

typedef int gpg_key_fn(void *ctx, const struct key_info *k);
/* The keys of the home, or only the one; team is the fingerprint of the team's own. Views
 * live for the call. */
MUST int gpg_list(struct gpg *g, const struct key_job *j, struct why *why, gpg_key_fn *fn,
	void *ctx);
/* The keys in a file, which are not taken. E_TOO_BIG over the limits of fmt/key_job.h. */
MUST int gpg_look(struct gpg *g, const struct key_job *j, int in, struct why *why,
	gpg_key_fn *fn, void *ctx);
/* Takes them. secret: the file must hold one secret key. fn is told of each. */
MUST int gpg_import(struct gpg *g, const struct key_job *j, int in, struct why *why,
	gpg_key_fn *fn, void *ctx);
MUST int gpg_make(struct gpg *g, const struct key_job *j, struct why *why, gpg_key_fn *fn,
	void *ctx);
/* out is an empty file: at most KEY_DATA_MAX bytes are written to it. */
MUST int gpg_export(struct gpg *g, const struct key_job *j, int out, struct why *why);
MUST int gpg_sign(struct gpg *g, const struct key_job *j, int in, int out,
	struct why *why, struct key_done *ret);
MUST int gpg_encrypt(struct gpg *g, const struct key_job *j, int in, int out,
	struct why *why, struct key_done *ret);
MUST int gpg_verify(struct gpg *g, const struct key_job *j, int in, struct arena *a,
	struct why *why, struct key_done *ret);
MUST int gpg_decrypt(struct gpg *g, int in, int out, struct arena *a, struct why *why,
	struct key_done *ret);

/* For the files of this part. */
int gpg_fail(struct why *why, unsigned err, const char *what);
MUST int gpg_agent_start(struct gpg *g, struct why *why);
