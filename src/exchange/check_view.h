/* SPDX-License-Identifier: Apache-2.0
 * check_view.h - what the templates of check.txt show. Depends on: base.
 * Members that are `const char *` are msgids or constants. */
#pragma once
#include "base/str.h"

struct check_view {
	const char *tlp, *tlp_means;
	struct str org, address;
	struct str reference; /* "[TOCSIN-12]" */
	struct str link;      /* the line that the link will stand in, or empty */
	int64_t grace_days;
	struct str team, mail, phone;
};
