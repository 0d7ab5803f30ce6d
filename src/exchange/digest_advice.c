/* SPDX-License-Identifier: Apache-2.0
 * digest_advice.c - advice texts aimed at one finding: see digest_int.h. Depends on:
 * base. */
#include "exchange/digest_int.h"

#include "base/tr.h"

#define ADVICE_MAX KIB(16)

/* What a command loses when there is no port to put in. */
static const char *const port_options[] = { " -p {port}", " --port={port}", ":{port}" };

static bool take(struct str *s, const char *z)
{
	if (!str_starts(*s, str_c(z)))
		return false;
	*s = str_from(*s, strlen(z));
	return true;
}

static bool take_port_option(struct str *s)
{
	for (size_t i = 0; i < N(port_options); i++)
		if (take(s, port_options[i]))
			return true;
	return false;
}

/* An IPv6 address that a port or a path follows stands in brackets. */
static bool wants_brackets(struct str done, struct str rest)
{
	if (str_ends(done, S("//")))
		return true;
	return rest.n > 1 && (rest.p[0] == ':' || rest.p[0] == '/') && rest.p[1] != ' ';
}

static int add_address(
	struct buf *b, const struct digest_target *t, bool nmap, struct str rest)
{
	bool brackets = t->is_v6 && wants_brackets(buf_str(b), rest);
	int r = brackets ? buf_addc(b, '[') : 0;
	struct str host = t->host.n == 0 ? S("ADDRESS") : nmap ? t->net : t->host;
	if (r == 0)
		r = buf_add(b, host);
	return r == 0 && brackets ? buf_addc(b, ']') : r;
}

/* s without its holes. */
static int fill(struct buf *b, struct str s, const struct digest_target *t, bool nmap)
{
	int r = 0;
	while (s.n > 0 && r == 0) {
		if (t->port == 0 && take_port_option(&s))
			continue;
		if (take(&s, "{address}")) {
			r = add_address(b, t, nmap, s);
		} else if (take(&s, "{port}")) {
			r = t->port ? buf_addf(b, "%u", t->port) : buf_add(b, S("PORT"));
		} else if (take(&s, "\xe2\x80\x8e") || take(&s, "\xe2\x80\x8f")) {
			continue; /* marks of direction are set by wrap.c */
		} else {
			r = buf_addc(b, s.p[0]);
			s = str_from(s, 1);
		}
	}
	return r;
}

static int fill_command(struct buf *b, struct str s, const struct digest_target *t)
{
	int r = buf_addc(b, '`');
	bool nmap = str_starts(s, S("nmap "));
	if (r == 0 && nmap && t->is_v6) {
		r = buf_add(b, S("nmap -6"));
		s = str_from(s, 4);
	}
	if (r == 0 && t->is_v6 && str_starts(s, S("snmp"))) {
		size_t at = str_search(s, S("{address}"));
		r = fill(b, str_to(s, at), t, nmap);
		if (r == 0 && at < s.n)
			r = buf_addf(b, "udp6:[%.*s]", STR(t->host));
		s = at < s.n ? str_from(s, at + strlen("{address}")) : S("");
	}
	if (r == 0)
		r = fill(b, s, t, nmap);
	return r < 0 ? r : buf_addc(b, '`');
}

int digest_advice(struct arena *a, enum lang lang, const char *msgid,
	const struct digest_target *t, struct str *ret)
{
	struct buf b = buf_in(a, ADVICE_MAX);
	struct str s = str_c(tr(lang, msgid));
	int r = 0;
	while (s.n > 0 && r == 0) {
		size_t open = str_find(s, '`');
		r = fill(&b, str_to(s, open), t, false);
		s = str_from(s, open);
		if (r < 0 || s.n == 0)
			break;
		s = str_from(s, 1);
		size_t close = str_find(s, '`');
		r = fill_command(&b, str_to(s, close), t);
		s = str_from(s, close < s.n ? close + 1 : close);
	}
	if (r < 0)
		return r;
	*ret = buf_str(&b);
	return 0;
}
