/* SPDX-License-Identifier: Apache-2.0
 * job.h - the messages between work and parse. Depends on: base.
 *
 * Work sends one job with a descriptor; parse answers with a stream of messages that ends
 * with JOB_DONE. Neither believes the other: every reader checks lengths, ranges, and
 * that nothing is left over. Views live as long as the message's body. */
#pragma once
#include "base/event.h"
#include "base/opt.h"
#include "base/reg_row.h"

/* A parser that says nothing for so long is ended and replaced. */
#define JOB_SILENT_MS 120000

enum job_type {
	/* work -> parse; the numbers continue FRAME_JOB of sys/frames.h */
	JOB_UNPACK = 64,  /* struct job_start; fd: any file */
	JOB_EVENTS,	  /* struct job_start; fd: a kept original (zstd) */
	JOB_ROWS,	  /* struct job_rows; fd: a kept original */
	JOB_REGISTER,	  /* struct job_start; fd: any file, plain or packed */
	JOB_ANSWERS = 72, /* struct job_start; fd: a file with answers, plain or packed */
	JOB_MAIL,	  /* struct job_start; fd: a mail as it came */
	/* parse -> work */
	JOB_MEMBER = 80,	/* text name: a member of the file begins */
	JOB_BYTES,		/* raw bytes of it */
	JOB_MEMBER_END,		/* struct job_end */
	JOB_HEADER,		/* struct job_header, then its columns */
	JOB_EVENT_BATCH,	/* u32 n, then n events */
	JOB_REFUSED,		/* struct job_refused */
	JOB_MARK,		/* u32: all rows up to this one have been sent */
	JOB_ROW,		/* struct job_row, then its fields */
	JOB_REG_BATCH,		/* u32 n, then n reg_rows */
	JOB_REG_PROBLEM,	/* struct job_problem */
	JOB_REG_ABOUT,		/* struct job_about: of a database, after its rows */
	JOB_DONE,		/* struct job_end */
	JOB_ANSWER_BATCH = 100, /* u32 n, then n answer_items */
	JOB_ANSWER_PROBLEM,	/* struct job_problem */
	JOB_MAIL_FACTS,		/* struct mail_facts (fmt/mail_facts.h) */
};

struct job_start {
	struct str name;    /* the file's */
	uint32_t skip;	    /* EVENTS: rows that are done already */
	struct str country; /* REGISTER: whose rows of a file of many; may be empty */
};
void job_start_write(struct writer *w, const struct job_start *s);
MUST int job_start_read(struct str body, struct job_start *ret);

/* JOB_MEMBER: the body is the name, clean text of at most LIMIT_NAME bytes. */
MUST int job_member_read(struct str body, struct str *ret);

#define JOB_ROWS_MAX 10000
struct job_rows {
	struct str name;
	uint32_t n;
	uint32_t *rows; /* ascending; in the arena */
};
void job_rows_write(struct writer *w, const struct job_rows *s);
MUST int job_rows_read(struct str body, struct arena *a, struct job_rows *ret);

/* err 0: went well. rows: read so far. why: one sentence when it did not. */
struct job_end {
	int err;
	uint32_t rows;
	struct str why;
};
void job_end_write(struct writer *w, const struct job_end *e);
MUST int job_end_read(struct str body, struct job_end *ret);

struct job_column {
	struct str name;
	struct str field; /* IntelMQ's; empty: the catalogue does not know the column */
};
struct job_header {
	struct str type;    /* report type */
	bool known;	    /* to the catalogue */
	uint8_t quiet;	    /* reports without it that make a finding fixed */
	struct opt_int day; /* of the report, from the file's name */
	uint32_t n_columns;
	struct job_column *columns;
};
void job_header_write(struct writer *w, const struct job_header *h);
MUST int job_header_read(struct str body, struct arena *a, struct job_header *ret);

struct job_refused {
	uint32_t row;
	uint8_t reason;	 /* enum feed_reason */
	struct str why;	 /* its sentence */
	struct str text; /* of the row, escaped, cut */
};
void job_refused_write(struct writer *w, const struct job_refused *q);
MUST int job_refused_read(struct str body, struct job_refused *ret);

struct job_field {
	struct str column, field, value; /* field: IntelMQ's, may be empty */
};
struct job_row {
	uint32_t row;
	uint32_t n;
	struct job_field *fields;
};
void job_row_write(struct writer *w, const struct job_row *row);
MUST int job_row_read(struct str body, struct arena *a, struct job_row *ret);

void reg_row_write(struct writer *w, const struct reg_row *row);
MUST int reg_row_read(struct reader *r, struct reg_row *ret);

struct job_problem {
	uint32_t row;
	uint8_t weight; /* enum reg_weight */
	struct str column, value, why, todo;
};
void job_problem_write(struct writer *w, const struct job_problem *p);
MUST int job_problem_read(struct str body, struct job_problem *ret);

/* Public data that the rows came from: who made it, when, and what was taken. */
struct job_about {
	int64_t created;
	struct str vendor, licence;
	uint32_t entries, prefixes, networks, asns; /* as in struct loc_count */
};
void job_about_write(struct writer *w, const struct job_about *about);
MUST int job_about_read(struct str body, struct job_about *ret);
