/* SPDX-License-Identifier: Apache-2.0
 * register.h - sending register files to work. Depends on: cli/client. */
#pragma once
#include "cli/client.h"

struct register_how {
	bool dry_run, json, quiet;
	bool imported;	    /* public data: the team's own register goes before it */
	struct str country; /* of a delegation file or location database */
	struct register_seed *seed; /* filled; or NULL */
};
struct register_seed {
	int64_t rows, as_numbers_left_out; /* of any file */
	/* what a location database gave */
	struct str vendor, licence, data_of; /* day of the data; in cli's arena */
	int64_t networks, as_numbers, prefixes;
};
MUST int register_send(
	struct cli *cli, struct str name, int fd, const struct register_how *how);
