/* SPDX-License-Identifier: Apache-2.0
 * register.h - sending register files to work. Depends on: cli/client. */
#pragma once
#include "cli/client.h"

struct register_how {
	bool dry_run, json, quiet;
	bool imported;	    /* public data: the team's own register goes before it */
	struct str country; /* for a registry's delegation file */
};
MUST int register_send(
	struct cli *cli, struct str name, int fd, const struct register_how *how);
