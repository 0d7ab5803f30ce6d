/* SPDX-License-Identifier: Apache-2.0
 * workday.h - working days. Depends on: base. */
#pragma once
#include "base/date.h"

/* Monday to Friday. The n-th working day after a day. */
int32_t workday_after(int32_t day, int n);
