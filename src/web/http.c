/* SPDX-License-Identifier: Apache-2.0
 * http.c - the HTTP server: see http.h. Depends on: base, sys/clock, libmicrohttpd.
 *
 * What the library lets pass and we do not is found here, before any handler: fields that
 * stand twice, a body of unknown length, odd bytes. What it has already undone (folded
 * lines, blanks before a colon) only the proxy in front can refuse. */
#include "web/http.h"

#include "base/lib.h"
#include "base/limits.h"
#include "sys/clock.h"
#include "web/http_time.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>

#define CALLS(X)                                                                         \
	X(MHD_add_response_header)                                                       \
	X(MHD_create_response_from_buffer)                                               \
	X(MHD_destroy_response)                                                          \
	X(MHD_get_connection_info)                                                       \
	X(MHD_get_connection_values_n)                                                   \
	X(MHD_queue_response)                                                            \
	X(MHD_quiesce_daemon)                                                            \
	X(MHD_start_daemon)                                                              \
	X(MHD_stop_daemon)
LIB_FIND(CALLS);

#define LOG_LINES     30      /* a minute, of the library's */
#define REQUEST_ARENA MIB(48) /* a form of 1 MiB many times over, and the page */

struct http {
	struct arena arena;
	struct http_options o;
	struct MHD_Daemon *daemon;
	struct http_times *times;
	_Atomic int64_t log_minute;
	_Atomic int log_lines; /* in it */
};

/* One request, from its first line to the end of its answer. */
struct live {
	struct arena arena;
	struct req req;
	struct http_conn *conn;
	struct buf body;
	uint64_t came;
	bool begun;
	bool handled; /* begin was called: end must be */
};

void res_header(struct res *s, const char *name, const char *value)
{
	if (s->n < RES_HEADERS)
		s->headers[s->n++] = (struct res_header){ name, value };
}

/* ---- the head ---- */

static bool printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > 0x7e)
			return false;
	return true;
}

