/* SPDX-License-Identifier: Apache-2.0
 * mail_report_out.c - the fates of the mail sink and their reports: see mail_sink.h.
 * Depends on: base. */
#include "exchange/mail_sink.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static const char *const fates[] = { "delivered", "bounced", "full", "lost", "wrong" };

const char *sink_fate_text(enum sink_fate f)
{
	return f < FATE_N ? fates[f] : "?";
}

static unsigned hash_of(uint64_t seed, struct str address)
{
	char text[24];
	AUTO_HASHER h = hasher_new();
	(void)snprintf(text, sizeof(text), "%" PRIu64 ":", seed);
	hasher_add(h, str_c(text));
	hasher_add(h, address);
	struct sha256 sum = hasher_end(h);
	return (unsigned)sum.b[0] << 16 | (unsigned)sum.b[1] << 8 | sum.b[2];
}

enum sink_fate sink_fate_of(uint64_t seed, struct str address)
{
	static const unsigned share[] = { 71, 12, 6, 7, 4 };
	unsigned at = hash_of(seed, address) % 100;
	size_t f = 0;
	while (f + 1 < FATE_N && at >= share[f])
		at -= share[f++];
	return (enum sink_fate)f;
}

struct report {
	struct buf out;
	struct str from, to, envid, headers;
	char date[64];
	int64_t n;
};

static int head(struct report *r, const char *subject, const char *type)
{
	return buf_addf(&r->out,
		"Return-Path: <>\r\nFrom: Mail Delivery System "
		"<mailer-daemon@sink.example>\r\nTo: <%.*s>\r\nDate: %s\r\n"
		"Message-ID: <dsn-%" PRId64 "@sink.example>\r\nSubject: %s\r\n"
		"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
		"Content-Type: %s\r\n\r\n",
		STR(r->from), r->date, r->n, subject, type);
}

/* As machines without RFC 3464 write it. */
static int in_words(struct report *r)
{
	int e = head(r, "Undelivered Mail Returned to Sender", "text/plain");
	if (e == 0)
		e = buf_addf(&r->out,
			"This is the mail system at host sink.example.\r\n\r\n"
			"Your message could not be delivered to <%.*s>:\r\n"
			"552 5.2.2 Mailbox full, quota exceeded\r\n\r\n"
			"--- Below this line is a copy of the headers.\r\n\r\n",
			STR(r->to));
	return e < 0 ? e : buf_add(&r->out, r->headers);
}

static int as_report(struct report *r, const char *action, const char *status,
	const char *code, const char *words)
{
	int e = head(r, words,
		"multipart/report; report-type=delivery-status; boundary=\"=_sink\"");
	if (e == 0)
		e = buf_addf(&r->out,
			"--=_sink\r\nContent-Type: text/plain\r\n\r\n%s: <%.*s>\r\n\r\n"
			"--=_sink\r\nContent-Type: message/delivery-status\r\n\r\n"
			"Reporting-MTA: dns; sink.example\r\n",
			words, STR(r->to));
	if (e == 0 && r->envid.n)
		e = buf_addf(&r->out, "Original-Envelope-Id: %.*s\r\n", STR(r->envid));
	if (e == 0)
		e = buf_addf(&r->out,
			"Arrival-Date: %s\r\n\r\nOriginal-Recipient: rfc822; %.*s\r\n"
			"Final-Recipient: rfc822; %.*s\r\nAction: %s\r\nStatus: %s\r\n"
			"Diagnostic-Code: smtp; %s\r\n\r\n"
			"--=_sink\r\nContent-Type: text/rfc822-headers\r\n\r\n",
			r->date, STR(r->to), STR(r->to), action, status, code);
	if (e == 0)
		e = buf_add(&r->out, r->headers);
	return e < 0 ? e : buf_add(&r->out, S("\r\n--=_sink--\r\n"));
}

int sink_report(struct arena *a, enum sink_fate f, struct str from, struct str to,
	struct str envid, struct str headers, int64_t n, int64_t now, struct str *ret)
{
	struct report r = { .out = buf_in(a, MIB(2)),
		.from = from,
		.to = to,
		.envid = envid,
		.headers = headers,
		.n = n };
	time_t t = (time_t)now;
	struct tm tm;
	if (gmtime_r(&t, &tm) == NULL ||
		strftime(r.date, sizeof(r.date), "%a, %d %b %Y %H:%M:%S +0000", &tm) == 0)
		return E_STATE;
	int e = 0;
	switch (f) {
	case FATE_DELIVERED:
	case FATE_WRONG:
		e = as_report(&r, "delivered", "2.1.5", "250 2.1.5 Delivered",
			"Successful mail delivery report");
		break;
	case FATE_BOUNCED:
		e = as_report(&r, "failed", "5.1.1", "550 5.1.1 User unknown",
			"Undelivered mail returned to sender");
		break;
	case FATE_FULL:
		e = hash_of((uint64_t)n, to) % 2
			? in_words(&r)
			: as_report(&r, "failed", "5.2.2", "552 5.2.2 Mailbox full",
				  "Undelivered mail returned to sender");
		break;
	case FATE_LOST:
	case FATE_N:
		break;
	}
	if (e == 0)
		*ret = buf_str(&r.out);
	return e;
}
