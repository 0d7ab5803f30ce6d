/* SPDX-License-Identifier: Apache-2.0
 * lib.c - libraries opened by the roles that need them: see lib.h. Depends on: libc. */
#include "base/lib.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

static int not_there(const char *soname, struct why *why)
{
	const char *text = dlerror();
	errno = 0;
	return fail(why, E_STATE, "%s cannot be used: %s", soname,
		text ? text : "no reason given");
}

int lib_open(const char *soname, const struct lib_call *calls, size_t n, struct why *why)
{
	void *known = NULL;
	memcpy(&known, calls[n - 1].to, sizeof(known));
	if (known) /* the last one is found last */
		return 0;
	void *lib = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	if (lib == NULL)
		return not_there(soname, why);
	for (size_t i = 0; i < n; i++)
		if (dlsym(lib, calls[i].name) == NULL)
			return not_there(soname, why);
	for (size_t i = 0; i < n; i++) {
		void *found = dlsym(lib, calls[i].name);
		memcpy(calls[i].to, &found, sizeof(found));
	}
	return 0; /* it stays: what it holds must not be unloaded */
}
