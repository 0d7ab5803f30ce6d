/* SPDX-License-Identifier: Apache-2.0
 * chan.h - framed messages over a connected stream socket. Depends on: base.
 *
 * A frame is u32 length of the body, u16 type, u16 flags, the body; at most one
 * descriptor travels with a frame, on its first bytes. Whoever is at the other end may
 * lie: lengths are compared with LIMIT_FRAME, memory grows only with bytes that have
 * come, unknown flags and stray descriptors break the channel, and a broken channel stays
 * broken. */
#pragma once
#include "base/limits.h"
#include "base/str.h"

struct chan;
struct frame {
	uint16_t type;
	struct str body; /* lives until the next chan_recv or chan_fill */
	int fd;		 /* -1: none; else it is the receiver's to close */
};

/* Takes fd, also when it fails. tag names the peer in messages: "parse", "client". */
MUST int chan_new(int fd, const char *tag, struct chan **ret);
/* Closes the socket and what was received but not handed out. *c may be NULL. */
void chan_free(struct chan **c);
int chan_fd(const struct chan *c);
/* Two connected ends of a new stream, close-on-exec. */
MUST int chan_pair(struct why *why, int ret[2]);

/* Sends a whole frame; waits for room. fd -1 sends none, else a copy of it. E_PEER when
 * the other side is gone, E_BUSY when patience is over, E_TOO_BIG for a body over the
 * limit. */
MUST int chan_send(
	struct chan *c, uint16_t type, struct str body, int fd, struct why *why);
/* Waits for one whole frame. E_PEER at the end of the stream, E_SYNTAX when the peer
 * lies, E_BUSY when patience is over. */
MUST int chan_recv(struct chan *c, struct why *why, struct frame *ret);
/* One read of what is there now, without waiting; for poll loops. Take frames with
 * chan_next until it answers 0 before filling again. */
MUST int chan_fill(struct chan *c, struct why *why);
/* 1: *ret is a whole frame. 0: not yet. E_SYNTAX: the peer lies. */
MUST int chan_next(struct chan *c, struct frame *ret);
/* How long chan_recv and chan_send wait; 0 is for ever. */
void chan_patience(struct chan *c, int ms);

#define AUTO_CHAN __attribute__((cleanup(chan_free))) struct chan *
