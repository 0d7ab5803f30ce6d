/* SPDX-License-Identifier: Apache-2.0
 * ctx.h - what a call into core may use. Depends on: base, db. */
#pragma once
#include "base/buf.h"
#include "base/lang.h"
#include "db/db.h"

struct ctx {
	struct db *db;
	struct arena *arena; /* the request's or job's: results live here */
	struct str actor; /* who asked: "cli:root", "schedule" ... for the audit trail */
	int64_t now;	  /* the one clock, read once per request */
	struct why why;
};
