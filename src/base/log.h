/* SPDX-License-Identifier: Apache-2.0
 * log.h - one line on stderr, for roles and commands only. Depends on: libc.
 * The line starts with <n>, the syslog priority journald reads. Layers up to L2 never
 * log. */
#pragma once
#include "base/err.h"

enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_NOTICE = 5, LOG_INFO = 6 };
/* who is the role's or command's name. Control bytes become '?'. */
void log_line(enum log_level level, const char *who, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
