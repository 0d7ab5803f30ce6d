/* SPDX-License-Identifier: Apache-2.0
 * smtp_out.c - hands a mail to the operator's mail server: see smtp_out.h.
 * Depends on: base, fmt, libcurl. */
#include "exchange/smtp_out.h"

#include "base/fd.h"
#include "base/lib.h"
#include "base/utf8.h"
#include "fmt/smtp.h"
#include "sys/clock.h"

/* Its macros would call it by name. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>

#define CALLS(X)                                                                         \
	X(curl_easy_cleanup)                                                             \
	X(curl_easy_getinfo)                                                             \
	X(curl_easy_init)                                                                \
	X(curl_easy_perform)                                                             \
	X(curl_easy_recv)                                                                \
	X(curl_easy_send)                                                                \
	X(curl_easy_setopt)                                                              \
	X(curl_easy_strerror)                                                            \
	X(curl_global_cleanup)                                                           \
	X(curl_global_init)
LIB_FIND(CALLS);

#define SYSTEM_CA  "/etc/ssl/certs/ca-certificates.crt"
#define CA_MAX	   MIB(4)
#define MAILS_LINK 100 /* over one connection */

struct smtp_out {
	struct arena arena; /* for its life */
	struct str system_ca;
	CURL *curl;
	bool open; /* a connection stands and is between two mails */
	bool dsn;  /* its server takes RFC 3461 */
	int mails;
	char key[600]; /* whom it is open to */
	struct arena in_arena;
	struct buf in; /* received and not yet read */
};

int smtp_out_new(struct why *why, struct smtp_out **ret)
{
	int r = lib_open("libcurl.so.4", calls, N(calls), why);
	if (r < 0)
		return r;
	struct arena a = arena_new(MIB(16), "smtp");
	struct smtp_out *s = arena_alloc(&a, sizeof(*s));
	if (lib.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		arena_free(&a);
		return fail(why, E_STATE, "libcurl does not start");
	}
	s->system_ca = S("");
	/* None there: then only a server with mail.ca-file, or one on this machine. */
	(void)!file_read(AT_FDCWD, SYSTEM_CA, &a, CA_MAX, NULL, &s->system_ca);
	s->arena = a;
	s->in_arena = arena_new(KIB(128), "smtp in");
	*ret = s;
	return 0;
}

static void hang_up(struct smtp_out *s)
{
	if (s->curl)
		lib.curl_easy_cleanup(s->curl);
	s->curl = NULL;
	s->open = false;
	arena_reset(&s->in_arena);
	s->in = buf_in(&s->in_arena, KIB(64));
}

void smtp_out_free(struct smtp_out **p)
{
	struct smtp_out *s = *p;
	*p = NULL;
	if (s == NULL)
		return;
	hang_up(s);
	lib.curl_global_cleanup();
	arena_free(&s->in_arena);
	struct arena a = s->arena;
	arena_free(&a);
}

/* One mail on its way. */
struct hand {
	struct smtp_out *s;
	struct arena *a;
	const struct net_send *job;
	struct net_done *done;
	int64_t until; /* of the answer that is waited for */
};

static int end(struct hand *h, enum net_outcome o, struct str reply)
{
	h->done->outcome = o;
	h->done->reply = utf8_cut(utf8_escape(h->a, reply), NET_REPLY_MAX);
	return E_STATE;
}

static int end_reply(struct hand *h, enum net_outcome o, const struct smtp_reply *r)
{
	return end(h, o, smtp_reply_text(h->a, r, NET_REPLY_MAX));
}

/* Waits until the socket can; false when time is over. */
static bool await(struct hand *h, short events)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	int64_t left = h->until - clock_ms();
	if (left <= 0 ||
		lib.curl_easy_getinfo(h->s->curl, CURLINFO_ACTIVESOCKET, &fd) !=
			CURLE_OK ||
		fd == CURL_SOCKET_BAD)
		return false;
	struct pollfd p = { .fd = fd, .events = events };
	return poll(&p, 1, (int)left) > 0;
}

static int send_all(struct hand *h, struct str s)
{
	while (s.n > 0) {
		size_t n = 0;
		CURLcode c = lib.curl_easy_send(h->s->curl, s.p, s.n, &n);
		if (c == CURLE_AGAIN && await(h, POLLOUT))
			continue;
		if (c != CURLE_OK)
			return E_PEER;
		s = str_from(s, n);
		h->until = clock_ms() + 1000 * (int64_t)h->job->timeout_s;
	}
	return 0;
}

