/* SPDX-License-Identifier: Apache-2.0
 * net.h - addresses, networks, AS numbers, domain names. Depends on: base/str, libidn2.
 *
 * Every address is 16 bytes: IPv4 stands as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), so one
 * sorted table serves both. Reading is strict: no octal, no short forms, nothing after
 * the end. Documentation and private ranges are ordinary addresses here. */
#pragma once
#include "base/buf.h"

struct ip {
	uint8_t b[16];
};
struct net {
	struct ip ip; /* host bits are zero */
	uint8_t len;  /* 0 to 128; an IPv4 /24 is 120 */
};
#define IP_TEXT_MAX 48 /* an address or network as text, with its NUL */
#define DOMAIN_MAX  253

/* "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1" (is the IPv4 address). */
MUST int ip_read(struct str s, struct ip *ret);
/* As people and feeds also write them: blanks around, [2001:db8::1],
 * 192[.]0[.]2[.]1, 192.0.2[dot]1, 192.0.2.1:8080, [2001:db8::1]:80. *ret_port is 0
 * when none was written. */
MUST int ip_read_loose(struct str s, struct ip *ret, uint16_t *ret_port);
/* "192.0.2.0/24"; an address alone is its /32 or /128. Host bits are cleared. */
MUST int net_read(struct str s, struct net *ret);
bool ip_is4(const struct ip *ip);
/* 0.0.0.0 and ::, which feeds write for "unknown". */
bool ip_is_zero(const struct ip *ip);
int ip_cmp(const struct ip *a, const struct ip *b);
bool net_has(const struct net *n, const struct ip *ip);
/* Last address of the network. */
struct ip net_last(const struct net *n);
struct net net_of(const struct ip *ip, unsigned len);
/* RFC 5952 text, NUL-ended; IPv4 in dots. A host network is written
 * without its length. */
const char *ip_text(const struct ip *ip, char ret[IP_TEXT_MAX]);
const char *net_text(const struct net *n, char ret[IP_TEXT_MAX]);

/* "AS64500", "as64500" or "64500". */
MUST int asn_read(struct str s, uint32_t *ret);

/* A host name in lower case A-label form (RFC 5890), without the root dot; underscores as
 * in DNS records are taken. E_SYNTAX for addresses, single words, ports, blanks. */
MUST int domain_read(struct arena *a, struct str s, struct str *ret);
/* The same in place, for a name of lower-case ASCII letters already: no copy, no
 * arena. */
bool domain_is_plain(struct str s);
/* True when name is suffix or ends with "." suffix. Both in A-label form. */
bool domain_under(struct str name, struct str suffix);
/* The host of "http://user@Host:80/path" or of "host:80/path"; absent
 * when there is none. */
struct str url_host(struct str url);
