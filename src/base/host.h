/* SPDX-License-Identifier: Apache-2.0
 * host.h - a machine and its port, as they stand in an address of the web or of a mail
 * server. Depends on: base/str. */
#pragma once
#include "base/str.h"

struct host {
	struct str name; /* without brackets */
	uint16_t port;	 /* 0: none is named */
	bool loopback;	 /* this machine */
};
/* All of s: a name, an IPv4 address or an IPv6 one in brackets, perhaps ":" and a port.
 * E_SYNTAX for anything else. */
MUST int host_read(struct str s, struct host *ret);
