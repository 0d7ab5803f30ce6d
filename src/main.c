/* SPDX-License-Identifier: Apache-2.0
 * main.c - `tocsin COMMAND` for people, `tocsin role NAME` for the master.
 * Depends on: role, cli. */
#include "cli/cli.h"
#include "role/inside.h"
#include "role/role.h"

#include <locale.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	arena_begin();
	/* Names in zip files are converted to the locale's encoding by the library that
	 * reads them. Before any sandbox: this opens files. */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	/* _exit: inside a sandbox there is nothing left to tidy up, and leak checkers at
	 * exit need calls that it refuses. */
	if (argc == 3 && strcmp(argv[1], "role") == 0)
		_exit(role_main(argv[2]));
	return cli_main(argc, argv, &inside_roles);
}
