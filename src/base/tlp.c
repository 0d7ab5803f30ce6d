/* SPDX-License-Identifier: Apache-2.0
 * tlp.c - the Traffic Light Protocol: see tlp.h. Depends on: base/str. */
#include "base/tlp.h"

static const char *const names[TLP_N] = {
	[TLP_CLEAR] = "TLP:CLEAR",
	[TLP_GREEN] = "TLP:GREEN",
	[TLP_AMBER] = "TLP:AMBER",
	[TLP_AMBER_STRICT] = "TLP:AMBER+STRICT",
	[TLP_RED] = "TLP:RED",
};

int tlp_read(struct str s, enum tlp *ret)
{
	s = str_trim(s);
	if (s.n > 4 && str_eq_nocase(str_to(s, 4), S("TLP:")))
		s = str_from(s, 4);
	if (str_eq_nocase(s, S("WHITE")))
		s = S("CLEAR");
	for (int i = 0; i < TLP_N; i++) {
		if (str_eq_nocase(s, str_c(names[i] + 4))) {
			*ret = (enum tlp)i;
			return 0;
		}
	}
	return E_SYNTAX;
}

bool tlp_may_leave(enum tlp t, enum tlp_way way, bool closed)
{
	if (t >= TLP_N)
		return false;
	return way == TLP_TO_TEAM || t < TLP_AMBER_STRICT || closed;
}

const char *tlp_text(enum tlp t)
{
	return names[t];
}
