/* SPDX-License-Identifier: Apache-2.0
 * mail_report.c - what delivery reports say: see mail_report.h. Depends on: base. */
#include "fmt/mail_report.h"

#include "base/utf8.h"

#define VALUE_MAX KIB(8)

struct str mail_clean(struct arena *a, struct str s, size_t max)
{
	if (s.n > VALUE_MAX)
		s.n = VALUE_MAX;
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool blank = (unsigned char)c <= ' ' || c == 0x7f;
		if (blank && (n == 0 || p[n - 1] == ' '))
			continue;
		p[n++] = blank ? ' ' : c;
	}
	return utf8_cut(utf8_escape(a, str_trim((struct str){ p, n })), max);
}

/* The next line, without its end. */
static bool next_line(struct str *rest, struct str *ret)
{
	if (rest->n == 0 || !str_split(rest, '\n', ret))
		return false;
	if (ret->n > 0 && ret->p[ret->n - 1] == '\r')
		ret->n--;
	return true;
}

/* A header with its further lines; false at the end of the block (a blank line is taken,
 * too). *ret_value still holds line ends. */
static bool next_header(struct str *rest, struct str *ret_name, struct str *ret_value)
{
	struct str line, from = *rest;
	while (next_line(rest, &line)) {
		if (line.n == 0)
			return false;
		size_t colon = str_find(line, ':');
		size_t used = from.n - rest->n;
		while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
			struct str more;
			(void)next_line(rest, &more);
			used = from.n - rest->n;
		}
		if (colon < line.n) {
			*ret_name = str_trim(str_to(line, colon));
			*ret_value = str_from(str_to(from, used), colon + 1);
			return true;
		}
		from = *rest; /* no header: passed over */
	}
	return false;
}

struct str mail_header(struct arena *a, struct str headers, const char *name)
{
	struct str n, value;
	while (next_header(&headers, &n, &value))
		if (str_eq_nocase(n, str_c(name)))
			return mail_clean(a, value, VALUE_MAX);
	return (struct str){ NULL, 0 };
}

static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return s.n > 2 && s.n <= MAIL_ID && str_find(s, '@') < s.n;
}

struct str mail_id(struct arena *a, struct str s)
{
	size_t open = str_find(s, '<');
	struct str id = str_from(s, open + 1);
	id = open < s.n ? str_to(id, str_find(id, '>')) : str_trim(s);
	return is_id(id) ? str_dup(a, id) : S("");
}

struct str mail_id_in(struct arena *a, struct str text)
{
	struct str line, found = S("");
	while (next_line(&text, &line)) {
		while (line.n > 0 && memchr("> \t|", line.p[0], 4)) /* quoted */
			line = str_from(line, 1);
		size_t colon = str_find(line, ':');
		if (colon == line.n ||
			!str_eq_nocase(str_to(line, colon), S("Message-ID")))
			continue;
		struct str value = str_from(line, colon + 1);
		if (str_find(value, '<') == value.n && text.n > 0 &&
			(text.p[0] == ' ' || text.p[0] == '\t'))
			(void)next_line(&text, &value); /* folded */
		struct str id = mail_id(a, value);
		if (id.n)
			found = id;
	}
	return found;
}

/* ---- RFC 3464 ---- */

static enum mail_action action_of(struct str s)
{
	static const struct {
		const char *word;
		enum mail_action action;
	} words[] = { { "failed", ACTION_FAILED }, { "delayed", ACTION_DELAYED },
		{ "delivered", ACTION_DELIVERED }, { "relayed", ACTION_RELAYED },
		{ "expanded", ACTION_EXPANDED } };
	s = str_to(s, str_find(s, ' ')); /* a comment may follow */
	for (size_t i = 0; i < N(words); i++)
		if (str_eq_nocase(s, str_c(words[i].word)))
			return words[i].action;
	return ACTION_NONE;
}

/* "5.1.1" at the front of s; what follows is not looked at. */
static struct str status_at(struct str s)
{
	struct str all = s;
	uint32_t class, subject, detail;
	if (!scan_digits(&s, 1, &class) || !memchr("\2\4\5", (int)class, 3) ||
		!scan_char(&s, '.') || !scan_u32(&s, 999, &subject) ||
		!scan_char(&s, '.') || !scan_u32(&s, 999, &detail))
		return S("");
	return str_to(all, all.n - s.n);
}

