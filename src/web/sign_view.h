/* SPDX-License-Identifier: Apache-2.0
 * sign_view.h - what the pages at the door show. Depends on: base, web/frame_view. */
#pragma once
#include "web/frame_view.h"

struct sign_in_view {
	const struct frame_view *frame;
	const char *error; /* to translate; NULL: none */
	struct str name;
};
struct sign_code {
	const char *text;
};
struct sign_codes {
	const struct sign_code *v;
	size_t n;
};
struct enrol_view {
	const struct frame_view *frame;
	const char *error;
	struct url here;
	struct str name, secret, otpauth;
	struct str code; /* a demonstration's: the code of this moment */
	const char *role;
	int64_t expires;
};
struct enrolled_view {
	const struct frame_view *frame;
	struct str name;
	struct sign_codes codes;
};
