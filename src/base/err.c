/* SPDX-License-Identifier: Apache-2.0
 * err.c - how functions fail: see err.h. Depends on: nothing. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int fail(struct why *w, int err, const char *fmt, ...)
{
	int e = errno;
	bool sys = err == E_SYS;
	if (sys && (e == ENOSPC || e == EDQUOT))
		err = E_NO_SPACE;
	if (w == NULL || w->err != 0)
		return err;
	w->err = err;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(w->text, sizeof(w->text), fmt, ap);
	va_end(ap);
	if (sys && n >= 0 && (size_t)n < sizeof(w->text))
		(void)snprintf(
			w->text + n, sizeof(w->text) - (size_t)n, ": %s", strerror(e));
	return err;
}

const char *err_text(int err)
{
	static const char *const text[] = {
		"ok",
		"system error",
		"syntax error",
		"too big",
		"not found",
		"not allowed",
		"exists already",
		"usage error",
		"busy",
		"database error",
		"made by a newer version",
		"no space left",
		"the disk did not keep the data",
		"broken connection",
		"not possible in this state",
		"not supported",
		"stopped",
	};
	return err <= 0 && err > E_END ? text[-err] : "unknown error";
}
