/* SPDX-License-Identifier: Apache-2.0
 * client.h - commands that change things: one act at a time, sent to work.
 * Depends on: base, sys, core/act, cli/cli.
 *
 * Work answers an act with records and progress, then with done or an error. After Ctrl-C
 * it stops at its next safe point, and what it acknowledged before is kept. */
#pragma once
#include "cli/cli.h"
#include "core/act.h"

/* One act on its way. Begin, add fields with rec_text and the like to w, send. */
struct act_request {
	struct buf body;
	struct writer w;
	int fd; /* a file that goes with it; -1 none */
};
void request_begin(struct cli *cli, struct act_request *q, enum act_id id);

/* The fields run and notices, as they stand in the command: --run, or numbers. */
MUST int request_notices(struct cli *cli, struct act_request *q);

struct act_answer {
	void *ctx;
	/* Each record of the answer, a view for the call; a negative answer ends the act.
	 * NULL: records are passed over. */
	int (*record)(void *ctx, struct str record);
	bool quiet; /* no progress line, as in --json */
};
/* Sends it and reads the answer to its end. The act's own failure comes back as its E_*
 * with its sentence in cli->why, E_STOPPED after Ctrl-C. On a terminal a progress line is
 * kept on stderr. */
MUST int request_send(
	struct cli *cli, struct act_request *q, const struct act_answer *answer);
/* The two halves of it, for acts that need not wait for each other: at most
 * REQUESTS_AHEAD sent and not yet heard. They are answered in order. */
#define REQUESTS_AHEAD 64
MUST int request_post(struct cli *cli, struct act_request *q);
MUST int request_hear(struct cli *cli, const struct act_answer *answer);

/* A run of drafts: why it is held, and what to type next, to be copied from the
 * screen. */
void notices_say_next(
	struct cli *cli, struct str held, int64_t run, int64_t notices, int64_t usual);

/* Prints the record as one line of JSON, and sees it written. */
MUST int record_print_json(struct cli *cli, struct str record);
