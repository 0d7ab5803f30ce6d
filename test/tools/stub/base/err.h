/* SPDX-License-Identifier: Apache-2.0
 * Stub, see str.h. */
#pragma once
#include "base/str.h"