static int receive(struct hand *h, struct smtp_reply *ret)
{
	struct buf *in = &h->s->in;
	for (;;) {
		int r = smtp_reply_read(buf_str(in), ret);
		if (r != 0)
			return r < 0 ? r : 0;
		char *room;
		size_t n = 0;
		r = buf_room(in, KIB(4), &room);
		if (r < 0)
			return r;
		CURLcode c = lib.curl_easy_recv(h->s->curl, room, KIB(4), &n);
		if (c == CURLE_AGAIN && await(h, POLLIN))
			continue;
		if (c != CURLE_OK || n == 0)
			return E_PEER;
		buf_wrote(in, n);
	}
}

/* A reply that was read is forgotten; what came with it stays. */
static void took(struct hand *h, const struct smtp_reply *r)
{
	struct buf *in = &h->s->in;
	struct str rest = str_dup(h->a, str_from(buf_str(in), r->used));
	buf_clear(in);
	if (buf_add(in, rest) < 0)
		buf_clear(in);
}

static void wait_for(struct hand *h)
{
	h->until = clock_ms() + 1000 * (int64_t)h->job->timeout_s;
}

/* A command and its reply, a copy. Its failure is told: nothing went out. */
static int talk(struct hand *h, struct str line, struct smtp_reply *ret)
{
	wait_for(h);
	int r = line.n ? send_all(h, line) : 0;
	if (r == 0)
		r = receive(h, ret);
	if (r < 0)
		return end(h, NET_UNREACHABLE,
			S("the mail server closed the connection, or did not answer"));
	ret->lines = str_dup(h->a, ret->lines);
	took(h, ret);
	return 0;
}

/* ---- the connection ---- */

static void set_tls(struct smtp_out *s, const struct net_send *job,
	const struct smtp_relay *relay, struct curl_blob *ca)
{
	bool plain = relay->loopback && !relay->tls;
	struct str pem = job->ca.n ? job->ca : s->system_ca;
	*ca = (struct curl_blob){
		.data = (void *)(uintptr_t)pem.p, .len = pem.n, .flags = CURL_BLOB_COPY
	};
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_USE_SSL,
		(long)(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	(void)lib.curl_easy_setopt(
		s->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYPEER, 1L);
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYHOST, 2L);
	if (pem.n)
		(void)lib.curl_easy_setopt(s->curl, CURLOPT_CAINFO_BLOB, ca);
}

static int set_all(struct hand *h, const struct smtp_relay *relay)
{
	struct smtp_out *s = h->s;
	struct curl_blob ca;
	struct buf url = buf_in(h->a, KIB(1));
	const char *text, *user, *password;
	struct str domain = str_from(h->job->from, str_rfind(h->job->from, '@') + 1);
	bool v6 = str_find(relay->host, ':') < relay->host.n;
	/* The path is what EHLO says. */
	int r = buf_addf(&url, "%s://%s%.*s%s:%u/%.*s", relay->tls ? "smtps" : "smtp",
		v6 ? "[" : "", STR(relay->host), v6 ? "]" : "", relay->port, STR(domain));
	if (r == 0)
		r = str_z(h->a, buf_str(&url), &text);
	if (r == 0)
		r = str_z(h->a, h->job->user, &user);
	if (r == 0)
		r = str_z(h->a, h->job->password, &password);
	if (r < 0)
		return r;
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_URL, text);
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_CONNECT_ONLY, 1L);
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)h->job->timeout_s);
	set_tls(s, h->job, relay, &ca);
	if (h->job->user.n) {
		(void)lib.curl_easy_setopt(s->curl, CURLOPT_USERNAME, user);
		(void)lib.curl_easy_setopt(s->curl, CURLOPT_PASSWORD, password);
	}
	return 0;
}

static int dial(struct hand *h, const struct smtp_relay *relay)
{
	struct smtp_out *s = h->s;
	char error[CURL_ERROR_SIZE] = "";
	s->curl = lib.curl_easy_init();
	if (s->curl == NULL || set_all(h, relay) < 0)
		return end(h, NET_LATER, S("libcurl does not take the job"));
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, error);
	CURLcode c = lib.curl_easy_perform(s->curl);
	(void)lib.curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, NULL);
	if (c != CURLE_OK) {
		const char *why = error[0] ? error : lib.curl_easy_strerror(c);
		return end(h, NET_UNREACHABLE, str_dup(h->a, str_c(why)));
	}
	return 0;
}

/* libcurl heard what the server can and does not tell: ask again. */
static int ask_extensions(struct hand *h)
{
	struct smtp_reply r;
	struct buf line = buf_in(h->a, KIB(1));
	struct str domain = str_from(h->job->from, str_rfind(h->job->from, '@') + 1);
	int e = buf_addf(&line, "EHLO %.*s\r\n", STR(domain));
	if (e == 0)
		e = talk(h, buf_str(&line), &r);
	if (e == 0 && r.code != 250)
		return end_reply(h, NET_UNREACHABLE, &r);
	if (e == 0)
		h->s->dsn = smtp_reply_has(&r, "DSN");
	return e;
}

