/* SPDX-License-Identifier: Apache-2.0
 * job_echo.h - for tests and fuzz targets: reads a message and writes it again, so that
 * the two can be compared. Depends on: fmt/job. */
#pragma once
#include "base/answer.h"
#include "fmt/job.h"

/* Reads a body of one kind and writes it again, so that the two can be compared. */
typedef int echo_fn(struct str body, struct arena *a, struct writer *w);

static inline int echo_start(struct str body, struct arena *a, struct writer *w)
{
	struct job_start s;
	(void)a;
	int r = job_start_read(body, &s);
	if (r == 0)
		job_start_write(w, &s);
	return r;
}

static inline int echo_answer(struct str body, struct arena *a, struct writer *w)
{
	struct reader r = rd_new(body);
	struct answer_item item;
	(void)a;
	int e = answer_item_read(&r, &item);
	if (e == 0)
		e = rd_end(&r);
	if (e == 0)
		answer_item_write(w, &item);
	return e;
}

static inline int echo_rows(struct str body, struct arena *a, struct writer *w)
{
	struct job_rows s;
	int r = job_rows_read(body, a, &s);
	if (r == 0)
		job_rows_write(w, &s);
	return r;
}

static inline int echo_end(struct str body, struct arena *a, struct writer *w)
{
	struct job_end s;
	(void)a;
	int r = job_end_read(body, &s);
	if (r == 0)
		job_end_write(w, &s);
	return r;
}

static inline int echo_header(struct str body, struct arena *a, struct writer *w)
{
	struct job_header s;
	int r = job_header_read(body, a, &s);
	if (r == 0)
		job_header_write(w, &s);
	return r;
}

static inline int echo_refused(struct str body, struct arena *a, struct writer *w)
{
	struct job_refused s;
	(void)a;
	int r = job_refused_read(body, &s);
	if (r == 0)
		job_refused_write(w, &s);
	return r;
}

static inline int echo_row(struct str body, struct arena *a, struct writer *w)
{
	struct job_row s;
	int r = job_row_read(body, a, &s);
	if (r == 0)
		job_row_write(w, &s);
	return r;
}

static inline int echo_problem(struct str body, struct arena *a, struct writer *w)
{
	struct job_problem s;
	(void)a;
	int r = job_problem_read(body, &s);
	if (r == 0)
		job_problem_write(w, &s);
	return r;
}

static inline int echo_about(struct str body, struct arena *a, struct writer *w)
{
	struct job_about s;
	(void)a;
	int r = job_about_read(body, &s);
	if (r == 0)
		job_about_write(w, &s);
	return r;
}

static inline int echo_reg(struct str body, struct arena *a, struct writer *w)
{
	struct reader r = rd_new(body);
	struct reg_row s;
	(void)a;
	int e = reg_row_read(&r, &s);
	if (e == 0)
		e = rd_end(&r);
	if (e == 0)
		reg_row_write(w, &s);
	return e;
}

static inline int echo_event(struct str body, struct arena *a, struct writer *w)
{
	struct reader r = rd_new(body);
	struct event s;
	(void)a;
	int e = event_read(&r, &s);
	if (e == 0)
		e = rd_end(&r);
	if (e == 0)
		event_write(w, &s);
	return e;
}
