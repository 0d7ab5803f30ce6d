/* SPDX-License-Identifier: Apache-2.0
 * net.c - addresses and networks: see net.h. Depends on: base/str. Domains: domain.c. */
#include "base/net.h"

#include <assert.h>
#include <stdio.h>

static const uint8_t v4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* Four decimal numbers up to 255 without leading zeros: 1.02.3.4 is octal to some
 * readers. */
static bool scan_ip4(struct str *s, uint8_t out[4])
{
	const char *p = s->p, *end = s->p + s->n;
	uint8_t quad[4];
	for (int i = 0; i < 4; i++) {
		if (i > 0) {
			if (p == end || *p != '.')
				return false;
			p++;
		}
		const char *from = p;
		unsigned v = 0;
		while (p < end && *p >= '0' && *p <= '9' && p - from < 3)
			v = v * 10 + (unsigned)(*p++ - '0');
		if (p == from || v > 255 || (p - from > 1 && *from == '0'))
			return false;
		quad[i] = (uint8_t)v;
	}
	memcpy(out, quad, 4);
	*s = str_from(*s, (size_t)(p - s->p));
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool scan_group(struct str *s, uint16_t *ret)
{
	unsigned v = 0;
	size_t i = 0;
	for (; i < s->n && i < 4 && hex_value(s->p[i]) >= 0; i++)
		v = v << 4 | (unsigned)hex_value(s->p[i]);
	if (i == 0)
		return false;
	*s = str_from(*s, i);
	*ret = (uint16_t)v;
	return true;
}

/* The groups as written, and before which of them "::" stands (-1: nowhere). */
struct groups {
	uint16_t g[8];
	int n, gap;
};

/* The last 32 bits as IPv4, when nothing follows them. */
static bool scan_ip4_tail(struct str *s, struct groups *v)
{
	uint8_t quad[4];
	if (v->n > 6 || str_find(*s, ':') < s->n || !scan_ip4(s, quad))
		return false;
	v->g[v->n++] = (uint16_t)(quad[0] << 8 | quad[1]);
	v->g[v->n++] = (uint16_t)(quad[2] << 8 | quad[3]);
	return true;
}

/* RFC 4291, 2.2: up to eight groups, one "::", the last 32 bits perhaps as IPv4. */
static bool scan_groups(struct str *s, struct groups *v)
{
	if (scan_lit(s, "::"))
		v->gap = 0;
	while (s->n > 0) {
		if (scan_ip4_tail(s, v))
			break;
		if (v->n == 8 || !scan_group(s, &v->g[v->n++]))
			return false;
		if (s->n == 0)
			break;
		if (scan_lit(s, "::")) {
			if (v->gap >= 0)
				return false;
			v->gap = v->n;
		} else if (!scan_char(s, ':') || s->n == 0) {
			return false;
		}
	}
	return s->n == 0 && (v->gap < 0 ? v->n == 8 : v->n <= 7);
}

static bool read_ip6(struct str s, struct ip *ret)
{
	struct groups v = { .gap = -1 };
	if (!scan_groups(&s, &v))
		return false;
	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < v.n; i++) {
		int at = v.gap >= 0 && i >= v.gap ? 8 - v.n + i : i;
		ret->b[2 * at] = (uint8_t)(v.g[i] >> 8);
		ret->b[2 * at + 1] = (uint8_t)v.g[i];
	}
	return true;
}

int ip_read(struct str s, struct ip *ret)
{
	struct ip ip;
	struct str t = s;
	if (scan_ip4(&t, ip.b + 12)) {
		if (t.n > 0)
			return E_SYNTAX;
		memcpy(ip.b, v4_prefix, sizeof(v4_prefix));
	} else if (!read_ip6(s, &ip)) {
		return E_SYNTAX;
	}
	*ret = ip;
	return 0;
}

/* Takes the brackets out of 192[.]0[.]2[.]1 and the word out of [dot]. */
static bool refang(struct str s, char out[IP_TEXT_MAX], struct str *ret)
{
	size_t n = 0;
	bool changed = false;
	while (s.n > 0) {
		char c = s.p[0];
		if (scan_lit(&s, "[.]") || scan_lit(&s, "[dot]") || scan_lit(&s, "(.)") ||
			scan_lit(&s, "(dot)")) {
			c = '.';
			changed = true;
		} else if (scan_lit(&s, "[:]")) {
			c = ':';
			changed = true;
		} else {
			s = str_from(s, 1);
		}
		if (n == IP_TEXT_MAX)
			return false;
		out[n++] = c;
	}
	*ret = (struct str){ out, n };
	return changed;
}

