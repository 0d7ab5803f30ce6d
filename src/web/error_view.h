/* SPDX-License-Identifier: Apache-2.0
 * error_view.h - what the page of an error shows. Depends on: base, web/frame_view. */
#pragma once
#include "web/frame_view.h"

struct error_view {
	const struct frame_view *frame;
	const char *text; /* to translate */
	int64_t status;
};
