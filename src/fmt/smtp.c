/* SPDX-License-Identifier: Apache-2.0
 * smtp.c - the lines of SMTP, both sides: see smtp.h. Depends on: base. */
#include "fmt/smtp.h"

#include "base/host.h"
#include "base/net.h"
#include "base/utf8.h"
#include "fmt/mime_out.h"

#define ENOUGH KIB(64) /* of a mail for one write */

/* ---- where ---- */

int smtp_relay_read(struct str url, struct smtp_relay *ret)
{
	struct smtp_relay r = { 0 };
	struct host h;
	r.tls = scan_lit(&url, "smtps://");
	if ((!r.tls && !scan_lit(&url, "smtp://")) || host_read(url, &h) < 0)
		return E_SYNTAX;
	r.host = h.name;
	r.port = h.port ? h.port : (r.tls ? 465 : 25);
	r.loopback = h.loopback;
	*ret = r;
	return 0;
}

/* ---- replies ---- */

int smtp_reply_read(struct str bytes, struct smtp_reply *ret)
{
	struct str rest = bytes;
	uint32_t first = 0;
	for (;;) {
		size_t end = str_find(rest, '\n');
		if (end == rest.n)
			return bytes.n > SMTP_REPLY_MAX ? E_TOO_BIG : 0;
		struct str line = str_to(rest, end);
		rest = str_from(rest, end + 1);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		uint32_t code;
		if (!scan_digits(&line, 3, &code) || code < 200 || code > 599)
			return E_SYNTAX;
		if (first == 0)
			first = code;
		if (code != first)
			return E_SYNTAX;
		size_t used = bytes.n - rest.n;
		if (used > SMTP_REPLY_MAX)
			return E_TOO_BIG;
		if (line.n > 0 && line.p[0] == '-')
			continue;
		if (line.n > 0 && line.p[0] != ' ')
			return E_SYNTAX;
		*ret = (struct smtp_reply){
			.code = (int)code, .lines = str_to(bytes, used), .used = used
		};
		return 1;
	}
}

bool smtp_reply_has(const struct smtp_reply *r, const char *keyword)
{
	struct str rest = r->lines, line;
	bool first = true;
	while (str_split(&rest, '\n', &line)) {
		line = str_trim(str_from(line, 4));
		struct str word = str_to(line, str_find(line, ' '));
		if (!first && str_eq_nocase(word, str_c(keyword)))
			return true;
		first = false;
	}
	return false;
}

bool smtp_reply_of_policy(const struct smtp_reply *r)
{
	struct str line = str_from(r->lines, 4);
	return scan_lit(&line, "5.7.") || scan_lit(&line, "4.7.");
}

struct str smtp_reply_text(struct arena *a, const struct smtp_reply *r, size_t max)
{
	char *p = arena_alloc(a, r->lines.n + 1);
	size_t n = 0;
	/* Line ends and what controls a terminal become blanks. */
	for (size_t i = 0; i < r->lines.n; i++) {
		char c = r->lines.p[i];
		bool blank = (unsigned char)c <= ' ' || c == 0x7f;
		if (blank && (n == 0 || p[n - 1] == ' '))
			continue;
		p[n++] = blank ? ' ' : c;
	}
	struct str s = str_trim((struct str){ p, n });
	return utf8_cut(utf8_escape(a, s), max);
}

static bool is_xchar(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != '+' && c != '=';
}

int smtp_xtext(struct buf *out, struct str s)
{
	int r = 0;
	for (size_t i = 0; i < s.n && r == 0; i++) {
		unsigned char c = (unsigned char)s.p[i];
		r = is_xchar(c) ? buf_addc(out, (char)c) : buf_addf(out, "+%02X", c);
	}
	return r;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int smtp_xtext_read(struct arena *a, struct str s, struct str *ret)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		int high = 0, low = 0;
		if (s.p[i] != '+') {
			if (!is_xchar((unsigned char)s.p[i]))
				return E_SYNTAX;
			p[n++] = s.p[i];
			continue;
		}
		if (s.n - i < 3 || (high = hex_digit(s.p[i + 1])) < 0 ||
			(low = hex_digit(s.p[i + 2])) < 0)
			return E_SYNTAX;
		p[n++] = (char)(unsigned char)(high << 4 | low);
		i += 2;
	}
	*ret = (struct str){ p, n };
	return 0;
}

int smtp_data(struct buf *out, struct str *mail)
{
	int r = 0;
	while (mail->n > 0 && r == 0 && out->n < ENOUGH) {
		size_t end = str_find(*mail, '\n');
		struct str line = str_to(*mail, end);
		*mail = str_from(*mail, end + 1);
		/* A CR alone is a line end to some and none to others: mails were
		 * smuggled through that gap. They go first, for one may hide a dot. */
		while (line.n > 0 && line.p[0] == '\r')
			line = str_from(line, 1);
		if (line.n > 0 && line.p[0] == '.')
			r = buf_addc(out, '.');
		for (size_t at; r == 0 && (at = str_find(line, '\r')) < line.n;) {
			r = buf_add(out, str_to(line, at));
			line = str_from(line, at + 1);
		}
		if (r == 0)
			r = buf_add(out, line);
		if (r == 0)
			r = buf_add(out, S("\r\n"));
	}
	return r;
}

