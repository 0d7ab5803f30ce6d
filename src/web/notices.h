/* SPDX-License-Identifier: Apache-2.0
 * notices.h - what the pages of notices share. Depends on: core, web. */
#pragma once
#include "core/notice.h"
#include "web/notices_view.h"
#include "web/visit.h"

/* A line of a list; its run's sizes must be filled in by who knows them. Copies text. */
struct notice_line_view notice_line_of(struct visit *v, const struct notice_row *row);
/* What the pages say after a deed; the number in the query of /notices. */
enum notices_done {
	DONE_APPROVED = 1,
	DONE_HELD,
	DONE_CANCELLED,
	DONE_DRAFTED,
	DONE_SENT,
	DONE_UNDONE,
	DONE_WRITTEN,
	DONE_SWITCHED
};
MUST int sending_view_of(struct visit *v, struct sending_view *ret);
MUST int notices_done(struct visit *v, enum notices_done what, int64_t n, int64_t run);
/* Sends an act that drafts, and leads to what it drafted. */
MUST int notices_drafted(struct visit *v, struct ask *a);
/* A person may still decide on one in that state. */
bool notice_is_open(int64_t state);
/* One run of the list; E_NOT_FOUND when there is none of that number. */
MUST int run_line_of(struct visit *v, int64_t run, struct run_line *ret);