static int connect_to(struct hand *h)
{
	struct smtp_out *s = h->s;
	struct smtp_relay relay;
	char key[sizeof(s->key)];
	if (smtp_relay_read(h->job->relay, &relay) < 0)
		return end(h, NET_LATER, S("mail.relay is not smtp://host:port"));
	int n = snprintf(
		key, sizeof(key), "%.*s %.*s", STR(h->job->relay), STR(h->job->user));
	bool fits = n > 0 && (size_t)n < sizeof(key);
	if (s->open && fits && strcmp(key, s->key) == 0 && s->mails < MAILS_LINK)
		return 0;
	hang_up(s);
	s->mails = 0;
	if (fits)
		memcpy(s->key, key, (size_t)n + 1);
	int r = dial(h, &relay);
	return r < 0 ? r : ask_extensions(h);
}

/* ---- the mail ---- */

/* "verb:<address>", and what RFC 3461 adds where the server takes that. */
static int envelope_line(struct hand *h, const char *verb, struct str address,
	struct str added, struct str value, struct smtp_reply *ret)
{
	struct buf line = buf_in(h->a, KIB(2));
	int e = buf_addf(&line, "%s:<%.*s>", verb, STR(address));
	if (e == 0 && h->s->dsn)
		e = buf_add(&line, added);
	if (e == 0 && h->s->dsn)
		e = smtp_xtext(&line, value);
	if (e == 0)
		e = buf_add(&line, S("\r\n"));
	if (e < 0)
		return end(h, NET_LATER, S("the envelope is too long"));
	return talk(h, buf_str(&line), ret);
}

static int envelope(struct hand *h)
{
	struct smtp_reply r;
	const struct net_send *job = h->job;
	int e = envelope_line(
		h, "MAIL FROM", job->from, S(" RET=HDRS ENVID="), job->envid, &r);
	/* That our own address or user is refused says nothing of this recipient. */
	if (e == 0 && r.code >= 300)
		return end_reply(h, NET_LATER, &r);
	if (e == 0)
		e = envelope_line(h, "RCPT TO", job->to,
			S(" NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;"), job->to, &r);
	/* "Relay access denied" is the same for all: no contact is in doubt for it. */
	if (e == 0 && r.code >= 300)
		return end_reply(h,
			r.code >= 500 && !smtp_reply_of_policy(&r) ? NET_REFUSED
								   : NET_LATER,
			&r);
	if (e == 0)
		e = talk(h, S("DATA\r\n"), &r);
	if (e == 0 && r.code != 354)
		return end_reply(h, r.code >= 500 ? NET_UNWANTED : NET_LATER, &r);
	return e;
}

/* From the first byte on the server may have it all; that it has not is known only when
 * the end was not sent yet. */
static int content(struct hand *h, struct str mail)
{
	struct smtp_reply r;
	struct buf piece = buf_in(h->a, MIB(2));
	wait_for(h);
	while (mail.n > 0) {
		buf_clear(&piece);
		if (smtp_data(&piece, &mail) < 0 || send_all(h, buf_str(&piece)) < 0)
			return end(h, NET_UNREACHABLE,
				S("the connection broke while the mail was sent"));
	}
	int e = send_all(h, S(".\r\n"));
	if (e == 0)
		e = receive(h, &r);
	if (e < 0)
		return end(h, NET_UNCERTAIN,
			S("the mail was sent, and no answer came: the server may have "
			  "taken it"));
	r.lines = str_dup(h->a, r.lines);
	took(h, &r);
	if (r.code >= 300)
		return end_reply(h, r.code >= 500 ? NET_UNWANTED : NET_LATER, &r);
	h->s->mails++;
	(void)end_reply(h, NET_ACCEPTED, &r);
	return 0;
}

void smtp_out_send(struct smtp_out *s, struct arena *a, const struct net_send *job,
	struct str mail, struct net_done *ret)
{
	struct hand h = { .s = s, .a = a, .job = job, .done = ret };
	struct smtp_reply r;
	*ret = (struct net_done){ NET_LATER, S("") };
	bool kept = s->open;
	int e = connect_to(&h);
	if (e == 0)
		e = envelope(&h);
	/* A server may close a connection that was idle: that is no failure. */
	if (e < 0 && kept && ret->outcome == NET_UNREACHABLE) {
		hang_up(s);
		e = connect_to(&h);
		if (e == 0)
			e = envelope(&h);
	}
	if (e == 0)
		e = content(&h, mail);
	struct net_done done = *ret;
	s->open = e == 0;
	/* A refusal leaves the connection as it was, after a reset. */
	bool lives = e < 0 && s->curl && done.outcome != NET_UNREACHABLE &&
		done.outcome != NET_UNCERTAIN;
	if (lives && talk(&h, S("RSET\r\n"), &r) == 0 && r.code == 250)
		s->open = true;
	*ret = done;
	if (!s->open)
		hang_up(s);
}
