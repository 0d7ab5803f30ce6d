/* SPDX-License-Identifier: Apache-2.0
 * morning_item.h - the morning in sentences, for the first page and for the terminal.
 * Depends on: base, core/morning. All text in the arena. */
#pragma once
#include "base/textout.h"
#include "core/morning.h"

/* One thing below an item's sentence. Any text may be foreign. */
struct morning_line {
	struct sentence what, where, who;
	struct url to; /* absent: it leads nowhere */
};
struct morning_lines {
	const struct morning_line *v;
	size_t n;
};
struct morning_item {
	const char *topic; /* to translate */
	bool hands;	   /* somebody must do something; else it is fine */
	bool hot;	   /* and soon */
	struct sentence says;
	struct url to; /* the room where it is done */
	struct morning_lines lines;
	int64_t more; /* that are not among the lines */
};
struct morning_items {
	const struct morning_item *v;
	size_t n;
};
struct morning_reader {
	struct arena *a;
	enum lang lang;
	bool html; /* for a page */
	int64_t now;
	bool cases;    /* he may see them */
	bool demo;     /* nobody expects backups of it */
	uint64_t room; /* bytes free on the disk; UINT64_MAX: not known */
};
/* What needs hands first. */
struct morning_items morning_items(
	const struct morning_reader *r, const struct morning *m);
