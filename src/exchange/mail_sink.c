/* SPDX-License-Identifier: Apache-2.0
 * mail_sink.c - a mail server that keeps everything: see mail_sink.h.
 * Depends on: base, sys, fmt. One thread; a connection that says nothing for a while is
 * closed. */
#include "exchange/mail_sink.h"

#include "base/fd.h"
#include "base/hash.h"
#include "fmt/smtp.h"
#include "sys/clock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEERS	 64
#define IDLE_MS	 300000
#define MAIL_MAX MIB(64)
#define RCPT_MAX 100

struct peer {
	int fd;		    /* -1: free */
	struct arena arena; /* a mail's */
	struct arena conn;  /* the connection's: in */
	struct buf in;
	struct buf mail;
	bool in_data, hung;
	struct str from, envid;
	struct str to[RCPT_MAX];
	unsigned notify[RCPT_MAX];
	size_t n_to;
	enum sink_play play;
	int64_t seen_ms, answer_ms; /* answer_ms: when to say 250, 0 for not */
};

struct sink {
	const struct sink_options *o;
	struct why *why;
	int listen_fd, signals, mail_dir, dsn_dir;
	int64_t next;	/* number of the next mail */
	uint64_t mails; /* begun: which play is next */
	struct peer peers[PEERS];
};

static const char *const play_names[] = { "ok", "later", "refuse", "later-data", "delay",
	"hang", "drop", "cut" };

int sink_plays_read(struct str s, struct sink_options *o, struct why *why)
{
	struct str one;
	while (str_split(&s, ',', &one)) {
		size_t p = 0;
		while (p < PLAY_N && !str_eq(one, str_c(play_names[p])))
			p++;
		if (p == PLAY_N || o->n_plays == SINK_PLAYS)
			return fail(why, E_USAGE,
				"'%.*s' is not one of ok, later, refuse, later-data, "
				"delay, hang, drop, cut",
				STR(str_to(one, 40)));
		o->plays[o->n_plays++] = (enum sink_play)p;
	}
	return 0;
}

/* ---- keeping ---- */

static int keep_report(struct sink *s, struct peer *p, size_t i, enum sink_fate f)
{
	char name[40];
	struct str mail = buf_str(&p->mail), text = S(""), envid;
	size_t end = str_search(mail, S("\r\n\r\n"));
	unsigned wanted = f == FATE_DELIVERED || f == FATE_WRONG ? SMTP_NOTIFY_SUCCESS
								 : SMTP_NOTIFY_FAILURE;
	unsigned asked = p->notify[i] ? p->notify[i] : SMTP_NOTIFY_FAILURE;
	struct clock real = { 0 };
	if ((asked & wanted) == 0 || p->from.n == 0)
		return 0;
	int r = smtp_xtext_read(&p->arena, p->envid, &envid);
	if (r == 0)
		r = sink_report(&p->arena, f, p->from, p->to[i], envid,
			str_to(mail, end + 2), s->next, clock_now(&real), &text);
	(void)snprintf(name, sizeof(name), "%06" PRId64 ".eml", s->next);
	return r < 0 || text.n == 0 ? r : file_replace(s->dsn_dir, name, text, s->why);
}

static int keep_for(struct sink *s, struct peer *p, size_t i)
{
	char name[40];
	enum sink_fate f = s->o->all_delivered ? FATE_DELIVERED
					       : sink_fate_of(s->o->seed, p->to[i]);
	struct buf b = buf_in(&p->arena, MAIL_MAX + KIB(2));
	(void)snprintf(name, sizeof(name), "%06" PRId64 ".eml", s->next);
	int r = buf_addf(&b,
		"Return-Path: <%.*s>\r\nDelivered-To: %.*s\r\nX-Sink-Fate: %s\r\n",
		STR(p->from), STR(p->to[i]), sink_fate_text(f));
	if (r == 0)
		r = buf_add(&b, buf_str(&p->mail));
	if (r == 0)
		r = file_replace(s->mail_dir, name, buf_str(&b), s->why);
	if (r == 0)
		r = keep_report(s, p, i, f);
	s->next++;
	return r;
}

/* ---- talking ---- */

static void drop(struct peer *p)
{
	if (p->fd >= 0)
		(void)close(p->fd);
	p->fd = -1;
	arena_free(&p->arena);
	arena_free(&p->conn);
}

static void begin_mail(struct peer *p)
{
	arena_reset(&p->arena);
	p->mail = buf_in(&p->arena, MAIL_MAX);
	p->from = p->envid = (struct str){ NULL, 0 };
	p->n_to = 0;
	p->in_data = false;
}

static int say(struct peer *p, const char *line)
{
	char text[600];
	int n = snprintf(text, sizeof(text), "%s\r\n", line);
	return n > 0 && send(p->fd, text, (size_t)n, MSG_NOSIGNAL) == n ? 0 : E_PEER;
}

