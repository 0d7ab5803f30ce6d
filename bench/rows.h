/* SPDX-License-Identifier: Apache-2.0
 * rows.h - rows of 39 columns made for measuring, and clocks. Depends on: base. */
#pragma once
#include "base/buf.h"

#define ROWS_COLUMNS 39
#define ROWS_NAME    "2026-06-01-event4_sinkhole_http-xt.csv"

/* The header of such a file, its line end included. */
struct str rows_header(void);
/* Adds row i. Rows i and i + distinct are of one finding: the same address, source port
 * and family, an hour later. */
MUST int rows_add(struct buf *to, uint32_t i, uint32_t distinct);

/* Seconds: of the day, of this process, of its children that ended. */
double wall_seconds(void);
double cpu_seconds(void);
double children_seconds(void);
/* Ends the program with a sentence when r is negative. */
void must(int r, const char *what);
