/* SPDX-License-Identifier: Apache-2.0
 * upload_view.h - what the room of uploads shows. Depends on: base, web/frame_view. */
#pragma once
#include "web/frame_view.h"

struct upload_line { /* one file, or one member of an archive */
	struct str file, type, error;
	int64_t rows, fresh, known, refused;
	bool duplicate;
};
struct upload_lines {
	const struct upload_line *v;
	size_t n;
};
struct upload_view {
	const struct frame_view *frame;
	const char *error; /* to translate */
	struct upload_lines lines;
};
