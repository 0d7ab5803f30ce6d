/* SPDX-License-Identifier: Apache-2.0
 * control.h - work's loop: clients on the control socket, and the master.
 * Depends on: base, sys, role/role.
 *
 * A client is checked like any input: only root and the directory's owner may
 * come in, it must greet in time, and one that breaks the protocol is dropped;
 * the service lives on. */
#pragma once
#include "role/role.h"

#define CONTROL_CLIENTS 16

struct client {
	struct chan *chan;
	pid_t pid;
	bool welcome; /* it greeted, its version is ours */
	int64_t came_ms;
	bool web;  /* not a command: the web role, for people who are signed in */
	bool busy; /* its act waits for something, and others are served meanwhile */
	bool has_state;
	struct sandbox_state state; /* web's */
	struct clock clock; /* the client's: real, or fixed by --now in a demonstration */
};

struct control_handler {
	/* One frame of a greeted client. f->fd is closed afterwards unless taken
	 * (take_fd). Answers 0; E_PEER or E_SYNTAX drop this client; any other error ends
	 * work. PING and the question for the sandbox's state are answered before it
	 * comes here. */
	int (*on_frame)(struct role *me, struct client *c, struct frame *f);
	/* Nothing more to read from this client at present. Answers as on_frame; NULL:
	 * nothing to do. With more: before that, wait for what the client has already
	 * said. */
	int (*on_quiet)(struct role *me, struct client *c);
	bool (*more)(struct role *me);
	/* At least every second when nothing else happens; NULL: nothing to do. An error
	 * ends work. */
	int (*on_idle)(struct role *me);
	/* One more descriptor to wait on; -1: none at present. Both NULL: never. An error
	 * ends work. */
	int (*watch)(struct role *me);
	int (*on_watch)(struct role *me);
};

/* Serves until the master says stop, or finish and the last client is gone. */
MUST int control_run(struct role *me, const struct control_handler *h);
/* The web role has begun; takes fd. One that was there before is gone. */
MUST int control_take_web(struct role *me, int fd, uint32_t pid);
/* A frame to the web role, if there is one that takes it at once; else it is lost. */
void control_tell_web(struct role *me, uint16_t type, struct str body);
/* For an act that takes long, between two of its chunks: lets newcomers in, hears the
 * master. E_PEER when c (NULL: nobody) is gone, E_STOPPED when work is to end: then the
 * act should stop there. */
MUST int control_keep_up(struct role *me, struct client *c);
/* The same for an act that only waits, outside transactions: for so long at most, or
 * until fd (-1: none) can be read, the acts of others are applied. */
MUST int control_others(struct role *me, struct client *c, int fd, int ms);