static bool no_controls(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

/* The library's first call of a request, with the target as it came. */
static void *on_target(void *ctx, const char *uri, struct MHD_Connection *c)
{
	(void)ctx;
	(void)c;
	struct arena a = arena_new(REQUEST_ARENA, "request");
	struct live *l = arena_alloc(&a, sizeof(*l));
	struct str target = str_dup(&a, str_c(uri));
	size_t mark = str_find(target, '?');
	l->arena = a;
	l->req.arena = &l->arena;
	l->req.path = str_to(target, mark);
	if (mark < target.n)
		l->req.query = str_from(target, mark + 1);
	if (!printable(target) || target.n == 0 || target.p[0] != '/')
		l->req.broken = "the target is no path";
	return l;
}

struct head {
	struct live *live;
	struct str length, coding;
};

/* Those we read; each at most once. */
static struct str *place_of(struct head *h, struct str name)
{
	struct req *q = &h->live->req;
	const struct {
		const char *name;
		struct str *to;
	} known[] = {
		{ "host", &q->host },
		{ "origin", &q->origin },
		{ "sec-fetch-site", &q->fetch_site },
		{ "cookie", &q->cookie },
		{ "accept-language", &q->language },
		{ "accept-encoding", &q->encoding },
		{ "content-type", &q->type },
		{ "if-none-match", &q->match },
		{ "user-agent", &q->agent },
		{ "tocsin-client", &q->forwarded },
		{ "content-length", &h->length },
		{ "transfer-encoding", &h->coding },
	};
	for (size_t i = 0; i < N(known); i++)
		if (str_eq_nocase(name, str_c(known[i].name)))
			return known[i].to;
	return NULL;
}

static enum MHD_Result on_header(void *ctx, enum MHD_ValueKind kind, const char *name,
	size_t name_n, const char *value, size_t value_n)
{
	struct head *h = ctx;
	struct req *q = &h->live->req;
	struct str k = { name, name_n }, v = { value, value_n };
	(void)kind;
	if (v.p == NULL)
		v = S("");
	struct str *to = place_of(h, k);
	if (!printable(k) || !no_controls(v))
		q->broken = "odd bytes in a header";
	else if (to && to->p)
		q->broken = "a header stands twice";
	else if (to)
		*to = str_dup(&h->live->arena, v);
	return MHD_YES;
}

static void read_head(
	struct live *l, struct MHD_Connection *c, const char *method, const char *version)
{
	struct head h = { .live = l };
	struct req *q = &l->req;
	struct str m = str_c(method);
	(void)lib.MHD_get_connection_values_n(c, MHD_HEADER_KIND, on_header, &h);
	q->method = str_eq(m, S("GET")) ? METHOD_GET
		: str_eq(m, S("HEAD"))	? METHOD_HEAD
		: str_eq(m, S("POST"))	? METHOD_POST
					: 0;
	struct str length = h.length;
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		q->broken = "an unknown version";
	if (q->host.p == NULL)
		q->broken = "no Host";
	if (h.coding.p)
		q->broken = "a body of unknown length";
	if (length.p && (!scan_u64(&length, INT64_MAX, &q->length) || length.n > 0))
		q->broken = "an odd Content-Length";
	if (q->length > 0 && q->method != METHOD_POST)
		q->broken = "a body nobody asked for";
}

static void read_client(struct live *l, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = lib.MHD_get_connection_info(
		c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[INET6_ADDRSTRLEN] = "unix";
	const struct sockaddr *sa = info ? info->client_addr : NULL;
	if (sa && sa->sa_family == AF_INET)
		(void)inet_ntop(AF_INET,
			&((const struct sockaddr_in *)(const void *)sa)->sin_addr, text,
			sizeof(text));
	else if (sa && sa->sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6,
			&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, text,
			sizeof(text));
	l->req.client = str_dup(&l->arena, str_c(text));
}

/* ---- the answer ---- */

static enum MHD_Result send_res(
	struct http *h, struct live *l, struct MHD_Connection *c, struct res *s)
{
	union {
		const void *in;
		void *out;
	} body = { .in = s->body.n ? s->body.p : "" };
	struct MHD_Response *r = lib.MHD_create_response_from_buffer(
		s->body.n, body.out, MHD_RESPMEM_PERSISTENT);
	if (r == NULL)
		return MHD_NO;
	enum MHD_Result done = MHD_YES;
	for (size_t i = 0; i < s->n; i++)
		if (lib.MHD_add_response_header(
			    r, s->headers[i].name, s->headers[i].value) != MHD_YES)
			done = MHD_NO;
	/* Half-read bodies and broken heads: nothing more is believed on this line. */
	if (l->req.broken || l->came < l->req.length)
		(void)lib.MHD_add_response_header(r, "Connection", "close");
	http_conn_phase(h->times, l->conn, PHASE_WRITE, s->body.n);
	if (done == MHD_YES)
		done = lib.MHD_queue_response(c, (unsigned)s->status, r);
	lib.MHD_destroy_response(r);
	return done;
}

/* ---- the library's calls ---- */

static struct http_conn *conn_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = lib.MHD_get_connection_info(
		c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static enum MHD_Result on_head(struct http *h, struct live *l, struct MHD_Connection *c,
	const char *method, const char *version)
{
	struct res s = { 0 };
	l->begun = true;
	l->conn = conn_of(c);
	if (l->conn == NULL)
		return MHD_NO;
	read_head(l, c, method, version);
	read_client(l, c);
	http_conn_phase(h->times, l->conn, l->req.length ? PHASE_BODY : PHASE_RUN, 0);
	l->handled = true;
	h->o.handler->begin(h->o.handler->ctx, &l->req, &s);
	if (s.status)
		return send_res(h, l, c, &s);
	l->body = buf_in(&l->arena, (size_t)l->req.length + 1);
	return MHD_YES;
}

static enum MHD_Result on_body(struct http *h, struct live *l, struct str bytes)
{
	l->came += bytes.n;
	http_conn_came(h->times, l->conn, l->came);
	if (l->came > l->req.length)
		return MHD_NO;
	if (l->req.take && l->req.take_err == 0)
		l->req.take_err = l->req.take(&l->req, bytes);
	else if (l->req.take == NULL && buf_add(&l->body, bytes) < 0)
		return MHD_NO;
	return MHD_YES;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *data, size_t *n,
	void **place)
{
	struct http *h = ctx;
	struct live *l = *place;
	struct res s = { 0 };
	(void)url;
	if (l == NULL)
		return MHD_NO;
	if (!l->begun)
		return on_head(h, l, c, method, version);
	if (*n > 0) {
		enum MHD_Result r = on_body(h, l, (struct str){ data, *n });
		*n = 0;
		return r;
	}
	l->req.body = buf_str(&l->body);
	http_conn_phase(h->times, l->conn, PHASE_RUN, 0);
	h->o.handler->run(h->o.handler->ctx, &l->req, &s);
	return send_res(h, l, c, &s);
}

static void on_end(void *ctx, struct MHD_Connection *c, void **place,
	enum MHD_RequestTerminationCode how)
{
	struct http *h = ctx;
	struct live *l = *place;
	(void)c;
	(void)how;
	*place = NULL;
	if (l == NULL)
		return;
	if (l->handled)
		h->o.handler->end(h->o.handler->ctx, &l->req);
	if (l->conn)
		http_conn_phase(h->times, l->conn, PHASE_IDLE, 0);
	struct arena a = l->arena;
	arena_free(&a);
}

static void on_connection(void *ctx, struct MHD_Connection *c, void **place,
	enum MHD_ConnectionNotificationCode what)
{
	struct http *h = ctx;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info = lib.MHD_get_connection_info(
			c, MHD_CONNECTION_INFO_CONNECTION_FD);
		*place = info ? http_conn_new(h->times, info->connect_fd) : NULL;
	} else if (*place) {
		http_conn_end(h->times, *place);
		*place = NULL;
	}
}

/* Paths and queries stay as they came: we read them ourselves. */
static size_t no_unescape(void *ctx, struct MHD_Connection *c, char *s)
{
	(void)ctx;
	(void)c;
	return strlen(s);
}

/* Every odd request is worth a line to the library: strangers do not fill the disk. */
static bool may_log(struct http *h)
{
	int64_t minute = clock_ms() / 60000;
	if (atomic_exchange(&h->log_minute, minute) != minute)
		atomic_store(&h->log_lines, 0);
	int n = atomic_fetch_add(&h->log_lines, 1);
	if (n == LOG_LINES)
		h->o.log("more of this is not written in this minute");
	return n < LOG_LINES;
}

/* What the library quotes may be a path, and in paths stand tokens. */
static void drop_quoted(char *line)
{
	char *from = strchr(line, '`'), *to = strrchr(line, '\'');
	if (from && from[1] == '/')
		memmove(from + 1, to > from ? to : "", to > from ? strlen(to) + 1 : 1);
}

__attribute__((format(printf, 2, 0))) static void on_log(
	void *ctx, const char *format, va_list ap)
{
	struct http *h = ctx;
	char line[300];
	if (!may_log(h))
		return;
	(void)vsnprintf(line, sizeof(line), format, ap);
	drop_quoted(line);
	size_t n = strlen(line);
	while (n > 0 && line[n - 1] == '\n')
		line[--n] = '\0';
	h->o.log(line);
}

static int start(struct http *h, struct why *why)
{
	unsigned per_client = h->o.behind_proxy ? 0 : HTTP_PER_CLIENT;
	const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, h },
		{ MHD_OPTION_LISTEN_SOCKET, h->o.listen_fd, NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, h->o.threads, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, HTTP_IDLE_MOST, NULL },
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_client, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, 2 * HTTP_IDLE_MS / 1000, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_HEAD_MAX, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_INCREMENT, 1024, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)no_unescape, h },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, h },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_end, h },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, h },
		{ MHD_OPTION_END, 0, NULL },
	};
	h->daemon = lib.MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL,
		NULL, on_request, h, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
	return h->daemon ? 0 : fail(why, E_SYS, "the HTTP server does not start");
}

int http_ready(struct why *why)
{
	return lib_open("libmicrohttpd.so.12", calls, N(calls), why);
}

int http_start(const struct http_options *o, struct why *why, struct http **ret)
{
	int r = http_ready(why);
	if (r < 0)
		return r;
	struct arena a = arena_new(KIB(64), "http");
	struct http *h = arena_alloc(&a, sizeof(*h));
	h->arena = a;
	h->o = *o;
	r = http_times_start(HTTP_IDLE_MOST + 100, why, &h->times);
	if (r == 0)
		r = start(h, why);
	if (r < 0) {
		http_times_stop(&h->times);
		arena_free(&a);
		return r;
	}
	*ret = h;
	return 0;
}

void http_stop(struct http **p, int ms)
{
	struct http *h = *p;
	*p = NULL;
	if (h == NULL)
		return;
	int64_t until = clock_ms() + ms;
	(void)lib.MHD_quiesce_daemon(h->daemon);
	while (http_times_busy(h->times) > 0 && clock_ms() < until)
		clock_sleep_ms(10);
	lib.MHD_stop_daemon(h->daemon);
	http_times_stop(&h->times);
	struct arena a = h->arena;
	arena_free(&a);
}
