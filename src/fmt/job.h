/* SPDX-License-Identifier: Apache-2.0
 * job.h - what work and parse say to each other: jobs and their answers.
 * Depends on: base, fmt/feed, fmt/register, fmt/unpack (their structs).
 *
 * Work asks with one frame, the input file travels with it as a descriptor; parse answers with
 * frames in this order, the last is JOB_DONE:
 *	JOB_UNPACK     (JOB_NOTE | JOB_MEMBER_BEGIN JOB_BYTES* JOB_MEMBER_END)*
 *	JOB_EVENTS     JOB_HEADER (JOB_BATCH | JOB_QUARANTINE | JOB_MARK)*
 *	               a JOB_MARK says: everything up to this row has been sent
 *	JOB_ROWS       JOB_ROW*
 *	JOB_REGISTER   (JOB_REG_ROWS | JOB_PROBLEM | JOB_NOTE)*
 *	JOB_CATALOGUE  nothing; no descriptor; holds for the jobs after it
 * JOB_BYTES is the bytes themselves.
 *
 * Readers trust nobody: every length, range, enum and text is checked, nothing may be left
 * over. Text is UTF-8 without controls, or the whole message is E_SYNTAX. What they return are
 * views into the body. Writers answer E_TOO_BIG when a message does not fit its frame. */
#pragma once
#include "base/reg_row.h"
#include "fmt/feed.h"
#include "fmt/register.h"
#include "fmt/unpack.h"

/* Numbers of sys/frames.h, whose FRAME_JOB is the first. */
enum job_type {
	JOB_UNPACK = 64,
	JOB_EVENTS,
	JOB_ROWS,
	JOB_REGISTER,
	JOB_CATALOGUE,
	JOB_MEMBER_BEGIN = 96,
	JOB_BYTES,
	JOB_MEMBER_END,
	JOB_HEADER,
	JOB_BATCH,
	JOB_QUARANTINE,
	JOB_MARK,
	JOB_ROW,
	JOB_REG_ROWS,
	JOB_PROBLEM,
	JOB_NOTE,
	JOB_DONE,
	JOB_TYPE_N
};
#define JOB_BATCH_BYTES KIB(240) /* a batch is sent when it is this big */
#define JOB_MARK_ROWS 20000
#define JOB_ROWS_MAX 100000      /* rows asked for at once */
#define JOB_TEXT_MAX 240         /* of a reason or note */

/* A buffer for one message. */
struct buf job_buf(struct arena *a);

struct job_unpack {
	struct str name; /* of the file, at most LIMIT_NAME */
};
MUST int job_unpack_write(struct buf *out, const struct job_unpack *j);
MUST int job_unpack_read(struct str body, struct job_unpack *ret);

struct job_events {
	struct str name;
	uint32_t skip_rows; /* these were sent before and are only counted */
};
MUST int job_events_write(struct buf *out, const struct job_events *j);
MUST int job_events_read(struct str body, struct job_events *ret);

struct job_rows {
	struct str name;
	const uint32_t *rows; /* rising */
	size_t n;
};
MUST int job_rows_write(struct buf *out, const struct job_rows *j);
MUST int job_rows_read(struct arena *a, struct str body, struct job_rows *ret);

struct job_register {
	struct str name;
	struct str country; /* two letters, or empty: for delegation files */
};
MUST int job_register_write(struct buf *out, const struct job_register *j);
MUST int job_register_read(struct str body, struct job_register *ret);

/* The operator's tables in place of the program's. The texts may hold TAB and LF. */
struct job_catalogue {
	struct str types, columns;
};
MUST int job_catalogue_write(struct buf *out, const struct job_catalogue *j);
MUST int job_catalogue_read(struct str body, struct job_catalogue *ret);

MUST int job_member_write(struct buf *out, const struct unpack_member *m);
MUST int job_member_read(struct str body, struct unpack_member *ret);

/* JOB_MEMBER_END and JOB_DONE. */
struct job_end {
	int err;       /* 0 or E_* */
	uint32_t rows; /* JOB_DONE of events, rows, register: how many the file has */
	struct str why;
};
MUST int job_end_write(struct buf *out, const struct job_end *e);
MUST int job_end_read(struct str body, struct job_end *ret);

struct job_header {
	struct str type; /* report type, at most TYPE_NAME_MAX */
	bool known;      /* to the catalogue */
	bool has_day;
	int32_t day;     /* of the report */
	const struct feed_column *columns;
	size_t n_columns;
};
MUST int job_header_write(struct buf *out, const struct job_header *h);
MUST int job_header_read(struct arena *a, struct str body, struct job_header *ret);

struct job_quarantine {
	uint32_t row;
	enum quarantine reason;
	struct str text; /* the row's start, escaped, at most LIMIT_QUARANTINE_TEXT */
};
MUST int job_quarantine_write(struct buf *out, const struct job_quarantine *q);
MUST int job_quarantine_read(struct str body, struct job_quarantine *ret);

MUST int job_mark_write(struct buf *out, uint32_t rows);
MUST int job_mark_read(struct str body, uint32_t *ret);

struct job_row {
	uint32_t row;
	const struct feed_cell *cells;
	size_t n;
};
MUST int job_row_write(struct buf *out, const struct job_row *row);
MUST int job_row_read(struct arena *a, struct str body, struct job_row *ret);

MUST int job_problem_write(struct buf *out, const struct reg_problem *p);
MUST int job_problem_read(struct str body, struct reg_problem *ret);
MUST int job_note_write(struct buf *out, struct str text);
MUST int job_note_read(struct str body, struct str *ret);

/* JOB_BATCH and JOB_REG_ROWS: many in one frame. Begin with an empty buffer; after each
 * addition look whether out->n has reached JOB_BATCH_BYTES. */
struct job_batch {
	struct buf *out;
	uint32_t n;
};
MUST int job_batch_begin(struct job_batch *b, struct buf *out);
MUST int job_batch_event(struct job_batch *b, const struct event *e);
MUST int job_batch_reg(struct job_batch *b, const struct reg_row *row);
/* Puts the count in its place; the buffer is then a message. */
void job_batch_end(struct job_batch *b);

struct job_items {
	struct reader r;
	uint32_t left;
};
MUST int job_items_begin(struct str body, struct job_items *ret);
/* 1: *ret is the next. 0: that was all, and nothing is left over. E_SYNTAX, E_TOO_BIG. */
MUST int job_items_event(struct job_items *it, struct event *ret);
MUST int job_items_reg(struct job_items *it, struct reg_row *ret);