static int on_recipient(struct peer *p, const struct smtp_command *c)
{
	if (p->from.p == NULL)
		return say(p, "503 5.5.1 MAIL first");
	if (p->play == PLAY_LATER)
		return say(p, "451 4.3.0 Come back later");
	if (p->play == PLAY_REFUSE)
		return say(p, "550 5.1.1 No such user here");
	if (p->n_to == RCPT_MAX)
		return say(p, "452 4.5.3 Too many recipients");
	p->notify[p->n_to] = c->notify;
	p->to[p->n_to++] = str_dup(&p->arena, c->address);
	return say(p, "250 2.1.5 OK");
}

static int on_sender(struct sink *s, struct peer *p, const struct smtp_command *c)
{
	begin_mail(p);
	p->from = str_dup(&p->arena, c->address);
	p->envid = str_dup(&p->arena, c->envid);
	p->play = s->o->n_plays ? s->o->plays[s->mails % s->o->n_plays] : PLAY_OK;
	s->mails++;
	return say(p, "250 2.1.0 OK");
}

static int on_command(struct sink *s, struct peer *p, struct str line)
{
	struct smtp_command c;
	if (smtp_command_read(line, &c) < 0)
		return say(p, "501 5.5.4 Not like that");
	switch (c.verb) {
	case SMTP_HELO:
		return say(p, "250 sink.example");
	case SMTP_EHLO:
		return say(p,
			"250-sink.example\r\n250-8BITMIME\r\n250-SIZE 67108864\r\n"
			"250-ENHANCEDSTATUSCODES\r\n250 DSN");
	case SMTP_MAIL:
		return on_sender(s, p, &c);
	case SMTP_RCPT:
		return on_recipient(p, &c);
	case SMTP_DATA:
		if (p->n_to == 0)
			return say(p, "503 5.5.1 RCPT first");
		p->in_data = true;
		return say(p, "354 Go on");
	case SMTP_RSET:
		begin_mail(p);
		return say(p, "250 2.0.0 OK");
	case SMTP_NOOP:
		return say(p, "250 2.0.0 OK");
	case SMTP_QUIT:
		(void)!say(p, "221 2.0.0 Bye");
		return E_PEER;
	case SMTP_VRFY:
		return say(p, "252 2.5.2 Send it and see");
	case SMTP_AUTH:
	case SMTP_STARTTLS:
	case SMTP_UNKNOWN:
		break;
	}
	return say(p, "502 5.5.1 Not here");
}

static int on_mail_end(struct sink *s, struct peer *p)
{
	int r = 0;
	p->in_data = false;
	if (p->play == PLAY_LATER_DATA)
		return say(p, "451 4.3.0 Not now");
	p->hung = p->play == PLAY_HANG;
	if (p->hung)
		return 0;
	for (size_t i = 0; i < p->n_to && r == 0; i++)
		r = keep_for(s, p, i);
	if (r < 0)
		return say(p, "452 4.3.1 Cannot keep it");
	if (p->play == PLAY_DROP)
		return E_PEER;
	if (p->play == PLAY_DELAY) {
		p->answer_ms = clock_ms() + s->o->delay_ms;
		return 0;
	}
	return say(p, "250 2.0.0 Kept");
}

static int on_data(struct sink *s, struct peer *p, struct str line)
{
	if (p->play == PLAY_CUT)
		return E_PEER;
	if (str_eq(line, S(".")))
		return on_mail_end(s, p);
	if (line.n > 0 && line.p[0] == '.')
		line = str_from(line, 1);
	int r = buf_add(&p->mail, line);
	return r < 0 ? E_PEER : buf_add(&p->mail, S("\r\n")) < 0 ? E_PEER : 0;
}

/* All whole lines. A line ends with CR LF and with nothing else. */
static int take_lines(struct sink *s, struct peer *p)
{
	int r = 0;
	while (r == 0 && !p->hung && p->answer_ms == 0) {
		struct str all = buf_str(&p->in);
		size_t end = str_search(all, S("\r\n"));
		if (end == all.n)
			return all.n > KIB(512) ? E_PEER : 0;
		AUTO_ARENA a = arena_new(MIB(4), "line");
		struct str line = str_dup(&a, str_to(all, end));
		struct str rest = str_dup(&a, str_from(all, end + 2));
		buf_clear(&p->in);
		r = buf_add(&p->in, rest);
		if (r == 0)
			r = p->in_data ? on_data(s, p, line) : on_command(s, p, line);
	}
	return r;
}

