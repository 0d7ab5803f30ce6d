/* SPDX-License-Identifier: Apache-2.0
 * domain.c - host names: see net.h. Depends on: base/str, libidn2. */
#include "base/net.h"

#include <idn2.h>

/* A byte a label may hold once it is in A-label form; '_' stands in service names. */
static bool is_label_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool domain_is_plain(struct str s)
{
	size_t label = 0, labels = 1;
	bool letter = false; /* in the last label: 1.2.3.4 is no name */
	if (s.n == 0 || s.n > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '.') {
			if (label == 0 || s.p[i - 1] == '-')
				return false;
			label = 0;
			letter = false;
			labels++;
			continue;
		}
		if (!is_label_byte(c) || ++label > 63 || (label == 1 && c == '-'))
			return false;
		letter = letter || c < '0' || c > '9';
	}
	return label > 0 && s.p[s.n - 1] != '-' && labels > 1 && letter;
}

int domain_read(struct arena *a, struct str s, struct str *ret)
{
	s = str_trim(s);
	if (s.n > 1 && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n > 4 * DOMAIN_MAX)
		return E_SYNTAX;
	if (domain_is_plain(s)) {
		*ret = s;
		return 0;
	}
	struct str low = str_lower(a, s);
	if (domain_is_plain(low)) {
		*ret = low;
		return 0;
	}
	const char *z;
	char *ascii = NULL;
	if (str_z(a, low, &z) < 0 ||
		idn2_to_ascii_8z(z, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL))
		return E_SYNTAX;
	struct str name = str_dup(a, str_c(ascii));
	idn2_free(ascii);
	if (!domain_is_plain(name))
		return E_SYNTAX;
	*ret = name;
	return 0;
}

bool domain_under(struct str name, struct str suffix)
{
	if (!str_ends(name, suffix))
		return false;
	return name.n == suffix.n || name.p[name.n - suffix.n - 1] == '.';
}

struct str url_host(struct str url)
{
	size_t scheme = str_search(url, S("://"));
	struct str host = scheme < url.n ? str_from(url, scheme + 3) : url;
	for (size_t i = 0; i < host.n; i++) {
		if (host.p[i] == '/' || host.p[i] == '?' || host.p[i] == '#' ||
			host.p[i] == '\\') {
			host.n = i;
			break;
		}
	}
	size_t at = str_rfind(host, '@');
	if (at < host.n)
		host = str_from(host, at + 1);
	if (host.n > 0 && host.p[0] == '[') {
		size_t close = str_find(host, ']');
		return close < host.n ? str_to(str_from(host, 1), close - 1)
				      : (struct str){ NULL, 0 };
	}
	size_t colon = str_find(host, ':');
	host = str_to(host, colon);
	return host.n ? host : (struct str){ NULL, 0 };
}
