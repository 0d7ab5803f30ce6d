/* SPDX-License-Identifier: Apache-2.0
 * smtp_out.h - hands a mail to the operator's mail server.
 * Depends on: base, sys, fmt, libcurl.
 *
 * libcurl connects, checks certificates, speaks TLS and proves who we are; the envelope
 * and the mail are ours, because it can neither ask for delivery reports (RFC 3461) nor
 * say whether the last dot was sent when a connection breaks: docs/adr. TLS is needed
 * unless the server is on this machine. For the role net. */
#pragma once
#include "fmt/net_job.h"

struct smtp_out;
/* Before the sandbox: what the system trusts is read, libraries find their files. */
MUST int smtp_out_new(struct why *why, struct smtp_out **ret);
void smtp_out_free(struct smtp_out **s);
/* One mail to one recipient. The reply lives in the arena. A connection stays open for
 * the next one to the same server. */
void smtp_out_send(struct smtp_out *s, struct arena *a, const struct net_send *job,
	struct str mail, struct net_done *ret);
