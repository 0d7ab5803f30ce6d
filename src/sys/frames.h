/* SPDX-License-Identifier: Apache-2.0
 * frames.h - which frame types exist, and the small ones. Depends on: base, sys/chan.
 *
 * Numbers are shared by all channels, so that a frame on the wrong one is recognised. */
#pragma once
#include "sys/chan.h"

enum frame_type {
	FRAME_PING = 1,
	FRAME_PONG = 2,	   /* the body of the ping */
	FRAME_CLIENT = 3,  /* client to work, first: u32 protocol, u8 has now, i64 now;
			    * with the data directory, opened for reading */
	FRAME_WELCOME = 4, /* work to client: u32 protocol, text version */
	FRAME_ERROR = 5,   /* u32 -err, text */
	FRAME_STATE_ASK = 6,
	FRAME_STATE = 7, /* text role, u32 pid, sandbox state; one per role */
	FRAME_END = 8,	 /* the end of a list */

	ROLE_START = 16,      /* command to master, master to work */
	ROLE_READY = 17,      /* work to master, master to command, parse to work */
	ROLE_PARSER = 18,     /* master to work: u32 place, u32 pid, with the socket */
	ROLE_REPLACE = 19,    /* work to master: u32 place of the parser to end */
	ROLE_FINISH = 20,     /* master to work: end when no client is left */
	ROLE_STOP = 21,	      /* master to work: end at the next safe point */
	ROLE_HELPER_ASK = 24, /* work to master: u32 helper; start it */
	ROLE_HELPER = 25,     /* master to work: u32 helper, u32 pid, with the socket */
	ROLE_HELPER_END = 26, /* work to master: u32 helper, u32 pid; end it */
	ROLE_HANDED = 22, /* work to master to command: others still use the service */

	FRAME_KEY_JOB = 48,  /* work to key: fmt/key_job.h */
	FRAME_KEY_ONE = 49,  /* key to work: one key */
	FRAME_KEY_DONE = 50, /* key to work: the end of an answer */

	ROLE_SERVE = 28, /* command to master, with the socket for HTTP; master to work:
			    i64 seconds to add to the clock */
	ROLE_WEB = 29,	 /* master to work: u32 pid, with the socket; master to web: i64
			    seconds to add to the clock, with its socket to work */

	FRAME_JOB = 64, /* 64 to 255: jobs for parse and their answers (fmt/job.h) */
	FRAME_ACT =
		256, /* command to work: an act (core/act.h), perhaps with a descriptor */
	FRAME_ACT_RECORD,   /* work to command: one record of the answer */
	FRAME_ACT_PROGRESS, /* a record: done, total (null: unknown), text */
	FRAME_ACT_DONE,	    /* the end of the answer */
	FRAME_ACT_FOR,	    /* web to work: text kind of credential, text credential, text
			  act */
	FRAME_DOING, /* work to web, whoever asked: a record of what it does now: act,
			  who, since, done, total, text; empty: nothing that takes long */
};
/* Roles that the master starts only when work asks for them; the table of how stands in
 * role/master.c. Each has one socket, to work. */
enum helper_id { HELPER_KEY, HELPER_NET, HELPERS };

#define FRAME_PROTOCOL 2

/* An error as a frame. why may hold nothing; then the code's name is sent. */
MUST int frame_send_error(
	struct chan *c, int err, const struct why *sent, struct why *why);
/* Puts the peer's error and sentence in *why and returns it; E_SYNTAX when it is not one.
 * Control bytes in the sentence become '?'. */
MUST int frame_read_error(const struct frame *f, struct why *why);
