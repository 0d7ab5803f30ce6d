/* SPDX-License-Identifier: Apache-2.0
 * role.h - what a role has, and how it begins. Depends on: base, sys.
 *
 * `tocsin role NAME` is what is re-executed; it finds its descriptors at the places of
 * sys/proc.h. Frames between the roles are those of sys/frames.h. */
#pragma once
#include "sys/clock.h"
#include "sys/conf.h"
#include "sys/frames.h"
#include "sys/sandbox.h"

#define ROLE_PARSERS_MAX 8

struct parser {
	struct chan *chan; /* NULL: none at present */
	struct chan *next; /* its successor, taken up by role_parser */
	uint32_t pid, next_pid;
	bool ready;
	struct sandbox_state state;
};

/* A helper that says nothing for so long is ended; the next question starts another. */
#define ROLE_HELPER_MS 90000

struct helper {
	struct chan *chan; /* NULL: none at present */
	uint32_t pid;
	bool ready;
	struct sandbox_state state;
};

struct control;
struct work;
struct role {
	const char *name;
	int datadir;	   /* -1: none */
	int listen_fd;	   /* work: the control socket */
	int lock_fd;	   /* master, work: keeps the directory ours */
	struct chan *peer; /* master: the command; work: the master; others: work */
	bool one_process;
	struct sandbox_state state;
	struct arena arena; /* for the life of the role */
	struct arena job;   /* parse: emptied before each frame */
	struct why why;
	/* work */
	struct conf conf;
	uint32_t n_parsers;
	struct parser parsers[ROLE_PARSERS_MAX];
	struct helper helpers[HELPERS];
	uint32_t master_pid;
	struct sandbox_state master_state;
	struct clock clock; /* the service's; a client may have its own */
	bool serving;	    /* work: web runs, and what is due is done */
	bool finish;	    /* end when no client is left */
	bool stop;	    /* end at the next safe point */
	struct control *control;
	struct work *work; /* its database and what it keeps in memory */
};

/* Each runs until it is to end: 0, or the error that ended it, with the sentence in
 * me->why. */
MUST int role_master(struct role *me);
MUST int role_work(struct role *me);
MUST int role_parse(struct role *me);
MUST int role_web(struct role *me);
MUST int role_key(struct role *me);
MUST int role_net(struct role *me);

/* parse: one frame from work. Answers go to me->peer. The loop closes f->fd afterwards,
 * and me->job is empty before. A negative answer ends this parser; the master starts
 * another. */
MUST int parse_on_frame(struct role *me, const struct frame *f);
/* parse: a chunk of a job is done; CPU time is counted anew. */
void parse_chunk_done(struct role *me);

/* work, first: hears what the master says, enters the sandbox, reads tocsin.conf. */
MUST int role_begin(struct role *me);
/* work: ready to serve. */
MUST int role_ready(struct role *me);
/* work: applies one frame of the master. E_PEER when the master is gone. */
MUST int role_on_master(struct role *me, struct frame *f);
/* work: reads and applies what the master has said, without waiting. */
MUST int role_hear_master(struct role *me);
/* work: a parser that is ready for a job; waits for a new one when it died. */
MUST int role_parser(struct role *me, uint32_t i, struct chan **ret);
/* work: gives up on a parser that died, lied or took too long. The master ends it and
 * starts another, which role_parser waits for. */
void role_drop_parser(struct role *me, uint32_t i);

/* work: a helper that is ready for a job; the master starts it when none runs. E_PEER
 * never: one that does not start is E_STATE, with its own reason. */
MUST int role_helper(struct role *me, enum helper_id id, struct chan **ret);
/* work: gives up on a helper that died, lied or took too long. */
void role_drop_helper(struct role *me, enum helper_id id);
/* work: whether this process is a helper or was started by one that runs, or is dead.
 * Such a one may run under the owner's name, but it must not give orders; what holds it
 * off for sure is service_shown. */
bool role_is_helpers(const struct role *me, pid_t pid);
const char *role_helper_name(enum helper_id id);

/* Not for work: what a role says first, its sandbox. */
MUST int role_tell_ready(struct role *me);

/* What `tocsin role NAME` does; answers the exit status. */
int role_main(const char *name);
