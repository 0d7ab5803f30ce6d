/* SPDX-License-Identifier: Apache-2.0
 * fuzz.h - what all fuzz targets need. Depends on: base. */
#pragma once
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A property that every input must keep; unlike assert it cannot be compiled out. */
#define must(held)                                                                       \
	do {                                                                             \
		if (!(held)) {                                                           \
			fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, __LINE__,    \
				#held);                                                  \
			abort();                                                         \
		}                                                                        \
	} while (0)
