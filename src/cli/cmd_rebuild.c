/* SPDX-License-Identifier: Apache-2.0
 * cmd_rebuild.c - tocsin rebuild: computes the state of every finding again from its
 * sightings. Depends on: base, core, cli. */
#include "cli/client.h"

#include <stdio.h>

/* clang-format off */
const struct cli_option cmd_rebuild_options[] = {
	{ "quiet", 'q', OPT_FLAG, NULL, 0, 0, "No progress line" },
	{ 0 },
};
/* clang-format on */

int cmd_rebuild(struct cli *cli)
{
	struct act_request q;
	struct act_answer answer = { .quiet = cli_flag(cli, "quiet") };
	request_begin(cli, &q, ACT_REBUILD);
	int r = request_send(cli, &q, &answer);
	if (r == 0)
		printf("The state of every finding was computed again.\n");
	return r;
}