/* ---- commands ---- */

static bool take_word(struct str *s, const char *word)
{
	struct str w = str_c(word);
	if (s->n < w.n || !str_eq_nocase(str_to(*s, w.n), w))
		return false;
	*s = str_from(*s, w.n);
	return true;
}

/* "<local@domain>" or, of a sender, "<>"; with blanks before, as some write. */
static int take_path(struct str *s, bool may_be_empty, struct str *ret)
{
	while (scan_char(s, ' '))
		continue;
	if (!scan_char(s, '<'))
		return E_SYNTAX;
	size_t end = str_find(*s, '>');
	if (end == s->n)
		return E_SYNTAX;
	struct str path = str_to(*s, end);
	*s = str_from(*s, end + 1);
	if (s->n > 0 && s->p[0] != ' ')
		return E_SYNTAX;
	if (path.n == 0 ? !may_be_empty : !mime_address_ok(path))
		return E_SYNTAX;
	*ret = path;
	return 0;
}

static int take_notify(struct str value, unsigned *ret)
{
	struct str one;
	unsigned mask = 0;
	while (str_split(&value, ',', &one)) {
		if (str_eq_nocase(one, S("NEVER")))
			mask |= SMTP_NOTIFY_NEVER;
		else if (str_eq_nocase(one, S("SUCCESS")))
			mask |= SMTP_NOTIFY_SUCCESS;
		else if (str_eq_nocase(one, S("FAILURE")))
			mask |= SMTP_NOTIFY_FAILURE;
		else if (str_eq_nocase(one, S("DELAY")))
			mask |= SMTP_NOTIFY_DELAY;
		else
			return E_SYNTAX;
	}
	if (mask == 0 || (mask & SMTP_NOTIFY_NEVER && mask != SMTP_NOTIFY_NEVER))
		return E_SYNTAX;
	*ret = mask;
	return 0;
}

static bool is_esmtp_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return true;
}

static int take_params(struct str s, struct smtp_command *c)
{
	struct str one;
	int r = 0;
	while (r == 0 && str_split(&s, ' ', &one)) {
		if (one.n == 0)
			continue;
		struct str value = str_from(one, str_find(one, '=') + 1);
		if (!is_esmtp_value(one))
			r = E_SYNTAX;
		else if (c->verb == SMTP_RCPT && take_word(&one, "NOTIFY="))
			r = take_notify(value, &c->notify);
		else if (c->verb == SMTP_RCPT && take_word(&one, "ORCPT="))
			c->orcpt = value;
		else if (c->verb == SMTP_MAIL && take_word(&one, "ENVID="))
			c->envid = value;
		else if (c->verb == SMTP_MAIL && take_word(&one, "RET="))
			c->headers_only = str_eq_nocase(value, S("HDRS"));
		else if (!(c->verb == SMTP_MAIL &&
				 (take_word(&one, "SIZE=") || take_word(&one, "BODY=") ||
					 take_word(&one, "AUTH="))))
			r = E_SYNTAX;
	}
	return r;
}

/* What follows a command without a path. */
static int take_arg(struct str line, struct smtp_command *c)
{
	bool alone = c->verb == SMTP_DATA || c->verb == SMTP_RSET ||
		c->verb == SMTP_QUIT || c->verb == SMTP_STARTTLS;
	if (line.n > 0 && line.p[0] != ' ') /* a longer word that begins like ours */
		c->verb = SMTP_UNKNOWN;
	c->arg = str_trim(line);
	return alone && c->verb != SMTP_UNKNOWN && c->arg.n > 0 ? E_SYNTAX : 0;
}

int smtp_command_read(struct str line, struct smtp_command *ret)
{
	static const char *const verbs[] = { "HELO", "EHLO",
		"MAIL FROM:", "RCPT TO:", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "AUTH",
		"STARTTLS" };
	struct smtp_command c = {
		.verb = SMTP_UNKNOWN, .address = S(""), .envid = S(""), .orcpt = S("")
	};
	if (line.n > SMTP_LINE_MAX)
		return E_TOO_BIG;
	for (size_t i = 0; i < N(verbs) && c.verb == SMTP_UNKNOWN; i++)
		if (take_word(&line, verbs[i]))
			c.verb = (enum smtp_verb)i;
	int r = 0;
	if (c.verb == SMTP_MAIL || c.verb == SMTP_RCPT) {
		r = take_path(&line, c.verb == SMTP_MAIL, &c.address);
		if (r == 0)
			r = take_params(line, &c);
	} else {
		r = take_arg(line, &c);
	}
	if (r == 0)
		*ret = c;
	return r;
}
