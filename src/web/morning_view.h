/* SPDX-License-Identifier: Apache-2.0
 * morning_view.h - what the first page shows. Depends on: base, web/frame_view. */
#pragma once
#include "web/frame_view.h"
#include "web/morning_item.h"

struct morning_view {
	const struct frame_view *frame;
	int64_t now;
	struct morning_items hands, fine;
};
