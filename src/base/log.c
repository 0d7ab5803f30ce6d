/* SPDX-License-Identifier: Apache-2.0
 * log.c - one line on stderr: see log.h. Depends on: libc. */
#include "base/log.h"

#include <stdio.h>
#include <unistd.h>

void log_line(enum log_level level, const char *who, const char *fmt, ...)
{
	char line[1024];
	int n = isatty(2)
		? snprintf(line, sizeof(line), "tocsin %s: ", who)
		: snprintf(line, sizeof(line), "<%d>tocsin %s: ", (int)level, who);
	size_t at = n > 0 && (size_t)n < sizeof(line) - 1 ? (size_t)n : 0;
	va_list ap;
	va_start(ap, fmt);
	n = vsnprintf(line + at, sizeof(line) - at - 1, fmt, ap);
	va_end(ap);
	if (n > 0)
		at = at + (size_t)n < sizeof(line) - 1 ? at + (size_t)n
						       : sizeof(line) - 2;
	for (size_t i = 0; i < at; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[at++] = '\n';
	(void)!write(2, line, at);
}
