/* SPDX-License-Identifier: Apache-2.0
 * parse_job.h - what the jobs of parse share: where bytes come from, where answers go.
 * Depends on: base, fmt, role/role. For the parse*.c files only. */
#pragma once
#include "fmt/job.h"
#include "fmt/unpack.h"
#include "role/role.h"

#define PARSE_BATCH KIB(240) /* a batch is sent when it is this big */

/* A job's way out. After a failed send nothing more is tried: sent_err ends this
 * parser. */
struct parse_job {
	struct role *me;
	int fd; /* of the input */
	int64_t pos;
	int sent_err;
	struct buf frame; /* for messages that are sent at once */
	struct buf batch; /* for those that gather items; items is how many are in it */
	uint32_t items;
	uint64_t sent; /* bytes of all messages */
};

void parse_job_begin(struct parse_job *j, struct role *me, int fd);
/* The input as unpack wants it. Read at places, never by the descriptor's own: that one
 * is shared with whoever opened the file. */
struct unpack_src parse_job_src(struct parse_job *j);
MUST int parse_send(struct parse_job *j, enum job_type type, struct str body);
/* A writer into an empty frame, to be sent by parse_send_frame. */
struct writer parse_frame(struct parse_job *j);
MUST int parse_send_frame(
	struct parse_job *j, enum job_type type, const struct writer *w);
MUST int parse_send_end(
	struct parse_job *j, enum job_type type, int err, uint32_t rows, struct str why);
/* Items: a writer at the batch's end, then parse_item_added; sends when it is full. */
struct writer parse_item(struct parse_job *j);
MUST int parse_item_added(
	struct parse_job *j, enum job_type type, const struct writer *w);
/* Sends what the batch holds, if anything. */
MUST int parse_flush(struct parse_job *j, enum job_type type);

MUST int parse_job_unpack(struct parse_job *j, struct str body);
MUST int parse_job_events(struct parse_job *j, struct str body);
MUST int parse_job_rows(struct parse_job *j, struct str body);
MUST int parse_job_answers(struct parse_job *j, struct str body);
MUST int parse_job_register(struct parse_job *j, struct str body);
MUST int parse_job_mail(struct parse_job *j, struct str body);
/* Is the input libloc's database? Then the second does the job of parse_job_register. */
bool parse_is_loc(struct parse_job *j);
MUST int parse_register_loc(struct parse_job *j, const struct job_start *start);
