/* SPDX-License-Identifier: Apache-2.0
 * http.h - the HTTP server: libmicrohttpd behind an interface without its types.
 * Depends on: base, web/req.
 *
 * It listens on loopback or a Unix socket only; in production nginx stands in front
 * (`tocsin proxy-config`), since the library's reader is lax. Its own idle timer is reset
 * by each byte, so the deadlines here are absolute: whoever is slower is cut off. */
#pragma once
#include "web/req.h"

#define HTTP_HEAD_MS	10000 /* from the first byte, or from the connection */
#define HTTP_IDLE_MS	75000 /* between two requests */
#define HTTP_GRACE_MS	10000 /* for body and answer; then at least HTTP_SLOWEST */
#define HTTP_SLOWEST	1024  /* bytes a second */
#define HTTP_HEAD_MAX	8192
#define HTTP_IDLE_MOST	5100 /* connections */
#define HTTP_PER_CLIENT 50

struct http_options {
	int listen_fd;
	uint32_t threads;
	bool behind_proxy; /* all come from one address: no limit per address */
	const struct req_handler *handler;
	void (*log)(const char *text);
};
struct http;
/* Opens the library: before the sandbox closes. */
MUST int http_ready(struct why *why);
MUST int http_start(const struct http_options *o, struct why *why, struct http **ret);
/* No newcomers; waits up to ms for answers that are on their way; frees it. */
void http_stop(struct http **h, int ms);
