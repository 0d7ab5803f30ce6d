/* SPDX-License-Identifier: Apache-2.0
 * smtp.h - the lines of SMTP, both sides: RFC 5321, and RFC 3461 for delivery reports.
 * Depends on: base. No sockets: bytes in, values out, and back. */
#pragma once
#include "base/buf.h"

/* ---- where ---- */

struct smtp_relay {
	bool tls; /* smtps: TLS from the first byte */
	bool loopback;
	struct str host; /* a name, an IPv4 address, or an IPv6 one without brackets */
	uint16_t port;	 /* 25, 465 for smtps, or as written */
};
MUST int smtp_relay_read(struct str url, struct smtp_relay *ret);

/* ---- the client's side: replies ---- */

#define SMTP_REPLY_MAX KIB(16)
struct smtp_reply {
	int code;	  /* 200 to 599 */
	struct str lines; /* all of it, as it came */
	size_t used;	  /* bytes of the input */
};
/* 1: *ret is a whole reply. 0: more bytes are needed. E_SYNTAX, E_TOO_BIG. */
MUST int smtp_reply_read(struct str bytes, struct smtp_reply *ret);
/* Does the answer to EHLO name that extension? */
bool smtp_reply_has(const struct smtp_reply *r, const char *keyword);
/* Does it say that the server's rules do not allow it (RFC 3463: x.7.x)? Then it speaks
 * of us, and not of an address. */
bool smtp_reply_of_policy(const struct smtp_reply *r);
/* The reply as one line of clean text, cut to max bytes. */
struct str smtp_reply_text(struct arena *a, const struct smtp_reply *r, size_t max);

/* RFC 3461's xtext. */
MUST int smtp_xtext(struct buf *out, struct str s);
/* The value it stands for, in the arena; E_SYNTAX. */
MUST int smtp_xtext_read(struct arena *a, struct str s, struct str *ret);
/* A mail as DATA takes it: dots at the beginning of lines doubled, lines ended by CRLF;
 * the dot at its end is the caller's. Takes whole lines off *mail until there are enough
 * for one write. A line over the buffer's ceiling is E_TOO_BIG. */
MUST int smtp_data(struct buf *out, struct str *mail);

/* ---- the server's side: commands ---- */

#define SMTP_LINE_MAX 2048 /* RFC 5321 has 512, extensions add to it */
enum smtp_verb {
	SMTP_HELO,
	SMTP_EHLO,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_RSET,
	SMTP_NOOP,
	SMTP_QUIT,
	SMTP_VRFY,
	SMTP_AUTH,
	SMTP_STARTTLS,
	SMTP_UNKNOWN
};
enum {
	SMTP_NOTIFY_NEVER = 1,
	SMTP_NOTIFY_SUCCESS = 2,
	SMTP_NOTIFY_FAILURE = 4,
	SMTP_NOTIFY_DELAY = 8
};
struct smtp_command {
	enum smtp_verb verb;
	struct str address;	 /* MAIL, RCPT: without <>; MAIL's may be empty */
	struct str arg;		 /* of the others */
	unsigned notify;	 /* RCPT */
	struct str envid, orcpt; /* as written: xtext */
	bool headers_only;	 /* MAIL: RET=HDRS */
};
/* A line without its end. E_SYNTAX when it is a known command wrongly written. */
MUST int smtp_command_read(struct str line, struct smtp_command *ret);
