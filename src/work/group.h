/* SPDX-License-Identifier: Apache-2.0
 * group.h - several small files in one transaction, answered when it is committed.
 * Depends on: base, sys, db.
 *
 * A day is dozens of files, most of them small, and each commit waits for the disk.
 * While a client has the next file ready, the transaction of the last one stays open, up
 * to GROUP_ROWS rows; the answers are held back until the commit has made them true.
 * When it fails, all of them become that error. A group belongs to one client and ends
 * before work listens to another. */
#pragma once
#include "db/db.h"
#include "sys/frames.h"

#define GROUP_ROWS  20000
#define GROUP_FILES 256

struct group {
	struct db *db;
	struct tx tx;
	bool open;
	int64_t rows, files;
	struct arena arena; /* holds held */
	struct buf held;    /* u16 type, text body: the answers that wait */
	int err;	    /* what became of the transaction they wait for */
	struct why why;
	/* Writes what was put off until the commit; negative undoes it. NULL: nothing. */
	int (*before)(void *ctx);
	void *before_ctx;
};

struct group group_in(struct db *db);
void group_free(struct group *g);
/* Opens a transaction, unless one is open. */
MUST int group_begin(struct group *g);
/* A file's last rows are written: true when the transaction may stay open. */
bool group_may_grow(struct group *g, int64_t rows);
/* Commits when r is 0, else undoes all that is in it; returns r or the commit's error. */
MUST int group_end(struct group *g, int r, const struct why *why);
/* True while the next file may come into the transaction too. */
bool group_wants_more(const struct group *g);
/* Sends an answer, or holds it back. */
MUST int group_answer(struct group *g, struct chan *to, uint16_t type, struct str body,
	struct why *why);
/* After its end: sends the answers that were held back. E_PEER when the client is
 * gone. */
MUST int group_send(struct group *g, struct chan *to);
