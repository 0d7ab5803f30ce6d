/* SPDX-License-Identifier: Apache-2.0
 * http_time.h - absolute deadlines of connections. Depends on: base, sys/clock.
 *
 * A thread of its own looks four times a second and shuts down what is late. */
#pragma once
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum http_phase {
	PHASE_FREE,
	PHASE_HEAD,
	PHASE_IDLE,
	PHASE_BODY,
	PHASE_RUN,
	PHASE_WRITE
};
struct http_times;
struct http_conn;

MUST int http_times_start(size_t most, struct why *why, struct http_times **ret);
void http_times_stop(struct http_times **t);
/* A connection begins; NULL when there are too many. */
struct http_conn *http_conn_new(struct http_times *t, int fd);
void http_conn_end(struct http_times *t, struct http_conn *c);
void http_conn_phase(
	struct http_times *t, struct http_conn *c, enum http_phase phase, uint64_t bytes);
/* PHASE_BODY: so many bytes came in all. */
void http_conn_came(struct http_times *t, struct http_conn *c, uint64_t bytes);
/* How many are in none of FREE, HEAD, IDLE: somebody waits for an answer. */
size_t http_times_busy(struct http_times *t);
/* The rule, for the test: has a connection in this phase for so many ms, having moved so
 * many bytes (WRITE: having to move), had its time? */
bool http_late(enum http_phase phase, int64_t ms, uint64_t bytes);
