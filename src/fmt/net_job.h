/* SPDX-License-Identifier: Apache-2.0
 * net_job.h - the messages between work and net. Depends on: base.
 *
 * Work sends NET_SEND, then the mail in NET_BYTES frames; net answers NET_DONE, once.
 * Neither believes the other: every reader checks lengths, ranges, and that nothing is
 * left over. Views live as long as the message's body. */
#pragma once
#include "base/limits.h"
#include "base/wire.h"

enum net_type {
	NET_SEND = 160, /* struct net_send */
	NET_BYTES,	/* the mail's bytes, in order */
	NET_DONE,	/* struct net_done */
};
#define NET_MAIL_MAX  MIB(32)
#define NET_CHUNK     KIB(256)
#define NET_CA_MAX    KIB(512)
#define NET_REPLY_MAX 500

struct net_send {
	struct str relay;	   /* smtp://host:port or smtps://host:port */
	struct str user, password; /* user empty: none */
	struct str ca;		   /* PEM; empty: what the system trusts */
	struct str from, to;	   /* addresses that can stand without quotes */
	struct str envid;	   /* comes back in delivery reports */
	uint32_t timeout_s;	   /* for each answer */
	uint32_t bytes;		   /* of the mail */
};
void net_send_write(struct writer *w, const struct net_send *s);
MUST int net_send_read(struct str body, struct net_send *ret);

enum net_outcome {
	NET_ACCEPTED,
	NET_REFUSED,	 /* this recipient, for good */
	NET_UNWANTED,	 /* this mail, for good */
	NET_LATER,	 /* it did not go out, for whatever reason */
	NET_UNREACHABLE, /* the same; and there is nobody to try the next one with */
	NET_UNCERTAIN,	 /* the last byte was sent, the answer did not come */
	NET_OUTCOMES
};
struct net_done {
	enum net_outcome outcome;
	struct str reply; /* the relay's words, or what failed; clean text */
};
void net_done_write(struct writer *w, const struct net_done *d);
MUST int net_done_read(struct str body, struct net_done *ret);
