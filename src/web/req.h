/* SPDX-License-Identifier: Apache-2.0
 * req.h - a request and its answer, whatever library carries them. Depends on: base. */
#pragma once
#include "base/buf.h"

enum method { METHOD_GET = 1, METHOD_HEAD = 2, METHOD_POST = 4 };

/* All text is the request's, in its arena; absent where the header was absent. */
struct req {
	struct arena *arena;
	enum method method;
	struct str path, query; /* raw, as they came */
	struct str host, origin, fetch_site, cookie, language, encoding, type, match,
		agent;
	struct str client;    /* the other side's address; "unix" on a socket */
	struct str forwarded; /* what the proxy says it is */
	const char *broken;   /* why no handler may see it; NULL: well-formed */
	uint64_t length;      /* of the body, as announced */
	struct str body;      /* in full, unless take was set */
	/* Set by begin: where the body goes, piece by piece. Not 0: it failed. */
	int (*take)(struct req *q, struct str bytes);
	void *taker;
	int take_err;
	void *state; /* the handler's, from begin to run */
};

#define RES_HEADERS 20
struct res_header {
	const char *name;
	const char *value;
};
struct res {
	int status; /* 0: begin is content, let the body come */
	struct res_header headers[RES_HEADERS];
	size_t n;
	struct str body; /* lives as long as the request's arena, or for ever */
};
/* Value must live as long as the request's arena. */
void res_header(struct res *s, const char *name, const char *value);

struct req_handler {
	void *ctx;
	/* The head is there. Sets res->status to refuse at once, without the body. */
	void (*begin)(void *ctx, struct req *q, struct res *s);
	/* All of it is there. */
	void (*run)(void *ctx, struct req *q, struct res *s);
	/* The end, whatever came of it; frees what begin took. */
	void (*end)(void *ctx, struct req *q);
};
