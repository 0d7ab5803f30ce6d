/* SPDX-License-Identifier: Apache-2.0
 * accept.h - what a browser likes to get: Accept-Language, Accept-Encoding.
 * Depends on: base. RFC 9110, section 12.5. A header that is broken says nothing. */
#pragma once
#include "base/lang.h"

/* The language of ours with the highest weight; among equals the first. E_NOT_FOUND when
 * none is named. */
MUST int accept_language(struct str header, enum lang *ret);
/* gzip is named and not refused by q=0. */
bool accept_gzip(struct str header);
