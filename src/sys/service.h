/* SPDX-License-Identifier: Apache-2.0
 * service.h - how a command reaches the roles. Depends on: base, sys/chan, sys/proc.
 *
 * All changes go over one control socket in the data directory to work. A command joins
 * the service that runs; when none does, it starts master, work and parse for its own
 * duration. When it ends while other commands use the roles, those go on without it. */
#pragma once
#include "sys/chan.h"

#include <sys/types.h>

#define SERVICE_SOCKET	"control.sock"
#define SERVICE_WAIT_MS 30000

/* How --one-process starts the roles as threads: filled by the layer that knows the
 * roles. start takes both descriptors. stop waits for the end. */
struct service_inside {
	int (*start)(int datadir, int listen_fd, int lock_fd, uint32_t n_parsers,
		struct why *why, void **ret);
	int (*stop)(void *inside, struct why *why);
};

struct service_options {
	const struct service_inside *inside; /* NULL: processes, as it should be */
	bool has_now;
	int64_t now;	    /* --now */
	uint32_t n_parsers; /* 0: one */
	int wait_ms;	    /* for another command's work; 0: SERVICE_WAIT_MS */
	/* When there is one, only its negative answer ends the waiting for another
	 * command's work. Called several times a second, with how long it waits. */
	int (*waiting)(void *ctx, int64_t ms, struct why *why);
	void *waiting_ctx;
};

struct service {
	struct chan *chan; /* to work */
	bool own;	   /* we started it */
	struct chan *lifeline;
	pid_t master;
	const struct service_inside *inside;
	void *threads;
	int datadir; /* the caller's */
};

/* E_BUSY when the service does not answer in time, E_DENIED when it is not ours to
 * use. */
MUST int service_connect(int datadir, const struct service_options *o, struct why *why,
	struct service *ret);
/* Hands the listening socket to the master, who starts the web role, and waits until it
 * serves. Only for the one who started the service. shift: seconds the clock is ahead. */
MUST int service_serve(struct service *s, int listen_fd, int64_t shift, struct why *why);
/* Leaves, ends what we started unless others use it, and waits. Answers the error that
 * ended the service, when it did not end well. Call it also after an E_PEER from the
 * channel, to learn the reason. */
int service_close(struct service *s, struct why *why);

/* For master: the control socket in the data directory, readable by its owner only. */
MUST int service_listen(int datadir, struct why *why, int *ret_fd);
/* For work: true when the peer is root or the directory's owner. */
bool service_may(int datadir, int fd, pid_t *ret_pid);
/* For work: true when fd, which came with the greeting, is the data directory opened for
 * reading. A role of the owner's that its sandbox keeps out of the directory has none. */
bool service_shown(int datadir, int fd);