static int hear(struct sink *s, struct peer *p)
{
	char *room;
	if (p->hung)
		return 0;
	int r = buf_room(&p->in, KIB(16), &room);
	if (r < 0)
		return E_PEER;
	ssize_t n = recv(p->fd, room, KIB(16), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return E_PEER;
	buf_wrote(&p->in, (size_t)n);
	p->seen_ms = clock_ms();
	return take_lines(s, p);
}

/* ---- the loop ---- */

static void let_in(struct sink *s)
{
	int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	struct peer *p = NULL;
	for (size_t i = 0; i < PEERS && fd >= 0; i++)
		if (s->peers[i].fd < 0)
			p = &s->peers[i];
	if (p == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	*p = (struct peer){ .fd = fd, .seen_ms = clock_ms() };
	p->arena = arena_new(MIB(400), "a peer's mail");
	p->conn = arena_new(MIB(4), "a peer");
	p->in = buf_in(&p->conn, MIB(1));
	begin_mail(p);
	if (say(p, "220 sink.example keeps what it gets") < 0)
		drop(p);
}

static void answer_late(struct sink *s, struct peer *p)
{
	int64_t now = clock_ms();
	if (p->answer_ms && now >= p->answer_ms) {
		p->answer_ms = 0;
		if (say(p, "250 2.0.0 Kept, at last") < 0 || take_lines(s, p) < 0)
			drop(p);
	} else if (now - p->seen_ms > IDLE_MS) {
		drop(p);
	}
}

static bool turn(struct sink *s)
{
	struct pollfd p[2 + PEERS];
	p[0] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = s->listen_fd, .events = POLLIN };
	for (size_t i = 0; i < PEERS; i++)
		p[2 + i] = (struct pollfd){
			.fd = s->peers[i].fd,
			.events = s->peers[i].hung || s->peers[i].answer_ms ? POLLRDHUP
									    : POLLIN,
		};
	if (poll(p, N(p), 50) < 0)
		return errno == EINTR;
	for (size_t i = 0; i < PEERS; i++) {
		struct peer *peer = &s->peers[i];
		bool gone = p[2 + i].revents & (POLLHUP | POLLERR | POLLRDHUP) &&
			(peer->hung || peer->answer_ms);
		if (peer->fd >= 0 && p[2 + i].revents && (gone || hear(s, peer) < 0))
			drop(peer);
		if (peer->fd >= 0)
			answer_late(s, peer);
	}
	if (p[1].revents)
		let_in(s);
	return p[0].revents == 0;
}

static int listen_on(struct sink *s, uint16_t *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(s->o->port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(at);
	int one = 1;
	s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listen_fd < 0)
		return fail(s->why, E_SYS, "cannot make a socket");
	(void)setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s->listen_fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
		listen(s->listen_fd, PEERS) < 0 ||
		getsockname(s->listen_fd, (struct sockaddr *)&at, &n) < 0)
		return fail(s->why, E_SYS, "cannot listen on 127.0.0.1:%u", s->o->port);
	*ret_port = ntohs(at.sin_port);
	return 0;
}

/* Numbers go on where the last run ended. */
static int last_number(struct sink *s)
{
	AUTO_FD int fd = -1;
	int r = dir_open(s->mail_dir, ".", false, s->why, &fd);
	DIR *d = r < 0 ? NULL : fdopendir(fd);
	if (d == NULL)
		return r < 0 ? r : fail(s->why, E_SYS, "cannot list the mails");
	(void)take_fd(&fd);
	for (struct dirent *e; (e = readdir(d));) {
		struct str name = str_c(e->d_name);
		uint64_t n;
		if (scan_u64(&name, 1000000000, &n) && (int64_t)n >= s->next)
			s->next = (int64_t)n + 1;
	}
	(void)closedir(d);
	return 0;
}

static int watch_signals(struct sink *s)
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return fail(s->why, E_SYS, "cannot hold signals back");
	s->signals = signalfd(-1, &set, SFD_CLOEXEC);
	return s->signals < 0 ? fail(s->why, E_SYS, "cannot watch signals") : 0;
}

int sink_run(const struct sink_options *o, struct why *why)
{
	AUTO_ARENA a = arena_new(MIB(1), "sink");
	struct sink *s = arena_alloc(&a, sizeof(*s));
	uint16_t port;
	*s = (struct sink){ .o = o, .why = why, .next = 1 };
	s->listen_fd = s->signals = s->mail_dir = s->dsn_dir = -1;
	for (size_t i = 0; i < PEERS; i++)
		s->peers[i].fd = -1;
	int r = dir_open(o->dir, "mail", true, why, &s->mail_dir);
	if (r == 0)
		r = dir_open(o->dir, "dsn", true, why, &s->dsn_dir);
	if (r == 0)
		r = last_number(s);
	if (r == 0)
		r = watch_signals(s);
	if (r == 0)
		r = listen_on(s, &port);
	if (r == 0)
		o->ready(o->ctx, port);
	while (r == 0 && turn(s))
		continue;
	for (size_t i = 0; i < PEERS; i++)
		drop(&s->peers[i]);
	fd_close(&s->listen_fd);
	fd_close(&s->signals);
	fd_close(&s->mail_dir);
	fd_close(&s->dsn_dir);
	return r;
}
