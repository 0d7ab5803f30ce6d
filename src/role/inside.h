/* SPDX-License-Identifier: Apache-2.0
 * inside.h - all roles as threads of one process, for a debugger: no sandbox.
 * Depends on: base, sys, role/role. */
#pragma once
#include "sys/service.h"

extern const struct service_inside inside_roles;
