/* SPDX-License-Identifier: Apache-2.0
 * web.h - the console and public door: what the web role keeps between requests.
 * Depends on: base, sys, core. */
#pragma once
#include "core/ctx.h"
#include "sys/chan.h"
#include "sys/clock.h"
#include "sys/conf.h"
#include "web/limit.h"
#include "web/req.h"

struct web;
struct web_options {
	const struct conf *conf;
	int datadir;
	struct chan *work; /* the web's, for its life */
	struct clock clock;
	void (*log)(const char *text);
};
/* Opens the database once per thread, to read. */
MUST int web_open(const struct web_options *o, struct why *why, struct web **ret);
void web_close(struct web **w);
const struct req_handler *web_handler(struct web *w);

/* For the files of this folder. */
struct style {	       /* the stylesheet, as it is sent */
	char name[24]; /* begins with its digest: it may be kept for ever */
	struct str plain, packed;
};
struct worker { /* what one request at a time uses */
	struct db *db;
	struct worker *next;
};
struct web_asks; /* ask.c */
struct lookups;
struct web {
	struct arena arena;
	struct web_options o;
	struct req_handler handler;
	struct limit *limit;
	struct style style;
	struct web_asks *asks;
	struct lookups *lookups;
	struct web_pool *pool;
	struct str origin, host; /* of web.url; absent: not set */
	bool https;
};
struct worker *web_worker(struct web *w);
void web_worker_back(struct web *w, struct worker *k);
int64_t web_now(const struct web *w);
/* The asks' own state: the channel, and how many passwords are being checked. */
MUST int asks_new(struct arena *a, const struct web_options *o, struct why *why,
	struct web_asks **ret);
void asks_end(struct web_asks *s);
struct jobs *asks_jobs(struct web_asks *s);
/* gzip; an absent text when it would not be smaller. */
struct str web_pack(struct arena *a, struct str plain);
