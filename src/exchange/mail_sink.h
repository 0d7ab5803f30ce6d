/* SPDX-License-Identifier: Apache-2.0
 * mail_sink.h - a mail server for demonstrations and tests: on this machine only, it
 * keeps every mail and sends none. Depends on: base, sys, fmt.
 *
 * What became of a mail is decided by its address, the same each time: as many are
 * delivered, bounce, find a full mailbox, vanish in a spam folder, or reach the wrong
 * organisation as in the demo country. Reports lie in a folder, for `tocsin mail`. It can
 * also play servers that one meets: see sink_play. */
#pragma once
#include "base/buf.h"

enum sink_play {
	PLAY_OK,
	PLAY_LATER,	 /* 451 to RCPT */
	PLAY_REFUSE,	 /* 550 to RCPT */
	PLAY_LATER_DATA, /* 451 after the mail */
	PLAY_DELAY,	 /* answers after a while */
	PLAY_HANG,	 /* takes the mail, keeps it not, and says nothing more */
	PLAY_DROP,	 /* keeps the mail and closes without a word */
	PLAY_CUT,	 /* closes in the middle of the mail */
	PLAY_N
};
#define SINK_PLAYS 32

enum sink_fate {
	FATE_DELIVERED,
	FATE_BOUNCED,
	FATE_FULL,
	FATE_LOST,
	FATE_WRONG, /* delivered, to people it is not for */
	FATE_N
};
/* The demo country's mixture: 71, 12, 6, 7 and 4 in a hundred. */
enum sink_fate sink_fate_of(uint64_t seed, struct str address);
const char *sink_fate_text(enum sink_fate f);

struct sink_options {
	int dir;       /* mail/ and dsn/ in it */
	uint16_t port; /* 0: any */
	uint64_t seed;
	bool all_delivered; /* no fates */
	int delay_ms;
	enum sink_play plays[SINK_PLAYS]; /* one after the other, mail by mail */
	size_t n_plays;
	void *ctx;
	void (*ready)(void *ctx, uint16_t port);
};
/* "ok,later,hang": E_USAGE for a word that is no play. */
MUST int sink_plays_read(struct str s, struct sink_options *o, struct why *why);
/* Serves until SIGTERM or SIGINT. */
MUST int sink_run(const struct sink_options *o, struct why *why);

/* The report on a mail with these headers, whole; empty when that fate makes none. */
MUST int sink_report(struct arena *a, enum sink_fate f, struct str from, struct str to,
	struct str envid, struct str headers, int64_t n, int64_t now, struct str *ret);