/* "rfc822; a@b" */
static struct str address_of(struct arena *a, struct str s)
{
	size_t semicolon = str_find(s, ';');
	if (semicolon < s.n)
		s = str_from(s, semicolon + 1);
	return mail_clean(a, s, MAIL_ID);
}

/* One recipient's fields; false when the block is empty. */
static bool recipient_read(struct arena *a, struct str *rest, struct mail_recipient *ret)
{
	struct str name, value;
	struct mail_recipient r = { .status = S(""), .address = S(""), .text = S("") };
	bool any = false;
	while (next_header(rest, &name, &value)) {
		value = mail_clean(a, value, VALUE_MAX);
		any = true;
		if (str_eq_nocase(name, S("Action")))
			r.action = action_of(value);
		else if (str_eq_nocase(name, S("Status")))
			r.status = status_at(value);
		else if (str_eq_nocase(name, S("Final-Recipient")) && r.address.n == 0)
			r.address = address_of(a, value);
		else if (str_eq_nocase(name, S("Original-Recipient")))
			r.address = address_of(a, value);
		else if (str_eq_nocase(name, S("Diagnostic-Code")))
			r.text = mail_clean(a, value, MAIL_TEXT);
	}
	*ret = r;
	return any;
}

void mail_status_read(struct arena *a, struct str text, struct mail_facts *m)
{
	struct str name, value;
	if (m->v == NULL)
		m->v = arena_array(a, MAIL_RECIPIENTS, sizeof(*m->v));
	while (next_header(&text, &name, &value))
		if (str_eq_nocase(name, S("Original-Envelope-Id")))
			m->envid = mail_id(a, mail_clean(a, value, MAIL_ID));
	while (text.n > 0 && m->n < MAIL_RECIPIENTS) {
		struct mail_recipient r;
		if (recipient_read(a, &text, &r) && (r.action || r.address.n))
			m->v[m->n++] = r;
	}
}

/* ---- in words ---- */

static bool says(struct str text, const char *phrase)
{
	struct str p = str_c(phrase);
	for (size_t i = 0; i + p.n <= text.n; i++)
		if (str_eq_nocase((struct str){ text.p + i, p.n }, p))
			return true;
	return false;
}

/* A status like 5.1.1 or an SMTP code like 550, standing alone. */
static char class_in(struct str text, struct str *ret_status)
{
	char class = 0;
	for (size_t i = 0; i < text.n; i++) {
		char before = i ? text.p[i - 1] : ' ';
		if (text.p[i] != '4' && text.p[i] != '5')
			continue;
		if ((before >= '0' && before <= '9') || before == '.' || before == '-')
			continue;
		struct str at = str_from(text, i), status = status_at(at);
		struct str after = str_from(at, status.n);
		bool more = after.n > 0 && (after.p[0] == '.' || after.p[0] == '-');
		if (status.n && !more) {
			*ret_status = status;
			return at.p[0];
		}
		uint32_t code;
		if (class == 0 && scan_digits(&at, 3, &code) && code % 100 / 10 <= 5 &&
			at.n > 0 && (at.p[0] == ' ' || at.p[0] == '-' || at.p[0] == ':'))
			class = text.p[i];
	}
	return class;
}

void mail_bounce_read(struct arena *a, struct str text, struct mail_recipient *ret)
{
	static const char *const later[] = { "delayed", "will be retried",
		"still being retried", "will keep trying", "not yet been delivered",
		"warning: could not send", "you do not need to resend" };
	static const char *const never[] = { "user unknown", "unknown user",
		"no such user", "mailbox unavailable", "mailbox full", "over quota",
		"quota exceeded", "does not exist", "unknown recipient", "host unknown",
		"address rejected", "undeliverable", "could not be delivered",
		"permanent error", "permanent fatal error", "message was rejected",
		"not listed in", "user is unknown", "no mailbox here" };
	struct mail_recipient r = { .address = S("") };
	struct str status = S("");
	r.text = mail_clean(a, text, MAIL_TEXT);
	char class = class_in(text, &status);
	bool waits = false, fails = class == '5';
	for (size_t i = 0; i < N(later); i++)
		waits = waits || says(text, later[i]);
	for (size_t i = 0; i < N(never); i++)
		fails = fails || says(text, never[i]);
	/* A warning quotes old failures; a failure does not promise to go on. */
	if (waits)
		r.action = ACTION_DELAYED;
	else if (fails)
		r.action = ACTION_FAILED;
	else if (class == '4')
		r.action = ACTION_DELAYED;
	r.status = str_dup(a, status);
	*ret = r;
}
