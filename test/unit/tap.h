/* SPDX-License-Identifier: Apache-2.0
 * tap.h - the Test Anything Protocol in sixty lines. Depends on: libc.
 *
 * ok(condition, "what should hold", ...) prints one line; return tap_end() from main. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_n, tap_failed;

__attribute__((format(printf, 4, 5), unused)) static bool tap_ok(
	bool held, const char *file, int line, const char *fmt, ...)
{
	char what[400];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	for (char *c = what; *c; c++) /* a line is a line, whatever was tried */
		if ((unsigned char)*c < ' ' || *c == '#')
			*c = '.';
	printf("%sok %d - %s\n", held ? "" : "not ", ++tap_n, what);
	if (!held) {
		tap_failed++;
		printf("#   at %s line %d\n", file, line);
	}
	return held;
}
#define ok(condition, ...) tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((unused)) static bool tap_is(
	const char *got, const char *want, const char *file, int line, const char *what)
{
	bool held = tap_ok(strcmp(got, want) == 0, file, line, "%s", what);
	if (!held)
		printf("#   got  '%s'\n#   want '%s'\n", got, want);
	return held;
}
#define is(got, want, what) tap_is((got), (want), __FILE__, __LINE__, (what))

__attribute__((unused)) static void tap_skip(const char *why)
{
	printf("ok %d # skip %s\n", ++tap_n, why);
}

__attribute__((unused)) static int tap_end(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed ? 1 : 0;
}
