/* SPDX-License-Identifier: Apache-2.0
 * job_int.h - shared by the two files of job, for nobody else. Depends on: fmt/job. */
#pragma once
#include "base/date.h"
#include "fmt/job.h"

#define JOB_DAY_MAX 2932896 /* 9999-12-31 */
#define JOB_TIME_MAX ((int64_t)(JOB_DAY_MAX + 1) * DAY_SECONDS - 1)

bool job_text_ok(struct str s);
/* A text of at most max bytes, UTF-8 without controls; absent is empty. */
struct str job_rd_text(struct reader *r, size_t max);
/* Counts, flags and enums below n. */
uint32_t job_rd_below(struct reader *r, uint32_t n);
