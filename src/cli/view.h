/* SPDX-License-Identifier: Apache-2.0
 * view.h - commands that only read the database. Depends on: base, db, core, cli/cli.
 *
 * They open it themselves and need no service: reading goes on while work writes. */
#pragma once
#include "cli/cli.h"
#include "cli/out.h"
#include "core/ctx.h"

struct view {
	struct cli *cli;
	struct ctx x; /* its arena is scratch: emptied between two things shown */
	struct arena scratch;
	struct db *db;
	struct buf line;
	struct json json;
	bool as_json; /* --json */
};
/* The command's table of options must have --json. */
MUST int view_open(struct cli *cli, struct view *ret);
/* Empties the scratch arena: what was read from the database so far is gone. */
void view_next(struct view *v);
/* Closes it, hands the reason of a failure to the command, and answers r. */
MUST int view_close(struct view *v, int r);