int ip_read_loose(struct str s, struct ip *ret, uint16_t *ret_port)
{
	char room[IP_TEXT_MAX];
	struct str plain;
	uint32_t port = 0;
	s = str_trim(s);
	if (ip_read(s, ret) == 0) {
		*ret_port = 0;
		return 0;
	}
	if (refang(s, room, &plain))
		s = plain;
	size_t colon = str_rfind(s, ':');
	struct str host = s;
	if (s.n > 0 && s.p[0] == '[') {
		size_t close = str_find(s, ']');
		if (close == s.n)
			return E_SYNTAX;
		host = str_to(str_from(s, 1), close - 1);
		if (str_find(host, ':') == host.n)
			return E_SYNTAX;
		colon = close + 1;
		if (colon < s.n && s.p[colon] != ':')
			return E_SYNTAX;
	} else if (colon < s.n && str_find(s, ':') == colon) {
		host = str_to(s, colon);
	} else {
		colon = s.n;
	}
	if (colon < s.n) {
		struct str rest = str_from(s, colon + 1);
		if (!scan_u32(&rest, 65535, &port) || rest.n > 0)
			return E_SYNTAX;
	}
	if (ip_read(host, ret) < 0)
		return E_SYNTAX;
	*ret_port = (uint16_t)port;
	return 0;
}

int net_read(struct str s, struct net *ret)
{
	struct ip ip;
	uint32_t len = 0;
	size_t slash = str_find(s, '/');
	if (ip_read(str_to(s, slash), &ip) < 0)
		return E_SYNTAX;
	bool four = str_find(str_to(s, slash), ':') == slash;
	uint32_t max = four ? 32 : 128;
	if (slash == s.n) {
		len = max;
	} else {
		struct str t = str_from(s, slash + 1);
		bool zero_first = t.n > 1 && t.p[0] == '0';
		if (zero_first || !scan_u32(&t, max, &len) || t.n > 0)
			return E_SYNTAX;
	}
	*ret = net_of(&ip, four ? len + 96 : len);
	return 0;
}

bool ip_is4(const struct ip *ip)
{
	return memcmp(ip->b, v4_prefix, sizeof(v4_prefix)) == 0;
}

bool ip_is_zero(const struct ip *ip)
{
	static const uint8_t zero[16];
	return memcmp(ip->b + 12, zero, 4) == 0 &&
		(ip_is4(ip) || memcmp(ip->b, zero, 12) == 0);
}

int ip_cmp(const struct ip *a, const struct ip *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

bool net_has(const struct net *n, const struct ip *ip)
{
	struct net m = net_of(ip, n->len);
	return ip_cmp(&m.ip, &n->ip) == 0;
}

struct net net_of(const struct ip *ip, unsigned len)
{
	struct net n = { *ip, (uint8_t)len };
	assert(len <= 128);
	for (unsigned i = 0; i < 16; i++) {
		if (len >= 8 * (i + 1))
			continue;
		unsigned keep = len > 8 * i ? len - 8 * i : 0;
		n.ip.b[i] &= (uint8_t)(0xff00u >> keep);
	}
	return n;
}

struct ip net_last(const struct net *n)
{
	struct ip last = n->ip;
	for (unsigned i = 0; i < 16; i++) {
		if (n->len >= 8 * (i + 1))
			continue;
		unsigned keep = n->len > 8 * i ? n->len - 8 * i : 0;
		last.b[i] |= (uint8_t)(0xffu >> keep);
	}
	return last;
}

/* RFC 5952, 4.2: the longest run of at least two zero groups becomes "::", the first of
 * equals. */
static void longest_zero_run(const uint16_t g[8], int *ret_at, int *ret_n)
{
	*ret_at = -1;
	*ret_n = 1;
	for (int i = 0; i < 8; i++) {
		int n = 0;
		while (i + n < 8 && g[i + n] == 0)
			n++;
		if (n > *ret_n) {
			*ret_at = i;
			*ret_n = n;
		}
		if (n > 0)
			i += n - 1;
	}
}

const char *ip_text(const struct ip *ip, char ret[IP_TEXT_MAX])
{
	const uint8_t *b = ip->b;
	if (ip_is4(ip)) {
		(void)snprintf(
			ret, IP_TEXT_MAX, "%d.%d.%d.%d", b[12], b[13], b[14], b[15]);
		return ret;
	}
	uint16_t g[8];
	int gap, n_gap, n = 0;
	for (int i = 0; i < 8; i++)
		g[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
	longest_zero_run(g, &gap, &n_gap);
	for (int i = 0; i < 8; i++) {
		if (i == gap) {
			ret[n++] = ':';
			if (i == 0)
				ret[n++] = ':';
			i += n_gap - 1;
			continue;
		}
		n += snprintf(
			ret + n, IP_TEXT_MAX - (size_t)n, i < 7 ? "%x:" : "%x", g[i]);
	}
	ret[n] = '\0';
	return ret;
}

const char *net_text(const struct net *n, char ret[IP_TEXT_MAX])
{
	ip_text(&n->ip, ret);
	if (n->len == 128)
		return ret;
	size_t at = strlen(ret);
	int len = ip_is4(&n->ip) && n->len >= 96 ? n->len - 96 : n->len;
	(void)snprintf(ret + at, IP_TEXT_MAX - at, "/%d", len);
	return ret;
}

int asn_read(struct str s, uint32_t *ret)
{
	uint32_t v;
	if (!scan_lit(&s, "AS") && !scan_lit(&s, "as"))
		(void)0;
	if (!scan_u32(&s, UINT32_MAX, &v) || s.n > 0)
		return E_SYNTAX;
	*ret = v;
	return 0;
}
