/* SPDX-License-Identifier: Apache-2.0
 * opt.h - numbers that may be absent. Depends on: nothing. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct opt_int {
	bool has;
	int64_t v;
};
struct opt_real {
	bool has;
	double v;
};
#define SOME(x) ((struct opt_int){ true, (x) })
#define NONE	((struct opt_int){ false, 0 })
