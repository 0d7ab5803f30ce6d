/* SPDX-License-Identifier: Apache-2.0
 * cmd_user.h - what init shares with tocsin user. Depends on: cli/client. */
#pragma once
#include "cli/client.h"

/* One line with the address of an enrolment link. */
int user_print_link(struct cli *cli, struct str token);
