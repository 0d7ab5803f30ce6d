/* SPDX-License-Identifier: Apache-2.0
 * test_smtp.c - lines of SMTP, both sides; messages between work and net.
 * Depends on: fmt. */
#include "base/utf8.h"
#include "fmt/net_job.h"
#include "fmt/smtp.h"
#include "tap.h"

static const struct {
	const char *in;
	int rc;
	const char *host;
	uint16_t port;
	bool tls, loopback;
} relays[] = {
	{ "smtp://127.0.0.1:2525", 0, "127.0.0.1", 2525, false, true },
	{ "smtp://localhost", 0, "localhost", 25, false, true },
	{ "smtp://[::1]:25", 0, "::1", 25, false, true },
	{ "smtp://mail.example", 0, "mail.example", 25, false, false },
	{ "smtps://mail.example", 0, "mail.example", 465, true, false },
	{ "smtp://localhost.evil.example", 0, "localhost.evil.example", 25, false,
		false },
	{ "smtp://127.evil", E_SYNTAX + 1, NULL, 0, false, false },
	{ "smtp://127.a.evil.example", E_SYNTAX + 1, NULL, 0, false, false },
	{ "http://mail.example", E_SYNTAX, NULL, 0, false, false },
	{ "smtp://", E_SYNTAX, NULL, 0, false, false },
	{ "smtp://a@b.example", E_SYNTAX, NULL, 0, false, false },
	{ "smtp://a.example/x", E_SYNTAX, NULL, 0, false, false },
	{ "smtp://a.example:0", E_SYNTAX, NULL, 0, false, false },
	{ "smtp://a.example:65536", E_SYNTAX, NULL, 0, false, false },
	{ "smtp://[::1", E_SYNTAX, NULL, 0, false, false },
	{ "smtp://[g::1]", E_SYNTAX, NULL, 0, false, false },
};

static void test_relays(void)
{
	for (size_t i = 0; i < N(relays); i++) {
		struct smtp_relay r = { .host = S("") };
		int rc = smtp_relay_read(str_c(relays[i].in), &r);
		if (relays[i].rc == E_SYNTAX + 1) { /* a name, and no address */
			ok(rc == 0 && !r.loopback, "%s is not this machine",
				relays[i].in);
			continue;
		}
		bool held = rc == relays[i].rc;
		if (rc == 0)
			held = held && str_eq(r.host, str_c(relays[i].host)) &&
				r.port == relays[i].port && r.tls == relays[i].tls &&
				r.loopback == relays[i].loopback;
		ok(held, "relay %s", relays[i].in);
	}
}

static const struct {
	const char *in;
	int rc, code;
	size_t used;
} replies[] = {
	{ "250 OK\r\n", 1, 250, 8 },
	{ "250-a\r\n250-DSN\r\n250 c\r\nrest", 1, 250, 23 },
	{ "354\n", 1, 354, 4 },
	{ "250-a\r\n250", 0, 0, 0 },
	{ "250 OK", 0, 0, 0 },
	{ "", 0, 0, 0 },
	{ "250-a\r\n251 b\r\n", E_SYNTAX, 0, 0 },
	{ "HTTP/1.1 400\r\n", E_SYNTAX, 0, 0 },
	{ "199 x\r\n", E_SYNTAX, 0, 0 },
	{ "250_x\r\n", E_SYNTAX, 0, 0 },
};

static void test_replies(void)
{
	AUTO_ARENA a = arena_new(MIB(1), "test");
	for (size_t i = 0; i < N(replies); i++) {
		struct smtp_reply r = { 0 };
		int rc = smtp_reply_read(str_c(replies[i].in), &r);
		ok(rc == replies[i].rc && r.code == replies[i].code &&
				r.used == replies[i].used,
			"reply %s", replies[i].in);
	}
	struct smtp_reply r;
	static char big[SMTP_REPLY_MAX + 100];
	memset(big, 'x', sizeof(big));
	ok(smtp_reply_read((struct str){ big, sizeof(big) }, &r) == E_TOO_BIG,
		"a line without end is refused");
	ok(smtp_reply_read(str_c(replies[1].in), &r) == 1 && smtp_reply_has(&r, "DSN") &&
			smtp_reply_has(&r, "dsn") && !smtp_reply_has(&r, "SIZE"),
		"extensions are found");
	ok(smtp_reply_read(S("250 DSN\r\n"), &r) == 1 && !smtp_reply_has(&r, "DSN"),
		"a greeting is no extension");
	ok(smtp_reply_read(S("554-5.7.1 <x@y>: Relay access denied\r\n554 x\r\n"), &r) ==
				1 &&
			smtp_reply_of_policy(&r) &&
			smtp_reply_read(S("550 5.1.1 5.7.1\r\n"), &r) == 1 &&
			!smtp_reply_of_policy(&r) &&
			smtp_reply_read(S("550\r\n"), &r) == 1 &&
			!smtp_reply_of_policy(&r),
		"what the server's rules forbid says nothing of the address");
	ok(smtp_reply_read(S("550-no\x1b[2J\r\n550 \xff\r\n"), &r) == 1 &&
			utf8_clean(smtp_reply_text(&a, &r, 100)),
		"what is shown is clean");
}

