/* SPDX-License-Identifier: Apache-2.0
 * finding_text.h - how a finding looks, for programs and for people.
 * Depends on: base, core/finding. The names of the JSON members are an interface. */
#pragma once
#include "base/json.h"
#include "core/finding.h"

/* The members of one finding, into an object that is open. */
void finding_json(struct json *j, struct arena *a, const struct finding_row *f);
/* "192.0.2.1:3389", "[2001:db8::1]:443", "192.0.2.0/28", "www.example.org". */
struct str finding_place(struct arena *a, const struct finding_row *f);
/* "open-rdp (family)". */
struct str finding_what(struct arena *a, const struct finding_row *f);
/* "fixed by silence", "relapsed 2 times". */
struct str finding_state_words(struct arena *a, const struct finding_row *f);
