/* SPDX-License-Identifier: Apache-2.0
 * cmd_rebuild.c - tocsin rebuild: computes the state of every finding again from its
 * sightings. Depends on: base, core, cli. */
#include "cli/client.h"

#include <stdio.h>

int cmd_rebuild(struct cli *cli)
{
	struct act_answer answer = { 0 };
	struct act_request q;
	request_begin(cli, &q, ACT_REBUILD);
	int r = request_send(cli, &q, &answer);
	if (r == 0)
		printf("All findings were computed again.\n");
	return r;
}
