/* SPDX-License-Identifier: Apache-2.0
 * doctor.h - the report of tocsin doctor. Depends on: base, cli/cli. */
#pragma once
#include "cli/cli.h"

enum doctor_state { DOCTOR_OK, DOCTOR_INFO, DOCTOR_WARN };
struct doctor_row {
	const char *section; /* "machine", "directory", "work" ... */
	const char *item;
	enum doctor_state state;
	struct str value;
};
#define DOCTOR_ROWS 160
struct doctor {
	struct cli *cli;
	size_t n;
	struct doctor_row rows[DOCTOR_ROWS];
};

/* Adds a row; a warning's value says what is wrong and what to do. */
void doctor_row(struct doctor *d, const char *section, const char *item,
	enum doctor_state state, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Kernel, what it offers, the data directory and its disk. */
MUST int doctor_machine(struct doctor *d);
/* What is in force in each role, read from /proc and told by the roles. */
MUST int doctor_roles(struct doctor *d);
/* The last backup, whether one was ever proven, and reports that stopped. */
MUST int doctor_backup(struct doctor *d);
/* What takes how much room, and folders in in/ that nobody takes in. */
MUST int doctor_space(struct doctor *d);
/* OpenPGP keys that end, or have ended. */
MUST int doctor_keys(struct doctor *d);