static const struct {
	const char *in;
	int rc;
	enum smtp_verb verb;
	const char *address;
	unsigned notify;
} commands[] = {
	{ "EHLO me.example", 0, SMTP_EHLO, "", 0 },
	{ "mail from:<a@b.example> RET=HDRS ENVID=x SIZE=10", 0, SMTP_MAIL, "a@b.example",
		0 },
	{ "MAIL FROM:<>", 0, SMTP_MAIL, "", 0 },
	{ "RCPT TO:<a@b.example>", 0, SMTP_RCPT, "a@b.example", 0 },
	{ "RCPT TO:<a@b.example> NOTIFY=SUCCESS,DELAY", 0, SMTP_RCPT, "a@b.example", 10 },
	{ "RCPT TO:<a@b.example> NOTIFY=NEVER", 0, SMTP_RCPT, "a@b.example", 1 },
	{ "DATA", 0, SMTP_DATA, "", 0 },
	{ "DATAX", 0, SMTP_UNKNOWN, "", 0 },
	{ "XYZ", 0, SMTP_UNKNOWN, "", 0 },
	{ "", 0, SMTP_UNKNOWN, "", 0 },
	{ "DATA now", E_SYNTAX, 0, NULL, 0 },
	{ "RCPT TO:<>", E_SYNTAX, 0, NULL, 0 },
	{ "RCPT TO:a@b.example", E_SYNTAX, 0, NULL, 0 },
	{ "RCPT TO:<a@b.example>x", E_SYNTAX, 0, NULL, 0 },
	{ "RCPT TO:<a@b.example> NOTIFY=NEVER,SUCCESS", E_SYNTAX, 0, NULL, 0 },
	{ "RCPT TO:<a@b.example> NOTIFY=", E_SYNTAX, 0, NULL, 0 },
	{ "RCPT TO:<a@b.example> RET=HDRS", E_SYNTAX, 0, NULL, 0 },
	{ "RCPT TO:<a b@c.example>", E_SYNTAX, 0, NULL, 0 },
	{ "MAIL FROM:<a@b.example> ENVID=\x01", E_SYNTAX, 0, NULL, 0 },
};

static void test_commands(void)
{
	for (size_t i = 0; i < N(commands); i++) {
		struct smtp_command c = { .address = S("") };
		int rc = smtp_command_read(str_c(commands[i].in), &c);
		bool held = rc == commands[i].rc;
		if (rc == 0)
			held = held && c.verb == commands[i].verb &&
				c.notify == commands[i].notify &&
				str_eq(c.address, str_c(commands[i].address));
		ok(held, "command '%s'", commands[i].in);
	}
}

static void test_content(void)
{
	static const struct {
		const char *in, *want;
	} t[] = {
		{ "a\r\nb\r\n", "a\r\nb\r\n" },
		{ "a\nb", "a\r\nb\r\n" },
		{ ".\r\n..\r\n.x", "..\r\n...\r\n..x\r\n" },
		{ "a\r\n.\rb\r\n", "a\r\n..b\r\n" },
		{ "a\r\n\r.\r\nMAIL\r\n", "a\r\n..\r\nMAIL\r\n" },
		{ "\n.\n", "\r\n..\r\n" },
	};
	for (size_t i = 0; i < N(t); i++) {
		AUTO_ARENA a = arena_new(MIB(1), "test");
		struct buf b = buf_in(&a, KIB(64));
		struct str s = str_c(t[i].in);
		ok(smtp_data(&b, &s) == 0 && s.n == 0 &&
				str_eq(buf_str(&b), str_c(t[i].want)),
			"a mail for DATA, %zu", i);
	}
	AUTO_ARENA a = arena_new(MIB(1), "test");
	struct buf b = buf_in(&a, KIB(1));
	struct str back;
	ok(smtp_xtext(&b, S("a+b=c d@e")) == 0 &&
			str_eq(buf_str(&b), S("a+2Bb+3Dc+20d@e")),
		"xtext");
	ok(smtp_xtext_read(&a, buf_str(&b), &back) == 0 && str_eq(back, S("a+b=c d@e")),
		"and back");
	ok(smtp_xtext_read(&a, S("a+2"), &back) == E_SYNTAX &&
			smtp_xtext_read(&a, S("a+zz"), &back) == E_SYNTAX &&
			smtp_xtext_read(&a, S("a b"), &back) == E_SYNTAX,
		"broken xtext");
}

static int read_job(struct arena *a, const struct net_send *s, struct net_send *ret)
{
	struct buf b = buf_in(a, LIMIT_FRAME);
	struct writer w = wr_new(&b);
	net_send_write(&w, s);
	return net_send_read(buf_str(&b), ret);
}

static void test_job(void)
{
	AUTO_ARENA a = arena_new(MIB(16), "test");
	const struct net_send good = { S("smtp://127.0.0.1"), S(""), S(""), S(""),
		S("a@b.example"), S("c@d.example"), S("id@x"), 5, 100 };
	struct net_send s, bad[7];
	ok(read_job(&a, &good, &s) == 0 && str_eq(s.to, good.to) && s.bytes == 100,
		"a job for net");
	for (size_t i = 0; i < N(bad); i++)
		bad[i] = good;
	bad[0].relay = S("gopher://x");
	bad[1].from = S("a@b.example>\r\nRCPT TO:<x@y.example");
	bad[2].to = S("");
	bad[3].bytes = 0;
	bad[4].bytes = NET_MAIL_MAX + 1;
	bad[5].timeout_s = 0;
	bad[6].password = S("x\r\nRSET");
	for (size_t i = 0; i < N(bad); i++)
		ok(read_job(&a, &bad[i], &s) < 0, "a broken job, %zu", i);
}

int main(void)
{
	test_relays();
	test_replies();
	test_commands();
	test_content();
	test_job();
	return tap_end();
}
