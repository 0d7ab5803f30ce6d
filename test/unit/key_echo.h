/* SPDX-License-Identifier: Apache-2.0
 * key_echo.h - for tests and fuzz targets: reads a message of work and key and writes it
 * again, so that the two can be compared. Depends on: fmt/key_job. */
#pragma once
#include "fmt/key_job.h"

typedef int key_echo_fn(struct str body, struct writer *w);

static inline int key_echo_job(struct str body, struct writer *w)
{
	struct key_job j;
	int r = key_job_read(body, &j);
	if (r == 0)
		key_job_write(w, &j);
	return r;
}

static inline int key_echo_info(struct str body, struct writer *w)
{
	struct key_info k;
	int r = key_info_read(body, &k);
	if (r == 0)
		key_info_write(w, &k);
	return r;
}

static inline int key_echo_done(struct str body, struct writer *w)
{
	struct key_done d;
	int r = key_done_read(body, &d);
	if (r == 0)
		key_done_write(w, &d);
	return r;
}
