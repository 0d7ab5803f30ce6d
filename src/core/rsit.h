/* SPDX-License-Identifier: Apache-2.0
 * rsit.h - the classes of the Reference Security Incident Taxonomy, in its order.
 * Depends on: base. */
#pragma once
#include "base/str.h"

enum rsit_class {
	RSIT_ABUSIVE,
	RSIT_MALICIOUS,
	RSIT_GATHERING,
	RSIT_ATTEMPTS,
	RSIT_INTRUSIONS,
	RSIT_AVAILABILITY,
	RSIT_CONTENT,
	RSIT_FRAUD,
	RSIT_VULNERABLE,
	RSIT_OTHER,
	RSIT_N
};
/* Of a classification.type; RSIT_OTHER for one that is not the taxonomy's. */
enum rsit_class rsit_class_of(struct str type);
/* "vulnerable": its word in data. */
const char *rsit_class_word(enum rsit_class c);
/* Its name for people: a msgid. */
const char *rsit_class_name(enum rsit_class c);
