/* SPDX-License-Identifier: Apache-2.0
 * overdue.h - reports that usually come, and did not. Depends on: base, db.
 *
 * What is usual is judged from a type's own last four weeks, up to its last report: the
 * days between two reports that nine gaps in ten do not exceed, so that one outage does
 * not make a daily report a rare one. A report is of the day before the one on which it
 * is made, so today's is not missed. */
#pragma once
#include "core/ctx.h"

#define OVERDUE_WINDOW	 28 /* days looked at */
#define OVERDUE_REPORTS	 4  /* with fewer in them nothing is usual */
#define OVERDUE_SILENT	 7  /* missing for so many days more: it fell silent */
#define OVERDUE_GIVEN_UP 60 /* and after so many nobody waits for it any more */

enum overdue_state {
	OVERDUE_UNKNOWN, /* too young to be judged */
	OVERDUE_FINE,
	OVERDUE_LATE,
	OVERDUE_SILENCE,
	OVERDUE_GONE
};
/* A function of its arguments only. days: of the reports in the window that ends with the
 * last, ascending. ret_usual: days from one to the next; 0 when unknown. */
enum overdue_state overdue_judge(
	const int32_t *days, size_t n, int32_t today, int32_t *ret_usual);

struct overdue_type {
	struct str name;
	int32_t last; /* day */
	int32_t usual;
	enum overdue_state state; /* LATE or SILENCE */
};
struct overdue {
	struct overdue_type *v; /* silent ones first, then by name; in x->arena */
	size_t n, silent;
	int64_t fine;	/* types that came when they should */
	int32_t latest; /* day of any report; INT32_MIN: none ever came */
	bool none;	/* reports came, and now none comes any more, however long ago */
};
MUST int overdue_read(struct ctx *x, struct overdue *ret);

/* A subscription: files whose names are the same but for the day, as in
 * DAY-scan_rdp-as64497.csv. One that usually came with others of its type and did not any
 * more: what it held becomes fixed by silence, for silence is counted by type. */
#define OVERDUE_PARTS 500 /* of a type, and of all answered */
struct overdue_part {
	struct str type, name; /* the name without its day */
	int32_t last;	       /* day of its last file with rows */
};
struct overdue_parts {
	struct overdue_part *v; /* in x->arena */
	size_t n;
};
/* Looks at all files that were taken: for a report, not for each page. */
MUST int overdue_parts(struct ctx *x, struct overdue_parts *ret);
