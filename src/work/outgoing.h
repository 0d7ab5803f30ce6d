/* SPDX-License-Identifier: Apache-2.0
 * outgoing.h - the outbox, pumped: one mail at a time to the role net.
 * Depends on: base, sys, core.
 *
 * It never waits: a step hands over what may go, or hears what became of it. Work stays
 * reachable while a mail server takes its time. */
#pragma once
#include "core/outbox.h"
#include "fmt/net_job.h"
#include "sys/chan.h"
#include "sys/conf.h"

struct work;
struct outgoing {
	bool recovered;	  /* what flew when work ended before is known as uncertain */
	struct chan *net; /* the one that has our mail */
	int64_t notice;	  /* on its way; 0: none */
	int64_t until_ms; /* its answer must be there */
	bool heard;	  /* it ended so, and that could not be written yet: */
	enum outbox_end end;
	size_t n_reply;
	char reply[NET_REPLY_MAX];
	int64_t paused_ms; /* nobody takes mail: no more before that */
};

/* What tocsin.conf says about sending, and key, which may be NULL: what mails are sealed
 * with while they wait. */
void outgoing_rules(
	const struct conf *conf, const struct seal_key *key, struct outbox_rules *ret);
/* E_USAGE unless tocsin.conf names a mail server. */
MUST int outgoing_relay(const struct conf *conf, struct why *why);

struct outgoing_step {
	int64_t landed; /* a notice whose end is known now; 0: none */
	enum outbox_end end;
	struct str reply; /* in x->arena */
	bool unreachable; /* the mail server: no use to go on at once */
	bool flying; /* one is on its way: look again when its descriptor can be read */
	struct opt_int next; /* when something is due, if nothing flies */
};
/* One step. E_STATE when net does not start; what was to go then waits. E_SYNC must end
 * the role. */
MUST int outgoing_step(struct work *w, struct ctx *x, struct outgoing_step *ret);
/* To poll for reading while one flies; -1: nothing flies. */
int outgoing_fd(const struct work *w);
