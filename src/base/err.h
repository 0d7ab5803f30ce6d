/* SPDX-License-Identifier: Apache-2.0
 * err.h - how functions fail. Depends on: nothing.
 *
 * A function returns 0 (or a count) when it worked and a negative E_* when it did not;
 * its outputs are then untouched. The first failure leaves one sentence in a struct why,
 * for the log: "cannot open 'x': No such file or directory". Later failures on the way
 * up do not overwrite it. The code, not the sentence, chooses the text a person sees. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define MUST			__attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define N(array)		(sizeof(array) / sizeof(*(array)))
#define KIB(n)			((size_t)(n) << 10)
#define MIB(n)			((size_t)(n) << 20)
#define GIB(n)			((size_t)(n) << 30)

enum err {
	E_SYS = -1,	  /* a system call failed; errno is in the sentence */
	E_SYNTAX = -2,	  /* the bytes do not follow their format */
	E_TOO_BIG = -3,	  /* over a limit of base/limits.h */
	E_NOT_FOUND = -4, /* no such thing, or not for this person */
	E_DENIED = -5,	  /* this person may not */
	E_EXISTS = -6,	  /* it is there already */
	E_USAGE = -7,	  /* the command or act was called wrongly */
	E_BUSY = -8,	  /* another service holds the data directory */
	E_DB = -9,	  /* the database refused, or holds what it must not */
	E_NEWER = -10,	  /* made by a newer program */
	E_NO_SPACE = -11, /* the disk is full: make room and try again */
	E_SYNC = -12,	  /* the disk did not take what it was given: stop, look */
	E_PEER = -13,	  /* the other role or client broke the protocol or left */
	E_STATE = -14,	  /* not possible in the state the thing is in */
	E_UNSUPPORTED = -15,
	E_STOPPED = -16, /* a person or a signal asked to stop */
	E_END = -17,	 /* one past the last code */
};

/* One line on why something failed. Zero it before use; it is small
 * enough for a stack. */
struct why {
	int err;
	char text[240];
};

/* Keeps the sentence unless one is there already, and returns err. For E_SYS the errno
 * text is appended, and a full disk turns the code into E_NO_SPACE. w may be NULL. */
int fail(struct why *w, int err, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The code's short English name, such as "not found". For logs and exit messages. */
const char *err_text(int err);
