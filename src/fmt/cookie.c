/* SPDX-License-Identifier: Apache-2.0
 * cookie.c - the Cookie header: see cookie.h. Depends on: base. */
#include "fmt/cookie.h"

int cookie_find(struct str header, struct str name, struct str *ret)
{
	struct str one, found = { NULL, 0 };
	while (str_split(&header, ';', &one)) {
		one = str_trim(one);
		size_t eq = str_find(one, '=');
		if (eq == one.n || !str_eq(str_to(one, eq), name))
			continue;
		if (found.p)
			return E_SYNTAX;
		found = str_from(one, eq + 1);
	}
	if (found.p == NULL)
		return E_NOT_FOUND;
	*ret = found;
	return 0;
}
