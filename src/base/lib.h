/* SPDX-License-Identifier: Apache-2.0
 * lib.h - libraries that one role needs and the others do not. Depends on: base/err.
 *
 * The program is one binary for all roles. Linked to it, a library for HTTP or mail would
 * be mapped into every process: with what it needs itself megabytes for each, slower
 * starts, and more code within reach of whoever takes over the parser. So the file that
 * uses such a library lists the functions it calls, and the role that needs it opens it
 * before its sandbox closes:
 *
 *	#define CALLS(X) X(curl_easy_init) X(curl_easy_cleanup)
 *	LIB_FIND(CALLS);
 *	r = lib_open("libcurl.so.4", calls, N(calls), why);
 *	CURL *c = lib.curl_easy_init();
 *
 * Types come from the library's own header. */
#pragma once
#include "base/err.h"

struct lib_call {
	const char *name;
	void *to; /* a pointer to such a function */
};
#define LIB_MEMBER(f) __typeof__(f) *f;
#define LIB_CALL(f)   { #f, &lib.f },
/* What is found, and what to look for. */
#define LIB_FIND(CALLS)                                                                  \
	static struct {                                                                  \
		CALLS(LIB_MEMBER)                                                        \
	} lib;                                                                           \
	static const struct lib_call calls[] = { CALLS(LIB_CALL) }

/* Opens the library, unless that was done, and finds all functions, or none. E_STATE when
 * it is not there, is too old, or the sandbox is closed. */
MUST int lib_open(
	const char *soname, const struct lib_call *calls, size_t n, struct why *why);
