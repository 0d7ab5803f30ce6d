/* SPDX-License-Identifier: Apache-2.0
 * morning.h - what waits for a person today, and what is fine. Depends on: base, db.
 *
 * The same for the console's first page and `tocsin morning`. Reads only, and along
 * indexes: what it costs does not grow with the findings that are there. All text lives
 * in x->arena. */
#pragma once
#include "base/date.h"
#include "base/opt.h"
#include "core/finding.h"
#include "core/overdue.h"

#define MORNING_MOST	 8 /* of each list */
#define MORNING_BACK	 7 /* days: what came back in them */
#define MORNING_STUCK	 DAY_SECONDS
#define MORNING_BACKUP	 7 /* days: an older backup is too old */
#define MORNING_DISK_LOW GIB(1)

struct morning_run { /* of drafts that wait for approval */
	int64_t id, at, drafts, held;
	int64_t notices, usual; /* the run's, and the median of those before it */
	struct str held_why;	/* "" or a HELD_* word */
};
struct morning_held { /* one notice, held for a reason of its own */
	int64_t id;
	struct str org_name, why;
};
struct morning_count {
	struct str kind;
	int64_t n;
};
struct morning_file {
	int64_t id;
	struct str name, why;
};
struct morning {
	int32_t since;	  /* of critical ones: yesterday, or the last day that came */
	int64_t critical; /* new, or again there */
	struct finding_row *worst;
	size_t n_worst;

	int64_t drafts, held;
	struct morning_run *runs; /* the oldest first */
	size_t n_runs;
	struct morning_held *helds;
	size_t n_helds;

	bool sending; /* off: dry run */
	int64_t approved, waiting, uncertain;
	int64_t retrying;	  /* of those waiting: tried, and not taken */
	int64_t stuck;		  /* of those waiting: not tried for over a day */
	struct str reply;	  /* what the mail server said to one of them */
	int64_t bounced, refused; /* of the last days */

	struct morning_count *tasks;
	size_t n_tasks;
	int64_t open_tasks;

	int64_t doubt; /* contacts */
	int64_t contacts;

	struct overdue reports;

	int64_t failed;		    /* files */
	struct morning_file *files; /* the latest first */
	size_t n_files;

	struct opt_int backup, proven; /* when */
};
/* Only what the system keeper looks after, when cases is false: sending, reports, files,
 * backups. */
MUST int morning_read(struct ctx *x, bool cases, struct morning *ret);
