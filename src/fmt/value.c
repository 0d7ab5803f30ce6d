/* SPDX-License-Identifier: Apache-2.0
 * value.c - what one cell of a feed says: see value.h. Depends on: base. */
#include "fmt/value.h"

#include "base/utf8.h"

static bool says_nothing(struct str s)
{
	return s.n == 0 || str_eq(s, S("0")) || str_eq(s, S("-")) ||
		str_eq_nocase(s, S("unknown"));
}

bool value_address(struct str s, struct net *ret, uint16_t *ret_port)
{
	struct ip ip;
	struct net net;
	uint16_t port = 0;
	s = value_trim(s);
	if (ip_read(s, &ip) == 0)
		net = (struct net){ ip, 128 };
	else if (says_nothing(s))
		return false;
	else if (ip_read_loose(s, &ip, &port) == 0)
		net = (struct net){ ip, 128 };
	else if (net_read(s, &net) < 0)
		return false;
	if (ip_is_zero(&net.ip))
		return false;
	*ret = net;
	*ret_port = port;
	return true;
}

static uint32_t number(struct str s, uint32_t max)
{
	uint64_t v = 0;
	s = value_trim(s);
	if (s.n == 0 || s.n > 10)
		return 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	return v <= max ? (uint32_t)v : 0;
}

uint16_t value_port(struct str s)
{
	return (uint16_t)number(s, UINT16_MAX);
}

uint32_t value_asn(struct str s)
{
	s = value_trim(s);
	if (!scan_lit(&s, "AS"))
		(void)scan_lit(&s, "as");
	return number(s, UINT32_MAX);
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

struct str value_cc(struct arena *a, struct str s)
{
	s = value_trim(s);
	if (s.n != 2 || (is_upper(s.p[0]) && is_upper(s.p[1])))
		return value_text(a, s, 16);
	char *p = arena_alloc(a, 2);
	for (size_t i = 0; i < 2; i++) {
		if (!is_upper(s.p[i]) && !is_lower(s.p[i]))
			return value_text(a, s, 16);
		p[i] = is_lower(s.p[i]) ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
	}
	return (struct str){ p, 2 };
}

bool value_host(struct arena *a, struct str s, struct str *ret)
{
	s = value_trim(s);
	if (s.n == 0 || s.n > 8192)
		return false;
	if (domain_is_plain(s)) {
		*ret = s;
		return true;
	}
	struct str host = url_host(s);
	return host.n > 0 && domain_read(a, host, ret) == 0;
}

bool value_mailbox(struct arena *a, struct str s, struct str *ret)
{
	s = value_trim(s);
	size_t at = str_rfind(s, '@');
	struct str domain;
	if (at == 0 || at >= s.n || at > 64 ||
		domain_read(a, str_from(s, at + 1), &domain) < 0)
		return false;
	struct str local = value_word(a, str_to(s, at), 64);
	if (local.n == 0)
		return false;
	char *p = arena_alloc(a, local.n + 1 + domain.n);
	memcpy(p, local.p, local.n);
	p[local.n] = '@';
	memcpy(p + local.n + 1, domain.p, domain.n);
	*ret = (struct str){ p, local.n + 1 + domain.n };
	return true;
}

struct str value_text(struct arena *a, struct str s, size_t max)
{
	/* Escaping never makes text shorter: what stands behind max + 4 cannot come into
	 * it, and the 4 keep a character whole that begins before max. */
	return utf8_cut(utf8_escape(a, str_to(s, max + 4)), max);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str value_word(struct arena *a, struct str s, size_t max)
{
	s = value_trim(s);
	size_t i = 0;
	while (i < s.n && s.p[i] > ' ' && s.p[i] < 0x7f && !is_upper(s.p[i]))
		i++;
	if (i == s.n && s.n <= max)
		return s;
	s = str_to(s, 2 * max + 4);
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (is_blank(c) && n > 0 && p[n - 1] == '-')
			continue;
		p[n++] = is_blank(c) ? '-' : c;
	}
	/* Capitals last: a word made of a word is the same, escaped bytes or not. */
	return str_lower(a, value_text(a, (struct str){ p, n }, max));
}

struct str value_first_tag(struct str s)
{
	while (s.n > 0) {
		size_t comma = str_find(s, ','), semicolon = str_find(s, ';');
		size_t end = comma < semicolon ? comma : semicolon;
		struct str tag = value_trim(str_to(s, end));
		if (tag.n > 0)
			return tag;
		s = str_from(s, end + 1);
	}
	return s;
}
