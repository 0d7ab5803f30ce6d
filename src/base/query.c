/* SPDX-License-Identifier: Apache-2.0
 * query.c - what a person asks about: see query.h. Depends on: base. */
#include "base/query.h"

#define QUERY_MAX 4096

static const struct {
	const char *from, *to;
} defanged[] = {
	{ "[.]", "." },
	{ "(.)", "." },
	{ "{.}", "." },
	{ "[dot]", "." },
	{ "(dot)", "." },
	{ "[:]", ":" },
	{ "[://]", "://" },
	{ "[@]", "@" },
	{ "[at]", "@" },
	{ "(at)", "@" },
};

static bool starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_to(s, prefix.n), prefix);
}

/* Undoes what makes addresses harmless in mails. */
static struct str refang(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	bool hxxp = starts_nocase(s, S("hxxp"));
	while (s.n > 0) {
		size_t i = 0;
		while (i < N(defanged) && !starts_nocase(s, str_c(defanged[i].from)))
			i++;
		if (i < N(defanged)) {
			struct str to = str_c(defanged[i].to);
			memcpy(out + n, to.p, to.n);
			n += to.n;
			s = str_from(s, strlen(defanged[i].from));
		} else {
			out[n++] = *s.p;
			s = str_from(s, 1);
		}
	}
	if (hxxp)
		memcpy(out, "http", 4);
	return (struct str){ out, n };
}

static struct str bare(struct str s)
{
	s = str_trim(s);
	bool pair = s.n > 1 &&
		((s.p[0] == '<' && s.p[s.n - 1] == '>') ||
			(s.p[0] == '"' && s.p[s.n - 1] == '"'));
	return pair ? str_trim(str_to(str_from(s, 1), s.n - 2)) : s;
}

static bool read_place(struct arena *a, struct str s, struct query *q)
{
	struct ip ip;
	uint16_t port;
	if (s.p == NULL)
		return false;
	if (ip_read_loose(s, &ip, &port) == 0) {
		q->kind = QUERY_NET;
		q->net = net_of(&ip, 128);
		return true;
	}
	q->kind = QUERY_NAME;
	return domain_read(a, s, &q->name) == 0;
}

int query_read(struct arena *a, struct str text, struct query *ret)
{
	struct query q = { .name = S("") };
	if (text.n > QUERY_MAX)
		return E_SYNTAX;
	struct str s = bare(refang(a, bare(text)));
	if (asn_read(s, &q.asn) == 0) {
		q.kind = QUERY_ASN;
	} else if (net_read(s, &q.net) == 0) {
		q.kind = QUERY_NET;
	} else if (!read_place(a, s, &q)) {
		size_t at = str_rfind(s, '@');
		bool url = str_search(s, S("://")) < s.n || str_find(s, '/') < s.n;
		struct str rest = url || at == s.n ? url_host(s) : str_from(s, at + 1);
		if (!read_place(a, rest, &q))
			return E_SYNTAX;
	}
	*ret = q;
	return 0;
}
