/* SPDX-License-Identifier: Apache-2.0
 * web.c - what the web role keeps between requests: see web.h. Depends on: base, sys, db,
 * core, zlib. */
#include "web/web.h"

#include "base/hash.h"
#include "web/lookups.h"
#include "web/visit.h"
#include "style_data.h"

#include <pthread.h>
#include <stdio.h>
#include <zlib.h>

#define DB_CACHE MIB(2)

struct web_pool {
	pthread_mutex_t lock;
	pthread_cond_t back;
	struct worker *free;
};

struct worker *web_worker(struct web *w)
{
	struct web_pool *p = w->pool;
	(void)pthread_mutex_lock(&p->lock);
	while (p->free == NULL)
		(void)pthread_cond_wait(&p->back, &p->lock);
	struct worker *k = p->free;
	p->free = k->next;
	(void)pthread_mutex_unlock(&p->lock);
	return k;
}

void web_worker_back(struct web *w, struct worker *k)
{
	struct web_pool *p = w->pool;
	db_set_why(k->db, NULL);
	(void)pthread_mutex_lock(&p->lock);
	k->next = p->free;
	p->free = k;
	(void)pthread_cond_signal(&p->back);
	(void)pthread_mutex_unlock(&p->lock);
}

int64_t web_now(const struct web *w)
{
	return clock_now(&w->o.clock);
}

struct str web_pack(struct arena *a, struct str plain)
{
	z_stream z = { 0 };
	struct str none = { NULL, 0 };
	if (plain.n < 200 ||
		deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return none;
	unsigned char *out = arena_alloc(a, plain.n);
	unsigned char *in = arena_alloc(a, plain.n); /* zlib's type is not const */
	memcpy(in, plain.p, plain.n);
	z.next_in = in;
	z.avail_in = (uInt)plain.n;
	z.next_out = out;
	z.avail_out = (uInt)plain.n;
	bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
	size_t n = z.total_out;
	(void)deflateEnd(&z);
	return done ? (struct str){ (char *)out, n } : none;
}

static void make_style(struct web *w)
{
	struct str css = { (const char *)embed_style, embed_style_len };
	struct sha256 h = sha256_of(css);
	char hex[SHA256_HEX + 1];
	(void)snprintf(
		w->style.name, sizeof(w->style.name), "%.12s.css", sha256_text(&h, hex));
	w->style.plain = css;
	w->style.packed = web_pack(&w->arena, css);
}

/* https://cirt.example:8443/... : the host that requests must name, and the origin that
 * forms must come from. */
static int read_url(struct web *w, struct why *why)
{
	struct str url = w->o.conf->web_url, rest = url;
	if (url.n == 0)
		return 0;
	w->https = scan_lit(&rest, "https://");
	if (!w->https && !scan_lit(&rest, "http://"))
		return fail(why, E_SYNTAX, "web.url must begin with https:// or http://");
	w->host = str_lower(&w->arena, str_to(rest, str_find(rest, '/')));
	if (w->host.n == 0 || (str_find(rest, '/') + 1 < rest.n))
		return fail(why, E_SYNTAX, "web.url is a host, without a path");
	struct buf b = buf_in(&w->arena, KIB(1));
	int r = buf_addf(&b, "http%s://%.*s", w->https ? "s" : "", STR(w->host));
	w->origin = buf_str(&b);
	return r;
}

static int open_workers(struct web *w, struct why *why)
{
	w->pool = arena_alloc(&w->arena, sizeof(*w->pool));
	(void)pthread_mutex_init(&w->pool->lock, NULL);
	(void)pthread_cond_init(&w->pool->back, NULL);
	for (int64_t i = 0; i < w->o.conf->web_threads; i++) {
		struct worker *k = arena_alloc(&w->arena, sizeof(*k));
		int r = db_open(w->o.datadir, DB_READ, web_now(w), why, &k->db);
		if (r < 0)
			return r;
		k->next = w->pool->free;
		w->pool->free = k;
		db_set_why(k->db, why);
		r = db_set_cache(k->db, DB_CACHE);
		if (r == 0)
			r = db_prepare_all(k->db);
		db_set_why(k->db, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

static void on_begin(void *ctx, struct req *q, struct res *s)
{
	visit_begin(ctx, q, s);
}

static void on_run(void *ctx, struct req *q, struct res *s)
{
	visit_run(ctx, q, s);
}

static void on_end(void *ctx, struct req *q)
{
	(void)ctx;
	if (q->state)
		visit_upload_end(q->state);
}

const struct req_handler *web_handler(struct web *w)
{
	return &w->handler;
}

int web_open(const struct web_options *o, struct why *why, struct web **ret)
{
	struct arena a = arena_new(MIB(16), "web");
	struct web *w = arena_alloc(&a, sizeof(*w));
	w->arena = a;
	w->o = *o;
	w->handler = (struct req_handler){ w, on_begin, on_run, on_end };
	w->limit = limit_new(&w->arena);
	w->lookups = lookups_new(&w->arena);
	make_style(w);
	int r = read_url(w, why);
	if (r == 0)
		r = asks_new(&w->arena, o, why, &w->asks);
	if (r == 0)
		r = open_workers(w, why);
	if (r < 0) {
		web_close(&w);
		return r;
	}
	*ret = w;
	return 0;
}

void web_close(struct web **p)
{
	struct web *w = *p;
	*p = NULL;
	if (w == NULL)
		return;
	asks_end(w->asks);
	for (struct worker *k = w->pool ? w->pool->free : NULL; k; k = k->next)
		db_close(&k->db);
	lookups_free(w->lookups);
	struct arena a = w->arena;
	arena_free(&a);
}
