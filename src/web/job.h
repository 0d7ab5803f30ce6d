/* SPDX-License-Identifier: Apache-2.0
 * job.h - acts on their way to work, one after the other, and what became of them.
 * Depends on: base, sys, core/act.
 *
 * Work does one thing at a time, so an act may have to wait for a long one. A thread of
 * its own speaks with work; whoever asked waits as long as he wants, and may leave: the
 * act stays in the line, and its result is kept for /jobs. What waits is not
 * acknowledged: only an end that work has told is. The list lives as long as this role;
 * the audit trail outlives it. */
#pragma once
#include "core/act.h"
#include "sys/chan.h"
#include "sys/clock.h"

#define JOBS_WAITING 64 /* more are refused */
#define JOBS_TOUCHES                                                                     \
	4 /* of these: that a session was used is told again with its next page */
#define JOBS_OPENED 32 /* and that a link was opened, with the next visit */
#define JOBS_KEPT   50 /* ended ones */

enum job_state { JOB_WAITS, JOB_RUNS, JOB_ENDED };
struct job_info {
	int64_t id;
	enum job_state state;
	enum act_id act;
	int64_t person; /* 0: nobody */
	struct str who; /* his name */
	int64_t asked_at, began_at, ended_at;
	int64_t done; /* of the act's own progress */
	struct opt_int total;
	int err; /* how it ended: 0, or E_* with why */
	struct why why;
	struct str records; /* see job_record_next */
	bool cut;	    /* of more than can be kept: the first ones and the last */
};
/* What work says that it does now, whoever asked for it. */
struct job_doing {
	bool has;
	char act[40], who[64], text[200];
	int64_t since, done;
	struct opt_int total;
};

struct jobs;
struct job;
MUST int jobs_new(
	struct chan *work, const struct clock *clock, struct why *why, struct jobs **ret);
/* What still waits is given up. *j may be NULL. */
void jobs_free(struct jobs **j);

/* Puts frame (of FRAME_ACT_FOR) into the line; fd is copied, -1 for none. E_BUSY when the
 * line is too long, E_PEER when work is gone. */
MUST int job_begin(struct jobs *j, const struct job_info *info, struct str frame, int fd,
	struct job **ret);
/* Waits up to ms: true when it has ended. */
bool job_wait(struct jobs *j, struct job *job, int ms);
/* True when it was still in the line: it is taken out and will not be done. */
bool job_withdraw(struct jobs *j, struct job *job);
/* The end of watching it. keep: it can be found under its number from now on. */
void job_leave(struct jobs *j, struct job *job, bool keep);
/* Of a job that has ended and is watched. */
const struct job_info *job_info(const struct job *job);

/* Copies; a list is: running, waiting in their order, ended ones the latest first. */
MUST int job_find(struct jobs *j, struct arena *a, int64_t id, struct job_info *ret);
struct job_list {
	const struct job_info *v; /* without records */
	size_t n;
};
void job_list(struct jobs *j, struct arena *a, struct job_list *ret,
	struct job_doing *ret_doing);
/* The records of the answer, one after the other: false at the end. */
bool job_record_next(struct str *records, struct str *ret);
