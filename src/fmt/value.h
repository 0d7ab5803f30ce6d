/* SPDX-License-Identifier: Apache-2.0
 * value.h - what one cell of a feed says: addresses, names, words, text. Depends on:
 * base. All answers are views into the cell where that can be, else copies in the
 * arena. */
#pragma once
#include "base/net.h"

/* Without blanks at both ends; inline because most cells have none. */
static inline struct str value_trim(struct str s)
{
	if (s.n == 0 || (s.p[0] > ' ' && s.p[s.n - 1] > ' '))
		return s;
	return str_trim(s);
}

/* An address, perhaps with a port, or a network, strictly or as ip_read_loose takes it.
 * False when it says "nothing" in one of the ways of feeds: empty, 0, unknown, 0.0.0.0,
 * ::, or when it is no address. *ret_port is 0 when none was written. */
bool value_address(struct str s, struct net *ret, uint16_t *ret_port);
/* 1 to 65535; 0 when it is anything else. */
uint16_t value_port(struct str s);
/* 0 when it is no AS number. */
uint32_t value_asn(struct str s);
/* A country code in capitals; other text as value_text. */
struct str value_cc(struct arena *a, struct str s);

/* A host name, perhaps with a port or as part of a URL. False when it is none, an address
 * too. */
bool value_host(struct arena *a, struct str s, struct str *ret);
/* A mail address in lower case, its domain as host name. */
bool value_mailbox(struct arena *a, struct str s, struct str *ret);

/* Text as it may be kept: valid UTF-8 without controls, strange bytes as \xHH, at most
 * max bytes, never half a character. */
struct str value_text(struct arena *a, struct str s, size_t max);
/* A word for a key: as value_text, trimmed, ASCII letters in lower case, blanks as one
 * '-'. */
struct str value_word(struct arena *a, struct str s, size_t max);
/* The first of the words that , or ; separate. */
struct str value_first_tag(struct str s);
