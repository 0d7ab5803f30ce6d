/* SPDX-License-Identifier: Apache-2.0
 * event.h - one normalised observation. Depends on: base/net, base/wire.
 *
 * The word and the field names are IntelMQ's (Data Format, 3.x); each member names its
 * field. Text members are views that live as long as what they were read from. Text is
 * UTF-8 with strange bytes escaped (utf8_escape); absent is an empty string. */
#pragma once
#include "base/net.h"
#include "base/wire.h"

enum severity {
	SEV_UNKNOWN,
	SEV_INFO,
	SEV_LOW,
	SEV_MEDIUM,
	SEV_HIGH,
	SEV_CRITICAL,
	SEV_N
};
MUST int severity_read(struct str s, enum severity *ret);
const char *severity_text(enum severity s);

enum {
	EVENT_HAS_NET = 1,     /* net is there */
	EVENT_BY_NAME = 2,     /* the finding's place is the name, not the address */
	EVENT_PORT_IN_KEY = 4, /* the port is a service's and belongs to the key */
	EVENT_IS_ACT =
		8, /* an act at a second and source port, not a state: each counts */
};

struct event {
	uint32_t row;		/* record in its file; the first after the header is 1 */
	uint8_t flags;		/* EVENT_* */
	enum severity severity; /* severity: the row's, else the catalogue's */
	int64_t time;		/* time.source */
	struct net net;	 /* source.ip, or source.network when shorter than a host */
	uint16_t port;	 /* source.port; 0 when absent */
	uint32_t asn;	 /* source.asn as the feed says; 0 when absent */
	struct str cc;	 /* source.geolocation.cc as the feed says */
	struct str name; /* source.fqdn, or the host of source.url, or source.account */
	struct str type; /* classification.type, RSIT */
	struct str identifier; /* classification.identifier */
	struct str family;     /* malware.name when the catalogue counts it to the key */
	struct str hostname;   /* source.reverse_dns */
	struct str transport;  /* protocol.transport */
	struct str detail; /* what helps whoever repairs it: "tag=cve-2026-1; url=..." */
};

void event_write(struct writer *w, const struct event *e);
/* Checks each member against base/limits.h and its range: the writer is not trusted. */
MUST int event_read(struct reader *r, struct event *ret);
