/* SPDX-License-Identifier: Apache-2.0
 * host.c - a machine and its port: see host.h. */
#include "base/host.h"

#define NAME_BYTES 253

static bool is_loopback(struct str name)
{
	if (str_eq_nocase(name, S("localhost")) || str_eq(name, S("::1")))
		return true;
	for (size_t i = 0; i < name.n; i++) /* no name, "127.a.example" */
		if (name.p[i] != '.' && (name.p[i] < '0' || name.p[i] > '9'))
			return false;
	return str_starts(name, S("127."));
}

static bool name_ok(struct str name, bool in_brackets)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i], small = (char)(c | 32);
		bool digit = c >= '0' && c <= '9';
		bool letter = small >= 'a' && small <= (in_brackets ? 'f' : 'z');
		if (!digit && !letter && c != '.' && c != (in_brackets ? ':' : '-'))
			return false;
	}
	return name.n > 0 && name.n <= NAME_BYTES;
}

int host_read(struct str s, struct host *ret)
{
	struct host h = { 0 };
	uint32_t port = 0;
	bool brackets = scan_char(&s, '[');
	size_t end = str_find(s, brackets ? ']' : ':');
	h.name = str_to(s, end);
	s = str_from(s, end);
	if (!name_ok(h.name, brackets) || (brackets && !scan_char(&s, ']')))
		return E_SYNTAX;
	if (scan_char(&s, ':') && (!scan_u32(&s, UINT16_MAX, &port) || port == 0))
		return E_SYNTAX;
	if (s.n > 0)
		return E_SYNTAX;
	h.port = (uint16_t)port;
	h.loopback = is_loopback(h.name);
	*ret = h;
	return 0;
}
